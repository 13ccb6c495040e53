"""Turn a book into the list of what is wrong with its plan, each with its place and, where possible, fixes.

Checking never blocks: a half-written plan is normal. Fixes are edits; the ids they need come from `mint`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from pydantic import Field

from kitsumy_core.page.formats import FORMATS
from kitsumy_core.page.layouts import layouts_with, panel_count
from kitsumy_core.plan.book import Book, nodes
from kitsumy_core.plan.edits import Edit, batch, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character, ComicPlan, Dialogue, Frozen, Page, Panel

Severity = Literal["error", "warning", "info"]
Mint = Callable[[], str]

WARN_WORDS, WARN_CHARACTERS = 23, 140
"""Limits of one balloon that hold for Ukrainian and English alike; above `MOST_*` it is an error."""
MOST_WORDS, MOST_CHARACTERS = 30, 180


class Fix(Frozen):
    """A way out: a code and params that `messages` puts into words, and the edit that does it."""

    code: str
    params: dict[str, Any] = Field(default_factory=dict)
    edit: Edit


class Issue(Frozen):
    """One problem. `path` is a JSON Pointer into the exchange JSON; `ids` the nodes, the nearest first."""

    code: str
    severity: Severity
    path: str
    ids: tuple[str, ...] = ()
    params: dict[str, Any] = Field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()


def check(book: Book, mint: Mint) -> list[Issue]:
    """Return the issues of the whole plan in reading order. `mint` returns a fresh id at each call."""
    plan = book.plan
    issues = [*_whole(plan), *_cast(plan)]
    for c, chapter in enumerate(plan.chapters):
        where = f"/chapters/{c}"
        if not chapter.pages:
            issues.append(_issue("chapter-empty", "warning", where, chapter.id, title=chapter.title))
        for p, page in enumerate(chapter.pages):
            following = chapter.pages[p + 1] if p + 1 < len(chapter.pages) else None
            issues += check_page(plan, page, f"{where}/pages/{p}", mint, following)
    return issues


def check_page(
    plan: ComicPlan, page: Page, path: str, mint: Mint, following: Page | None = None
) -> list[Issue]:
    """Return the issues of one page; `following` is the page that panels too many could move on to."""
    issues = list(_layout(plan, page, path, mint, following))
    for n, panel in enumerate(page.panels):
        issues += _panel(plan, page, panel, f"{path}/panels/{n}", n + 1)
    return issues


def _issue(
    code: str, severity: Severity, path: str, *ids: str, fixes: tuple[Fix, ...] = (), **params: Any
) -> Issue:
    return Issue(code=code, severity=severity, path=path, ids=ids, params=params, fixes=fixes)


def _fix(code: str, wanted: Edit, **params: Any) -> Fix:
    return Fix(code=code, params=params, edit=wanted)


def _whole(plan: ComicPlan) -> Iterator[Issue]:
    if not plan.title.strip():
        yield _issue("title-empty", "info", "/title")
    if plan.kitsumy.format not in FORMATS:
        to_default = _fix(
            "use-format", edit("set_field", node="plan", field="kitsumy.format", value="us-comic")
        )
        yield _issue(
            "format-unknown", "warning", "/kitsumy/format", fixes=(to_default,), format=plan.kitsumy.format
        )
    seen: set[str] = set()
    for path, node in nodes(plan):
        node_id = getattr(node, "id", "")
        if node_id and node_id in seen:
            yield _issue("id-duplicate", "error", f"{path}/id", node_id, id=node_id)
        seen.add(node_id)


def _cast(plan: ComicPlan) -> Iterator[Issue]:
    used = Counter(c for panel in plan.panels() for c in panel.characters)
    used.update(line.character for panel in plan.panels() for line in panel.dialogue)
    names = Counter(c.name.strip().casefold() for c in plan.characters)
    for n, character in enumerate(plan.characters):
        path = f"/characters/{n}"
        if not character.name.strip():
            yield _issue("name-empty", "warning", f"{path}/name", character.id, number=n + 1)
        elif names[character.name.strip().casefold()] > 1:
            yield _issue("name-repeated", "warning", f"{path}/name", character.id, name=character.name)
        if not used[character.id]:
            away = _fix(
                "delete-character", edit("delete_character", character_id=character.id), name=character.name
            )
            yield _issue("character-unused", "info", path, character.id, fixes=(away,), name=character.name)


def _layout(plan: ComicPlan, page: Page, path: str, mint: Mint, following: Page | None) -> Iterator[Issue]:
    number, have = page.page_number or 0, len(page.panels)
    room = panel_count(page.layout, plan.kitsumy.layouts)
    if not have:
        blank = _added(page, room or 1, mint)
        yield _issue("page-empty", "warning", path, page.id, fixes=(blank,), page=number)
    elif room is None:
        fixes = tuple(_other_layouts(page, have))
        yield _issue(
            "layout-unknown", "error", f"{path}/layout", page.id, fixes=fixes, page=number, layout=page.layout
        )
    elif room != have:
        fixes = (*_other_layouts(page, have), *_other_panels(page, room, mint, following))
        yield _issue(
            "layout-count",
            "error",
            f"{path}/layout",
            page.id,
            fixes=fixes,
            page=number,
            layout=_name(plan, page),
            room=room,
            panels=have,
        )


def _name(plan: ComicPlan, page: Page) -> str:
    """Return the id of a page's layout, or the name the writer gave one of their own."""
    own = plan.kitsumy.layouts.get(page.layout)
    return own.name if own and own.name else page.layout


