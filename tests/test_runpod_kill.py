"""A command that is killed at any moment, and run again, pays for no picture twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli_runs import a_file, renders, run
from tests.runpod_server import KEY, RunPodDouble
from tests.runpods import FAST

ROOT = Path(__file__).parents[1]
KILLS = 6
FORKING = """
import json, os, signal, sys
import kitsumy_core.commands.render
from kitsumy_core.cli import app
from kitsumy_core.render import runpod_open
from kitsumy_core.render.runpod_job import Rhythm

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
runpod_open.Rhythm = lambda **given: Rhythm(first=0.05, most=0.05, most_queued=0.05, deadline=30)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            app(json.loads(line))
        finally:
            os._exit(0)
    print(pid, flush=True)
"""
"""A process that has imported everything and forks for each command: starting one takes no second."""


@contextmanager
def forking() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", FORKING]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.kill()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def sent_of(cloud: RunPodDouble) -> Counter[str]:
    """Return how often each picture was sent, by its seed."""
    return Counter(
        str(node["inputs"]["seed"])
        for job in cloud.submitted
        for node in job.input["workflow"].values()
        if node["class_type"] == "KSampler"
    )


def told_of(out: Path) -> set[tuple[str, str]]:
    """Return (seed, when) of the pictures that a run said nobody knows about."""
    found = renders(out) if (out / "renders.json").exists() else {}
    uncertain = [record for record in found.values() if record["status"] == "uncertain"]
    return {(str(record["seed"]), record["metadata"]["timestamp"]) for record in uncertain}


def test_a_command_killed_at_random_moments_sends_no_picture_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was killed between sending and answer is said first, and sent again only by the run after that."""
    moment, out, file = random.Random(20), tmp_path / "out", a_file(tmp_path)
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    monkeypatch.setattr("kitsumy_core.render.runpod_open.Rhythm", lambda **given: FAST)
    command = ("render", str(file), "--out", str(out), "--backend", "runpod")
    with RunPodDouble() as cloud:
        cloud.queued_polls, cloud.running_polls, cloud.run_delay = 0, 3, 0.05
        monkeypatch.setenv("RUNPOD_API_KEY", KEY)
        monkeypatch.setenv("RUNPOD_ENDPOINT_IDS", "ep1")
        monkeypatch.setenv("RUNPOD_ENDPOINT_BASE_URL", cloud.url)
        told: set[tuple[str, str]] = set()
        with forking() as zygote:
            assert zygote.stdin
            assert zygote.stdout
            for _ in range(KILLS):
                seen, until = len(cloud.calls), time.monotonic() + 30
                zygote.stdin.write(json.dumps(command) + "\n")
                zygote.stdin.flush()
                pid = int(zygote.stdout.readline())
                while len(cloud.calls) == seen and is_alive(pid) and time.monotonic() < until:
                    time.sleep(0.005)
                time.sleep(moment.uniform(0.0, 0.25))
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                told |= told_of(out)
        killed_with = len(cloud.submitted)
        last = run(*command)
        found, still = renders(out), told_of(out)
        assert last.exit_code == (1 if still else 0), last.stderr
        sent, times = sent_of(cloud), Counter(seed for seed, _when in told)
        assert {seed for seed, many in sent.items() if many > 1 + times[seed]} == set(), "sent untold"
        assert set(sent) == {str(record["seed"]) for record in found.values()}
        assert all(record["status"] in ("success", "uncertain") for record in found.values())
        assert killed_with > 0, "the kills came before anything was sent"
