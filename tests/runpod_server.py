"""Stand in for RunPod's queue: real sockets on the loopback, answers shaped like the recorded ones.

Clients speak to `/v2/<endpoint>/run|status|cancel|health`. Jobs are either played from a script (`plays`) or
taken by a real worker loop of RunPod's own SDK through `job-take` and `job-done`, as in its containers.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.comfyui_server import a_png, wait_until

DATA = Path(__file__).parent / "data" / "runpod" / "answers.json"
KEY = "rp-test-0123456789-key"
ROOT = Path(__file__).parents[1]


@cache
def recorded() -> dict[str, list[dict[str, Any]]]:
    """Return recorded answers by file: [{label, status, body}]; long pictures are cut short in them."""
    return json.loads(DATA.read_text("utf-8"))  # type: ignore[no-any-return]


def answer_of(file: str, label: str) -> dict[str, Any]:
    """Return the last body recorded under a label, with whole pictures in place of the cut ones."""
    found = [one["body"] for one in recorded()[file] if one["label"].startswith(label)]
    assert found, (file, label)
    return json.loads(json.dumps(found[-1], default=str), object_hook=_whole)  # type: ignore[no-any-return]


def _whole(entry: dict[str, Any]) -> dict[str, Any]:
    return {k: a_base64() if isinstance(v, str) and "chars in all>" in v else v for k, v in entry.items()}


@cache
def a_base64(width: int = 64, height: int = 64) -> str:
    return base64.b64encode(a_png(width, height)).decode()


def pictures(count: int = 1) -> dict[str, Any]:
    """Return the output of a worker of version 5 with so many pictures."""
    images = [{"filename": f"t_{n:05}_.png", "type": "base64", "data": a_base64()} for n in range(count)]
    return {"images": images}


def saved_pictures(given: Any) -> dict[str, Any]:
    """Return what a worker of version 5 makes of a graph: a picture a save node, as wide as its seed says."""
    graph: dict[str, Any] = given["workflow"]

    def seed_of(node_id: str) -> int:
        inputs = graph[node_id]["inputs"]
        links = [value[0] for value in inputs.values() if isinstance(value, list)]
        return int(inputs["seed"]) if "seed" in inputs else max(map(seed_of, links), default=0)

    saves = {
        n: node["inputs"]["filename_prefix"] for n, node in graph.items() if "Save" in node["class_type"]
    }
    return {
        "images": [
            {"filename": f"{name}_00001_.png", "type": "base64", "data": a_base64(64 + seed_of(node_id), 64)}
            for node_id, name in saves.items()
        ]
    }


@dataclass
class Job:
    id: str
    endpoint: str
    input: Any
    policy: dict[str, Any]
    status: str = "IN_QUEUE"
    polls: int = 0
    worker: str = ""
    output: Any = None
    error: Any = None
    taken: float = 0.0
    created: float = field(default_factory=time.monotonic)
    seconds: float | None = None

    def shown(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.status not in ("IN_QUEUE", "CANCELLED"):
            body |= {"delayTime": round(1000 * max(0.0, self.taken - self.created)), "workerId": self.worker}
        if self.seconds is not None:
            body["executionTime"] = round(1000 * self.seconds)
        body |= {"output": self.output} if self.output is not None else {}
        return body | ({"error": self.error} if self.error is not None else {})


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class RunPodDouble:
    """Run with `with RunPodDouble() as cloud:`; `cloud.url` is the base address for a client."""

    def __init__(self) -> None:
        self._port = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything and play by the book."""
        self.ending: dict[str, Any] = {"status": "COMPLETED", "output": pictures(), "executionTime": 2300}
        """How played jobs end: fields of the last `/status` answer."""
        self.names_files = False
        """Whether played jobs that are done bring what their graph saves, under its names."""
        self.breaks_on = ""
        """Words in a graph that a played job fails on."""
        self.queued_polls, self.running_polls = 1, 1
        self.plays = True
        self.endpoints = {"ep1"}
        self.health: dict[str, Any] = {}
        """What `/health` of an endpoint answers; else it is counted."""
        self.run_answers: list[tuple[int, Any]] = []
        """(HTTP status, body) for the next submissions, before any is accepted."""
        self.run_delay = 0.0
        """Seconds between accepting a job and answering."""
        self.status_answers: list[tuple[int, Any]] = []
        self.cancel_answers: list[tuple[int, Any]] = []
        """(HTTP status, body) for the next cancellations, which then change nothing."""
        self.begins_late = False
        """Whether a worker takes a job at the very moment that it is cancelled."""
        self.forgets = self.is_silent = False
        self.calls: list[Call] = []
        self.files: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        """Path under /files/ -> (status, content, headers)."""
        self.jobs: dict[str, Job] = {}
        self.stops: list[str] = []
        self.workers: set[str] = set()

    def __enter__(self) -> Self:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[listening])), daemon=True
        )
        self._thread.start()
        wait_until(lambda: self._server.started)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v2"

    def file_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._port}/files/{name}"

    @property
    def submitted(self) -> list[Job]:
        return list(self.jobs.values())

    def paths(self, part: str) -> list[str]:
        return [call.path for call in self.calls if part in call.path]

    @contextmanager
    def worker(
        self, endpoint: str = "ep1", name: str = "w1", log: Path | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run the SDK's own worker loop as a child process against this queue."""
        self.plays = False
        base = f"{self.url}/{endpoint}"
        env = {k: v for k, v in os.environ.items() if not k.startswith("RUNPOD_")} | {
            "PYTHONPATH": str(ROOT),
            "RUNPOD_POD_ID": name,
            "RUNPOD_ENDPOINT_ID": endpoint,
            "RUNPOD_AI_API_KEY": "worker-key",
            "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=CPU",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=CPU",
            "RUNPOD_WEBHOOK_POST_STREAM": f"{base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=CPU",
            "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID?gpu=CPU",
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
            "RUNPOD_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "tests.runpod_worker"]
        with (log or Path(os.devnull)).open("wb") as said:
            child = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=said, stderr=said, start_new_session=True
            )
        try:
            wait_until(lambda: name in self.workers or child.poll() is not None, 30)
            assert child.poll() is None, log.read_text() if log else "the worker ended"
            yield child
        finally:
            os.killpg(child.pid, signal.SIGKILL)  # its heartbeat is a process of its own
            child.wait()

    # --- what clients ask ---------------------------------------------------------------------------------

    def _app(self) -> Starlette:
        def route(path: str, handler: Callable[..., Any], method: str = "GET") -> Route:
            async def endpoint(request: Request) -> Response:
                body = await request.body()
                self.calls.append(Call(method, request.url.path, dict(request.headers), body))
                return await handler(request, body)  # type: ignore[no-any-return]

            return Route(path, endpoint, methods=[method])

        def client(path: str, handler: Callable[..., Any], method: str = "GET") -> Route:
            async def checked(request: Request, body: bytes) -> Response:
                if request.headers.get("authorization") != f"Bearer {KEY}":
                    return Response(status_code=401)
                if request.path_params["ep"] not in self.endpoints:
                    return JSONResponse({"error": "endpoint not found"}, 404)
                return await handler(request, body)  # type: ignore[no-any-return]

            return route("/v2/{ep}" + path, checked, method)

        return Starlette(
            routes=[
                client("/run", self._run, "POST"),
                client("/status/{id}", self._status),
                client("/cancel/{id}", self._cancel, "POST"),
                client("/health", self._health),
                route("/v2/{ep}/ping/{worker}", self._ping),
                route("/v2/{ep}/job-take/{worker}", self._take),
                route("/v2/{ep}/job-take-batch/{worker}", self._take),
                route("/v2/{ep}/job-stop/{worker}", self._stop),
                route("/v2/{ep}/job-done/{worker}/{id}", self._done, "POST"),
                route("/files/{name}", self._file),
            ]
        )

    async def _run(self, request: Request, body: bytes) -> Response:
        if self.run_answers:
            status, content = self.run_answers.pop(0)
            return JSONResponse(content, status)
        if len(body) > 10_000_000:
            return Response(status_code=413)
        given = json.loads(body)
        job = Job(f"{uuid.uuid4()}-u1", request.path_params["ep"], given["input"], given.get("policy", {}))
        self.jobs[job.id] = job
        if self.run_delay:
            await asyncio.sleep(self.run_delay)
        return JSONResponse({"id": job.id, "status": "IN_QUEUE"})

    async def _status(self, request: Request, body: bytes) -> Response:
        if self.is_silent:
            return Response(status_code=502)
        if self.status_answers:
            status, content = self.status_answers.pop(0)
            return JSONResponse(content, status)
        job = self.jobs.get(request.path_params["id"])
        if job is None or self.forgets:
            return JSONResponse({"error": "job not found"}, 404)
        if self.plays:
            self._play(job)
        return JSONResponse(job.shown())

    def _play(self, job: Job) -> None:
        job.polls += 1
        if job.status == "CANCELLED" or job.polls <= self.queued_polls:
            return
        job.worker, job.taken = "w1", job.taken or time.monotonic()
        job.status = "IN_PROGRESS"
        if job.polls > self.queued_polls + self.running_polls:
            job.status, job.output = self.ending["status"], self.ending.get("output")
            if self.breaks_on and self.breaks_on in json.dumps(job.input):
                job.status, job.output = "FAILED", {"error": "not that"}
            elif self.names_files and job.status == "COMPLETED":
                job.output = saved_pictures(job.input)
            told = self.ending.get("executionTime")
            job.error, job.seconds = self.ending.get("error"), None if told is None else told / 1000

    async def _cancel(self, request: Request, body: bytes) -> Response:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return JSONResponse({"error": "job not found"}, 404)
        if self.cancel_answers:
            status, content = self.cancel_answers.pop(0)
            return JSONResponse(content, status)
        if self.begins_late and job.status == "IN_QUEUE":
            job.status, job.worker, job.seconds = "IN_PROGRESS", "w1", 0.4
        if job.status in ("IN_QUEUE", "IN_PROGRESS"):
            self.stops += [job.id] if job.status == "IN_PROGRESS" else []
            job.status = "CANCELLED"
        return JSONResponse({"id": job.id, "status": job.status})

    async def _health(self, request: Request, body: bytes) -> Response:
        endpoint = request.path_params["ep"]
        if endpoint in self.health:
            return JSONResponse(self.health[endpoint])
        mine = [job for job in self.jobs.values() if job.endpoint == endpoint]
        running = sum(job.status == "IN_PROGRESS" for job in mine)
        queued = sum(job.status == "IN_QUEUE" for job in mine)
        workers = {"idle": max(0, 1 - running), "running": running, "initializing": 0, "throttled": 0}
        return JSONResponse({"jobs": {"inQueue": queued, "inProgress": running}, "workers": workers})

    # --- what a worker of the SDK asks --------------------------------------------------------------------

    async def _ping(self, request: Request, body: bytes) -> Response:
        return Response()

    async def _take(self, request: Request, body: bytes) -> Response:
        self.workers.add(request.path_params["worker"])
        several = "job-take-batch" in request.url.path
        most = int(request.query_params.get("batch_size", 1))
        for _ in range(200):
            taken = [
                job
                for job in self.jobs.values()
                if job.status == "IN_QUEUE" and job.endpoint == request.path_params["ep"]
            ][:most]
            for job in taken:
                job.status, job.worker = "IN_PROGRESS", request.path_params["worker"]
                job.taken = time.monotonic()
            if taken:
                given = [{"id": job.id, "input": job.input} for job in taken]
                return JSONResponse(given if several else given[0])
            await asyncio.sleep(0.02)
        return Response(status_code=204)

    async def _stop(self, request: Request, body: bytes) -> Response:
        for _ in range(200):
            if self.stops:
                stopped, self.stops = self.stops, []
                return JSONResponse({"jobsToStop": stopped})
            await asyncio.sleep(0.02)
        return JSONResponse({"jobsToStop": []})

    async def _done(self, request: Request, body: bytes) -> Response:
        job, said = self.jobs[request.path_params["id"]], json.loads(body)
        if len(body) > 20_000_000:
            job.status, job.seconds = "COMPLETED", time.monotonic() - job.taken
            return Response(status_code=400)
        if job.status == "IN_PROGRESS":
            job.output, job.error = said.get("output"), said.get("error")
            if said.get("status") != "IN_PROGRESS":
                job.status = "FAILED" if job.error is not None else "COMPLETED"
                job.seconds = time.monotonic() - job.taken
        return Response()

    async def _file(self, request: Request, body: bytes) -> Response:
        status, content, headers = self.files.get(request.path_params["name"], (404, b"", {}))
        return Response(content, status, headers)