def _other_layouts(page: Page, panels: int) -> Iterator[Fix]:
    for name in layouts_with(panels):
        yield _fix("use-layout", edit("change_layout", page_id=page.id, layout=name), layout=name)


def _other_panels(page: Page, room: int, mint: Mint, following: Page | None) -> Iterator[Fix]:
    have = len(page.panels)
    if have < room:
        yield _added(page, room - have, mint)
        return
    rest = have - room
    new_layout = next(iter(layouts_with(rest)), page.layout)
    cut = edit("split_page", page_id=page.id, at=room, new_id=mint(), new_layout=new_layout)
    yield _fix("split-page", cut, panels=rest)
    if following is not None:
        moves = (
            edit("move_node", node=key_of("panel", panel.id), parent_id=following.id, index=index)
            for index, panel in enumerate(page.panels[room:])
        )
        yield _fix("move-panels-on", batch(*moves), panels=rest, page=following.page_number)


def _added(page: Page, count: int, mint: Mint) -> Fix:
    blanks = (edit("add_panel", page_id=page.id, panel=Panel(id=mint())) for _ in range(count))
    return _fix("add-panels", batch(*blanks), panels=count)


def _panel(plan: ComicPlan, page: Page, panel: Panel, path: str, number: int) -> Iterator[Issue]:
    place: dict[str, Any] = {"page": page.page_number or 0, "panel": number}
    if not panel.action.strip():
        yield _issue("action-empty", "warning", f"{path}/action", panel.id, page.id, **place)
    for i, character_id in enumerate(panel.characters):
        if plan.character(character_id) is None:
            yield _unknown_character(panel, page, character_id, f"{path}/characters/{i}", place)
    for i, line in enumerate(panel.dialogue):
        yield from _line(plan, page, panel, line, f"{path}/dialogue/{i}", place)


def _unknown_character(
    panel: Panel, page: Page, character_id: str, path: str, place: dict[str, Any]
) -> Issue:
    others = [c for c in panel.characters if c != character_id]
    fixes = (
        _fix("take-out", _set_cast(panel, others), name=character_id),
        _fix(
            "make-character",
            edit("add_character", character=Character(id=character_id, name=character_id)),
            name=character_id,
        ),
    )
    return _issue(
        "character-unknown", "error", path, panel.id, page.id, fixes=fixes, name=character_id, **place
    )


def _set_cast(panel: Panel, cast: list[str]) -> Edit:
    return edit("set_field", node=key_of("panel", panel.id), field="characters", value=cast)


def _line(
    plan: ComicPlan, page: Page, panel: Panel, line: Dialogue, path: str, place: dict[str, Any]
) -> Iterator[Issue]:
    ids = (line.id, panel.id, page.id)
    node = key_of("dialogue", line.id)
    speaker = plan.character(line.character)
    if not line.text.strip():
        away = _fix("delete-line", edit("delete_node", node=node))
        yield _issue("dialogue-empty", "warning", f"{path}/text", *ids, fixes=(away,), **place)
    if speaker is None:
        fixes = tuple(
            _fix("said-by", edit("set_field", node=node, field="character", value=c.id), name=c.name)
            for c in plan.characters
            if c.id in panel.characters
        )
        code = "speaker-unknown" if line.character.strip() else "speaker-missing"
        severity: Severity = "error" if line.character.strip() else "warning"
        yield _issue(code, severity, f"{path}/character", *ids, fixes=fixes, name=line.character, **place)
    elif speaker.id not in panel.characters and line.kitsumy.kind not in ("off", "radio"):
        fixes = (
            _fix("bring-in", _set_cast(panel, [*panel.characters, speaker.id]), name=speaker.name),
            _fix("speak-off", edit("set_field", node=node, field="kitsumy.kind", value="off")),
        )
        yield _issue(
            "speaker-absent", "warning", f"{path}/character", *ids, fixes=fixes, name=speaker.name, **place
        )
    yield from _length(line, f"{path}/text", ids, place)


def _length(line: Dialogue, path: str, ids: tuple[str, ...], place: dict[str, Any]) -> Iterator[Issue]:
    words, characters = len(line.text.split()), len(line.text.strip())
    if words > MOST_WORDS or characters > MOST_CHARACTERS:
        yield _issue("dialogue-too-long", "error", path, *ids, words=words, characters=characters, **place)
    elif words > WARN_WORDS or characters > WARN_CHARACTERS:
        yield _issue("dialogue-long", "warning", path, *ids, words=words, characters=characters, **place)
