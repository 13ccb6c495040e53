"""Apply an edit, a serialisable command {op, args}, to a book: the only way a book changes.

`apply_edit` is pure. Every id an edit brings in was minted by its caller; `EDITS` names every command and the
arguments it takes. A value of the wrong type is an EditError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, cast

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs

from kitsumy_core.errors import EditError
from kitsumy_core.plan import tree
from kitsumy_core.plan.book import MAIN, Book, Edition, Placement, unclear_id
from kitsumy_core.plan.clean import MAX_DEPTH, deeper_than, mended, unwritable_number
from kitsumy_core.plan.fields import with_field
from kitsumy_core.plan.flat import id_of, kind_of
from kitsumy_core.plan.models import (
    SCHEMA_VERSION,
    Chapter,
    Character,
    ComicPlan,
    Dialogue,
    Frozen,
    Location,
    Page,
    Panel,
)


class Edit(Frozen):
    """A command. `op` is a key of `EDITS`."""

    op: str
    args: dict[str, Any] = Field(default_factory=dict)


Command = Callable[..., Book]
EDITS: dict[str, Command] = {}


def command(function: Command) -> Command:
    """Register a function as an edit; its keyword arguments are checked and converted from JSON."""
    checked: TypeAdapter[Book] = TypeAdapter(cast(Any, function))

    @wraps(function)
    def run(*args: Any, **named: Any) -> Book:
        after: Book = checked.validate_python(ArgsKwargs(args, named), by_alias=True, by_name=False)
        return after

    EDITS[function.__name__] = run
    return function


def edit(op: str, /, **args: Any) -> Edit:
    """Return an edit with its arguments as JSON values."""
    return Edit(op=op, args={key: _as_json(value) for key, value in args.items()})


def batch(*edits: Edit) -> Edit:
    """Return one edit that does several, all or nothing."""
    return edits[0] if len(edits) == 1 else edit("do_all", edits=list(edits))


def apply_edit(book: Book, wanted: Edit) -> Book:
    """Return the book after an edit. Raises EditError; the given book never changes."""
    do = EDITS.get(wanted.op)
    if do is None:
        raise EditError("edit-op", op=wanted.op)
    try:
        after = do(book, **_sound(wanted))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EditError("edit-args", op=wanted.op, place=place, problem=first["msg"]) from None
    plan = after.plan.numbered()
    return after if plan is after.plan else after.but(plan=plan)


_MOST_DEPTH = {"do_all": 2 * MAX_DEPTH, "write_draft": 2 * MAX_DEPTH, "restore_book": MAX_DEPTH + 2}
"""How deep the arguments may be nested. All others' stay readable at the deepest place of a plan file."""
_USUAL_DEPTH = MAX_DEPTH - 12


def _sound(wanted: Edit) -> dict[str, Any]:
    """Return the arguments as a plan file can hold them: broken text mended. Raises EditError."""
    limit = _MOST_DEPTH.get(wanted.op, _USUAL_DEPTH)
    if deeper_than(wanted.args, limit):
        raise EditError("edit-too-deep", op=wanted.op, limit=limit)
    args: dict[str, Any] = mended(wanted.args)[0]
    place = unwritable_number(args)
    if place is not None:
        raise EditError("edit-args", op=wanted.op, place=place, problem="Input should be a finite number")
    return args


def _as_json(value: Any) -> Any:
    if isinstance(value, Frozen):
        return value.model_dump(mode="json")
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    return value


def _of_plan(book: Book, plan: ComicPlan) -> Book:
    return book.but(plan=plan)


@command
def do_all(book: Book, *, edits: list[Edit]) -> Book:
    for one in edits:
        book = apply_edit(book, one)
    return book


@command
def write_draft(book: Book, *, edits: list[Edit], source: str = "") -> Book:
    """Do what a language model wrote: the journal tells it from handwriting. `source` names its model."""
    return do_all(book, edits=edits)


@command
def restore_book(book: Book, *, content: Book) -> Book:
    """Make the book what it was, for example in a named draft."""
    if unclear := unclear_id(content):
        raise EditError("ids-not-unique", kind=unclear[0], id=unclear[1])
    if content.plan.kitsumy.schema_version > SCHEMA_VERSION:
        raise EditError("edit-value", node="plan", field="kitsumy.schemaVersion", problem="")
    return content


# --- fields ---------------------------------------------------------------------------------------------


@command
def set_field(book: Book, *, node: str, field: str, value: Any) -> Book:
    """Set one field of a node. `node` is "plan" or "kind:id"; `field` a JSON key or "kitsumy.<key>"."""
    kind, node_id = kind_of(node), id_of(node)
    if kind == "plan":
        return _of_plan(book, with_field(book.plan, "plan", field, value))
    if kind == "edition":
        changed = with_field(book.edition(node_id), "edition", field, value)
        return book.but(editions=_put_edition(book.editions, changed))
    return _of_plan(
        book, tree.splice(book.plan, kind, node_id, lambda old: [with_field(old, kind, field, value)])
    )


