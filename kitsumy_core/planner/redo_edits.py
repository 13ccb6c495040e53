"""Turn a rewritten character or panel into edits, and say which edits still fit a comic that moved on.

Pure. Lines of dialogue keep their ids by order, so that hand-placed balloons stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kitsumy_core.errors import EditError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, apply_edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.merge import merge
from kitsumy_core.plan.models import Character, Panel

CHARACTER_FIELDS: Mapping[str, str] = {
    "role": "role",
    "appearance": "appearance",
    "look_en": "kitsumy.look",
    "clothing": "clothing",
    "voice": "kitsumy.voice",
}
"""Field of the wire -> field of a character."""

PANEL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "action": ("action",),
    "action_en": ("kitsumy.actionEn",),
    "shot": ("camera",),
    "angle": ("camera",),
    "place": ("location", "kitsumy.locationId"),
    "mood": ("mood",),
    "characters": ("characters",),
    "dialogue": ("dialogue",),
    "caption": ("narrative",),
    "sound": ("sfx",),
}
"""Field of the wire -> fields of a panel."""


def character_edits(person: Character, texts: Mapping[str, str]) -> tuple[Edit, ...]:
    """Return the edits for texts that are there and differ."""
    node, edits = key_of("character", person.id), []
    for name, text in texts.items():
        field = CHARACTER_FIELDS[name]
        kit, dot, attribute = field.partition(".")
        now = getattr(person.kitsumy, attribute) if dot else getattr(person, kit)
        if text and text != now:
            edits.append(edit("set_field", node=node, field=field, value=text))
    return tuple(edits)


def panel_edits(panel: Panel, made: Panel, names: Sequence[str], mint: Callable[[], str]) -> tuple[Edit, ...]:
    """Return the edits that give a panel these fields of `made`, where they differ."""
    node = key_of("panel", panel.id)
    fields = dict.fromkeys(field for name in names for field in PANEL_FIELDS[name])
    edits: list[Edit] = []
    for field in fields:
        if field == "dialogue":
            edits += _lines(panel, made, mint)
        elif field.startswith("kitsumy."):
            attribute = {"kitsumy.actionEn": "action_en", "kitsumy.locationId": "location_id"}[field]
            wanted = getattr(made.kitsumy, attribute)
            if wanted and wanted != getattr(panel.kitsumy, attribute):
                edits.append(edit("set_field", node=node, field=field, value=wanted))
        else:
            edits += _plain(panel, made, field, node)
    return tuple(edits)


def _plain(panel: Panel, made: Panel, field: str, node: str) -> list[Edit]:
    now, wanted = getattr(panel, field), getattr(made, field)
    may_be_empty = field in ("narrative", "sfx", "characters")
    if wanted == now or not (wanted or may_be_empty):
        return []
    value = list(wanted) if isinstance(wanted, tuple) else wanted
    return [edit("set_field", node=node, field=field, value=value)]


def _lines(panel: Panel, made: Panel, mint: Callable[[], str]) -> list[Edit]:
    edits: list[Edit] = []
    for old, new in zip(panel.dialogue, made.dialogue, strict=False):
        node = key_of("dialogue", old.id)
        for field, before, after in (
            ("character", old.character, new.character),
            ("text", old.text, new.text),
            ("kitsumy.kind", old.kitsumy.kind, new.kitsumy.kind),
        ):
            if before != after:
                edits.append(edit("set_field", node=node, field=field, value=after))
    for new in made.dialogue[len(panel.dialogue) :]:
        fresh = new.but(kitsumy=new.kitsumy.but(id=mint()))
        edits.append(edit("add_dialogue", panel_id=panel.id, line=fresh))
    for old in panel.dialogue[len(made.dialogue) :]:
        edits.append(edit("delete_node", node=key_of("dialogue", old.id)))
    return edits


def applied(book: Book, edits: Sequence[Edit]) -> Book:
    """Return the book with those of the edits that fit it."""
    for one in edits:
        try:
            book = apply_edit(book, one)
        except EditError:
            continue
    return book


def fitting(base: Book, head: Book, edits: Sequence[Edit]) -> tuple[tuple[Edit, ...], int]:
    """Return the edits, made on `base`, that can still be done on `head`, and how many cannot.

    What somebody changed since stays: the merge of the plan says where both changed the same.
    """
    mine = applied(base, edits)
    clashes = {(conflict.node, conflict.field) for conflict in merge(base, mine, head).conflicts}
    good: list[Edit] = []
    book = head
    for one in edits:
        if (one.args.get("node"), one.args.get("field")) in clashes:
            continue
        try:
            book = apply_edit(book, one)
        except EditError:
            continue
        good.append(one)
    return tuple(good), len(edits) - len(good)


def as_one(edits: Sequence[Edit], source: str) -> Edit:
    """Return one edit that the journal knows as a model's."""
    return edit("write_draft", edits=list(edits), source=source)
