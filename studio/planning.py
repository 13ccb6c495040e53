"""Plan comics on the background loop: begin, watch, cancel, continue; the comic grows as steps are done.

A screen reads snapshots (`live`) and posts commands. What is finished is in the store, so a closed tab, a
second writer and a restart all see the same.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kitsumy_core.errors import EditError, KitsumyError, NotFoundError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.models import ComicPlan, MadeBy, PlanKit
from kitsumy_core.planner.growing import cast_edits, outline_edits, page_edits
from kitsumy_core.planner.keeping import StoredFacts
from kitsumy_core.planner.llm.ask import Asker
from kitsumy_core.planner.llm.connect import WIDTH_AFAR, WIDTH_NEAR, WIDTH_OPENAI, connection, open_asker
from kitsumy_core.planner.llm.http import is_loopback, shown_address
from kitsumy_core.planner.normal import Cast, Outline, PageDetail
from kitsumy_core.planner.session import carry_out, claim
from kitsumy_core.planner.stages import Brief, Prompts
from kitsumy_core.settings import Settings
from kitsumy_core.store import Run, Store

Starter = Callable[[Any], Future[Any]]
TITLE_LENGTH = 60


@dataclass(frozen=True)
class Live:
    """What a running planning is at: the text of each step that is being written."""

    writing: Mapping[str, str] = field(default_factory=dict)


class Planner:
    """All plannings of this process."""

    def __init__(self, store: Store, start: Starter, settings: Callable[[], Settings]) -> None:
        self.store, self._start, self.settings = store, start, settings
        self.owner = uuid4().hex
        self.facts = StoredFacts(store)
        self._live: dict[str, Live] = {}
        self._futures: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()
        self.open_asker: Callable[[str], Any] = self._open

    async def _open(self, kind: str) -> Asker:
        return await open_asker(self.settings(), kind, self.facts)

    def begin(self, brief: Brief, planner: str, author: str, project_id: str | None = None) -> str:
        """Make a comic of an idea, or plan an empty one; return its id. Raises StoreError, InputError."""
        if project_id is None:
            project_id = self.store.create(Book(plan=begun_plan(brief)), author).id
        run = self.store.new_run(
            brief.model_dump(mode="json"), author, planner=planner, project_id=project_id
        )
        self.go_on(run)
        return project_id

    def go_on(self, run: Run) -> None:
        """Begin a planning, or do what is missing of it. Raises UsageError if somebody else is at it."""
        with self._lock:
            running = self._futures.get(run.id)
            if running is not None and not running.done():
                return
            claim(self.store, run, self.owner)
            self._live[run.id] = Live()
            self._futures[run.id] = self._start(self._carry_out(run))

    def cancel(self, run_id: str) -> None:
        """Hang up on the model; what is finished stays."""
        future = self._futures.get(run_id)
        if future is not None:
            future.cancel()

    def is_ours(self, run_id: str) -> bool:
        future = self._futures.get(run_id)
        return future is not None and not future.done()

    def live(self, run_id: str) -> Live | None:
        """Return what a planning of this process is at, None if it runs elsewhere or not at all."""
        return self._live.get(run_id)

    def known_speed(self, kind: str) -> tuple[float, int]:
        """Return the speed of the chosen model in tokens a second (0 = not known), and calls at once."""
        settings = self.settings()
        way = connection(settings, kind)
        known = self.store.model_speeds(shown_address(way.address))
        speed = known.get(settings.llm_model or "") or next(iter(known.values()), 0.0)
        width = WIDTH_OPENAI if kind == "openai" else WIDTH_NEAR if is_loopback(way.address) else WIDTH_AFAR
        return speed, settings.llm_concurrency or width

    async def _carry_out(self, run: Run) -> None:
        grower = _Grower(self, run)

        async def opened() -> Asker:
            asker: Asker = await self.open_asker(run.planner)
            grower.source = asker.model
            return asker

        try:
            prompts = await asyncio.to_thread(Prompts.load, self.settings().data_dir)
            await carry_out(self.store, run, self.owner, opened, grower, prompts)
        except KitsumyError as error:
            with suppress(KitsumyError):  # `carry_out` has noted its own; a damaged prompt comes before it
                await asyncio.to_thread(self._note, run.id, error)
        finally:
            self._live.pop(run.id, None)

    def _note(self, run_id: str, error: KitsumyError) -> None:
        if self.store.run(run_id).state == "running":
            self.store.end_run(run_id, self.owner, "failed", error=error)

    def show(self, run_id: str, live: Live) -> None:
        """Replace what screens read."""
        if run_id in self._live:
            self._live[run_id] = live


class _Grower:
    """Puts finished steps into the comic, and shows those that are being written."""

    def __init__(self, planner: Planner, run: Run) -> None:
        self._planner, self._run = planner, run
        self._brief = Brief.model_validate(run.brief)
        self._outline: Outline | None = None
        self._writing: dict[str, str] = {}
        self.source = ""

    def began(self, step: str) -> None:
        self.hear(step, "")

    def hear(self, step: str, text: str) -> None:
        self._writing[step] = text
        self._planner.show(self._run.id, Live(dict(self._writing)))

    def _ended(self, step: str) -> None:
        self._writing.pop(step, None)
        self._planner.show(self._run.id, Live(dict(self._writing)))

    async def cast(self, cast: Cast) -> None:
        title = working_title(self._brief.idea)
        await asyncio.to_thread(self._grow, lambda book: cast_edits(book, cast, title))
        self._ended("characters")

    async def outline(self, outline: Outline, cast: Cast) -> None:
        self._outline = outline
        await asyncio.to_thread(self._grow, lambda book: outline_edits(book, outline))
        self._ended("structure")

    async def page(self, number: int, detail: PageDetail) -> None:
        outline = self._outline
        assert outline is not None
        await asyncio.to_thread(self._grow, lambda book: page_edits(book, outline, number, detail))
        self._ended(f"page:{number}")

    async def page_failed(self, number: int, error: KitsumyError) -> None:
        self._ended(f"page:{number}")

    def _grow(self, edits_for: Callable[[Book], list[Edit]]) -> None:
        """Commit what a step adds to the comic as it is now. A comic that is gone needs nothing."""
        store, project_id = self._planner.store, self._run.project_id
        assert project_id is not None
        try:
            head = store.head(project_id)
            edits = edits_for(head.book)
            if edits:
                wanted = edit("write_draft", edits=edits, source=self.source)
                burst = f"plan-{self._run.id}"
                store.commit(project_id, wanted, self._run.author, base_rev=head.rev, burst=burst)
        except (NotFoundError, EditError):
            return


def working_title(idea: str) -> str:
    """Return the title of a comic until the model gives it one."""
    flat = " ".join(idea.split())
    return flat if len(flat) <= TITLE_LENGTH else flat[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def begun_plan(brief: Brief) -> ComicPlan:
    """Return the plan a planning begins with."""
    from kitsumy_core.render.styles import find_style

    style = find_style(brief.style)
    kit = PlanKit(
        language=brief.language,
        idea=brief.idea,
        made_by=MadeBy(kind="llm"),
        style_id=style.id if style else "",
    )
    return ComicPlan(title=working_title(brief.idea), style=brief.style, kitsumy=kit)
