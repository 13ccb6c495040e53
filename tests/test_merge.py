"""Merging two changes of one book, differences, and undo as a merge."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.plan import tree
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, apply_edit, edit
from kitsumy_core.plan.files import plan_from_json, plan_to_json
from kitsumy_core.plan.flat import flatten, unflatten
from kitsumy_core.plan.merge import apply_patch, diff, inverse, merge
from tests.plan_strategies import Minter, edits
from tests.samples import a_book


def changed(book: Book, *wanted: Edit) -> Book:
    for one in wanted:
        book = apply_edit(book, one)
    return book


def set_action(panel: str, text: str) -> Edit:
    return edit("set_field", node=f"panel:{panel}", field="action", value=text)


def draw_edits(data: st.DataObject, book: Book, most: int, prefix: str) -> Book:
    mint = Minter(prefix)
    for _ in range(data.draw(st.integers(1, most))):
        book = apply_edit(book, data.draw(edits(book, mint)))
    return book


def ids_are_unique(book: Book) -> bool:
    found = list(tree.all_ids(book.plan))
    return len(found) == len(set(found))


@given(st.data())
def test_a_book_survives_the_way_through_the_flat_table(data: st.DataObject) -> None:
    book = draw_edits(data, a_book(), 6, "a")
    assert unflatten(flatten(book)) == book


@given(st.data())
def test_the_difference_of_two_books_turns_one_into_the_other_and_back(data: st.DataObject) -> None:
    before = draw_edits(data, a_book(), 3, "a")
    after = draw_edits(data, before, 6, "b")
    patch = diff(before, after)
    assert apply_patch(before, patch) == after
    assert apply_patch(after, inverse(patch)) == before
    assert (patch == ()) == (before == after)


@given(st.data())
def test_any_sequence_of_edits_keeps_the_book_loadable_and_ids_unique(data: st.DataObject) -> None:
    book = draw_edits(data, a_book(), 12, "a")
    assert ids_are_unique(book)
    assert Book.model_validate_json(book.model_dump_json()) == book
    loaded = plan_from_json(json.loads(json.dumps(plan_to_json(book.plan))))
    assert loaded.repairs == ()
    assert loaded.plan == book.plan


@given(st.data())
def test_a_merge_is_loadable_has_unique_ids_and_keeps_everything_that_was_added(data: st.DataObject) -> None:
    base = draw_edits(data, a_book(), 2, "base")
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
    before = draw_edits(data, a_book(), 2, "a")
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
    before = draw_edits(data, a_book(), 2, "a")
    after = apply_edit(before, data.draw(edits(before, Minter("undone"))))
    assert merge(base=after, mine=before, theirs=after).book == before


def test_a_merge_keeps_the_objects_nobody_touched() -> None:
    base = a_book(pages=3)
    mine = changed(base, set_action("ch1-p1-pan1", "А"))
    theirs = changed(base, set_action("ch1-p2-pan1", "Б"))
    merged = merge(base, mine, theirs).book
    assert list(merged.plan.pages())[2] is list(base.plan.pages())[2]
