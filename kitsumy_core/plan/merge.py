"""Compare two books, apply the difference, and merge two changes of one book by id and field.

One mechanism serves two writers at once, undo (`merge(base=after, mine=before, theirs=head)`), re-imports and
redrafts. In a conflict the book keeps `theirs`, and `mine` is reported; an edit beats a deletion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.flat import (
    ORDER,
    SET_FIELDS,
    Fields,
    Flat,
    flatten,
    id_of,
    key_of,
    kind_of,
    unflatten,
    untouched,
)
from kitsumy_core.plan.models import Frozen
from kitsumy_core.plan.tree import LEVELS

NODE = "@node"
_ABSENT: Any = object()


class Change(Frozen):
    """One field of one node: before and after. `@node` means the whole node came or went."""

    node: str
    field: str
    old: Any = None
    new: Any = None
    absent: Literal["", "old", "new"] = ""
    """Which side has no such field at all (null is a value)."""


Patch = tuple[Change, ...]


class Conflict(Frozen):
    """Both sides changed the field to different values; None where a side removed it."""

    node: str
    field: str
    base: Any = None
    mine: Any = None
    theirs: Any = None


class Merged(NamedTuple):
    book: Book
    conflicts: tuple[Conflict, ...]


def diff(before: Book, after: Book) -> Patch:
    """Return what turns `before` into `after`, field by field."""
    if before is after:
        return ()
    shared = _shared(before, after)
    return _diff(flatten(before, shared), flatten(after, shared))


def apply_patch(book: Book, *patches: Patch) -> Book:
    """Return the book after these patches, in order. Each must fit the state it is applied to."""
    changed = frozenset(change.node for patch in patches for change in patch)
    if not changed:
        return book
    flat = flatten(book, untouched(book, changed))
    for patch in patches:
        for change in patch:
            if change.field == NODE:
                if change.absent == "new":
                    flat.pop(change.node, None)
                else:
                    flat[change.node] = dict(change.new)
            elif change.absent == "new":
                flat[change.node].pop(change.field, None)
            else:
                flat[change.node][change.field] = change.new
    return unflatten(flat, book, changed)


def inverse(patch: Patch) -> Patch:
    """Return the patch that takes this one back."""
    flip: dict[str, Literal["", "old", "new"]] = {"": "", "old": "new", "new": "old"}
    return tuple(
        change.but(old=change.new, new=change.old, absent=flip[change.absent]) for change in reversed(patch)
    )


def merge(base: Book, mine: Book, theirs: Book) -> Merged:
    """Join two changes of `base`. Disjoint changes both hold; see the module for conflicts."""
    if mine is theirs or mine is base:
        return Merged(theirs, ())
    if theirs is base:
        return Merged(mine, ())
    shared = frozenset(_outline_ids(base) & _outline_ids(mine) & _outline_ids(theirs))
    kept = flatten(theirs, shared)
    work = _Merge(flatten(base, shared), flatten(mine, shared), kept)
    flat = work.run()
    changed = {change.node for change in _diff(kept, flat)}
    book = unflatten(flat, theirs, frozenset(changed)) if changed else theirs
    return Merged(book, tuple(work.conflicts))


def _outline_ids(book: Book) -> set[int]:
    level: list[Any] = list(book.plan.chapters)
    found = {id(c) for c in book.plan.characters} | {id(e) for e in book.editions}
    found |= {id(x) for x in book.plan.kitsumy.locations}
    for _, field in LEVELS[1:]:
        found |= {id(node) for node in level}
        level = [child for node in level for child in getattr(node, field)]
    return found | {id(node) for node in level}


def _shared(before: Book, after: Book) -> frozenset[int]:
    """Return the `id()` of the highest nodes that are the same object in both books."""
    known = _outline_ids(before)
    plan = after.plan
    found = {id(node) for node in (*plan.characters, *plan.kitsumy.locations, *after.editions)} & known
    level: list[Any] = list(plan.chapters)
    for _, field in (*LEVELS[1:], ("", "")):
        found |= {id(node) for node in level} & known
        if field:
            level = [child for node in level if id(node) not in known for child in getattr(node, field)]
    return frozenset(found)


def _diff(before: Flat, after: Flat) -> Patch:
    changes: list[Change] = []
    for key in [*before, *(k for k in after if k not in before)]:
        old, new = before.get(key), after.get(key)
        if new is None:
            changes.append(Change(node=key, field=NODE, old=old, absent="new"))
        elif old is None:
            changes.append(Change(node=key, field=NODE, new=new, absent="old"))
        else:
            changes.extend(_field_changes(key, old, new))
    return tuple(changes)


def _field_changes(key: str, old: Fields, new: Fields) -> Iterable[Change]:
    for field in [*old, *(f for f in new if f not in old)]:
        a, b = old.get(field, _ABSENT), new.get(field, _ABSENT)
        if b is _ABSENT:
            yield Change(node=key, field=field, old=a, absent="new")
        elif a is _ABSENT:
            yield Change(node=key, field=field, new=b, absent="old")
        elif a != b:
            yield Change(node=key, field=field, old=a, new=b)


class _Side:
    """One of the three tables with the parent of every node.

    A node that is the same object in all three books has a parent here but no fields, and nothing below it.
    """

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.parent: dict[str, str] = {}
        for key, fields in flat.items():
            for field, ids in fields.items():
                if field.startswith(ORDER):
                    kind = field.removeprefix(ORDER)
                    self.parent.update((key_of(kind, node_id), key) for node_id in ids)
        self.keys = dict.fromkeys((*flat, *self.parent))

    def order(self, parent: str, field: str) -> list[str]:
        return list(self.flat.get(parent, {}).get(field, ()))

    def topmost_gone(self, key: str, other: _Side) -> str:
        """Return the highest ancestor (or the node itself) that the other side has not."""
        top = key
        while (up := self.parent.get(top)) and up not in other.keys:
            top = up
        return top


class _Merge:
    def __init__(self, base: Flat, mine: Flat, theirs: Flat) -> None:
        self.base, self.mine, self.theirs = _Side(base), _Side(mine), _Side(theirs)
        self.conflicts: list[Conflict] = []

    def run(self) -> Flat:
        kept = self._kept()
        children: dict[tuple[str | None, str], set[str]] = {}
        for key in kept:
            children.setdefault((self._parent(key), kind_of(key)), set()).add(id_of(key))
        changed = {key for side in (self.mine, self.theirs) for key in side.flat}
        flat: Flat = {key: self._fields(key) for key in kept if key in changed}
        for key, fields in flat.items():
            for name in self._order_fields(key):
                members = children.get((key, name.removeprefix(ORDER)), set())
                fields[name] = self._order(key, name, members)
        return flat

    def _kept(self) -> list[str]:
        touched_mine, touched_theirs = self._touched(self.mine), self._touched(self.theirs)
        kept = []
        for key in dict.fromkeys((*self.theirs.keys, *self.mine.keys)):
            in_base, in_mine, in_theirs = (key in side.keys for side in (self.base, self.mine, self.theirs))
            if in_base and not in_mine:
                keep = self.theirs.topmost_gone(key, self.mine) in touched_theirs
            elif in_base and not in_theirs:
                keep = self.mine.topmost_gone(key, self.theirs) in touched_mine
            else:
                keep = True
            if keep:
                kept.append(key)
        return self._with_ancestors(kept)

    def _with_ancestors(self, kept: list[str]) -> list[str]:
        """Keep what a kept node needs above it: a panel that stays has a page to be on."""
        known = dict.fromkeys(kept)
        for key in kept:
            up = self._parent(key)
            while up and up not in known:
                known[up] = None
                up = self._parent(up)
        return list(known)

    def _touched(self, side: _Side) -> set[str]:
        """Return the nodes that this side changed, added, or put something into, and all above them."""
        touched: set[str] = set()
        for key in side.keys:
            before, after = self.base.flat.get(key, {}), side.flat.get(key, {})
            moved = side.parent.get(key) != self.base.parent.get(key)
            if key not in self.base.keys or moved or _grew(before, after):
                up: str | None = key
                while up and up not in touched:
                    touched.add(up)
                    up = side.parent.get(up)
        return touched

    def _parent(self, key: str) -> str | None:
        b, m, t = (side.parent.get(key) for side in (self.base, self.mine, self.theirs))
        if m is None or t is None or m == t:
            return t or m
        return m if t == b else t

    def _fields(self, key: str) -> Fields:
        b, m, t = (side.flat.get(key) for side in (self.base, self.mine, self.theirs))
        if m is None or t is None:
            return {f: v for f, v in (t or m or {}).items() if not f.startswith(ORDER)}
        out: Fields = {}
        for field in dict.fromkeys((*t, *m)):
            if field.startswith(ORDER):
                continue
            sides = ((side or {}).get(field, _ABSENT) for side in (b, m, t))
            value = self._value(key, field, *sides)
            if value is not _ABSENT:
                out[field] = value
        return out

    def _value(self, key: str, field: str, base: Any, mine: Any, theirs: Any) -> Any:
        if mine in (theirs, base):
            return theirs
        if theirs == base:
            return mine
        if field in SET_FIELDS and isinstance(mine, list) and isinstance(theirs, list):
            before = base if isinstance(base, list) else []
            members = {x for x in (*mine, *theirs) if x not in before or (x in mine and x in theirs)}
            return merged_order(before, mine, theirs, members)
        values = {n: v for n, v in (("base", base), ("mine", mine), ("theirs", theirs)) if v is not _ABSENT}
        self.conflicts.append(Conflict(node=key, field=field, **values))
        return theirs

    def _order_fields(self, key: str) -> list[str]:
        names = dict.fromkeys(
            f for side in (self.theirs, self.mine) for f in side.flat.get(key, {}) if f.startswith(ORDER)
        )
        return list(names)

    def _order(self, key: str, name: str, members: set[str]) -> list[str]:
        return merged_order(
            self.base.order(key, name), self.mine.order(key, name), self.theirs.order(key, name), members
        )


def _grew(before: Fields, after: Fields) -> bool:
    """Tell whether a node changed in a way a deletion must not swallow; a child that left is none."""
    for field in {*before, *after}:
        old, new = before.get(field, _ABSENT), after.get(field, _ABSENT)
        if not field.startswith(ORDER):
            if old is _ABSENT or new is _ABSENT or old != new:
                return True
        elif set(() if new is _ABSENT else new) - set(() if old is _ABSENT else old):
            return True
    return False


def merged_order(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], members: set[str]
) -> list[str]:
    """Return `members` in an order that keeps the moves of both sides; where both moved, theirs leads."""
    first, second = (mine, theirs) if _same_order(base, theirs) else (theirs, mine)
    out = [x for x in first if x in members]
    placed = set(out)
    for source in (second, base):
        before: list[str] = []
        for x in source:
            if x in members and x not in placed:
                at = next((out.index(p) + 1 for p in reversed(before) if p in placed), 0)
                out.insert(at, x)
                placed.add(x)
            before.append(x)
    return out + sorted(members - placed)


def _same_order(base: Sequence[str], other: Sequence[str]) -> bool:
    common = set(base) & set(other)
    return [x for x in base if x in common] == [x for x in other if x in common]
