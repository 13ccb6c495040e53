"""Hypothesis strategies: books, and edits that fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kitsumy_core.plan import tree
from kitsumy_core.plan.book import MAIN, Book, Edition
from kitsumy_core.plan.edits import Edit, edit, fresh_ids
from kitsumy_core.plan.files import plan_from_json, plan_to_json
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Character, Dialogue, DialogueKit, Location, Page, Panel
from tests.samples import a_page, a_plan

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
SHARE = st.floats(-2, 3)
TEXT_IDS = ("ch1-p1-pan1-d1", "ch1-p1-pan1/sfx", "gone", "texts.x", "=", "@node")
WORDS = st.dictionaries(st.sampled_from(TEXT_IDS), TEXT, max_size=3)
WRONG_SHARE = st.sampled_from(
    ["nan", "inf", "-inf", 1e300, -1e300, float("nan"), float("inf"), 10**400, True]
)
KIT_FIELDS = ["kitsumy.prompt", "kitsumy.clothing.char-1"]
FIELDS = {
    "plan": ["title", "style", "kitsumy.idea", "kitsumy.format"],
    "location": ["name", "look"],
    "character": ["name", "appearance", "clothing", "kitsumy.look"],
    "chapter": ["title", "kitsumy.clothing.char-1"],
    "page": ["layout", "kitsumy.beat"],
    "panel": ["action", "location", "mood", "camera", "narrative", "sfx", *KIT_FIELDS],
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
def edits(draw: st.DrawFn, book: Book, mint: Minter, odd: bool = False) -> Edit:
    """Draw one edit that fits the book; with `odd`, it may also bring in an odd book."""
    options = ["field", "field", "field", "add", "delete", "duplicate", "move", "split", "join", "pick"]
    options += ["place", "restore", "edition", "translate", "drop"]
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
        case "place" if ids(book, "panel"):
            placement = {key: draw(SHARE) for key in ("x", "y", "tailX", "tailY")}
            lettering = draw(st.sampled_from(ids(book, "panel"))) + "/sfx"
            return edit("place_balloon", lettering_id=lettering, placement=placement)
        case "edition":
            return edit("add_edition", edition=Edition(id=mint(), language=draw(TEXT), texts=draw(WORDS)))
        case "translate":
            one, text_id = draw(st.sampled_from(book.editions)).id, draw(st.sampled_from(TEXT_IDS))
            wanted = {"node": key_of("edition", one), "field": f"texts.{text_id}"}
            return edit("set_field", **wanted, value=draw(TEXT))
        case "drop" if any(one.id != MAIN for one in book.editions):
            more = [one.id for one in book.editions if one.id != MAIN]
            return edit("delete_edition", edition_id=draw(st.sampled_from(more)))
        case "restore":
            return edit("restore_book", content=draw(odd_books(mint)) if odd else book)
        case _:
            return draw(additions(book, mint))


@st.composite
def additions(draw: st.DrawFn, book: Book, mint: Minter) -> Edit:
    """Draw an edit that adds something new."""
    index = draw(st.integers(0, 6))
    choices: list[tuple[str, dict[str, Any]]] = [
        ("add_character", {"character": Character(id=mint(), name=draw(TEXT))}),
        ("add_location", {"location": Location(id=mint(), name=draw(TEXT))}),
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


LIKE_OURS = (
    *("@context", "@id", "@node", "@order.panel", "@order.page", "=", "=@x", "=clothing.m", "texts.a", ""),
    *("kitsumy.x", "kitsumy.clothing.m", "clothing", "clothing.m", "locations.0"),
    *("malformed", "malformedOriginal", "page_number", "reading_direction", "action_en"),
)
FOREIGN = st.sampled_from(LIKE_OURS)
"""Keys of other tools, among them all that look like names of ours."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
FOREIGN_ITEMS = st.dictionaries(FOREIGN, JSON, max_size=3)
CLOTHING = st.sampled_from(["coat", 5, {}, {"char-1": "fur"}, {"char-1": 5}, {"char-1": "fur", "m": None}])
PLACE = (
    st.fixed_dictionaries({"name": TEXT}, optional={"look": TEXT, "@id": JSON})
    | st.fixed_dictionaries({"id": st.sampled_from(["a", "b", "c"]), "name": TEXT | st.just(5)})
    | st.sampled_from([None, "Маяк", 5, [], {}, {"id": 7}])
)
PLACES = st.lists(PLACE, max_size=4) | st.sampled_from([None, "Маяк", {"id": "a"}])


@st.composite
def odd_json(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the JSON of a plan with what other tools and mistakes leave in it."""
    plan = plan_to_json(a_plan(1).but(chapters=(Chapter(id="ch1", pages=(a_page(panels=2),)),)))
    chapter = plan["chapters"][0]
    page = chapter["pages"][0]
    panel = page["panels"][0]
    for node in (plan, plan["characters"][0], chapter, page, panel, panel["dialogue"][0]):
        node.update(draw(FOREIGN_ITEMS) | node)
        if draw(st.integers(0, 5)) == 0 and node is not plan:
            node["kitsumy"] = draw(JSON)
        elif draw(st.booleans()):
            kit = node.get("kitsumy") or {}
            node["kitsumy"] = draw(FOREIGN_ITEMS) | (kit if isinstance(kit, dict) else {})
            if draw(st.booleans()):
                node["kitsumy"]["clothing"] = draw(CLOTHING)
    if draw(st.booleans()):
        plan["kitsumy"]["locations"] = draw(PLACES)
    return plan


@st.composite
def odd_books(draw: st.DrawFn, mint: Minter) -> Book:
    """Draw a book that was read from such JSON."""
    book = Book(plan=plan_from_json(draw(odd_json())).plan)
    return book.but(picks={draw(FOREIGN): mint()} if draw(st.booleans()) else {})
