"""Rewrite a character, chapter, page, panel or single fields at the writer's wish, as a proposal of edits.

Locked fields and what was written by hand are not asked for at all: the prompt tells them as fixed facts, so
that nothing a model answers can touch them. The result is edits by part, to be accepted or refused.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal, NamedTuple

from kitsumy_core.errors import EditError, NotFoundError, UsageError
from kitsumy_core.plan import tree
from kitsumy_core.plan.book import Book, find_page, find_panel
from kitsumy_core.plan.edits import Edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character, ComicPlan, Frozen, Page, Panel
from kitsumy_core.planner import templates, wire
from kitsumy_core.planner.llm.ask import Asker, Question, Unfit
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.planner.normal import LONG, line, read_panel
from kitsumy_core.planner.redo_edits import CHARACTER_FIELDS, PANEL_FIELDS, character_edits, panel_edits
from kitsumy_core.planner.stages import cast_lines, place_lines
from kitsumy_core.planner.words import choices, language_name

Kind = Literal["character", "chapter", "page", "panel"]
Kept = Collection[tuple[str, str]]
"""Fields that were written by hand: (node, field)."""
Part = tuple[str, tuple[Edit, ...]]
"""A node, and the edits that change it."""
MOST_WISH = 600


class Target(Frozen):
    """What to rewrite; `fields` are the wire's names, none = all of them."""

    kind: Kind
    id: str
    fields: tuple[str, ...] = ()

    @property
    def node(self) -> str:
        return key_of(self.kind, self.id)


class Proposed(NamedTuple):
    parts: tuple[Part, ...]
    usage: Usage
    failed: int = 0
    """Pages of a chapter that the model gave nothing for."""


class _Piece(NamedTuple):
    """One panel of a question, with the fields that may be rewritten."""

    panel: Panel
    free: tuple[str, ...]


async def propose(
    book: Book,
    target: Target,
    wish: str,
    asker: Asker,
    *,
    kept: Kept = (),
    mint: Callable[[], str],
    template: templates.Template | None = None,
) -> Proposed:
    """Return what a model would change. `mint` gives fresh ids for new lines of dialogue.

    Raises NotFoundError, UsageError where nothing may be rewritten, ModelError.
    """
    work = _Work(book, wish, asker, frozenset(kept), mint, template or templates.load("redo"))
    if target.kind == "character":
        return await work.character(target)
    pages = _pages(book.plan, target)
    asked = [(page, work.pieces(page, target)) for page in pages]
    asked = [(page, pieces) for page, pieces in asked if pieces]
    if not asked:
        raise UsageError("nothing-to-propose")
    done = await asyncio.gather(*(work.page(*one) for one in asked), return_exceptions=True)
    good = [one for one in done if isinstance(one, Proposed)]
    failed = [one for one in done if isinstance(one, BaseException)]
    if not good and failed:
        raise failed[0]
    parts = [part for one in good for part in one.parts]
    return Proposed(tuple(parts), sum((one.usage for one in good), Usage()), len(failed))


def _pages(plan: ComicPlan, target: Target) -> list[Page]:
    """Return the pages that a target is on. Raises NotFoundError."""
    try:
        if target.kind == "chapter":
            return list(tree.find(plan, "chapter", target.id).pages)
        if target.kind == "page":
            return [tree.find(plan, "page", target.id)]
        found = find_panel(plan, target.id)
    except EditError:
        found = None
    if found is None:
        raise NotFoundError("panel-not-found", panel=target.id)
    return [found[1]]


