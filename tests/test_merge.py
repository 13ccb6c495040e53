"""Merging two changes of one book, differences, and undo as a merge."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import EditError
from kitsumy_core.plan import tree
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, apply_edit, edit
from kitsumy_core.plan.files import plan_from_json, plan_to_json
from kitsumy_core.plan.flat import flatten, unflatten
from kitsumy_core.plan.merge import Change, apply_patch, diff, inverse, merge
from kitsumy_core.plan.models import ComicPlan, Page, Panel
from tests.plan_strategies import Minter, edits, odd_books, odd_json
from tests.samples import a_book


def changed(book: Book, *wanted: Edit) -> Book:
    for one in wanted:
        book = apply_edit(book, one)
    return book


def set_action(panel: str, text: str) -> Edit:
    return edit("set_field", node=f"panel:{panel}", field="action", value=text)


def draw_edits(data: st.DataObject, book: Book, most: int, prefix: str, odd: bool = False) -> Book:
    mint = Minter(prefix)
    for _ in range(data.draw(st.integers(1, most))):
        with suppress(EditError):
            book = apply_edit(book, data.draw(edits(book, mint, odd)))
    return book


def a_start(data: st.DataObject) -> Book:
    """Draw a clean book, or one with what other tools and mistakes left in it."""
    return data.draw(odd_books(Minter("odd"))) if data.draw(st.booleans()) else a_book()


def ids_are_unique(book: Book) -> bool:
    found = list(tree.all_ids(book.plan))
    return len(found) == len(set(found))


@given(st.data())
def test_a_book_survives_the_way_through_the_flat_table(data: st.DataObject) -> None:
    book = draw_edits(data, a_start(data), 6, "a")
    assert unflatten(flatten(book)) == book


@given(st.data())
def test_the_difference_of_two_books_turns_one_into_the_other_and_back(data: st.DataObject) -> None:
    before = draw_edits(data, a_start(data), 3, "a", odd=True)
    after = draw_edits(data, before, 6, "b", odd=True)
    patch = diff(before, after)
    assert apply_patch(before, patch) == after
    assert apply_patch(after, inverse(patch)) == before
    assert (patch == ()) == (before == after)


@given(st.data())
def test_any_sequence_of_edits_keeps_the_book_loadable_and_ids_unique(data: st.DataObject) -> None:
    book = draw_edits(data, a_start(data), 12, "a", odd=True)
    assert ids_are_unique(book)
    assert Book.model_validate_json(book.model_dump_json()) == book
    loaded = plan_from_json(json.loads(json.dumps(plan_to_json(book.plan))))
    # A speaker whose character was deleted stays as a name, and a name that a twin bears is clear again.
    assert {repair.code for repair in loaded.repairs} <= {"name-made-id"}
    assert _without_speakers(loaded.plan) == _without_speakers(book.plan)
    assert loaded.repairs or loaded.plan == book.plan


def _without_speakers(plan: ComicPlan) -> ComicPlan:
    def silent(panel: Panel) -> Panel:
        return panel.but(characters=(), dialogue=tuple(line.but(character="") for line in panel.dialogue))

    def page_of(page: Page) -> Page:
        return page.but(panels=tuple(silent(panel) for panel in page.panels))

    return plan.but(
        chapters=tuple(c.but(pages=tuple(page_of(page) for page in c.pages)) for c in plan.chapters)
    )


@given(st.data())
def test_a_merge_is_loadable_has_unique_ids_and_keeps_everything_that_was_added(data: st.DataObject) -> None:
    base = draw_edits(data, a_start(data), 2, "base")
    mine, theirs = draw_edits(data, base, 5, "mine"), draw_edits(data, base, 5, "theirs")
    merged = merge(base, mine, theirs)
    assert ids_are_unique(merged.book)
    assert Book.model_validate_json(merged.book.model_dump_json()) == merged.book
    known = set(tree.all_ids(base.plan))
    for side in (mine, theirs):
        assert set(tree.all_ids(side.plan)) - known <= set(tree.all_ids(merged.book.plan))


@given(st.data())
def test_a_merge_with_an_unchanged_side_is_the_other_side(data: st.DataObject) -> None:
    base = a_book()
    mine = draw_edits(data, base, 6, "mine")
    equal = Book.model_validate_json(base.model_dump_json())
    assert merge(base, mine, equal).book == mine
    assert merge(base, equal, mine).book == mine
    assert merge(base, mine, equal).conflicts == ()


@given(st.data())
def test_edits_of_different_fields_both_hold(data: st.DataObject) -> None:
    base = a_book()
    fields = [
        (f"panel:{panel.id}", field)
        for panel in base.plan.panels()
        for field in ("action", "mood", "camera", "narrative", "kitsumy.prompt")
    ]
    chosen = data.draw(st.lists(st.sampled_from(fields), min_size=2, max_size=12, unique=True))
    cut = data.draw(st.integers(1, len(chosen) - 1))
    sides = [
        changed(base, *(edit("set_field", node=n, field=f, value=f"{name} {n}") for n, f in part))
        for name, part in (("mine", chosen[:cut]), ("theirs", chosen[cut:]))
    ]
    merged = merge(base, *sides)
    assert merged.conflicts == ()
    flat = flatten(merged.book)
    for n, (node, field) in enumerate(chosen):
        assert flat[node][field] == f"{'mine' if n < cut else 'theirs'} {node}"


def test_the_same_field_changed_twice_keeps_theirs_and_reports_both() -> None:
    base = a_book()
    mine, theirs = (
        changed(base, set_action("ch1-p1-pan1", "А")),
        changed(base, set_action("ch1-p1-pan1", "Б")),
    )
    merged = merge(base, mine, theirs)
    assert merged.book == theirs
    (conflict,) = merged.conflicts
    assert (conflict.node, conflict.field) == ("panel:ch1-p1-pan1", "action")
    assert (conflict.mine, conflict.theirs) == ("А", "Б")
    assert conflict.base == base.plan.chapters[0].pages[0].panels[0].action


def test_an_edit_beats_the_deletion_of_the_page_around_it_and_the_whole_page_stays() -> None:
    base = a_book()
    mine = changed(base, edit("delete_node", node="page:ch1-p1"))
    theirs = changed(base, set_action("ch1-p1-pan2", "Зовсім інше."))
    for sides in ((mine, theirs), (theirs, mine)):
        merged = merge(base, *sides)
        assert merged.book == theirs
        assert merged.conflicts == ()


def test_a_panel_moved_into_a_page_that_the_other_deleted_keeps_the_page() -> None:
    base = a_book()
    mine = changed(base, edit("move_node", node="panel:ch1-p1-pan1", parent_id="ch1-p2", index=0))
    theirs = changed(base, edit("delete_node", node="page:ch1-p2"))
    merged = merge(base, mine, theirs).book
    assert merged == mine


def test_two_moves_of_different_panels_both_hold() -> None:
    base = a_book()
    mine = changed(base, edit("move_node", node="panel:ch1-p1-pan1", parent_id="ch1-p2", index=0))
    theirs = changed(base, edit("move_node", node="panel:ch1-p2-pan4", parent_id="ch1-p1", index=0))
    first, second = merge(base, mine, theirs).book.plan.pages()
    assert [p.id for p in first.panels] == ["ch1-p2-pan4", "ch1-p1-pan2", "ch1-p1-pan3", "ch1-p1-pan4"]
    assert [p.id for p in second.panels] == ["ch1-p1-pan1", "ch1-p2-pan1", "ch1-p2-pan2", "ch1-p2-pan3"]


def test_who_is_in_a_panel_is_merged_member_by_member() -> None:
    base = a_book()
    node, field = "panel:ch1-p1-pan1", "characters"
    mine = changed(base, edit("set_field", node=node, field=field, value=["char-1", "char-2"]))
    theirs = changed(base, edit("set_field", node=node, field=field, value=[]))
    merged = merge(base, mine, theirs)
    assert merged.conflicts == ()
    assert merged.book.plan.chapters[0].pages[0].panels[0].characters == ("char-2",)


@given(st.data())
def test_undo_of_any_edit_never_drops_work_that_came_after(data: st.DataObject) -> None:
    before = draw_edits(data, a_start(data), 2, "a")
    after = apply_edit(before, data.draw(edits(before, Minter("undone"))))
    head = draw_edits(data, after, 5, "later")
    undone = merge(base=after, mine=before, theirs=head).book
    table, later, start = flatten(undone), flatten(head), flatten(after)
    for change in diff(after, head):
        left = change.field.startswith("@order.") and set(change.new) <= set(change.old or ())
        if change.absent == "new" or left:
            continue
        assert change.node in table, "what was added or changed later is still there"
        fields = later[change.node] if change.field == "@node" else {change.field: change.new}
        for field, value in fields.items():
            if not field.startswith("@order.") and start.get(change.node, {}).get(field) != value:
                assert table[change.node].get(field) == value


@given(st.data())
def test_undo_with_nothing_after_it_gives_the_book_before(data: st.DataObject) -> None:
    before = draw_edits(data, a_start(data), 2, "a")
    after = apply_edit(before, data.draw(edits(before, Minter("undone"))))
    assert merge(base=after, mine=before, theirs=after).book == before


def test_a_merge_keeps_the_objects_nobody_touched() -> None:
    base = a_book(pages=3)
    mine = changed(base, set_action("ch1-p1-pan1", "А"))
    theirs = changed(base, set_action("ch1-p2-pan1", "Б"))
    merged = merge(base, mine, theirs).book
    assert list(merged.plan.pages())[2] is list(base.plan.pages())[2]


@given(odd_json())
def test_whatever_other_tools_and_mistakes_left_in_a_plan_survives_an_edit_of_something_else(
    json: dict[str, Any],
) -> None:
    book = Book(plan=plan_from_json(json).plan)
    retitled = changed(book, edit("set_field", node="plan", field="title", value="Інша"))
    walked = apply_patch(book, diff(book, retitled))
    assert plan_to_json(walked.plan) == plan_to_json(book.plan) | {"title": "Інша"}


@pytest.mark.parametrize("field", ["@context", "@node", "@order.panel", "kitsumy.x", "=", "=a", "texts.a"])
def test_a_foreign_key_is_merged_like_any_other_whatever_it_looks_like(field: str) -> None:
    json = plan_to_json(a_book().plan)
    json["characters"][0][field] = "old"
    base = Book(plan=plan_from_json(json).plan)
    json["characters"][0][field] = "new"
    mine = Book(plan=plan_from_json(json).plan)
    theirs = changed(base, edit("set_field", node="character:char-1", field="name", value="Марк"))
    merged = merge(base, mine, theirs)
    assert merged.conflicts == ()
    character = plan_to_json(merged.book.plan)["characters"][0]
    assert (character[field], character["name"]) == ("new", "Марк")
    assert apply_patch(base, diff(base, mine)) == mine


@pytest.mark.parametrize(
    "clothing",
    [
        {"clothing": {"m": "a"}, "clothing.m": "b"},
        {"clothing": "coat", "clothing.winter": "fur"},
        {"clothing.m": "b", "=clothing.m": "c"},
    ],
)
@pytest.mark.parametrize("node", ["chapter", "page"])
def test_a_key_with_a_point_is_no_member_of_a_map(clothing: dict[str, Any], node: str) -> None:
    json = plan_to_json(a_book().plan)
    target = json["chapters"][0]["pages"][0] if node == "page" else json["chapters"][0]
    target["kitsumy"] = clothing
    book = Book(plan=plan_from_json(json).plan)
    assert plan_to_json(unflatten(flatten(book)).plan) == json
    node_id = "page:ch1-p1" if node == "page" else "chapter:ch1"
    dressed = changed(book, edit("set_field", node=node_id, field="kitsumy.clothing.char-1", value="плащ"))
    assert apply_patch(book, diff(book, dressed)) == dressed


def test_patches_in_journals_keep_the_names_they_were_written_with() -> None:
    base = a_book()
    patch = (
        Change(node="plan", field="@order.character", old=["char-1", "char-2"], new=["char-2", "char-1"]),
        Change(node="chapter:ch1", field="kitsumy.clothing.char-1", new="плащ", absent="old"),
        Change(node="page:ch1-p1", field="kitsumy.clothing.char-1", new="foreign", absent="old"),
        Change(node="panel:ch1-p1-pan1-", field="@node", new={"id": "ch1-p1-pan1-"}, absent="old"),
        Change(
            node="page:ch1-p2",
            field="@order.panel",
            new=[*(p.id for p in list(base.plan.pages())[1].panels), "ch1-p1-pan1-"],
        ),
        Change(node="edition:main", field="texts.ch1-p1-pan1-d1", new="Hi", absent="old"),
        Change(node="picks", field="ch1-p1-pan1", new="take-1", absent="old"),
    )
    book = apply_patch(base, patch)
    assert [c.id for c in book.plan.characters] == ["char-2", "char-1"]
    assert book.plan.chapters[0].kitsumy.clothing == {"char-1": "плащ"}
    assert plan_to_json(book.plan)["chapters"][0]["pages"][0]["kitsumy"] == {
        "clothing": {"char-1": "foreign"}
    }
    assert list(book.plan.panels())[-1].id == "ch1-p1-pan1-"
    assert (book.edition().texts, book.picks) == ({"ch1-p1-pan1-d1": "Hi"}, {"ch1-p1-pan1": "take-1"})


def test_two_small_changes_of_a_long_book_cost_little_and_share_the_rest() -> None:
    base = a_book(200)
    mine, theirs = (
        changed(base, set_action("ch1-p1-pan1", "А")),
        changed(base, set_action("ch1-p150-pan1", "Б")),
    )
    merged = min(timed(lambda: merge(base, mine, theirs)) for _ in range(5))
    patch = diff(base, mine)
    patched = min(timed(lambda: apply_patch(theirs, patch)) for _ in range(5))
    whole = min(timed(lambda: flatten(base)) for _ in range(5))
    assert max(merged, patched) < whole, "only what changed is looked at field by field"
    assert list(merge(base, mine, theirs).book.plan.pages())[99] is list(base.plan.pages())[99]


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
