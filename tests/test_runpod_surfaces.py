"""RunPod from the outside: the engine with its ledger, the command line, the doctor, the Settings screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core import pipeline
from kitsumy_core.commands.render_ids import FolderIds, alone_in
from kitsumy_core.doctor import Diagnosis, examine
from kitsumy_core.messages import TEXTS
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.render.backend import Backend
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.pool import Place, places
from kitsumy_core.render.remote_ids import LedgerIds
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_route import Endpoints
from kitsumy_core.settings import load_settings
from kitsumy_core.store import Job, NewJob, Store
from studio import services
from studio.components.connections import _ask
from tests.cli_runs import a_file, renders, run
from tests.comfyui_scenarios import load
from tests.runpod_server import KEY, RunPodDouble
from tests.runpods import FAST, rendered
from tests.samples import a_book
from tests.scripted import PANEL, QUICK, ended, left_behind

DOCTOR_CODES = ("runpod-ready", "runpod-limited")


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunPodDouble:
    _running.reset()
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    monkeypatch.setenv("RUNPOD_ENDPOINT_IDS", "ep1")
    monkeypatch.setenv("RUNPOD_ENDPOINT_BASE_URL", _running.url)
    monkeypatch.setenv("RUNPOD_PRICES", "0.001")
    monkeypatch.setattr("kitsumy_core.render.runpod_open.Rhythm", lambda **given: FAST)
    return _running


# --- the engine ---------------------------------------------------------------------------------------------


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store.open(load_settings(None))
    yield opened
    opened.close()


def opener(store: Store, cloud: RunPodDouble) -> Backend:
    return RunPodBackend(
        Service(cloud.url, KEY, read_timeout=0.5),
        Endpoints(("ep1",)),
        load,
        store.images.get,
        account=Account(Prices("0.001"), idle=0),
        ids=LedgerIds(store),
        rhythm=FAST,
    )


def wish(store: Store, project: str) -> NewJob:
    made = pipeline.planned(store.head(project).book, PANEL, RenderOptions("runpod"))
    return NewJob(project, PANEL, "final", made.request, made.shot, "writer")


def worked(store: Store, cloud: RunPodDouble, *wishes: NewJob, jobs: tuple[Job, ...] = ()) -> list[Job]:
    async def main() -> list[Job]:
        engine = Engine(store, lambda place: opener(store, cloud), [Place("runpod")], QUICK)
        task = asyncio.create_task(engine.run())
        try:
            return await ended(store, [*engine.submit(wishes), *jobs])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return asyncio.run(main())


def test_the_engine_keeps_what_was_paid_and_where_the_job_was(cloud: RunPodDouble, store: Store) -> None:
    project = store.create(a_book(), "writer").id
    (job,) = worked(store, cloud, wish(store, project))
    assert job.state == "done"
    (take,) = store.takes(project, PANEL)
    assert (take.made_by, take.seconds) == ("runpod", 2.3)
    (attempt,) = store.attempts_of(job.id)
    assert attempt.cost == pytest.approx(0.003)
    assert attempt.remote_id == f"ep1/{cloud.submitted[0].id}"
    assert store.spending(project).spent == pytest.approx(0.003)


def test_after_a_kill_the_paid_picture_is_fetched_and_what_is_unknown_is_shown(
    cloud: RunPodDouble, store: Store
) -> None:
    """One process died after the answer, one between sending and answer, one before it sent anything."""
    project = store.create(a_book(), "writer").id
    rendered(cloud)
    sent = cloud.submitted[0].id
    found, paid = [], []
    for known in (f"ep1/{sent}", "ep1/", ""):
        (job,) = store.add_jobs([wish(store, project)])
        claim = left_behind(store, "runpod")
        if known:
            store.keep_remote_id(claim.attempt.id, known)
        (over,) = worked(store, cloud, jobs=(job,))
        found.append((over.state, len(cloud.submitted)))
        paid.append((store.attempts_of(job.id)[0].cost, store.attempts_of(job.id)[0].seconds))
        store.cancel_all(project)
    assert found[0] == ("done", 1), "fetched, not made again"
    assert paid[0] == (pytest.approx(0.003), 2.3), "and paid as any other"
    assert store.spending(project).spent == pytest.approx(0.003)
    assert found[1] == ("uncertain", 1), "shown, not sent again"
    assert found[2] == ("done", 1), "the picture is there already"


def test_an_uncertain_picture_is_fetched_by_the_id_the_writer_gives(
    cloud: RunPodDouble, store: Store
) -> None:
    project = store.create(a_book(), "writer").id
    cloud.run_delay = 1.0
    (job,) = worked(store, cloud, wish(store, project))
    assert (job.state, job.error_code) == ("uncertain", "runpod-unanswered")
    assert len(cloud.submitted) == 1
    store.resolve(job.id, "came", cloud.submitted[0].id)
    (job,) = worked(store, cloud, jobs=(job,))
    assert job.state == "done"
    assert len(cloud.submitted) == 1


# --- the command line ---------------------------------------------------------------------------------------


def test_the_command_line_renders_and_writes_down_the_cost(cloud: RunPodDouble, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("render", a_file(tmp_path), "--out", out, "--backend", "runpod")
    assert result.exit_code == 0, result.stderr
    found = renders(out)
    assert {(r["backend"], r["status"]) for r in found.values()} == {("runpod", "success")}
    assert all(0 < r["cost"] < 0.02 for r in found.values())
    assert re.search(r"0\.0\d+ USD", result.stderr)
    assert not (out / ".runpod.json").exists()
    assert KEY not in result.stdout + result.stderr + (out / "renders.json").read_text()
    sent = len(cloud.submitted)
    assert run("render", a_file(tmp_path), "--out", out, "--backend", "runpod").exit_code == 0
    assert len(cloud.submitted) == sent


def test_a_killed_run_is_gone_on_with_and_an_unanswered_picture_sent_only_on_demand(
    cloud: RunPodDouble, tmp_path: Path
) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    again = ("render", file, "--out", out, "--backend", "runpod", "--panels", PANEL)
    with alone_in(out):
        assert run(*again).exit_code == 2, "two runs at once would both send it"
    assert cloud.submitted == []
    cloud.run_answers = [(500, {})]
    assert run(*again).exit_code == 1
    assert renders(out)[PANEL]["status"] == "uncertain"
    ids = FolderIds(out)
    ((job_id, known),) = ids._ids.items()
    assert known == "ep1/", "an id that nobody knows"
    assert run(*again).exit_code == 0, "the writer was told and asks again"
    assert len(cloud.submitted) == 1
    (out / f"{PANEL}.png").unlink()
    asyncio.run(ids.keep(job_id, f"ep1/{cloud.submitted[0].id}"))
    assert run(*again).exit_code == 0
    assert len(cloud.submitted) == 1, "what the killed run had sent is fetched"


def test_without_key_or_endpoint_nothing_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = run("render", a_file(tmp_path), "--out", tmp_path / "out", "--backend", "runpod")
    assert (result.exit_code, "RUNPOD_API_KEY" in result.stderr) == (2, True)
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)
    result = run("render", a_file(tmp_path), "--out", tmp_path / "out", "--backend", "runpod")
    assert (result.exit_code, "RUNPOD_ENDPOINT_IDS" in result.stderr) == (2, True)


# --- doctor and settings ------------------------------------------------------------------------------------


def lines(found: list[Diagnosis]) -> list[tuple[str, bool]]:
    told = [one for one in found if one.code.startswith("runpod-")]
    assert all(one.code in TEXTS for one in told)
    assert KEY not in repr(found)
    return [(one.code, one.ok) for one in told]


def test_the_doctor_tells_of_key_endpoints_health_and_prices(
    cloud: RunPodDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNPOD_SPEND_LIMIT", "5")
    assert lines(examine(load_settings(None), {})) == [(code, True) for code in DOCTOR_CODES]
    monkeypatch.setenv("RUNPOD_ENDPOINT_IDS", "ep1,other")
    monkeypatch.setenv("RUNPOD_PRICES", "")
    assert lines(examine(load_settings(None), {}))[:2] == [
        ("runpod-ready-unpriced", True),
        ("runpod-endpoint-unknown", False),
    ]
    monkeypatch.delenv("RUNPOD_API_KEY")
    assert lines(examine(load_settings(None), {})) == [("runpod-not-configured", True)]


@pytest.mark.parametrize("prices", ["4090", "ep1=", "cheap", "ep1=-0.1", "1.5"])
def test_a_price_that_is_none_is_refused_where_it_is_entered(prices: str) -> None:
    from kitsumy_core.errors import UsageError
    from kitsumy_core.settings import accepted

    with pytest.raises(UsageError):
        accepted("RUNPOD_PRICES", prices)
    assert accepted("RUNPOD_PRICES", "0.00031, ep-2 = .0005") == "0.00031, ep-2 = .0005"


def test_older_names_of_endpoints_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    from kitsumy_core.render.runpod_open import endpoints_of

    monkeypatch.setenv("RUNPOD_SERVER_100_ID", "a")
    monkeypatch.setenv("RUNPOD_SERVER_150_ID", "b")
    monkeypatch.setenv("RUNPOD_SERVER_SCHNELL_ID", "c")
    assert endpoints_of(load_settings(None)) == Endpoints(("a",), "b", "c")


def test_the_settings_screen_tests_the_endpoints(cloud: RunPodDouble) -> None:
    running = services.start()
    try:
        found = _ask("runpod", running.settings, cloud.url)
        assert [(one.code, one.ok) for one in found] == [("runpod-ready", True)]
        assert [place.kind for place in places(running.settings)][-1] == "runpod"
        wrong: Any = running.settings.model_copy(update={"runpod_base_url": "http://api.example"})
        assert [one.code for one in _ask("runpod", wrong, "x")] == ["runpod-url-invalid"]
    finally:
        services.stop()
