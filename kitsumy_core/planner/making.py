"""Make a plan of an idea: cast, then outline, then all pages side by side; what is done is never done again.

Each finished step goes to `Steps` before the next begins. A page that fails stops no other page. Cancelling
hangs up on the server at once and keeps what is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from kitsumy_core.errors import KitsumyError
from kitsumy_core.plan.models import Chapter, ComicPlan, MadeBy, Page, PageKit, Panel, PlanKit
from kitsumy_core.planner.llm.ask import Asker, Unfit
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.planner.normal import Cast, Outline, PageDetail, line
from kitsumy_core.planner.rules import MOST_PANELS_OF_ONE_PAGE
from kitsumy_core.planner.stages import (
    Brief,
    Prompts,
    Stage,
    characters_stage,
    page_id,
    page_stage,
    structure_stage,
)
from kitsumy_core.render.styles import find_style

T = TypeVar("T")


class Steps(Protocol):
    """Keeps the answers of a run. Called on the event loop: what blocks goes to a thread."""

    async def load(self, step: str, key: str) -> dict[str, Any] | None: ...
    async def save(
        self, step: str, key: str, answer: dict[str, Any], usage: Usage, seconds: float
    ) -> None: ...
    async def failed(self, step: str, error: KitsumyError) -> None: ...


class Watcher(Protocol):
    """Is told what happens. `hear` gets the text of a step so far, often: it must be quick."""

    def began(self, step: str) -> None: ...
    def hear(self, step: str, text: str) -> None: ...
    async def cast(self, cast: Cast) -> None: ...
    async def outline(self, outline: Outline, cast: Cast) -> None: ...
    async def page(self, number: int, detail: PageDetail) -> None: ...
    async def page_failed(self, number: int, error: KitsumyError) -> None: ...


class Made(NamedTuple):
    """What became of it: `failed` has the error of each page that is missing."""

    cast: Cast
    outline: Outline
    pages: Mapping[int, PageDetail]
    failed: Mapping[int, KitsumyError]
    usage: Usage
    """Of this run alone; what was there already costs nothing."""
    seconds: float = 0.0
    """Spent in calls, all of them added up."""


class Nobody:
    """A watcher that looks away."""

    def began(self, step: str) -> None: ...
    def hear(self, step: str, text: str) -> None: ...
    async def cast(self, cast: Cast) -> None: ...
    async def outline(self, outline: Outline, cast: Cast) -> None: ...
    async def page(self, number: int, detail: PageDetail) -> None: ...
    async def page_failed(self, number: int, error: KitsumyError) -> None: ...


class Memory:
    """Steps that last as long as the object."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}
        self.errors: dict[str, KitsumyError] = {}

    async def load(self, step: str, key: str) -> dict[str, Any] | None:
        return self.answers.get((step, key))

    async def save(self, step: str, key: str, answer: dict[str, Any], usage: Usage, seconds: float) -> None:
        self.answers[step, key] = answer

    async def failed(self, step: str, error: KitsumyError) -> None:
        self.errors[step] = error


async def make(
    brief: Brief,
    asker: Asker,
    steps: Steps,
    *,
    prompts: Prompts | None = None,
    watcher: Watcher | None = None,
) -> Made:
    """Make a plan. Raises ModelError where cast or outline cannot be had; failed pages are in the result."""
    work = _Work(brief, asker, steps, prompts or Prompts.load(), watcher or Nobody())
    cast = await work.step(characters_stage(brief, work.prompts))
    await work.watcher.cast(cast)
    outline = await work.step(structure_stage(brief, cast, work.prompts))
    await work.watcher.outline(outline, cast)
    pages: dict[int, PageDetail] = {}
    failed: dict[int, KitsumyError] = {}

    async def one(number: int) -> None:
        try:
            detail = await work.step(page_stage(brief, cast, outline, number, work.prompts))
            await work.watcher.page(number, detail)
        except KitsumyError as error:
            failed[number] = error
            await work.watcher.page_failed(number, error)
        else:
            pages[number] = detail

    async with asyncio.TaskGroup() as group:
        for number in range(1, len(outline.pages) + 1):
            group.create_task(one(number))
    return Made(
        cast, outline, dict(sorted(pages.items())), dict(sorted(failed.items())), work.usage, work.seconds
    )


class _Work:
    """One run: asks what is not there yet."""

    def __init__(self, brief: Brief, asker: Asker, steps: Steps, prompts: Prompts, watcher: Watcher) -> None:
        self.brief, self.asker, self.steps = brief, asker, steps
        self.prompts, self.watcher = prompts, watcher
        self.usage = Usage()
        self.seconds = 0.0

    async def step(self, stage: Stage[T]) -> T:
        """Return the value of a stage, from the store where it is there. Raises ModelError."""
        kept = await self.steps.load(stage.name, stage.key)
        if kept is not None:
            value = _read_again(stage, kept)
            if value is not None:
                return value
        self.watcher.began(stage.name)
        answer: dict[str, Any] = {}

        def read(data: dict[str, Any]) -> T:
            answer.clear()
            answer.update(data)
            return stage.read(data)

        try:
            got = await self.asker.ask(stage.question, read, lambda text: self.watcher.hear(stage.name, text))
        except KitsumyError as error:
            self.usage += error.params.get("usage", Usage())
            await self.steps.failed(stage.name, error)
            raise
        self.usage += got.usage
        self.seconds += got.seconds
        await self.steps.save(stage.name, stage.key, answer, got.usage, got.seconds)
        return got.value


def _read_again(stage: Stage[T], kept: dict[str, Any]) -> T | None:
    """Read a stored answer: what one turn of repair would have mended was accepted then."""
    for _ in range(2):
        try:
            return stage.read(kept)
        except Unfit:
            continue
    return None


def plan_of(
    brief: Brief, cast: Cast, outline: Outline, pages: Mapping[int, PageDetail], made_by: str = ""
) -> ComicPlan:
    """Return the plan; pages that are not there have empty panels, as many as their layout."""
    chapters: list[list[Page]] = [[] for _ in outline.chapters]
    for number, page in enumerate(outline.pages, 1):
        chapters[page.chapter].append(page_of(outline, number, pages.get(number)))
    style = find_style(brief.style)
    return ComicPlan(
        title=cast.title or line(brief.idea, 60),
        style=brief.style.strip() or cast.style_en,
        characters=cast.characters,
        chapters=tuple(
            Chapter(id=f"ch{n}", title=title, pages=tuple(chapters[n - 1]))
            for n, title in enumerate(outline.chapters, 1)
        ),
        kitsumy=PlanKit(
            language=brief.language,
            idea=brief.idea.strip(),
            made_by=MadeBy(kind="llm", detail=made_by),
            style_id=style.id if style else "",
            locations=outline.locations,
        ),
    ).numbered()


def page_of(outline: Outline, number: int, detail: PageDetail | None) -> Page:
    """Return one page, counted from 1; without its detail with empty panels."""
    from kitsumy_core.page.layouts import panel_count

    page, this = outline.pages[number - 1], page_id(outline, number)
    empty = range(1, (panel_count(page.layout) or MOST_PANELS_OF_ONE_PAGE) + 1)
    panels = detail.panels if detail else tuple(Panel(id=f"{this}-pan{n}") for n in empty)
    return Page(
        id=this,
        layout=detail.layout if detail else page.layout,
        panels=panels,
        kitsumy=PageKit(
            beat=page.beat, location_ids=page.location_ids, enters=page.enters, leaves=page.leaves
        ),
    )
