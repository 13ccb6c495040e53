"""The engine works the ledger: every job ends in one way, nothing is made twice, restarts lose nothing."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.errors import RenderFailedError, StorageError, UnreachableError
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.edits import edit
from kitsumy_core.render.backend import Backend, Estimate, Finding, Picture, Progress, Report
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.sketch import SketchBackend
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.settings import Settings
from kitsumy_core.store import Claim, Job, NewJob, Store, Want
from tests.samples import a_book

PANEL, OTHER = "ch1-p1-pan1", "ch1-p1-pan2"
QUICK = Tempo(idle_look=0.05, lease=0.6, beat=0.15, failover=0.3, backoff=(0.0, 0.0), save_pauses=(0.01,) * 5)


def png(colour: str = "red") -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(out, "PNG")
    return Picture(out.getvalue(), 32, 24, seed=7)


class Scripted:
    """A backend whose pictures, errors and delays a test decides; it counts what it rendered."""

    kind = "sketch"

    def __init__(self, make: Callable[[str], object] | None = None) -> None:
        self.make = make or (lambda job_id: [png()])
        self.started: list[str] = []
        self.withdrawn: list[str] = []
        self.kept: dict[str, list[Picture]] = {}
        self.gate: asyncio.Event | None = None
        self.most_at_once = self._now = 0

    def slots(self) -> int:
        return 2

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        return Estimate()

    async def check(self) -> list[Finding]:
        return []

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        self.started.append(job_id)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        report(Progress("sampling", 1, 4, preview=png("blue").data))
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.withdrawn.append(job_id)
            raise
        finally:
            self._now -= 1
        made = self.make(job_id)
        if isinstance(made, Exception):
            raise made
        assert isinstance(made, list)
        return made

    async def recover(self, job_id: str) -> Sequence[Picture] | None:
        return self.kept.get(job_id)

    async def aclose(self) -> None:
        return


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Store.open(Settings(KITSUMY_DATA_DIR=tmp_path))  # type: ignore[call-arg]
    yield opened
    opened.close()


@asynccontextmanager
async def working(store: Store, backend: Backend) -> AsyncIterator[Engine]:
    engine = Engine(store, lambda place: backend, tempo=QUICK)
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def wish(store: Store, project_id: str, panel_id: str = PANEL) -> NewJob:
    made = pipeline.planned(store.head(project_id).book, panel_id, RenderOptions("sketch"))
    return NewJob(project_id, panel_id, "final", made.request, made.shot, "writer")


def left_behind(store: Store, kind: str = "sketch") -> Claim:
    """Return the next job as a killed process leaves it: running, with a lease that has run out."""
    claim = store.claim(Want(kind), "killed", -1.0)
    assert claim is not None
    return claim


async def ended(store: Store, jobs: Sequence[Job]) -> list[Job]:
    for _ in range(400):
        found = [store.job(job.id) for job in jobs]
        if all(job.state not in ("queued", "running") for job in found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError([job.state for job in found])


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came about")


def test_a_job_becomes_a_take_that_the_panel_shows_and_the_writers_undo_is_left_alone(store: Store) -> None:
    project = store.create(a_book(), "writer").id

    async def main() -> None:
        async with working(store, SketchBackend()) as engine:
            (job,) = await ended(store, engine.submit([wish(store, project)]))
            assert job.state == "done"

    asyncio.run(main())
    (take,) = store.takes(project, PANEL)
    assert store.head(project).book.picks == {PANEL: take.id}
    assert take.shot == wish(store, project).shot
    with Image.open(io.BytesIO(store.images.get(take.image))) as image:
        assert image.size == (take.width, take.height)
    assert store.can_undo(project, "writer") is None


def test_a_second_take_of_the_same_shot_waits_to_be_chosen_but_a_changed_shot_is_shown_at_once(
    store: Store,
) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted(lambda job_id: [png("green")])

    async def main() -> None:
        async with working(store, backend) as engine:
            await ended(store, engine.submit([wish(store, project)]))
            first = store.head(project).book.picks[PANEL]
            again = wish(store, project)
            request = again.request.model_copy(update={"width": 500})
            again = NewJob(project, PANEL, "final", request, again.shot, "writer")
            await ended(store, engine.submit([again]))
            assert len(store.takes(project, PANEL)) == 2
            assert store.head(project).book.picks[PANEL] == first
            store.commit(
                project, edit("set_field", node=f"panel:{PANEL}", field="action", value="Злива."), "w"
            )
            await ended(store, engine.submit([wish(store, project)]))
            assert store.head(project).book.picks[PANEL] not in {"", first}

    asyncio.run(main())


def test_the_same_request_is_rendered_once_for_all_panels_and_projects(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted()

    async def main() -> None:
        async with working(store, backend) as engine:
            await ended(store, engine.submit([wish(store, project)]))
            other = wish(store, project)
            twin = NewJob(project, OTHER, "final", other.request, other.shot, "writer")
            (job,) = await ended(store, engine.submit([twin]))
            assert job.state == "done"

    asyncio.run(main())
    assert len(backend.started) == 1
    (first,), (second,) = store.takes(project, PANEL), store.takes(project, OTHER)
    assert first.image == second.image


def test_asked_for_again_exactly_it_is_made_anew_and_both_takes_are_kept(store: Store) -> None:
    async def run() -> None:
        backend = Scripted()
        project = store.create(a_book(), "anna").id
        async with working(store, backend) as engine:
            await ended(store, engine.submit([wish(store, project)]))
            await ended(store, engine.submit([replace(wish(store, project), anew=True)]))
        first, second = store.takes(project)
        assert len(backend.started) == 2
        assert first.request == second.request
        assert store.head(project).book.picks[PANEL] == first.id

    asyncio.run(run())


def test_a_double_click_queues_a_picture_once(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    engine = Engine(store, lambda place: Scripted())
    assert len(engine.submit([wish(store, project)])) == 1
    assert engine.submit([wish(store, project)]) == []


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (UnreachableError(server="http://a"), "unreachable"),
        (RenderFailedError("render-failed", node="3"), "render-failed"),
        (ValueError("oops"), "internal"),
        ([], "no-pictures"),
        ([Picture(b"not a picture", 1, 1)], "picture-unknown-format"),
    ],
)
def test_a_failure_is_kept_with_its_code_stops_no_other_job_and_can_be_retried(
    store: Store, made: object, code: str
) -> None:
    project = store.create(a_book(), "writer").id
    is_broken = True

    def make(attempt_id: str) -> object:
        first = store.claim_of(attempt_id).job.panel_id == PANEL
        return made if first and is_broken else [png()]

    async def main() -> None:
        nonlocal is_broken
        async with working(store, Scripted(make)) as engine:
            jobs = engine.submit([wish(store, project), wish(store, project, OTHER)])
            bad, good = await ended(store, jobs)
            assert (bad.state, bad.error_code, good.state) == ("failed", code, "done")
            is_broken = False
            engine.retry(bad.id)
            assert (await ended(store, [bad]))[0].state == "done"

    asyncio.run(main())


def test_two_at_most_are_under_way_and_a_cancelled_one_is_withdrawn(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted()

    async def main() -> None:
        backend.gate = asyncio.Event()
        async with working(store, backend) as engine:
            panels = [panel.id for panel in store.head(project).book.plan.panels()][:4]
            jobs = engine.submit([wish(store, project, panel) for panel in panels])
            await until(lambda: len(backend.started) == 2)
            live = engine.live(jobs[0].id)
            assert live is not None
            assert (live.progress.value, live.progress.total) == (1, 4)
            assert live.progress.preview == png("blue").data
            engine.cancel(jobs[0].id)
            engine.cancel(jobs[3].id)
            await until(lambda: len(backend.withdrawn) == 1)
            backend.gate.set()
            states = [job.state for job in await ended(store, jobs)]
            assert states == ["cancelled", "done", "done", "cancelled"]
            assert engine.live(jobs[0].id) is None

    asyncio.run(main())
    assert backend.most_at_once == 2
    assert len(backend.started) == 3


def test_cancelling_all_leaves_nothing_under_way(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted()

    async def main() -> None:
        backend.gate = asyncio.Event()
        async with working(store, backend) as engine:
            panels = [panel.id for panel in store.head(project).book.plan.panels()]
            jobs = engine.submit([wish(store, project, panel) for panel in panels])
            await until(lambda: len(backend.started) == 2)
            engine.cancel_all(project)
            assert {job.state for job in await ended(store, jobs)} == {"cancelled"}
            await until(lambda: len(backend.withdrawn) == 2)

    asyncio.run(main())


def test_a_stop_withdraws_what_runs_and_the_next_start_renders_it(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    stopped, fresh = Scripted(), Scripted()

    async def first() -> list[Job]:
        stopped.gate = asyncio.Event()
        async with working(store, stopped) as engine:
            jobs = engine.submit([wish(store, project)])
            await until(lambda: bool(stopped.started))
            return jobs

    async def second(jobs: list[Job]) -> None:
        async with working(store, fresh):
            assert (await ended(store, jobs))[0].state == "done"

    jobs = asyncio.run(first())
    assert len(stopped.withdrawn) == 1
    asyncio.run(second(jobs))
    assert len(fresh.started) == 1


def test_what_a_killed_process_left_running_is_fetched_instead_of_rendered_again(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    jobs = store.add_jobs([wish(store, project), wish(store, project, OTHER)])
    first, _ = (left_behind(store) for _ in jobs)
    backend = Scripted()
    backend.kept[first.attempt.id] = [png("yellow")]

    async def main() -> None:
        async with working(store, backend):
            assert [job.state for job in await ended(store, jobs)] == ["done", "done"]

    asyncio.run(main())
    assert len(backend.started) == 1, "only the one the server had lost"
    assert store.takes(project, PANEL)[0].shot == jobs[0].shot


def test_a_picture_for_a_panel_that_was_deleted_meanwhile_is_kept_and_nothing_breaks(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted()

    async def main() -> None:
        backend.gate = asyncio.Event()
        async with working(store, backend) as engine:
            jobs = engine.submit([wish(store, project)])
            await until(lambda: bool(backend.started))
            store.commit(project, edit("delete_node", node=f"panel:{PANEL}"), "writer")
            backend.gate.set()
            assert (await ended(store, jobs))[0].state == "done"

    asyncio.run(main())
    assert len(store.takes(project, PANEL)) == 1


def test_a_retry_is_another_attempt_with_an_id_the_server_has_never_seen(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted(lambda job_id: RenderFailedError("render-failed"))

    async def main() -> None:
        async with working(store, backend) as engine:
            jobs = engine.submit([wish(store, project)])
            await ended(store, jobs)
            engine.retry(jobs[0].id)
            await until(lambda: len(backend.started) == 2)

    asyncio.run(main())
    assert len(set(backend.started)) == 2


def test_cancelling_a_crowd_frees_every_slot_and_renders_none_of_it(store: Store) -> None:
    project = store.create(a_book(8), "writer").id
    backend = Scripted()

    async def main() -> None:
        async with working(store, backend) as engine:
            for _ in range(6):
                panels = [panel.id for panel in store.head(project).book.plan.panels()]
                jobs = engine.submit([wish(store, project, panel) for panel in panels])
                await asyncio.to_thread(engine.cancel_all, project)
                done = await ended(store, jobs)
                assert {job.state for job in done} <= {"cancelled", "done"}
            await until(lambda: not engine._tasks)
            assert [view.busy for view in engine.servers()] == [0, 0]

    asyncio.run(main())


def test_a_database_that_is_busy_for_a_moment_does_not_stop_the_engine(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = store.create(a_book(), "writer").id
    claim, failures = store.claim, [StorageError("database-busy", where="x")]

    def busy_once(*arguments: Any) -> Claim | None:
        if failures:
            raise failures.pop()
        return claim(*arguments)

    monkeypatch.setattr(store, "claim", busy_once)

    async def main() -> None:
        async with working(store, Scripted()) as engine:
            assert (await ended(store, engine.submit([wish(store, project)])))[0].state == "done"

    asyncio.run(main())


def test_a_picture_is_held_until_the_disk_takes_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    project = store.create(a_book(), "writer").id
    put, failures = store.images.put_foreign, [StorageError("disk-full", where="x")] * 3

    def full(data: bytes):  # type: ignore[no-untyped-def]
        if failures:
            raise failures.pop()
        return put(data)

    monkeypatch.setattr(store.images, "put_foreign", full)
    backend = Scripted()

    async def main() -> None:
        async with working(store, backend) as engine:
            assert (await ended(store, engine.submit([wish(store, project)])))[0].state == "done"

    asyncio.run(main())
    assert len(backend.started) == 1


def test_a_job_for_a_backend_nobody_has_here_fails_with_a_word(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    known = wish(store, project)
    request = DiffusionRequest(backend="runpod", prompt="x")
    ran, waiting = store.add_jobs(
        [NewJob(project, panel, "final", request, known.shot, "writer") for panel in (PANEL, OTHER)]
    )
    left_behind(store, "runpod")

    async def main() -> None:
        async with working(store, Scripted()):
            for job in await ended(store, [waiting, ran]):
                assert (job.state, job.error_code) == ("failed", "backend-unknown")

    asyncio.run(main())


def test_a_sketch_or_an_older_shot_never_replaces_a_render_that_shows_what_the_plan_says(
    store: Store,
) -> None:
    project = store.create(a_book(), "writer").id
    old = wish(store, project)
    store.commit(project, edit("set_field", node=f"panel:{PANEL}", field="action", value="Злива."), "w")
    today = wish(store, project)
    render = DiffusionRequest(backend="comfyui", prompt="rain")

    async def main() -> None:
        async with working(store, Scripted(lambda job_id: [png("green")])) as engine:
            await ended(store, engine.submit([NewJob(project, PANEL, "final", render, today.shot, "w")]))
            shown = store.head(project).book.picks[PANEL]
            await ended(store, engine.submit([old]))
            assert store.head(project).book.picks[PANEL] == shown, "an older shot"
            await ended(store, engine.submit([today]))
            assert store.head(project).book.picks[PANEL] == shown, "a sketch"

    asyncio.run(main())
    assert len(store.takes(project, PANEL)) == 3