class _Work:
    def __init__(
        self,
        book: Book,
        wish: str,
        asker: Asker,
        kept: frozenset[tuple[str, str]],
        mint: Callable[[], str],
        template: templates.Template,
    ) -> None:
        self.plan, self.asker, self.kept, self.mint = book.plan, asker, kept, mint
        self.language = book.plan.kitsumy.language
        self.wish, self.template = templates.material(wish, MOST_WISH), template
        self.cast = [c.id for c in self.plan.characters]
        self.places = [place.name for place in self.plan.kitsumy.locations if place.name]

    async def character(self, target: Target) -> Proposed:
        person = self.plan.character(target.id)
        if person is None:
            raise NotFoundError("character-not-found", character=target.id)
        node = key_of("character", person.id)
        free = [
            name
            for name, field in CHARACTER_FIELDS.items()
            if (node, field) not in self.kept and (not target.fields or name in target.fields)
        ]
        if not free:
            raise UsageError("nothing-to-propose")
        now = {name: _character_value(person, field) for name, field in CHARACTER_FIELDS.items()}
        schema = wire.thing(**dict.fromkeys(free, wire.TEXT))
        question = self._question(f"The character {person.name} ({person.id}).", now, free, schema)
        answer = await self.asker.ask(question, lambda data: _some_text(data, free))
        edits = character_edits(person, {name: line(answer.value[name], LONG) for name in free})
        return Proposed(((node, edits),) if edits else (), answer.usage)

    def pieces(self, page: Page, target: Target) -> list[_Piece]:
        """Return the panels of a page that may be rewritten, with their free fields."""
        panels = [p for p in page.panels if target.kind != "panel" or p.id == target.id]
        made = [_Piece(panel, self._free(panel, target.fields)) for panel in panels]
        return [piece for piece in made if piece.free]

    def _free(self, panel: Panel, wanted: Sequence[str]) -> tuple[str, ...]:
        node, locked = key_of("panel", panel.id), set(panel.kitsumy.locked)
        by_hand = {field for where, field in self.kept if where == node}
        lines = [key_of("dialogue", d.id) for d in panel.dialogue]
        if any((key, "text") in self.kept for key in lines):
            by_hand.add("dialogue")
        free = [name for name, fields in PANEL_FIELDS.items() if not set(fields) & (locked | by_hand)]
        if "action" not in free and panel.kitsumy.action_en and "action_en" in free:
            free.remove("action_en")  # the English of what stays as it is
        if wanted:
            also = ("action_en",) if "action" in wanted else ()
            free = [name for name in free if name in (*wanted, *also)]
        return tuple(free)

    async def page(self, page: Page, pieces: Sequence[_Piece]) -> Proposed:
        fields = wire.panel_fields(self.cast, self.places)
        shapes = {
            f"panel_{page.panels.index(panel) + 1}": wire.thing(**{name: fields[name] for name in free})
            for panel, free in pieces
        }
        now = {f"panel_{n}": wire_of(panel, self.plan) for n, panel in enumerate(page.panels, 1)}
        subject = f"Page {page.page_number}, layout {page.layout}. Its beat: {page.kitsumy.beat or '–'}"
        free = {name: piece.free for name, piece in zip(shapes, pieces, strict=True)}
        question = self._question(subject, now, free, wire.thing(**shapes))
        answer = await self.asker.ask(question, lambda data: _objects(data, list(shapes)))
        parts = []
        for name, (panel, names) in zip(shapes, pieces, strict=True):
            edits = self._edits(panel, answer.value[name], names)
            if edits:
                parts.append((key_of("panel", panel.id), edits))
        return Proposed(tuple(parts), answer.usage)

    def _edits(self, panel: Panel, data: dict[str, Any], free: Sequence[str]) -> tuple[Edit, ...]:
        """Return what makes the free fields what was answered; a field that was not answered stays."""
        given = {**wire_of(panel, self.plan), **{name: data[name] for name in free if name in data}}
        made = read_panel(
            given,
            panel.id,
            cast=self.plan.characters,
            places=self.plan.kitsumy.locations,
            language=self.language,
            usual_place=panel.kitsumy.location_id,
        )
        return panel_edits(panel, made, [name for name in free if name in data], self.mint)

    def _question(self, subject: str, now: Any, free: Any, schema: wire.Schema) -> Question:
        whole = self.plan.kitsumy.idea or self.plan.title
        asked = free if isinstance(free, list) else {name: list(names) for name, names in free.items()}
        values = choices() | {
            "idea": templates.material(whole),
            "cast": cast_lines(self.plan.characters) or "–",
            "places": place_lines(self.plan.kitsumy.locations),
            "beats": "\n".join(f"{p.page_number}. {_beat(p)}" for p in self.plan.pages()) or "–",
            "language_name": language_name(self.language),
            "subject": subject,
            "now": _json(now),
            "fixed": "everything that is there now and is not asked for below",
            "wish": self.wish or "Write it better: clearer, livelier, less expected.",
            "asked": _json(asked),
            "shape": _json(_example(schema)),
        }
        template = self.template
        return Question(template.filled(values), schema, "redo", template.max_tokens, template.temperature)


def wire_of(panel: Panel, plan: ComicPlan) -> dict[str, Any]:
    """Return a panel as the model reads and writes it."""
    place = plan.location(panel.kitsumy.location_id)
    return {
        "action": panel.action,
        "action_en": panel.kitsumy.action_en,
        "shot": panel.camera,
        "place": place.name if place else panel.location,
        "mood": panel.mood,
        "characters": list(panel.characters),
        "dialogue": [
            {"speaker": d.character, "kind": d.kitsumy.kind, "text": d.text} for d in panel.dialogue
        ],
        "caption": panel.narrative or None,
        "sound": panel.sfx or None,
    }


def _character_value(person: Character, field: str) -> str:
    kit, dot, name = field.partition(".")
    value = getattr(person.kitsumy, name) if dot else getattr(person, kit)
    return str(value or "")


def _beat(page: Page) -> str:
    return line(page.kitsumy.beat) or line(" / ".join(panel.action for panel in page.panels), 160)


def _some_text(data: dict[str, Any], free: Sequence[str]) -> dict[str, Any]:
    if not any(line(data.get(name), LONG) for name in free):
        raise Unfit(f"The object has none of the fields {', '.join(free)}.")
    return {name: data.get(name) for name in free}


def _objects(data: dict[str, Any], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the panels that were answered. A single one may come without its name."""
    found = {name: data[name] for name in names if isinstance(data.get(name), dict)}
    if not found and len(names) == 1 and set(data) & set(PANEL_FIELDS):
        found = {names[0]: data}
    if not found:
        raise Unfit(f"The object has none of {', '.join(names)}.")
    return {name: found.get(name, {}) for name in names}


def _example(schema: Any) -> Any:
    """Return an object of a schema's shape, with dots for texts."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return None
    if schema.get("type") == "object":
        return {name: _example(inner) for name, inner in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_example(schema["items"])]
    return "…"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def target_of_issue(book: Book, ids: Sequence[str]) -> Target | None:
    """Return what to rewrite so that an issue goes: the nearest node it names that a model can rewrite."""
    for one in ids:
        if find_panel(book.plan, one):
            return Target(kind="panel", id=one)
        if find_page(book.plan, one):
            return Target(kind="page", id=one)
        if book.plan.character(one):
            return Target(kind="character", id=one)
        for panel in book.plan.panels():
            if any(said.id == one for said in panel.dialogue):
                return Target(kind="panel", id=panel.id, fields=("dialogue",))
    return None
