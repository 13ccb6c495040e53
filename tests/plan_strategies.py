"""Hypothesis strategies: books, and edits that fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kitsumy_core.plan import tree
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, edit, fresh_ids
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Character, Dialogue, DialogueKit, Page, Panel
from tests.samples import a_book

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
FIELDS = {
    "plan": ["title", "style", "kitsumy.idea", "kitsumy.format"],
    "character": ["name", "appearance", "clothing", "kitsumy.look"],
    "chapter": ["title", "kitsumy.clothing.char-1"],
    "page": ["layout", "kitsumy.beat"],
    "panel": ["action", "location", "mood", "camera", "narrative", "sfx", "kitsumy.prompt"],
    "dialogue": ["text", "character"],
}


class Minter:
    """Hand out ids that were never used before in this process."""

    def __init__(self, prefix: str = "new") -> None:
        self.prefix, self.n = prefix, 0

    def __call__(self) -> str:
        self.n += 1
        return f"{self.prefix}-{self.n}"


def ids(book: Book, kind: str) -> list[str]:
    if kind == "plan":
        return [""]
    return [node.id for _, nodes in tree._lists(book.plan, kind) for node in nodes]


@st.composite
def edits(draw: st.DrawFn, book: Book, mint: Minter) -> Edit:
    """Draw one edit that fits the book."""
    options = ["field", "field", "field", "add", "delete", "duplicate", "move", "split", "join", "pick"]
    kind = draw(st.sampled_from([k for k in FIELDS if ids(book, k)]))
    node_id = draw(st.sampled_from(ids(book, kind)))
    node = "plan" if kind == "plan" else key_of(kind, node_id)
    match draw(st.sampled_from(options)):
        case "field":
            return edit("set_field", node=node, field=draw(st.sampled_from(FIELDS[kind])), value=draw(TEXT))
        case "delete" if kind != "plan":
            return edit("delete_node", node=node)
        case "duplicate" if kind != "plan":
            found = tree.find(book.plan, kind, node_id)
            return edit("duplicate_node", node=node, new_ids=fresh_ids(kind, found, mint))
        case "move" if kind in ("page", "panel", "dialogue"):
            parents = ids(book, {"page": "chapter", "panel": "page", "dialogue": "panel"}[kind])
            parent = draw(st.sampled_from(parents))
            return edit("move_node", node=node, parent_id=parent, index=draw(st.integers(0, 5)))
        case "split" if any(len(p.panels) > 1 for p in book.plan.pages()):
            page = draw(st.sampled_from([p for p in book.plan.pages() if len(p.panels) > 1]))
            at = draw(st.integers(1, len(page.panels) - 1))
            return edit("split_page", page_id=page.id, at=at, new_id=mint())
        case "join" if len(ids(book, "page")) > 1:
            first, second = draw(st.permutations(ids(book, "page")))[:2]
            return edit("join_pages", page_id=first, next_id=second)
        case "pick" if ids(book, "panel"):
            return edit("pick_take", panel_id=draw(st.sampled_from(ids(book, "panel"))), take_id=draw(TEXT))
        case _:
            return draw(additions(book, mint))


@st.composite
def additions(draw: st.DrawFn, book: Book, mint: Minter) -> Edit:
    """Draw an edit that adds something new."""
    index = draw(st.integers(0, 6))
    choices: list[tuple[str, dict[str, Any]]] = [
        ("add_character", {"character": Character(id=mint(), name=draw(TEXT))}),
        ("add_chapter", {"chapter": Chapter(id=mint(), title=draw(TEXT))}),
    ]
    if chapters := ids(book, "chapter"):
        page = Page(id=mint(), layout="single", panels=(Panel(id=mint()),))
        choices.append(("add_page", {"chapter_id": draw(st.sampled_from(chapters)), "page": page}))
    if pages := ids(book, "page"):
        choices.append(("add_panel", {"page_id": draw(st.sampled_from(pages)), "panel": Panel(id=mint())}))
    if panels := ids(book, "panel"):
        line = Dialogue(text=draw(TEXT), kitsumy=DialogueKit(id=mint()))
        choices.append(("add_dialogue", {"panel_id": draw(st.sampled_from(panels)), "line": line}))
    op, args = draw(st.sampled_from(choices))
    return edit(op, index=index, **args)


def books(pages: int = 2) -> st.SearchStrategy[Book]:
    return st.just(a_book(pages))
