"""The command line as a process of its own: signals, pipes, the studio's start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from kitsumy_core.plan.files import read_plan, write_plan
from kitsumy_core.planner.beats import beats_plan
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.settings import load_settings
from kitsumy_core.store import NewJob
from studio import services
from tests.comfyui_server import wait_until
from tests.runpod_server import KEY, RunPodDouble
from tests.samples import a_book
from tests.stores import FIRST, a_shot, opened

ROOT = Path(__file__).parents[1]
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def environment() -> dict[str, str]:
    names = {key: value for key, value in os.environ.items() if key not in ("COMFYUI_URL", "PYTHONWARNINGS")}
    return names | {"PYTHONPATH": str(ROOT)}


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "kitsumy_core.cli", *(str(arg) for arg in args)]


def run(*args: object, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(*args), cwd=cwd, env=environment(), capture_output=True, timeout=60, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.05)


def test_a_plan_through_a_pipe_is_utf8_whatever_the_terminal_says(tmp_path: Path) -> None:
    names = environment() | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        command("plan", "Їжак і ґедзь"), cwd=tmp_path, env=names, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert read_plan(done.stdout).plan.title == "Їжак і ґедзь"


def test_wrong_arguments_are_explained_without_a_traceback(tmp_path: Path) -> None:
    for args in (["check", "none.json"], ["plan", "x", "--max-pages", "99"], ["fly"], ["render", "x.json"]):
        done = run(*args, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.strip()
        assert b"Traceback" not in done.stderr


def test_help_loads_nothing_heavy() -> None:
    heavy = ("PIL", "pandas", "streamlit", "sqlalchemy", "obstore", "httpx2", "alembic", "babel", "numpy")
    code = f"import sys, kitsumy_core.cli; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, timeout=60, check=True
    )
    assert done.stdout.strip() == b"[]"


@POSIX
def test_an_interrupted_render_keeps_what_is_done_and_goes_on_later(tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.json", tmp_path / "out"
    made = beats_plan("Кіт на Місяці", max_pages=12)
    plan.write_text(write_plan(made), encoding="utf-8")
    with subprocess.Popen(
        command("render", plan, "--out", out),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        wait_for(lambda: len(list(out.glob("*.png"))) >= 2, process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in stderr
    records = json.loads((out / "renders.json").read_text(encoding="utf-8"))["images"]
    done = [record for record in records if record["status"] == "success"]
    assert 2 <= len(done) < len(records) == len(list(made.panels()))
    assert {record["status"] for record in records} == {"success", "cancelled"}
    assert sorted(path.name for path in out.glob("*.png")) == sorted(r["images"][0] for r in done)
    assert len(stdout.splitlines()) == len(done)
    assert not list(out.glob(".*"))
    first = done[0]["panel"]
    again = run("render", plan, "--out", out, "--panels", first, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, b"")


@POSIX
def test_a_mistake_of_ours_is_one_line_with_a_file_for_programmers(tmp_path: Path) -> None:
    code = "import kitsumy_core.cli as cli; cli.app.command('break')(lambda: 1 / 0); cli.main()"
    names = environment() | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, "break"], env=names, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "ZeroDivisionError" in next(tmp_path.glob("kitsumy-*.txt")).read_text(encoding="utf-8")


@POSIX
def test_the_studio_opens_from_any_folder_and_ends_with_a_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that RunPod makes meanwhile is left to it, and the next start fetches it."""
    port = free_port()
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    monkeypatch.setenv("RUNPOD_ENDPOINT_IDS", "ep1")
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    with opened(load_settings(None)) as store:
        request = DiffusionRequest(backend="runpod", prompt="x")
        wish = NewJob(store.create(a_book(), "anna").id, FIRST, "final", request, a_shot(), "anna")
        (job,) = store.add_jobs([wish])

    def answers() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                return bool(answer.read() == b"ok")
        except (URLError, OSError):
            return False

    log = tmp_path / "log.txt"
    with (
        RunPodDouble() as cloud,
        log.open("wb") as file,
        subprocess.Popen(
            command("--headless", "--port", port),
            cwd=tmp_path,
            env=environment() | {"RUNPOD_ENDPOINT_BASE_URL": cloud.url},
            stdout=file,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        cloud.running_polls = 10_000
        wait_for(answers, process)
        wait_for(lambda: bool(cloud.paths("/status/")), process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert not answers()
        cloud.running_polls = 1
        monkeypatch.setenv("RUNPOD_ENDPOINT_BASE_URL", cloud.url)
        running = services.start()
        try:
            wait_until(lambda: running.store.job(job.id).state == "done", 30)
        finally:
            services.stop()
        assert (len(cloud.submitted), cloud.paths("/cancel/")) == (1, [])
    assert "Traceback" not in log.read_text(encoding="utf-8")