@command
def pick_take(book: Book, *, panel_id: str, take_id: str | None) -> Book:
    tree.find(book.plan, "panel", panel_id)
    picks = {key: value for key, value in book.picks.items() if key != panel_id}
    return book.but(picks=picks | ({panel_id: take_id} if take_id else {}))


@command
def pick_takes(book: Book, *, picks: dict[str, str]) -> Book:
    """Choose takes for several panels; panels that are gone are passed over."""
    known = {panel.id for panel in book.plan.panels()}
    return book.but(picks={**book.picks, **{k: v for k, v in picks.items() if k in known}})


@command
def place_balloon(
    book: Book, *, lettering_id: str, placement: Placement | None, edition_id: str = MAIN
) -> Book:
    """Put a balloon, caption or sfx by hand; None gives it back to automatic placement."""
    edition = book.edition(edition_id)
    placed = {key: value for key, value in edition.placements.items() if key != lettering_id}
    placed |= {lettering_id: placement} if placement else {}
    return book.but(editions=_put_edition(book.editions, edition.but(placements=placed)))


def _put_edition(editions: tuple[Edition, ...], edition: Edition) -> tuple[Edition, ...]:
    if any(e.id == edition.id for e in editions):
        return tuple(edition if e.id == edition.id else e for e in editions)
    if edition.id != MAIN:  # what comes late must not bring back a deleted edition
        raise EditError("edit-unknown", kind="edition", id=edition.id)
    return (edition, *editions)


@command
def add_edition(book: Book, *, edition: Edition) -> Book:
    """Add an edition, with the texts and placements it may bring along."""
    if not edition.id or edition.id == MAIN or any(known.id == edition.id for known in book.editions):
        raise EditError("edit-id-taken", kind="edition", id=edition.id)
    return book.but(editions=(*book.editions, edition))


@command
def delete_edition(book: Book, *, edition_id: str) -> Book:
    """Delete an edition with its texts and placements; the main one is the comic itself and stays."""
    if edition_id == MAIN:
        raise EditError("edit-main-edition", id=edition_id)
    kept = tuple(edition for edition in book.editions if edition.id != edition_id)
    if len(kept) == len(book.editions):
        raise EditError("edit-unknown", kind="edition", id=edition_id)
    return book.but(editions=kept)


# --- whole nodes ----------------------------------------------------------------------------------------


def _add(book: Book, kind: str, parent_id: str, index: int, node: Any) -> Book:
    known = set(tree.all_ids(book.plan))
    for new_id in _ids_of(kind, node):
        if not new_id or new_id in known:
            raise EditError("edit-id-taken", kind=kind, id=new_id)
        known.add(new_id)
    return _of_plan(book, tree.insert(book.plan, kind, parent_id, index, node))


def _ids_of(kind: str, node: Any) -> Iterable[str]:
    yield node.id
    depth = tree.DEPTH.get(kind, len(tree.LEVELS)) + 1
    if depth < len(tree.LEVELS):
        for child in tree.children_of(node, depth):
            yield from _ids_of(tree.LEVELS[depth][0], child)


END = 1_000_000


@command
def add_character(book: Book, *, character: Character, index: int = END) -> Book:
    return _add(book, "character", "", index, character)


@command
def add_location(book: Book, *, location: Location, index: int = END) -> Book:
    return _add(book, "location", "", index, location)


@command
def add_chapter(book: Book, *, chapter: Chapter, index: int = END) -> Book:
    return _add(book, "chapter", "", index, chapter)


@command
def add_page(book: Book, *, chapter_id: str, page: Page, index: int = END) -> Book:
    return _add(book, "page", chapter_id, index, page)


@command
def add_panel(book: Book, *, page_id: str, panel: Panel, index: int = END) -> Book:
    return _add(book, "panel", page_id, index, panel)


@command
def add_dialogue(book: Book, *, panel_id: str, line: Dialogue, index: int = END) -> Book:
    return _add(book, "dialogue", panel_id, index, line)


@command
def delete_node(book: Book, *, node: str) -> Book:
    """Delete a chapter, page, panel, dialogue line or location with all below it."""
    kind = kind_of(node)
    if kind == "character":
        return delete_character(book, character_id=id_of(node))
    return _of_plan(book, tree.splice(book.plan, kind, id_of(node), lambda _: ()))


