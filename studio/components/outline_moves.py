"""Turn what happens in the outline into edits of the book: moves, copies, deletions, additions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, edit, fresh_ids
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, ComicPlan, Page, Panel
from kitsumy_core.plan.tree import find, siblings

Mint = Callable[[], str]
TEXTS = {"page": "kitsumy.beat", "chapter": "title"}
"""The one field of each kind of row that is typed in the outline."""


def order_of(plan: ComicPlan) -> list[tuple[str, list[str]]]:
    """Return the outline as ids: each chapter with its pages."""
    return [(chapter.id, [page.id for page in chapter.pages]) for chapter in plan.chapters]


def dropped(event: Mapping[str, Any], shown: Book | None, head: Book) -> Edit | None:
    """Return the move of a drop, or None if the outline it was made on is not today's.

    `event` is {kind, id, parent, index}; the index counts the target's rows without the moved one.
    """
    if shown is None or order_of(shown.plan) != order_of(head.plan):
        return None
    kind = "chapter" if event.get("kind") == "chapter" else "page"
    node, index = key_of(kind, str(event.get("id"))), _whole(event.get("index"))
    if kind == "chapter":
        return edit("move_node", node=node, index=index)
    return edit("move_node", node=node, index=index, parent_id=str(event.get("parent") or ""))


def stepped(plan: ComicPlan, kind: str, node_id: str, by: int) -> Edit | None:
    """Return the move of a row by one place, into the neighbouring chapter at the end of its own.

    None where there is no further place. Raises EditError for a row that is gone.
    """
    parent, nodes, index = siblings(plan, kind, node_id)
    node, wanted = key_of(kind, node_id), index + (1 if by > 0 else -1)
    if 0 <= wanted < len(nodes):
        return edit("move_node", node=node, index=wanted)
    if kind != "page":
        return None
    at = [chapter.id for chapter in plan.chapters].index(parent.id) + (1 if by > 0 else -1)
    if not 0 <= at < len(plan.chapters):
        return None
    neighbour = plan.chapters[at]
    return edit("move_node", node=node, index=0 if by > 0 else len(neighbour.pages), parent_id=neighbour.id)


def typed(text: Mapping[str, Any]) -> tuple[Edit, int | None] | None:
    """Return the edit of a typed text with the revision it was begun on; None for what is no such text."""
    node, value, base = text.get("node"), text.get("value"), text.get("base")
    if not isinstance(node, str) or not isinstance(value, str):
        return None
    field = TEXTS.get(node.partition(":")[0])
    if field is None:
        return None
    line = " ".join(value.splitlines())
    wanted = edit("set_field", node=node, field=field, value=line)
    return wanted, base if isinstance(base, int) and base > 0 else None


def blank_page(mint: Mint) -> Page:
    return Page(id=mint(), layout="single", panels=(Panel(id=mint()),))


def added_page(plan: ComicPlan, after: str, chapter_id: str, mint: Mint) -> tuple[Edit, str]:
    """Return the addition of a page behind another, or at the end of a chapter, and its id."""
    page, end = blank_page(mint), {}
    if after:
        parent, _, index = siblings(plan, "page", after)
        chapter_id, end = parent.id, {"index": index + 1}
    return edit("add_page", chapter_id=chapter_id, page=page, **end), page.id


def added_chapter(plan: ComicPlan, after: str, mint: Mint) -> tuple[Edit, str]:
    """Return the addition of a chapter of one page behind another, or at the end, and its id."""
    chapter = Chapter(id=mint(), title="", pages=(blank_page(mint),))
    end = {"index": siblings(plan, "chapter", after)[2] + 1} if after else {}
    return edit("add_chapter", chapter=chapter, **end), chapter.id


def twin(plan: ComicPlan, kind: str, node_id: str, mint: Mint) -> Edit:
    """Return the copy of a row, with all that is in it, behind itself. Raises EditError if it is gone."""
    ids = fresh_ids(kind, find(plan, kind, node_id), mint)
    return edit("duplicate_node", node=key_of(kind, node_id), new_ids=ids)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
