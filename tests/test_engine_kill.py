"""Kill -9 at random moments, engines and servers: every job ends, nothing that is there is made twice."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.messages import say
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.store import Job, NewJob, Store
from tests import postgres
from tests.samples import a_book
from tests.stores import a_shot, opened, settings_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
ROOT = Path(__file__).parents[1]
JOBS, KILLS, WITHIN = 20, 9, 40.0


class Zygote:
    """Starts servers and engines, and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._alive: set[int] = set()

    def start(self, wish: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        self._alive.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill a process, and wait until its port is free: whoever takes its place listens there too."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            while True:
                os.kill(pid, 0)
                time.sleep(0.002)
        self._alive.discard(pid)

    def close(self) -> None:
        for pid in list(self._alive):
            self.kill(pid)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        with opened(settings_for(tmp_path / "data")) as store:
            yield store
        return
    pytest.importorskip("psycopg")
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running() as url, opened(settings_for(tmp_path / "data", url)) as store:
        yield store


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wishes(store: Store, folder: Path) -> list[dict[str, Any]]:
    """Return what starts two servers and two engines on one database."""
    servers = []
    for name in ("a", "b"):
        (folder / name).mkdir()
        known = {"port": free_port(), "folder": str(folder / name), "seconds": 0.08}
        servers.append({"run": "server", **known})
    database = store.database.url
    url = "" if store.database.is_sqlite else database.render_as_string(hide_password=False)
    urls = [f"http://127.0.0.1:{server['port']}" for server in servers]
    engine = {"run": "engine", "data": str(folder / "data"), "database": url, "servers": urls}
    engine["log"] = str(folder / "engines.log")
    return [*servers, engine, engine]


def over(store: Store) -> bool:
    return not store.jobs(None, "queued", "running")


def test_after_kills_at_random_moments_every_job_has_one_end_and_no_picture_was_made_twice(
    store: Store, zygote: Zygote, tmp_path: Path
) -> None:
    project = store.create(a_book(), "anna").id
    requests = [DiffusionRequest(prompt="x", width=64, height=64, seed=n) for n in range(JOBS)]
    jobs = store.add_jobs([NewJob(project, f"p{r.seed}", "final", r, a_shot(), "anna") for r in requests])
    wanted = wishes(store, tmp_path)
    pids = [zygote.start(wish) for wish in wanted]
    chance, kills, until = random.Random(), 0, time.monotonic() + WITHIN
    while not over(store):
        assert time.monotonic() < until, Counter(job.state for job in store.jobs())
        time.sleep(chance.uniform(0.05, 0.4))
        if kills < KILLS:
            victim = chance.randrange(len(pids))
            zygote.kill(pids[victim])
            kills += 1
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0.0, 0.3))
            pids[victim] = zygote.start(wanted[victim])
    assert kills >= KILLS // 2, "the work was over too soon to prove anything"
    check(store, [store.job(job.id) for job in jobs], tmp_path)


def check(store: Store, jobs: list[Job], folder: Path) -> None:
    made = {file.name.partition("_")[0] for file in folder.glob("[ab]/*.png")}
    began = Counter(line for log in folder.glob("[ab]/began.log") for line in log.read_text().splitlines())
    assert max(began.values()) == 1, "no attempt is sent twice"
    for job in jobs:
        attempts = store.attempts_of(job.id)
        with_picture = [a for a in attempts if a.id in made]
        assert all(a.state != "running" for a in attempts)
        assert job.state in ("done", "failed")
        assert len(with_picture) == (1 if job.state == "done" else 0), [a.state for a in attempts]
        assert len(job.take_ids) == len(with_picture)
        assert job.state == "done" or say(job.error_code or "", job.error_params) != job.error_code
    assert len(store.takes(jobs[0].project_id)) == sum(job.state == "done" for job in jobs)
    assert sum(job.state == "done" for job in jobs) > JOBS * 0.8