@command
def delete_character(book: Book, *, character_id: str, replace_with: str | None = None) -> Book:
    """Delete a character. Their lines stay: said by `replace_with`, else by the name alone."""
    gone: Character = tree.find(book.plan, "character", character_id)
    if replace_with is not None:
        tree.find(book.plan, "character", replace_with)
    plan = tree.splice(book.plan, "character", character_id, lambda _: ())

    def renamed(panel: Panel) -> Panel:
        if character_id not in panel.characters and all(d.character != character_id for d in panel.dialogue):
            return panel
        seen = [replace_with if c == character_id else c for c in panel.characters]
        lines = tuple(
            line.but(character=replace_with or gone.name) if line.character == character_id else line
            for line in panel.dialogue
        )
        return panel.but(characters=tuple(dict.fromkeys(c for c in seen if c)), dialogue=lines)

    return _of_plan(book, _each_panel(plan, renamed))


def _each_panel(plan: ComicPlan, change: Callable[[Panel], Panel]) -> ComicPlan:
    def page_after(page: Page) -> Page:
        panels = tuple(change(panel) for panel in page.panels)
        return (
            page if all(a is b for a, b in zip(panels, page.panels, strict=True)) else page.but(panels=panels)
        )

    return plan.but(
        chapters=tuple(c.but(pages=tuple(page_after(page) for page in c.pages)) for c in plan.chapters)
    )


@command
def duplicate_node(book: Book, *, node: str, new_ids: dict[str, str]) -> Book:
    """Double a node behind itself. `new_ids` maps every id in it to a fresh one; see `fresh_ids`."""
    kind, node_id = kind_of(node), id_of(node)
    parent, _, index = tree.siblings(book.plan, kind, node_id)
    twin = _with_ids(kind, tree.find(book.plan, kind, node_id), new_ids)
    after = _add(book, kind, getattr(parent, "id", ""), index + 1, twin)
    picks = {new_ids[old]: take for old, take in book.picks.items() if old in new_ids}
    return after.but(picks={**after.picks, **picks}) if picks else after


def fresh_ids(kind: str, node: Any, mint: Callable[[], str]) -> dict[str, str]:
    """Return a new id for every id in a node: what `duplicate_node` needs."""
    return {old: mint() for old in _ids_of(kind, node)}


def _with_ids(kind: str, node: Any, ids: Mapping[str, str]) -> Any:
    if node.id not in ids:
        raise EditError("edit-ids-missing", kind=kind, id=node.id)
    depth = tree.DEPTH.get(kind, len(tree.LEVELS)) + 1
    if kind == "dialogue":
        return node.but(kitsumy=node.kitsumy.but(id=ids[node.id]))
    if depth >= len(tree.LEVELS):
        return node.but(id=ids[node.id])
    below_kind, field = tree.LEVELS[depth]
    below = tuple(_with_ids(below_kind, child, ids) for child in tree.children_of(node, depth))
    return node.but(id=ids[node.id], **{field: below})


@command
def move_node(book: Book, *, node: str, index: int, parent_id: str = "") -> Book:
    """Move a node to `index` among the children of `parent_id` (counted without itself); "" = same parent."""
    kind, node_id = kind_of(node), id_of(node)
    parent, _, _ = tree.siblings(book.plan, kind, node_id)
    moved = tree.find(book.plan, kind, node_id)
    target = parent_id or getattr(parent, "id", "")
    plan = tree.splice(book.plan, kind, node_id, lambda _: ())
    return _of_plan(book, tree.insert(plan, kind, target, index, moved))


# --- pages ----------------------------------------------------------------------------------------------


@command
def change_layout(book: Book, *, page_id: str, layout: str) -> Book:
    return set_field(book, node=f"page:{page_id}", field="layout", value=layout)


@command
def split_page(
    book: Book,
    *,
    page_id: str,
    at: int,
    new_id: str,
    layout: str | None = None,
    new_layout: str | None = None,
) -> Book:
    """Move the panels from index `at` on to a new page behind this one."""
    chapter, _, index = tree.siblings(book.plan, "page", page_id)
    page: Page = tree.find(book.plan, "page", page_id)
    if not 0 < at < len(page.panels):
        raise EditError("edit-split", id=page_id, at=at, panels=len(page.panels))
    rest = Page(id=new_id, layout=new_layout or page.layout, panels=page.panels[at:])
    first = page.but(panels=page.panels[:at], layout=layout or page.layout)
    plan = tree.splice(book.plan, "page", page_id, lambda _: [first])
    if not new_id or new_id in set(tree.all_ids(plan)):
        raise EditError("edit-id-taken", kind="page", id=new_id)
    return _of_plan(book, tree.insert(plan, "page", chapter.id, index + 1, rest))


@command
def join_pages(book: Book, *, page_id: str, next_id: str, layout: str | None = None) -> Book:
    """Append the panels of `next_id` to `page_id` and delete the emptied page."""
    if page_id == next_id:
        raise EditError("edit-join", id=page_id)
    after: Page = tree.find(book.plan, "page", next_id)
    plan = tree.splice(book.plan, "page", next_id, lambda _: ())
    return _of_plan(
        book,
        tree.splice(
            plan,
            "page",
            page_id,
            lambda page: [page.but(panels=page.panels + after.panels, layout=layout or page.layout)],
        ),
    )
