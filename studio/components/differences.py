"""Say in words how two books differ: by chapter, page, panel and field, with both texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from kitsumy_core.messages import N_, layout_name
from kitsumy_core.plan.book import Book, nodes
from kitsumy_core.plan.flat import key_of, kind_of
from kitsumy_core.plan.merge import NODE, Change, diff
from kitsumy_core.plan.tree import LEVELS
from studio import state
from studio.components.words import kind_label, narration_label
from studio.texts import _, short

Piece = tuple[str, bool]
"""A stretch of text, and whether it differs from the other side."""


class Row(NamedTuple):
    """One field on both sides."""

    label: str
    old: list[Piece]
    new: list[Piece]


class Group(NamedTuple):
    """What differs in one place of the book."""

    place: str
    tone: str
    """`added`, `removed` or `changed`."""
    rows: list[Row]


FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "style": N_("Style of the drawings"),
    "name": N_("Name"),
    "appearance": N_("Appearance"),
    "clothing": N_("Clothing"),
    "role": N_("Role"),
    "seed": N_("Seed"),
    "layout": N_("Layout"),
    "action": N_("What is seen"),
    "location": N_("Place"),
    "mood": N_("Mood"),
    "camera": N_("Camera"),
    "characters": N_("Who is seen"),
    "narrative": N_("Caption"),
    "sfx": N_("Sound effect"),
    "character": N_("Speaker"),
    "text": N_("Words"),
    "look": N_("Look"),
    "kitsumy.beat": N_("What happens"),
    "kitsumy.idea": N_("Idea"),
    "kitsumy.language": N_("Language of the comic"),
    "kitsumy.format": N_("Page format"),
    "kitsumy.readingDirection": N_("Reading direction"),
    "kitsumy.kind": N_("Kind of balloon"),
    "kitsumy.narrativeKind": N_("Kind of caption"),
    "kitsumy.look": N_("Look in English"),
    "kitsumy.actionEn": N_("What is seen, in English"),
    "kitsumy.prompt": N_("Prompt of your own"),
}
ORDERS: Mapping[str, str] = {
    "chapter": N_("Order of the chapters"),
    "page": N_("Order of the pages"),
    "panel": N_("Order of the panels"),
    "dialogue": N_("Order of the lines"),
    "character": N_("Order of the cast"),
}
_QUIET = ("id", "kitsumy.id", "kitsumy.schemaVersion", "kitsumy.styleId", "kitsumy.seedLocked")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
MOST_WORDS = 4000
"""Longer texts are shown as changed from end to end: finding the words would take too long."""


def difference(before: Book, after: Book) -> list[Group]:
    """Return what differs, in reading order of `after`; what is only in `before` stands where it was."""
    patch = diff(before, after)
    if not patch:
        return []
    old, new = _Names(before), _Names(after)
    groups: dict[str, Group] = {}
    for change in patch:
        node = _shown_at(change, old, new)
        rows = list(_rows(change, old, new))
        if not rows:
            continue
        whole = change.field == NODE and kind_of(change.node) != "dialogue"
        tone = ("added" if change.absent == "old" else "removed") if whole else "changed"
        group = groups.setdefault(node, Group((new if node in new.places else old).place(node), tone, []))
        group.rows.extend(rows)
    place_of = {node: n for n, node in enumerate(_reading_order(old, new))}
    return [groups[node] for node in sorted(groups, key=lambda node: place_of.get(node, len(place_of)))]


def marked(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Split two texts into what they share and what only one of them has, word by word."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    if len(a) + len(b) > MOST_WORDS:
        return [(old, True)], [(new, True)]
    left: list[Piece] = []
    right: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        differs = what != "equal"
        if j > i:
            left.append(("".join(a[i:j]), differs))
        if m > k:
            right.append(("".join(b[k:m]), differs))
    return left, right


class _Names:
    """How the nodes of a book are called, and in which order they are read."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.places: dict[str, str] = {"plan": _("The comic"), "picks": _("Pictures")}
        self.panel_of: dict[str, str] = {}
        self.people = {c.id: c.name or c.id for c in book.plan.characters}
        for pointer, node in nodes(book.plan):
            kind, parts = node.kind, pointer.split("/")
            if kind == "character":
                self.places[key_of(kind, node.id)] = self.people[node.id]  # type: ignore[union-attr]
            elif kind == "chapter":
                title = short(getattr(node, "title", "")) or _("without a name")
                number = int(parts[2]) + 1
                text = _("Chapter {number}: {title}").format(number=number, title=title)
                self.places[key_of(kind, node.id)] = text  # type: ignore[union-attr]
        for page in book.plan.pages():
            on_page = _("Page {number}").format(number=page.page_number)
            self.places[key_of("page", page.id)] = on_page
            for number, panel in enumerate(page.panels, 1):
                key = key_of("panel", panel.id)
                self.places[key] = on_page + " · " + _("Panel {number}").format(number=number)
                for line in panel.dialogue:
                    self.panel_of[key_of("dialogue", line.id)] = key

    def place(self, node: str) -> str:
        return self.places.get(node, _("Lettering and places"))

    def one(self, kind: str, node_id: str) -> str:
        """Return a short name of a node inside a list of its siblings."""
        if kind == "dialogue":
            return next(
                (
                    f"“{short(d.text, 30)}”"
                    for p in self.book.plan.panels()
                    for d in p.dialogue
                    if d.id == node_id
                ),
                node_id,
            )
        return self.places.get(key_of(kind, node_id), node_id).rpartition(" · ")[2]


