"""Several servers work one queue: they share it, come and go, fail and are replaced, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kitsumy_core.errors import UncertainError
from kitsumy_core.plan.edits import edit
from kitsumy_core.render.backend import Estimate, Picture, Progress, Report, ServerStats
from kitsumy_core.render.pool import Place
from kitsumy_core.render.remote_ids import LedgerIds
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.store import Job, NewJob, Store, Want
from tests.comfyui_scenarios import until
from tests.comfyui_server import ComfyUIDouble, a_png
from tests.engines import QUICK, at_work, comfyui, ends, places, wishes
from tests.samples import a_book
from tests.stores import FIRST, SECOND, a_shot, emptied, opened, settings_for


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(settings_for(tmp_path_factory.mktemp("pool"))) as store:
        yield store


@pytest.fixture
def store(shared: Store) -> Store:
    return emptied(shared)


@pytest.fixture
def project(store: Store) -> str:
    return store.create(a_book(), "anna").id


def test_two_servers_share_the_work_and_the_screen_is_told_how_they_are(store: Store, project: str) -> None:
    async def main(one: ComfyUIDouble, two: ComfyUIDouble) -> None:
        async with at_work(store, places(one, two)) as engine:
            jobs = engine.submit(wishes(project, 10))
            assert set(await ends(store, jobs)) == {"done"}
            views = {view.name: view for view in engine.servers()}
            assert all(view.is_up and isinstance(view.stats, ServerStats) for view in views.values())
            assert views[one.url].stats is not None
            assert views[one.url].stats.memory_total
            assert {s.name: s.made for s in store.servers()} == {one.url: one.renders, two.url: two.renders}

    with ComfyUIDouble() as one, ComfyUIDouble() as two:
        asyncio.run(main(one, two))
        assert one.renders + two.renders == 10
        assert min(one.renders, two.renders) >= 3
    made = {take.image for take in store.takes(project)}
    assert set(store.busyness(made, lambda _: None)) == made, "measured before anybody waits for it"


def test_a_server_that_dies_hands_its_jobs_on_and_is_used_again_when_it_is_back(
    store: Store, project: str
) -> None:
    async def main(one: ComfyUIDouble, two: ComfyUIDouble) -> None:
        two.hold_at = "execution_start"
        async with at_work(store, places(one, two)) as engine:
            jobs = engine.submit(wishes(project, 8))
            await until(lambda: two.running_id)
            await asyncio.to_thread(two.kill)
            assert set(await ends(store, jobs)) == {"done"}
            assert one.renders == 8
            view = next(view for view in engine.servers() if view.name == two.url)
            assert (view.is_up, view.problem and view.problem[0]) == (False, "server-unreachable")
            two.release()
            await asyncio.to_thread(two.start)
            await until(lambda: all(view.is_up for view in engine.servers()))
            more = engine.submit(wishes(project, 6, first=100))
            assert set(await ends(store, more)) == {"done"}
            assert two.renders > 1

    with ComfyUIDouble() as one, ComfyUIDouble() as two:
        asyncio.run(main(one, two))


def test_a_picture_that_a_restarted_server_had_saved_is_fetched_and_not_made_again(
    store: Store, project: str
) -> None:
    async def main(server: ComfyUIDouble) -> None:
        async with at_work(store, places(server)) as engine:
            server.hold_at = "executed"
            jobs = engine.submit(wishes(project, 1))
            await until(lambda: server.files)
            await asyncio.to_thread(server.kill)
            server.hold_at = None
            await asyncio.sleep(0.4)
            await asyncio.to_thread(server.start)
            assert await ends(store, jobs) == ["done"]

    with ComfyUIDouble() as server:
        asyncio.run(main(server))
        assert server.renders == 1


def test_what_is_on_a_server_at_a_stop_is_fetched_by_the_next_start_and_not_made_again(
    store: Store, project: str
) -> None:
    async def stopped(server: ComfyUIDouble) -> list[Job]:
        server.hold_at = "execution_start"
        async with at_work(store, places(server)) as engine:
            jobs = engine.submit(wishes(project, 3))
            await until(lambda: server.running_id and server.pending_ids)
            return jobs

    async def started(server: ComfyUIDouble, jobs: list[Job]) -> None:
        async with at_work(store, places(server)):
            assert await ends(store, jobs) == ["done"] * 3

    with ComfyUIDouble() as server:
        jobs = asyncio.run(stopped(server))
        assert [len(store.attempts_of(job.id)) for job in jobs] == [1, 1, 0]
        server.release()
        asyncio.run(started(server, jobs))
        assert server.renders == 3
        assert server.calls("/interrupt") == []
        assert [(a.number, a.state) for job in jobs for a in store.attempts_of(job.id)] == [(1, "done")] * 3


def test_where_no_server_answers_for_long_the_jobs_fail_with_what_to_do(store: Store, project: str) -> None:
    async def main() -> None:
        nowhere = [Place("comfyui", "http://127.0.0.1:9")]
        async with at_work(store, nowhere, tempo=replace(QUICK, give_up=0.3)) as engine:
            jobs = engine.submit(wishes(project, 2))
            assert await ends(store, jobs) == ["failed", "failed"]
            assert store.job(jobs[0].id).error_code == "no-server-answers"
            assert store.attempts_of(jobs[0].id) == [], "nothing was sent"

    asyncio.run(main())


def test_servers_added_and_removed_while_work_runs_change_nothing_but_the_speed(
    store: Store, project: str
) -> None:
    async def main(one: ComfyUIDouble, two: ComfyUIDouble) -> None:
        one.hold_at = "execution_start"
        async with at_work(store, places(one)) as engine:
            jobs = engine.submit(wishes(project, 6))
            await until(lambda: one.running_id)
            engine.arrange(places(two), comfyui)
            await until(lambda: two.renders >= 4)
            one.release()
            assert set(await ends(store, jobs)) == {"done"}
            assert [view.name for view in engine.servers()] == [two.url]

    with ComfyUIDouble() as one, ComfyUIDouble() as two:
        asyncio.run(main(one, two))
        assert (one.renders, two.renders) == (2, 4), "what was sent is finished where it was sent"


def test_a_job_goes_to_a_server_that_has_what_it_needs_and_names_what_is_missing_where_none_has(
    store: Store, project: str
) -> None:
    async def main(poor: ComfyUIDouble, rich: ComfyUIDouble) -> None:
        poor.object_info.pop("KSampler")
        async with at_work(store, places(poor, rich)) as engine:
            assert set(await ends(store, engine.submit(wishes(project, 4)))) == {"done"}
            rich.object_info.pop("KSampler")
        async with at_work(store, places(poor, rich)) as engine:
            (job,) = engine.submit(wishes(project, 1, first=50))
            assert await ends(store, [job]) == ["failed"]
            assert store.job(job.id).error_code == "missing-resources"
            assert "KSampler" in str(store.job(job.id).error_params)

    with ComfyUIDouble() as poor, ComfyUIDouble() as rich:
        asyncio.run(main(poor, rich))
        assert (poor.renders, rich.renders) == (0, 4)


def test_a_character_or_a_workflow_bound_to_a_server_is_rendered_there_alone(
    store: Store, project: str
) -> None:
    character = store.head(project).book.plan.characters[0].id
    panels = [p for p in store.head(project).book.plan.panels() if character in p.characters]

    async def main(one: ComfyUIDouble, two: ComfyUIDouble) -> None:
        bound = edit("set_field", node=f"character:{character}", field="kitsumy.server", value=two.url)
        store.commit(project, bound, "anna")
        async with at_work(store, places(one, two)) as engine:
            asked = [
                NewJob(project, panels[0].id, "final", w.request, a_shot(), "a") for w in wishes(project, 4)
            ]
            jobs = engine.submit(asked)
            assert set(await ends(store, jobs)) == {"done"}
            assert (one.renders, two.renders) == (0, 4)
            store.bind_workflow("text2img", one.url.removeprefix("http://"))
            assert set(await ends(store, engine.submit(wishes(project, 3, first=50)))) == {"done"}
            assert (one.renders, two.renders) == (3, 4)

    with ComfyUIDouble() as one, ComfyUIDouble() as two:
        asyncio.run(main(one, two))


def test_what_another_process_cancels_is_taken_from_the_server(store: Store, project: str) -> None:
    async def main(server: ComfyUIDouble) -> None:
        server.hold_at = "execution_start"
        async with at_work(store, places(server)) as engine:
            jobs = engine.submit(wishes(project, 3))
            await until(lambda: server.running_id and server.pending_ids)
            store.cancel_all(project, but=jobs[2].id)
            await until(lambda: server.calls("/interrupt"))
            server.release()
            assert await ends(store, jobs) == ["cancelled", "cancelled", "done"]
            await until(lambda: all(a.state != "running" for j in jobs for a in store.attempts_of(j.id)))
            assert [a.state for j in jobs for a in store.attempts_of(j.id)] == [
                "cancelled",
                "cancelled",
                "done",
            ]

    with ComfyUIDouble() as server:
        asyncio.run(main(server))


def test_a_cancelled_job_whose_process_is_gone_is_withdrawn_by_the_next_one(
    store: Store, project: str
) -> None:
    async def main(server: ComfyUIDouble) -> None:
        (job,) = store.add_jobs(wishes(project, 1))
        claim = store.claim(Want("comfyui", server.url), "killed", -1.0)
        assert claim is not None
        store.cancel(job.id)
        async with at_work(store, places(server)):
            await until(lambda: store.attempts_of(job.id)[0].state == "cancelled")
        sent = [call.body for call in server.calls("/queue", "POST")]
        assert {"delete": [claim.attempt.id]} in sent

    with ComfyUIDouble() as server:
        asyncio.run(main(server))


def test_paused_work_waits_and_goes_on(store: Store, project: str) -> None:
    async def main(server: ComfyUIDouble) -> None:
        async with at_work(store, places(server)) as engine:
            engine.pause(project, True)
            jobs = engine.submit(wishes(project, 2))
            await asyncio.sleep(0.3)
            assert server.renders == 0
            engine.pause(project, False)
            assert set(await ends(store, jobs)) == {"done"}

    with ComfyUIDouble() as server:
        asyncio.run(main(server))


class Paid:
    """A paid backend that a test scripts: what each render raises or costs."""

    kind = "runpod"

    def __init__(self, ids: LedgerIds, *script: Exception | float) -> None:
        self.ids, self.script, self.sent = ids, list(script), 0

    def slots(self) -> int:
        return 1

    def estimate(self, request: Any) -> Estimate:
        return Estimate(seconds=8.0, usd=0.1)

    async def render(self, job_id: str, request: Any, report: Report) -> list[Picture]:
        self.sent += 1
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        await self.ids.keep(job_id, f"remote-{self.sent}")
        report(Progress("sampling", cost=step, seconds=3.5, note="runpod-cold-start"))
        return [Picture(a_png(32, 32), 32, 32)]

    async def recover(self, job_id: str, report: Report) -> list[Picture] | None:
        found = await self.ids.find(job_id)
        return [Picture(a_png(16, 16), 16, 16)] if found else None

    async def aclose(self) -> None:
        return


def paid(project: str, panel: str = FIRST, seed: int = 1) -> NewJob:
    request = DiffusionRequest(backend="runpod", prompt="x", seed=seed)
    return NewJob(project, panel, "final", request, a_shot(), "anna")


def test_an_uncertain_job_waits_for_the_writer_and_its_real_cost_and_time_are_kept(
    store: Store, project: str
) -> None:
    backend = Paid(LedgerIds(store), UncertainError(server="RunPod"), 0.07)

    async def main() -> None:
        async with at_work(store, [Place("runpod")], lambda place: backend) as engine:
            await until(engine.servers)
            assert engine.estimate([paid(project).request] * 3) == Estimate(24.0, pytest.approx(0.3))
            (job,) = engine.submit([paid(project)])
            assert await ends(store, [job]) == ["uncertain"]
            assert engine.submit([paid(project)]) == [], "it is not over"
            await asyncio.sleep(0.3)
            assert backend.sent == 1
            engine.resolve(job.id, "again")
            await until(lambda: store.job(job.id).state == "done")
            done = store.attempts_of(job.id)[-1]
            assert (done.remote_id, done.cost, done.seconds) == ("remote-2", 0.07, 3.5)
            assert store.spending(project).spent == 0.07

    asyncio.run(main())


def test_an_uncertain_job_is_fetched_by_the_id_the_writer_found(store: Store, project: str) -> None:
    backend = Paid(LedgerIds(store), UncertainError(server="RunPod"))

    async def main() -> None:
        async with at_work(store, [Place("runpod")], lambda place: backend) as engine:
            (job,) = engine.submit([paid(project)])
            assert await ends(store, [job]) == ["uncertain"]
            engine.resolve(job.id, "came", "abc")
            await until(lambda: store.job(job.id).state == "done")
            assert (backend.sent, len(store.takes(project))) == (1, 1)

    asyncio.run(main())


def test_the_budget_stops_the_queue_before_it_is_passed_and_more_money_lets_it_go_on(
    store: Store, project: str
) -> None:
    backend = Paid(LedgerIds(store), 0.1, 0.1, 0.1)

    async def main() -> None:
        async with at_work(store, [Place("runpod")], lambda place: backend) as engine:
            engine.set_budget(project, 0.25)
            jobs = engine.submit([paid(project, p, n) for n, p in enumerate((FIRST, SECOND, "p3"))])
            assert await ends(store, jobs[:2]) == ["done", "done"]
            await asyncio.sleep(0.3)
            assert (backend.sent, store.job(jobs[2].id).state) == (2, "queued")
            engine.set_budget(project, 0.3)
            assert await ends(store, jobs) == ["done"] * 3

    asyncio.run(main())


def test_the_engine_knows_which_nodes_all_servers_of_a_kind_have(store: Store) -> None:
    async def main(*servers: ComfyUIDouble) -> tuple[frozenset[str] | None, ...]:
        async with at_work(store, places(*servers)) as engine:
            await until(lambda: len(engine.servers()) == 2)
            return await engine.nodes("comfyui"), await engine.nodes("sketch")

    with ComfyUIDouble() as first, ComfyUIDouble() as second:
        found, nothing = asyncio.run(main(first, second))
        assert found is not None
        assert "KSampler" in found
        assert nothing is None
