"""The engine works the ledger: every job ends in one way, and what it makes is shown where it is better."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kitsumy_core.plan.edits import edit
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.sketch import SketchBackend
from kitsumy_core.settings import Settings
from kitsumy_core.store import NewJob, Store
from tests.samples import a_book
from tests.scripted import OTHER, PANEL, Scripted, ended, png, until, wish, working


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Store.open(Settings(KITSUMY_DATA_DIR=tmp_path))  # type: ignore[call-arg]
    yield opened
    opened.close()


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