def _shown_at(change: Change, old: _Names, new: _Names) -> str:
    """Return the node under which a change is shown: lines with their panel, pictures too."""
    if change.node == "picks":
        return key_of("panel", change.field)
    if kind_of(change.node) == "dialogue":
        return new.panel_of.get(change.node) or old.panel_of.get(change.node) or change.node
    return change.node if change.node in new.places or change.node in old.places else "other"


def _reading_order(old: _Names, new: _Names) -> list[str]:
    order = list(new.places)
    for before, node in zip(["", *old.places], old.places, strict=False):
        if node not in new.places:
            order.insert(order.index(before) + 1 if before in order else 0, node)
    return order


def _rows(change: Change, old: _Names, new: _Names) -> Iterable[Row]:
    kind = kind_of(change.node)
    if change.node == "picks":
        yield Row(_("Chosen picture"), [(_picture(change.old), True)], [(_picture(change.new), True)])
    elif change.field == NODE:
        yield from _whole_node(kind, change, old, new)
    elif change.field.startswith("@order."):
        yield from _order(change, old, new)
    elif change.field not in _QUIET and not (kind == "page" and change.field == "pageNumber"):
        left, right = marked(
            _shown(kind, change.field, change.old, old), _shown(kind, change.field, change.new, new)
        )
        if left or right:
            yield Row(_label(kind, change.field), left, right)


def _whole_node(kind: str, change: Change, old: _Names, new: _Names) -> Iterable[Row]:
    came = change.absent == "old"
    fields, names = (change.new, new) if came else (change.old, old)
    texts = {
        field: _shown(kind, field, value, names)
        for field, value in fields.items()
        if not field.startswith("@") and field not in _QUIET and isinstance(value, (str, list)) and value
    }
    if kind == "dialogue":
        said = f"{texts.get('character', '')}: {texts.get('text', '')}".removeprefix(": ")
        texts = {"text": said}
    for field, text in texts.items():
        both: tuple[list[Piece], list[Piece]] = ([], [(text, True)]) if came else ([(text, True)], [])
        yield Row(_label(kind, field), *both)
    if not texts:
        note = [(_("empty"), True)]
        yield Row(_("New") if came else _("Gone"), [] if came else note, note if came else [])


def _order(change: Change, old: _Names, new: _Names) -> Iterable[Row]:
    kind = change.field.removeprefix("@order.")
    before, after = list(change.old or ()), list(change.new or ())
    if kind not in ORDERS:
        return
    here = {key for key in (key_of(kind, x) for x in before) if key in new.places or key in new.panel_of}
    stayed = [x for x in before if x in after]
    arrived = [x for x in after if x not in before and _is_known(kind, x, old)]
    left = [x for x in before if x not in after and key_of(kind, x) in here]
    if stayed == [x for x in after if x in before] and not arrived and not left:
        return
    yield Row(
        _(ORDERS[kind]),
        [(", ".join(old.one(kind, x) for x in before), True)],
        [(", ".join(old.one(kind, x) if _is_known(kind, x, old) else new.one(kind, x) for x in after), True)],
    )


def _is_known(kind: str, node_id: str, names: _Names) -> bool:
    key = key_of(kind, node_id)
    return key in names.places or key in names.panel_of


def _label(kind: str, field: str) -> str:
    if kind == "chapter" and field.startswith("kitsumy.clothing."):
        return _("Clothing")
    return _(FIELDS[field]) if field in FIELDS else field.removeprefix("kitsumy.")


def _shown(kind: str, field: str, value: Any, names: _Names) -> str:
    if value is None:
        return ""
    if field == "layout":
        return layout_name(str(value), state.language())
    if field == "kitsumy.kind":
        return kind_label(str(value))
    if field == "kitsumy.narrativeKind":
        return narration_label(str(value))
    if field == "character" and isinstance(value, str):
        return names.people.get(value, value)
    if field == "characters" and isinstance(value, list):
        return ", ".join(names.people.get(str(x), str(x)) for x in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _picture(take: Any) -> str:
    return _("a picture") if take else _("none")


assert set(ORDERS) >= {kind for kind, _field in LEVELS}
