"""Stand in for a ComfyUI server: real sockets on the loopback, playing traffic recorded from a real one.

`plays` names the transcript in `data/comfyui` the next jobs follow; attributes switch single faults on.
Everything a client sent is in `received`; `renders` counts jobs that really ran.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

DATA = Path(__file__).parent / "data" / "comfyui"


@cache
def recorded(name: str) -> Any:
    """Return the parsed content of a file of recorded traffic."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def post_answer(label: str) -> dict[str, Any]:
    """Return what the real server answered to a `POST /prompt` with this label."""
    return next(entry for entry in recorded("post_answers") if entry["label"].startswith(label))


@dataclass
class Call:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Ticket:
    """One queued job; a foreign one has no client id and runs until `let_foreign_go`."""

    number: float
    id: str
    graph: dict[str, Any]
    client_id: str | None
    script: str
    interrupted: bool = False
    gone: bool = False


@dataclass
class Listener:
    socket: WebSocket
    client_id: str
    flags: bool = False


class ComfyUIDouble:
    """Run with `with ComfyUIDouble() as server:`; `server.url` is its address."""

    def __init__(self) -> None:
        self.plays = "fresh"
        self.refuse_sockets = self.deaf = self.ignores_prompt_id = self.old_frames = False
        self.breaks_object_info = self.loses_files = self.breaks_files = False
        self.hold_at: str | None = None
        """Type of message after which a job stops until `release`."""
        self.post_delay = self.queue_delay = self.history_delay = 0.0
        """Seconds between queueing and answering a post, before queueing it, and before the history entry."""
        self.next_answer: dict[str, Any] | None = None
        self.password = ""
        self.renamed_upload = ""
        self.object_info: dict[str, Any] = dict(recorded("object_info"))
        self.received: list[Call] = []
        self.renders = self.sockets_opened = self.sockets_refused = 0
        self.client_ids: list[str] = []
        self.files: dict[tuple[str, str], bytes] = {}
        self._listeners: list[Listener] = []
        self._queue: list[Ticket] = []
        self._running: Ticket | None = None
        self._history: dict[str, Any] = {}
        self._number = 0
        self._held = threading.Event()
        self._foreign_steps = 0
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen: on a port of its own, or again on the same one after `kill`."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app(),
            log_level="critical",
            ws="websockets-sansio",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started)

    def kill(self) -> None:
        """Stop at once; what was queued or in the history is forgotten, files stay."""
        self.forget()
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(10)

    def forget(self) -> None:
        """Lose queue and history, as a restart does."""
        self._queue.clear()
        self._history.clear()
        if self._running:
            self._running.gone = True
            self._running = None
        self._held.set()

    def release(self) -> None:
        """Let a job that stopped at `hold_at` go on."""
        self.hold_at = None
        self._held.set()

    def drop_sockets(self) -> None:
        """Close all websockets from the server's side."""
        for listener in list(self._listeners):
            self._do(listener.socket.close(1001))

    def add_foreign(self, count: int = 1) -> None:
        """Queue jobs of somebody else; each runs until `let_foreign_go`."""
        for _ in range(count):
            self._number += 1
            ticket = Ticket(self._number, f"foreign-{self._number}", {}, None, "without_client_id")
            self._queue.append(ticket)
        wait_until(lambda: self._running is not None)

    def let_foreign_go(self, count: int = 1) -> None:
        self._foreign_steps += count

    def calls(self, path: str, method: str | None = None) -> list[Call]:
        return [c for c in self.received if c.path == path and method in (None, c.method)]

    @property
    def running_id(self) -> str | None:
        return self._running.id if self._running else None

    @property
    def pending_ids(self) -> list[str]:
        return [t.id for t in self._queue]

    def _serve(self, listening: socket.socket) -> None:
        asyncio.run(self._main(listening))

    async def _main(self, listening: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        worker = asyncio.create_task(self._work())
        await self._server.serve(sockets=[listening])
        worker.cancel()
        listening.close()

    def _do(self, action: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(action, self._loop).result(5)

    # -- the queue's worker

    async def _work(self) -> None:
        while True:
            if self._queue:
                self._running = ticket = self._queue.pop(0)
                await (
                    self._run_foreign(ticket)
                    if ticket.client_id is None and not ticket.graph
                    else self._run(ticket)
                )
            await asyncio.sleep(0.002)

    async def _run_foreign(self, ticket: Ticket) -> None:
        for entry in recorded(ticket.script)["messages"]:
            await self._say(entry, ticket)
        while not self._foreign_steps and not ticket.gone:  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
        self._foreign_steps -= 1
        self._finish(ticket, None)
        await self._say(
            {"json": {"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}}}}, ticket
        )

    async def _run(self, ticket: Ticket) -> None:
        script = recorded(ticket.script)
        self.renders += ticket.script != "cached"
        outputs: dict[str, Any] = {}
        for entry in script["messages"]:
            if ticket.gone:
                return
            if ticket.interrupted and "execution_interrupted" not in str(entry):
                script = recorded("interrupted")
                break
            await self._step(entry, ticket, outputs)
        if ticket.interrupted:
            for entry in script["messages"][-3:]:
                await self._say(entry, ticket)
        status = json.loads(json.dumps(script["history"]["status"]).replace("PROMPT-ID", ticket.id))
        self._running = None if self._running is ticket else self._running
        if self.history_delay:
            await asyncio.sleep(self.history_delay)
        self._finish(ticket, {"prompt": [], "outputs": outputs, "status": status, "meta": {}})

    async def _step(self, entry: dict[str, Any], ticket: Ticket, outputs: dict[str, Any]) -> None:
        kind = entry.get("json", {}).get("type", "")
        if kind == "executed":
            node = entry["json"]["data"]["node"]
            output = entry["json"]["data"]["output"]
            outputs[node] = output = self._old(output) if ticket.script == "cached" else self._saved(ticket)
            data = {**entry["json"]["data"], "output": output}
            entry = {**entry, "json": {"type": kind, "data": data}}
        await self._say(entry, ticket)
        await asyncio.sleep(0.001)
        if self.hold_at and kind == self.hold_at:
            self._held.clear()
            while not (self._held.is_set() or ticket.interrupted or ticket.gone):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)

    def _finish(self, ticket: Ticket, entry: dict[str, Any] | None) -> None:
        if self._running is ticket:
            self._running = None
        if entry is not None and not ticket.gone:
            self._history[ticket.id] = entry

    def _saved(self, ticket: Ticket) -> dict[str, Any]:
        inputs = [node["inputs"] for node in ticket.graph.values()]
        prefix = next((i["filename_prefix"] for i in inputs if "filename_prefix" in i), "ComfyUI")
        folder, _, stem = prefix.rpartition("/")
        size = next(((i["width"], i["height"]) for i in inputs if "width" in i), (64, 64))
        batch = next((i["batch_size"] for i in inputs if "batch_size" in i), 1)
        images = []
        for n in range(1, batch + 1):
            name = f"{stem}_{n:05}_.png"
            self.files[folder, name] = a_png(*size)
            images.append({"filename": name, "subfolder": folder, "type": "output"})
        return {"images": images}

    def _old(self, output: dict[str, Any]) -> dict[str, Any]:
        for image in output["images"]:
            self.files[image["subfolder"], image["filename"]] = a_png(64, 64)
        return output

    async def _say(self, entry: dict[str, Any], ticket: Ticket) -> None:
        """Send a recorded message or frame to whom the real server sends it."""
        message = entry.get("json")
        text = json.dumps(message).replace("PROMPT-ID", ticket.id)
        for listener in list(self._listeners):
            to_all = (message and message["type"] == "status") or ticket.client_id is None
            if self.deaf or not (to_all or listener.client_id == ticket.client_id):
                continue
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                if message:
                    await listener.socket.send_text(text)
                else:
                    await listener.socket.send_bytes(self._frame(listener, ticket))

    def _frame(self, listener: Listener, ticket: Ticket) -> bytes:
        image = (DATA / "preview.jpg").read_bytes()
        if not listener.flags or self.old_frames:
            return struct.pack(">II", 1, 1) + image
        about = json.dumps({"node_id": "3", "prompt_id": ticket.id, "image_type": "image/jpeg"}).encode()
        return struct.pack(">II", 4, len(about)) + about + image

    # -- the routes

    def _app(self) -> Starlette:
        def route(path: str, handler: Callable[..., Any], method: str = "GET") -> Route:
            async def endpoint(request: Request) -> Response:
                body = await request.body()
                parsed = json.loads(body) if body[:1] in (b"{", b"[") else body
                self.received.append(Call(method, request.url.path, parsed, dict(request.headers)))
                if self.password and request.headers.get("authorization") != self.password:
                    return Response(status_code=401)
                return await handler(request, parsed)

            return Route(path, endpoint, methods=[method])

        return Starlette(
            routes=[
                route("/prompt", self._post_prompt, "POST"),
                route("/queue", self._get_queue),
                route("/queue", self._post_queue, "POST"),
                route("/interrupt", self._interrupt, "POST"),
                route("/history/{id}", self._get_history),
                route("/object_info", self._get_object_info),
                route("/system_stats", self._get_stats),
                route("/view", self._view),
                route("/upload/image", self._upload, "POST"),
                WebSocketRoute("/ws", self._socket),
            ]
        )

    async def _post_prompt(self, request: Request, body: dict[str, Any]) -> Response:
        answer, self.next_answer = self.next_answer, None
        if answer and answer["status"] != 200:
            if answer["json"] is None:
                return PlainTextResponse(answer["text"], answer["status"])
            return JSONResponse(answer["json"], answer["status"])
        if self.queue_delay:
            await asyncio.sleep(self.queue_delay)
        self._number += 1
        given = f"server-{self._number}" if self.ignores_prompt_id else body["prompt_id"]
        client_id = body.get("client_id", "")
        self._queue.append(Ticket(self._number, given, body["prompt"], client_id, self.plays))
        if self.post_delay:
            await asyncio.sleep(self.post_delay)
        errors = answer["json"]["node_errors"] if answer else {}
        return JSONResponse({"prompt_id": given, "number": self._number, "node_errors": errors})

    async def _get_queue(self, request: Request, body: object) -> Response:
        def entry(t: Ticket) -> list[Any]:
            return [t.number, t.id, t.graph, {"client_id": t.client_id}, ["9"]]

        pending = [entry(t) for t in reversed(self._queue)]
        running = [entry(self._running)] if self._running else []
        return JSONResponse({"queue_running": running, "queue_pending": pending})

    async def _post_queue(self, request: Request, body: dict[str, Any]) -> Response:
        self._queue = [t for t in self._queue if t.id not in body.get("delete", ())]
        return Response()

    async def _interrupt(self, request: Request, body: dict[str, Any]) -> Response:
        if self._running and body.get("prompt_id") in (None, self._running.id):
            self._running.interrupted = True
        return Response()

    async def _get_history(self, request: Request, body: object) -> Response:
        found = self._history.get(request.path_params["id"])
        return JSONResponse({request.path_params["id"]: found} if found else {})

    async def _get_object_info(self, request: Request, body: object) -> Response:
        if self.breaks_object_info:
            return PlainTextResponse("500 Internal Server Error\n\nServer got itself in trouble", 500)
        return JSONResponse(self.object_info)

    async def _get_stats(self, request: Request, body: object) -> Response:
        return JSONResponse(recorded("system_stats"))

    async def _view(self, request: Request, body: object) -> Response:
        query = request.query_params
        data = self.files.get((query.get("subfolder", ""), query["filename"]))
        if data is None or self.loses_files:
            return Response(status_code=404)
        return Response(data[: len(data) // 2] if self.breaks_files else data, media_type="image/png")

    async def _upload(self, request: Request, body: object) -> Response:
        async with request.form() as form:
            sent = form["image"]
            name = self.renamed_upload or str(getattr(sent, "filename", ""))
            return JSONResponse({"name": name, "subfolder": form.get("subfolder", ""), "type": "input"})

    async def _socket(self, websocket: WebSocket) -> None:
        authorised = not self.password or websocket.headers.get("authorization") == self.password
        if self.refuse_sockets or not authorised:
            self.sockets_refused += 1
            await websocket.close()
            return
        await websocket.accept()
        client_id = websocket.query_params.get("clientId", "")
        listener = Listener(websocket, client_id)
        self.received.append(Call("WS", "/ws"))
        self.client_ids.append(client_id)
        self._listeners.append(listener)
        self.sockets_opened += 1
        hello = {"status": {"exec_info": {"queue_remaining": len(self._queue)}}, "sid": client_id}
        try:
            await websocket.send_json({"type": "status", "data": hello})
            first = await websocket.receive_json()
            self.received.append(Call("WS", "first message", first))
            listener.flags = first.get("type") == "feature_flags"
            while True:
                await websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._listeners.remove(listener)


@cache
def a_png(width: int, height: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "steelblue").save(written, "PNG")
    return written.getvalue()


def wait_until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait, from a plain thread, until something holds. Raises AssertionError if it never does."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)
