"""Commits, conflicts, undo and redo, drafts and history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import EditError, NotFoundError, StorageError
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.merge import apply_patch, merge
from kitsumy_core.store import Store
from kitsumy_core.store.change import SNAPSHOT_EVERY
from kitsumy_core.store.tables import snapshots
from tests.plan_strategies import Minter, edits
from tests.samples import a_book, a_panel
from tests.stores import FIRST, SECOND, action, field, opened, panel, settings_for


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(settings_for(tmp_path / "data")) as store:
        yield store


@pytest.fixture
def project(store: Store) -> str:
    return store.create(a_book(), "anna").id


def test_a_commit_moves_the_head_by_one(store: Store, project: str) -> None:
    done = store.commit(project, field("тихо"), "anna")
    assert (done.rev, done.conflicts) == (2, ())
    assert action(done.book) == "тихо"
    assert store.version(project) == 2


def test_an_edit_that_changes_nothing_writes_nothing(store: Store, project: str) -> None:
    same = action(store.head(project).book)
    assert store.commit(project, field(same), "anna").rev == 1
    assert [entry.kind for entry in store.history(project)] == ["create"]


def test_an_edit_that_does_not_fit_changes_nothing(store: Store, project: str) -> None:
    with pytest.raises(EditError):
        store.commit(project, field("x", node="panel:none"), "anna")
    with pytest.raises(EditError):
        store.commit(project, field("x", name="position"), "anna")
    assert store.version(project) == 1


def test_a_value_that_json_has_no_word_for_changes_nothing(store: Store, project: str) -> None:
    wrong = {"x": float("nan"), "y": 0.5}
    with pytest.raises(EditError, match="edit-args"):
        store.commit(project, edit("place_balloon", lettering_id="a", placement=wrong), "anna")
    assert store.version(project) == 1


def test_a_base_that_never_was_is_refused(store: Store, project: str) -> None:
    for base in (0, 2, -1):
        with pytest.raises(NotFoundError, match="revision-not-found"):
            store.commit(project, field("x"), "anna", base_rev=base)


def test_untouched_nodes_stay_the_same_objects(store: Store, project: str) -> None:
    before = store.head(project).book
    after = store.commit(project, field("інше"), "anna").book
    assert store.head(project).book is after
    assert panel(after, SECOND) is panel(before, SECOND)
    assert after.plan.characters[0] is before.plan.characters[0]


def test_every_revision_can_be_read_again_without_the_cache(store: Store, project: str) -> None:
    texts = {1: action(store.head(project).book)}
    for number in range(2, 2 * SNAPSHOT_EVERY + 5):
        texts[number] = f"дія {number}"
        assert store.commit(project, field(texts[number]), "anna").rev == number
    store.books.forget(project)
    for rev in (1, 2, 49, 50, 51, 99, 100, 101, 104):
        assert action(store.book_at(project, rev)) == texts[rev]
    with store.database.read() as connection:
        kept = connection.execute(snapshots.select()).all()
    assert [row.rev for row in kept] == [1, 50, 100]
    with pytest.raises(NotFoundError):
        store.book_at(project, 105)


def test_a_gap_in_the_journal_is_never_papered_over(store: Store, project: str) -> None:
    from kitsumy_core.store.tables import journal

    for number in range(3):
        store.commit(project, field(str(number)), "anna")
    with store.database.write() as connection:
        connection.execute(journal.update().where(journal.c.rev == 3).values(patch='[{"node": 5}]'))
    store.books.forget(project)
    with pytest.raises(StorageError, match="database-damaged"):
        store.head(project)


# --- two authors ------------------------------------------------------------------------------------------


def test_changes_of_different_fields_both_hold(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    done = store.commit(project, field("від Бориса", name="mood"), "borys", base_rev=1)
    assert done.conflicts == ()
    assert (panel(done.book).action, panel(done.book).mood) == ("від Анни", "від Бориса")


def test_changes_of_one_field_keep_the_first_and_report_both(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    done = store.commit(project, field("від Бориса"), "borys", base_rev=1)
    assert action(done.book) == "від Анни"
    (found,) = done.conflicts
    assert (found.conflict.node, found.conflict.field) == (f"panel:{FIRST}", "action")
    assert (found.conflict.mine, found.conflict.theirs) == ("від Бориса", "від Анни")
    assert (found.mine_author, found.theirs_author) == ("borys", "anna")
    assert store.conflicts(project) == [found]


def test_the_rest_of_an_edit_holds_where_one_field_of_it_clashes(store: Store, project: str) -> None:
    both = edit("do_all", edits=[field("від Бориса"), field("сумно", name="mood")])
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    done = store.commit(project, both, "borys", base_rev=1)
    assert (panel(done.book).action, panel(done.book).mood) == ("від Анни", "сумно")
    assert len(done.conflicts) == 1


def test_a_conflict_can_be_decided_for_the_value_that_lost(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    (found,) = store.commit(project, field("від Бориса"), "borys", base_rev=1).conflicts
    done = store.resolve_conflict(found.id, "mine", "borys")
    assert action(done.book) == "від Бориса"
    assert store.conflicts(project) == []
    assert action(store.undo(project, "borys").book) == "від Анни"
    with pytest.raises(NotFoundError, match="conflict-not-found"):
        store.resolve_conflict(found.id, "mine", "borys")


def test_a_conflict_can_be_decided_for_the_value_that_stands(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    done = store.commit(project, field("від Бориса"), "borys", base_rev=1)
    assert store.resolve_conflict(done.conflicts[0].id, "theirs", "borys") == (done.rev, done.book, ())
    assert store.conflicts(project) == []


def test_a_conflict_over_a_node_that_is_gone_stays_open(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    (found,) = store.commit(project, field("від Бориса"), "borys", base_rev=1).conflicts
    store.commit(project, edit("delete_node", node=f"panel:{FIRST}"), "anna")
    with pytest.raises(EditError, match="edit-unknown"):
        store.resolve_conflict(found.id, "mine", "borys")
    assert store.conflicts(project) == [found]


def test_typing_on_in_a_field_in_conflict_updates_the_one_conflict(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna", base_rev=1)
    for text in ("Б", "Бо", "Бор"):
        store.commit(project, field(text), "borys", base_rev=1, burst="b1")
    (found,) = store.conflicts(project)
    assert (found.conflict.mine, found.conflict.base) == ("Бор", action(store.book_at(project, 1)))


def test_an_authors_own_later_change_is_no_conflict(store: Store, project: str) -> None:
    store.commit(project, field("М"), "anna", base_rev=1, burst="b1")
    store.commit(project, field("чуже", name="mood"), "borys")
    done = store.commit(project, field("Ма"), "anna", base_rev=1, burst="b1")
    assert (action(done.book), done.conflicts) == ("Ма", ())
    assert panel(done.book).mood == "чуже"


def test_both_members_added_to_a_cast_at_once_stay(store: Store, project: str) -> None:
    store.commit(project, field([], name="characters"), "anna")
    base = store.version(project)
    store.commit(project, field(["char-1"], name="characters"), "anna", base_rev=base)
    done = store.commit(project, field(["char-2"], name="characters"), "borys", base_rev=base)
    assert set(panel(done.book).characters) == {"char-1", "char-2"}
    assert done.conflicts == ()


def test_an_edit_beats_a_deletion_whichever_comes_first(store: Store, project: str) -> None:
    gone = edit("delete_node", node=f"panel:{FIRST}")
    store.commit(project, gone, "anna", base_rev=1)
    done = store.commit(project, field("жива"), "borys", base_rev=1)
    assert action(done.book) == "жива"

    base = done.rev
    store.commit(project, field("ще жива"), "borys", base_rev=base)
    done = store.commit(project, gone, "anna", base_rev=base)
    assert action(done.book) == "ще жива"


def test_a_command_made_on_an_old_revision_is_done_on_the_new_one(store: Store, project: str) -> None:
    store.commit(project, edit("add_panel", page_id="ch1-p1", panel=a_panel("new-1")), "anna", base_rev=1)
    split = edit("split_page", page_id="ch1-p1", at=2, new_id="page-b")
    done = store.commit(project, split, "borys", base_rev=1)
    pages = [[x.id for x in page.panels] for page in done.book.plan.pages()]
    assert pages[0] == [FIRST, SECOND]
    assert pages[1] == ["ch1-p1-pan3", "ch1-p1-pan4", "new-1"]


def test_an_edit_of_something_newer_than_its_base_goes_to_the_head(store: Store, project: str) -> None:
    store.commit(project, edit("add_panel", page_id="ch1-p1", panel=a_panel("new-1")), "anna")
    done = store.commit(project, field("нова", node="panel:new-1"), "borys", base_rev=1)
    assert action(done.book, "new-1") == "нова"


# --- undo and redo ----------------------------------------------------------------------------------------


def test_undo_and_redo_walk_back_and_forth(store: Store, project: str) -> None:
    start = action(store.head(project).book)
    for text in ("а", "б", "в"):
        store.commit(project, field(text), "anna")
    assert [action(store.undo(project, "anna").book) for _ in range(4)] == ["б", "а", start, start]
    assert [action(store.redo(project, "anna").book) for _ in range(4)] == ["а", "б", "в", "в"]
    assert [action(store.undo(project, "anna").book) for _ in range(2)] == ["б", "а"]
    assert action(store.redo(project, "anna").book) == "б"


def test_undo_survives_a_restart(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data")
    with opened(settings) as store:
        project = store.create(a_book(), "anna").id
        start = action(store.head(project).book)
        store.commit(project, field("а"), "anna")
    with opened(settings) as store:
        assert action(store.undo(project, "anna").book) == start
    with opened(settings) as store:
        assert action(store.redo(project, "anna").book) == "а"


def test_undo_takes_back_only_ones_own_edits(store: Store, project: str) -> None:
    store.commit(project, field("від Анни"), "anna")
    store.commit(project, field("від Бориса", name="mood"), "borys")
    done = store.undo(project, "anna")
    assert action(done.book) == action(store.book_at(project, 1))
    assert panel(done.book).mood == "від Бориса"
    assert store.can_undo(project, "anna") is None
    assert store.can_undo(project, "borys") is not None


def test_undo_does_not_overwrite_what_somebody_wrote_since(store: Store, project: str) -> None:
    start = action(store.head(project).book)
    store.commit(project, field("від Анни"), "anna")
    store.commit(project, field("від Бориса"), "borys")
    done = store.undo(project, "anna")
    assert action(done.book) == "від Бориса"
    assert [(c.conflict.mine, c.conflict.theirs) for c in done.conflicts] == [(start, "від Бориса")]
    assert action(store.redo(project, "anna").book) == "від Бориса"
    assert action(store.undo(project, "borys").book) == "від Анни"


def test_undo_after_a_redo_takes_back_only_what_the_redo_brought(store: Store, project: str) -> None:
    both = edit("do_all", edits=[field("від Анни"), field("сумно", name="mood")])
    mood = panel(store.commit(project, both, "anna").book).mood
    start = panel(store.undo(project, "anna").book).mood
    store.commit(project, field("від Бориса"), "borys")
    again = store.redo(project, "anna")
    assert (panel(again.book).action, panel(again.book).mood) == ("від Бориса", mood)
    done = store.undo(project, "anna")
    assert (panel(done.book).action, panel(done.book).mood) == ("від Бориса", start)
    assert done.conflicts == ()


def test_a_burst_of_typing_is_one_step(store: Store, project: str) -> None:
    start = action(store.head(project).book)
    for text in ("М", "Ма", "Мар"):
        store.commit(project, field(text), "anna", burst="b1")
    store.commit(project, field("сумно", name="mood"), "anna", burst="b2")
    step = store.can_undo(project, "anna")
    assert step is not None
    assert (step.edit, step.size) == (field("сумно", name="mood"), 1)
    store.undo(project, "anna")
    step = store.can_undo(project, "anna")
    assert step is not None
    assert (step.edit, step.size) == (field("Мар"), 3)
    assert action(store.undo(project, "anna").book) == start
    assert action(store.redo(project, "anna").book) == "Мар"


def test_undo_of_a_burst_leaves_alone_what_another_typed_in_between(store: Store, project: str) -> None:
    start = action(store.head(project).book)
    store.commit(project, field("М"), "anna", burst="b1")
    store.commit(project, field("мій настрій", name="mood"), "borys")
    store.commit(project, field("Ма"), "anna", burst="b1")
    store.commit(project, field("мій план", name="camera"), "borys")
    store.commit(project, field("Мар"), "anna", burst="b1")
    done = store.undo(project, "anna")
    assert (action(done.book), done.conflicts) == (start, ())
    assert (panel(done.book).mood, panel(done.book).camera) == ("мій настрій", "мій план")
    assert action(store.redo(project, "anna").book) == "Мар"


def test_an_undone_burst_is_not_joined_by_what_is_typed_next(store: Store, project: str) -> None:
    store.commit(project, field("М"), "anna", burst="b1")
    store.undo(project, "anna")
    store.commit(project, field("З"), "anna", burst="b1")
    assert action(store.undo(project, "anna").book) == action(store.book_at(project, 1))
    assert store.can_undo(project, "anna") is None


def test_a_new_edit_ends_the_authors_redo_and_nobody_elses(store: Store, project: str) -> None:
    store.commit(project, field("а"), "anna")
    store.commit(project, field("б", name="mood"), "borys")
    store.undo(project, "anna")
    store.undo(project, "borys")
    store.commit(project, field("в", name="camera"), "anna")
    assert store.can_redo(project, "anna") is None
    assert store.can_redo(project, "borys") is not None
    assert action(store.redo(project, "anna").book) == action(store.book_at(project, 1))


def test_undo_brings_back_a_deleted_page_with_all_on_it(store: Store, project: str) -> None:
    before = store.head(project).book
    store.commit(project, edit("delete_node", node="page:ch1-p1"), "anna")
    store.commit(project, edit("set_field", node="panel:ch1-p2-pan1", field="mood", value="x"), "borys")
    after = store.undo(project, "anna").book
    assert [p.id for p in after.plan.pages()] == ["ch1-p1", "ch1-p2"]
    assert next(after.plan.pages()) == next(before.plan.pages())


def test_history_only_grows_and_can_be_paged(store: Store, project: str) -> None:
    store.commit(project, field("а"), "anna")
    store.undo(project, "anna")
    store.redo(project, "anna")
    entries = store.history(project)
    assert [(e.rev, e.kind) for e in entries] == [(4, "redo"), (3, "undo"), (2, "edit"), (1, "create")]
    assert entries[2].edit == field("а")
    assert store.history(project, before=3, limit=1) == [entries[2]]
    assert action(store.book_at(project, 2)) == "а"


# --- drafts -----------------------------------------------------------------------------------------------


def test_a_draft_can_be_named_renamed_compared_restored_and_deleted(store: Store, project: str) -> None:
    start = store.head(project).book
    draft = store.add_draft(project, "перша", "anna")
    store.commit(project, field("пізніше"), "anna")
    store.rename_draft(draft.id, "найперша")
    assert [(d.label, d.rev, d.author) for d in store.drafts(project)] == [("найперша", 1, "anna")]
    assert store.draft_book(draft.id) == start
    assert store.restore_draft(draft.id, "borys").book == start
    assert action(store.undo(project, "borys").book) == "пізніше"
    store.delete_draft(draft.id)
    assert store.drafts(project) == []
    with pytest.raises(NotFoundError, match="draft-not-found"):
        store.restore_draft(draft.id, "anna")


def test_a_draft_of_a_revision_that_never_was_is_refused(store: Store, project: str) -> None:
    with pytest.raises(NotFoundError, match="revision-not-found"):
        store.add_draft(project, "майбутня", "anna", rev=9)


# --- any edits at all -------------------------------------------------------------------------------------


@given(data=st.data())
def test_any_journal_rebuilds_every_book_it_ever_showed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    mint = Minter()
    with opened(settings_for(tmp_path_factory.mktemp("any"))) as store:
        project = store.create(a_book(1), "anna").id
        shown = {1: store.head(project).book}
        for _ in range(data.draw(st.integers(1, 8))):
            author = data.draw(st.sampled_from(["anna", "borys"]))
            rev, book = store.head(project)
            match data.draw(st.sampled_from(["commit", "commit", "stale", "undo", "redo"])):
                case "undo":
                    done = store.undo(project, author)
                case "redo":
                    done = store.redo(project, author)
                case kind:
                    base = data.draw(st.integers(1, rev)) if kind == "stale" else rev
                    wanted = data.draw(edits(store.book_at(project, base), mint))
                    try:
                        done = store.commit(project, wanted, author, base_rev=base)
                    except EditError:
                        assert kind == "stale"
                        continue
            shown[done.rev] = done.book
        store.books.forget(project)
        for rev, book in shown.items():
            assert store.book_at(project, rev).model_dump() == book.model_dump()
            store.books.forget(project)


def test_undo_is_the_merge_of_the_design(store: Store, project: str) -> None:
    store.commit(project, field("а"), "anna")
    store.commit(project, field("б", name="mood"), "borys")
    before, after, head = (store.book_at(project, rev) for rev in (1, 2, 3))
    assert store.undo(project, "anna").book == merge(base=after, mine=before, theirs=head).book
    assert apply_patch(head) is head
