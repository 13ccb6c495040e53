"""The three prompts: characters, structure, one page. Each becomes a question and the reader of its answer.

What is the same in every page's question stands first (rules, story, cast, places, beats), so that servers
which keep a prompt's beginning read it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import Field

from kitsumy_core.page.layouts import panel_count
from kitsumy_core.plan.models import Character, Frozen, Location
from kitsumy_core.planner import templates, wire
from kitsumy_core.planner.llm.ask import Question, Unfit
from kitsumy_core.planner.normal import (
    Cast,
    Outline,
    PageDetail,
    faults_of,
    read_cast,
    read_outline,
    read_page,
)
from kitsumy_core.planner.rules import (
    DEFAULT_PAGES,
    LEAST_PAGES,
    MOST_PAGES,
    allowed_layouts,
    chapter_range,
)
from kitsumy_core.planner.words import choices, language_name

T = TypeVar("T")
STEP_VERSION = 1
"""Raised when an old answer must not be used again."""


class Brief(Frozen):
    """What the writer asks for."""

    idea: str
    style: str = ""
    max_pages: int = Field(default=DEFAULT_PAGES, ge=LEAST_PAGES, le=MOST_PAGES)
    language: str = "uk"


class Stage(NamedTuple, Generic[T]):
    """A question, how its answer is read, and a key that is the same for the same question."""

    name: str
    question: Question
    read: Callable[[dict[str, Any]], T]
    key: str


class Prompts(NamedTuple):
    """The prompts in force."""

    characters: templates.Template
    structure: templates.Template
    page: templates.Template

    @classmethod
    def load(cls, folder: Path | None = None) -> Prompts:
        """Read them, the writer's own from the data folder first. Raises InputError."""
        return cls(*(templates.load(name, folder) for name in cls._fields))


def characters_stage(brief: Brief, prompts: Prompts) -> Stage[Cast]:
    seed = int.from_bytes(sha256(brief.idea.encode("utf-8", "replace")).digest()[:4], "big") % 100_000
    return _stage(
        "characters",
        prompts.characters,
        _values(brief),
        wire.characters(),
        lambda data: read_cast(data, seed),
    )


def structure_stage(brief: Brief, cast: Cast, prompts: Prompts) -> Stage[Outline]:
    layouts, chapters = allowed_layouts(brief.max_pages), chapter_range(brief.max_pages)
    values = _values(brief) | {
        "cast": cast_lines(cast.characters),
        "layouts": "\n".join(f"- {name}: {panel_count(name)}" for name in layouts),
        "chapters": _count("chapter", *chapters),
    }
    schema = wire.structure(brief.max_pages, chapters, layouts, [c.id for c in cast.characters])
    tries = _Tries()

    def read(data: dict[str, Any]) -> Outline:
        made = read_outline(data, brief.max_pages, cast.characters)
        if (faults := faults_of(data, brief.max_pages)) and tries.is_first():
            raise Unfit(*faults)
        return made

    return _stage("structure", prompts.structure, values, schema, read)


def page_stage(
    brief: Brief, cast: Cast, outline: Outline, number: int, prompts: Prompts
) -> Stage[PageDetail]:
    """Return the stage of a page, counted from 1."""
    page = outline.pages[number - 1]
    panels = panel_count(page.layout) or 1
    names = [place.name for place in outline.locations]
    values = (
        _values(brief)
        | _bible(cast.characters, outline)
        | _of_page(cast, outline, number, prompts.page.history)
    )
    schema = wire.page(panels, [c.id for c in cast.characters], names)
    tries = _Tries()

    def read(data: dict[str, Any]) -> PageDetail:
        made = read_page(
            data,
            page_id(outline, number),
            page,
            max_pages=brief.max_pages,
            cast=cast.characters,
            places=outline.locations,
            language=brief.language,
        )
        if made.layout != page.layout and tries.is_first():
            raise Unfit(f"/panels: {len(made.panels)} panels can be used; give exactly {panels}.")
        return made

    return _stage(page_step(number), prompts.page, values, schema, read)


def page_step(number: int) -> str:
    return f"page:{number}"


def page_id(outline: Outline, number: int) -> str:
    """Return the id of a page, by the pattern only the planner uses."""
    chapter = outline.pages[number - 1].chapter
    first = next(i for i, page in enumerate(outline.pages) if page.chapter == chapter)
    return f"ch{chapter + 1}-p{number - first}"


class _Tries:
    """Remembers that something was asked for once already."""

    def __init__(self) -> None:
        self._begun = False

    def is_first(self) -> bool:
        first, self._begun = not self._begun, True
        return first


def _stage(
    name: str,
    template: templates.Template,
    values: Mapping[str, str],
    schema: wire.Schema,
    read: Callable[[dict[str, Any]], T],
) -> Stage[T]:
    messages = template.filled(values)
    question = Question(messages, schema, name.partition(":")[0], template.max_tokens, template.temperature)
    key = sha256(repr((STEP_VERSION, template.mark, messages, schema)).encode("utf-8", "replace")).hexdigest()
    return Stage(name, question, read, key)


def _values(brief: Brief) -> dict[str, str]:
    example = "uk" if brief.language.lower().startswith("uk") else "en"
    return choices() | {
        "idea": templates.material(brief.idea),
        "style": templates.material(brief.style, 1000) or "–",
        "pages": str(brief.max_pages),
        "language_name": language_name(brief.language),
        "example": (templates.HERE / f"example-{example}.json").read_text("utf-8").strip(),
    }


def _count(word: str, least: int, most: int) -> str:
    return f"exactly {least} {word}(s)" if least == most else f"{least} to {most} {word}s"


def cast_lines(cast: Sequence[Character]) -> str:
    """Return the cast as the prompts tell it, a line each."""
    return "\n".join(
        " · ".join(
            part
            for part in (
                f"{c.id}: {c.name}",
                c.role,
                c.kitsumy.look or c.appearance,
                f"wears: {c.clothing}" if c.clothing else "",
                f"talks: {c.kitsumy.voice}" if c.kitsumy.voice else "",
            )
            if part
        )
        for c in cast
    )


def place_lines(places: Sequence[Location]) -> str:
    return "\n".join(f"- {place.name}: {place.look}" for place in places) or "–"


def _bible(cast: Sequence[Character], outline: Outline) -> dict[str, str]:
    return {
        "cast": cast_lines(cast),
        "places": place_lines(outline.locations),
        "beats": "\n".join(f"{n}. {page.beat}" for n, page in enumerate(outline.pages, 1)),
    }


def _of_page(cast: Cast, outline: Outline, number: int, history: int) -> dict[str, str]:
    page = outline.pages[number - 1]
    names = {place.id: place.name for place in outline.locations}
    before = range(max(1, number - history), number)
    told = [f"Page {n} leaves with: {outline.pages[n - 1].leaves or '–'}\n" for n in before]
    following = outline.pages[number] if number < len(outline.pages) else None
    return {
        "number": str(number),
        "panels": str(panel_count(page.layout) or 1),
        "layout": page.layout,
        "beat": page.beat or "–",
        "page_places": ", ".join(names[x] for x in page.location_ids if x in names) or "–",
        "page_cast": ", ".join(page.characters) or "–",
        "history": "".join(told),
        "enters": page.enters or "–",
        "leaves": page.leaves or "–",
        "next": f"Page {number + 1} enters with: {following.enters or '–'}\n" if following else "",
    }
