"""The Story screen draws in both languages, and its plain steps do what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count as counter
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.errors import EditError
from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, apply_edit, batch, edit
from kitsumy_core.plan.files import plan_from_json, plan_to_json, read_plan
from kitsumy_core.plan.models import Chapter, ComicPlan
from kitsumy_core.render.styles import Style
from studio import services
from studio.components import outline_moves as moves
from studio.components import script_rows as table
from studio.components.differences import Group, difference, marked
from studio.components.plan_file import replaced, with_known_lines
from studio.components.reading import script
from tests.samples import a_book, a_page, a_panel, a_plan

APP = Path(__file__).parents[1] / "studio" / "app.py"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.state.language", lambda: "en")


@pytest.fixture
def mint() -> Callable[[], str]:
    numbers = counter()
    return lambda: f"new{next(numbers)}"


def opened(running: services.Services, book: Book, language: str = "en", tab: int = 0) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": language, "comic": running.store.create(book, "writer").id})
    app.run()
    app.switch_page("screens/story.py").run()
    if tab:
        labels = [made.label for made in app.tabs]
        app.session_state[f"story-tabs-{language}"] = labels[tab]
        app.run()
    assert not app.exception, app.exception
    return app


def two_chapters() -> Book:
    chapters = (
        Chapter(id="ch1", title="One", pages=(a_page("a"), a_page("b"))),
        Chapter(id="ch2", title="Two", pages=(a_page("c"),)),
        Chapter(id="ch3", title="Three"),
    )
    return Book(plan=a_plan().but(chapters=chapters).numbered())


def order(book: Book) -> dict[str, list[str]]:
    return dict(moves.order_of(book.plan))


# --- the screen


@pytest.mark.parametrize("tab", range(6))
@pytest.mark.parametrize("language", ["uk", "en"])
def test_every_tab_draws_a_comic(running: services.Services, language: str, tab: int) -> None:
    book = Book(plan=read_plan(samples()["lighthouse"].read_bytes()).plan)
    app = opened(running, book, language, tab)
    assert app.title[0].value.replace("\\", "") == "Wrecks: None"


@pytest.mark.parametrize("tab", range(6))
def test_every_tab_of_an_empty_comic_draws(running: services.Services, tab: int) -> None:
    assert opened(running, Book(), tab=tab).title[0].value == "Untitled"


def test_texts_that_look_like_markup_are_shown_as_they_are(running: services.Services) -> None:
    nasty = "![x](http://h/i.png) <b>*_`:red[x]`"
    book = a_book(1, title=nasty, style=nasty)
    app = opened(running, book, tab=3)
    running.store.add_draft(app.session_state["comic"], nasty, "writer")
    app.run()
    assert not app.exception
    shown = [m.value for m in app.markdown]
    assert any(r"\!\[x\]\(http" in text for text in shown)
    assert not any("![x](http" in text for text in shown)


# --- moves of the outline


@pytest.mark.parametrize(
    ("kind", "node", "by", "after"),
    [
        ("page", "a", 1, {"ch1": ["b", "a"], "ch2": ["c"], "ch3": []}),
        ("page", "b", 1, {"ch1": ["a"], "ch2": ["b", "c"], "ch3": []}),
        ("page", "c", -1, {"ch1": ["a", "b", "c"], "ch2": [], "ch3": []}),
        ("page", "c", 1, {"ch1": ["a", "b"], "ch2": [], "ch3": ["c"]}),
        ("chapter", "ch3", -1, {"ch1": ["a", "b"], "ch3": [], "ch2": ["c"]}),
    ],
)
def test_a_row_steps_by_one_place(kind: str, node: str, by: int, after: dict[str, list[str]]) -> None:
    book = two_chapters()
    wanted = moves.stepped(book.plan, kind, node, by)
    assert wanted is not None
    moved = order(apply_edit(book, wanted))
    assert moved == after
    assert list(moved) == list(after)


@pytest.mark.parametrize(
    ("kind", "node", "by"), [("page", "a", -1), ("chapter", "ch1", -1), ("chapter", "ch3", 1)]
)
def test_a_row_at_the_end_of_the_book_stays(kind: str, node: str, by: int) -> None:
    assert moves.stepped(two_chapters().plan, kind, node, by) is None


def test_a_drop_is_taken_while_others_write_texts_but_not_when_they_move_pages() -> None:
    book = two_chapters()
    drop = {"kind": "page", "id": "a", "parent": "ch2", "index": 1}
    texts = apply_edit(book, edit("set_field", node="page:b", field="kitsumy.beat", value="x"))
    wanted = moves.dropped(drop, book, texts)
    assert wanted is not None
    assert order(apply_edit(texts, wanted)) == {"ch1": ["b"], "ch2": ["c", "a"], "ch3": []}
    gone = apply_edit(book, edit("delete_node", node="page:c"))
    assert moves.dropped(drop, book, gone) is None
    assert moves.dropped(drop, None, book) is None


def test_only_beats_and_titles_are_typed_in_the_outline_and_they_are_one_line() -> None:
    found = moves.typed({"node": "page:a", "value": "one\ntwo", "base": 3})
    assert found == (edit("set_field", node="page:a", field="kitsumy.beat", value="one two"), 3)
    assert moves.typed({"node": "chapter:x", "value": "", "base": "3"}) == (
        edit("set_field", node="chapter:x", field="title", value=""),
        None,
    )
    assert moves.typed({"node": "panel:x", "value": "no"}) is None
    assert moves.typed({"node": "page:x", "value": 5}) is None


def test_pages_and_chapters_are_added_where_they_were_asked_for(mint: Callable[[], str]) -> None:
    book = two_chapters()
    wanted, new = moves.added_page(book.plan, "a", "", mint)
    assert order(apply_edit(book, wanted))["ch1"] == ["a", new, "b"]
    wanted, new = moves.added_page(book.plan, "", "ch3", mint)
    assert order(apply_edit(book, wanted))["ch3"] == [new]
    wanted, new = moves.added_chapter(book.plan, "ch1", mint)
    assert list(order(apply_edit(book, wanted))) == ["ch1", new, "ch2", "ch3"]
    wanted, new = moves.added_chapter(ComicPlan(), "", mint)
    assert list(order(apply_edit(Book(), wanted))) == [new]


def test_a_copied_chapter_brings_its_pages_with_new_ids(mint: Callable[[], str]) -> None:
    book = two_chapters()
    after = apply_edit(book, moves.twin(book.plan, "chapter", "ch1", mint))
    first, second = after.plan.chapters[:2]
    assert len(second.pages) == len(first.pages)
    assert not {page.id for page in first.pages} & {page.id for page in second.pages}
    with pytest.raises(EditError):
        moves.twin(book.plan, "page", "nobody", mint)


# --- the table of all words


def worded() -> Book:
    panel = a_panel("p1", narrative="The sea, the Sea.", sfx="SEA!")
    page = a_page("pg", "two-horizontal", 0).but(panels=(panel, a_panel("p2", dialogue=())))
    return a_book(1, chapters=(Chapter(id="ch1", pages=(page,)),))


def test_rows_come_in_reading_order_with_captions_on_wish() -> None:
    assert [row.kind for row in table.rows_of(worded())] == ["speech"]
    rows = table.rows_of(worded(), captions=True)
    assert [(row.kind, row.page, row.panel) for row in rows] == [
        ("caption", 1, 1),
        ("speech", 1, 1),
        ("sound", 1, 1),
    ]


@pytest.mark.parametrize(
    ("search", "finds"),
    [
        (table.Search("sea"), (3, 2)),
        (table.Search("sea", same_case=True), (1, 1)),
        (table.Search("se", whole_words=True), (0, 0)),
        (table.Search("."), (1, 1)),
        (table.Search(), (0, 0)),
    ],
)
def test_finds_are_counted_to_the_letter(search: table.Search, finds: tuple[int, int]) -> None:
    assert table.count(table.rows_of(worded(), captions=True), search) == finds


def test_everything_is_replaced_in_one_edit_to_the_letter() -> None:
    book = worded()
    rows = table.rows_of(book, captions=True)
    wanted = table.replacement(rows, table.Search("sea"), r"\g<0>")
    assert wanted is not None
    panel = next(apply_edit(book, wanted).plan.panels())
    assert (panel.narrative, panel.sfx) == (r"The \g<0>, the \g<0>.", r"\g<0>!")
    assert table.replacement(rows, table.Search("nowhere"), "x") is None
    assert table.replacement(rows, table.Search(""), "x") is None


def test_rows_are_sorted_by_the_order_of_the_cast_and_filtered_by_speaker() -> None:
    lines = [table.Row("dialogue:1", "text", 1, 1, name, "x", "speech") for name in ("b", "", "a", "b")]
    by_cast = table.chosen(lines, search=table.Search(), by_character=["a", "b"])
    assert [row.speaker for row in by_cast] == ["a", "b", "b", ""]
    assert len(table.chosen(lines, search=table.Search(), speaker="b")) == 2


def test_changed_cells_become_edits_and_impossible_ones_are_passed_over() -> None:
    rows = table.rows_of(worded(), captions=True)
    cells: dict[Any, dict[str, Any]] = {
        0: {"speaker": "char-1", "kind": "shout", "text": "New."},
        "1": {"speaker": "char-2", "text": None, "page": 7},
        99: {"text": "out of the table"},
    }
    after = apply_edit(worded(), batch(*table.changes(rows, cells)))
    panel = next(after.plan.panels())
    assert panel.narrative == "New."
    assert (panel.dialogue[0].character, panel.dialogue[0].text) == ("char-2", "")
    assert table.changes(rows, {0: {"text": rows[0].text}}) == []


def test_a_cell_is_committed_once_although_the_table_reports_it_again() -> None:
    rows = table.rows_of(worded(), captions=True)
    cells = {0: {"text": "Mine."}, "1": {"kind": "shout"}}
    assert table.fresh_cells(cells, {}) == {0: {"text": "Mine."}, 1: {"kind": "shout"}}
    assert table.fresh_cells(cells, {(0, "text"): "Mine."}) == {1: {"kind": "shout"}}
    assert table.fresh_cells(cells, {(0, "text"): "Mine.", (1, "kind"): "shout"}) == {}
    shown = table.with_cells(rows, cells)
    assert (shown[0].text, shown[1].kind, shown[2]) == ("Mine.", "shout", rows[2])
    after = apply_edit(worded(), batch(*table.changes(rows, cells)))
    assert table.rows_of(after, captions=True) == shown


# --- differences


def changed_by(*edits: Edit) -> list[Group]:
    return difference(two_chapters(), apply_edit(two_chapters(), batch(*edits)))


def test_two_equal_books_do_not_differ(english: None) -> None:
    assert difference(two_chapters(), two_chapters()) == []


def test_changed_words_are_marked_and_the_rest_is_not() -> None:
    left, right = marked("The old gull lands.", "The young gull lands!")
    assert [text for text, differs in left if differs] == ["old", "."]
    assert [text for text, differs in right if differs] == ["young", "!"]
    assert "".join(text for text, _ in left) == "The old gull lands."
    assert "".join(text for text, _ in right) == "The young gull lands!"


def test_a_changed_field_is_shown_at_its_panel_in_the_writers_words(english: None) -> None:
    (group,) = changed_by(
        edit("set_field", node="panel:b-pan2", field="mood", value="calm"),
        edit("set_field", node="dialogue:b-pan2-d1", field="kitsumy.kind", value="shout"),
        edit("set_field", node="dialogue:b-pan2-d1", field="character", value="char-2"),
    )
    assert (group.place, group.tone) == ("Page 2 · Panel 2", "changed")
    assert {row.label for row in group.rows} == {"Mood", "Kind of balloon", "Speaker"}
    speaker = next(row for row in group.rows if row.label == "Speaker")
    assert ("Марко", True) in speaker.old
    assert ("Зоя", True) in speaker.new


def test_what_came_and_what_went_is_shown_with_its_texts(english: None, mint: Callable[[], str]) -> None:
    book = two_chapters()
    groups = changed_by(edit("delete_node", node="page:a"), moves.added_page(book.plan, "", "ch3", mint)[0])
    tones = {group.place: group.tone for group in groups}
    assert tones["Page 1 · Panel 1"] == "removed"
    assert tones["Page 3"] == "added"
    gone = next(group for group in groups if group.place == "Page 1 · Panel 1")
    assert any(row.old == [("Марко відчиняє двері маяка.", True)] and not row.new for row in gone.rows)


def test_a_move_is_shown_as_an_order_and_not_as_rewritten_texts(english: None) -> None:
    groups = changed_by(edit("move_node", node="page:a", index=0, parent_id="ch2"))
    assert {row.label for group in groups for row in group.rows} == {"Order of the pages"}
    second = next(group for group in groups if group.place.startswith("Chapter 2"))
    assert second.rows[0].new == [("Page 1, Page 3", True)]


def test_groups_come_in_reading_order(english: None) -> None:
    groups = changed_by(
        edit("set_field", node="page:c", field="kitsumy.beat", value="3"),
        edit("set_field", node="page:a", field="kitsumy.beat", value="1"),
        edit("set_field", node="plan", field="title", value="T"),
    )
    assert [group.place for group in groups] == ["The comic", "Page 1", "Page 3"]


# --- a plan over this comic


def test_a_plan_put_in_keeps_editions_and_picks() -> None:
    book = a_book(1).but(picks={"ch1-p1-pan1": "take"})
    after = replaced(book, a_plan(2, title="Other"))
    assert (after.plan.title, after.picks, after.editions) == ("Other", book.picks, book.editions)


def test_lines_of_a_tool_without_ids_keep_the_ids_they_have_here() -> None:
    known = a_plan(1)
    strange = apply_edit(Book(plan=known), edit("set_field", node="plan", field="title", value="Marks")).plan
    renamed = {
        line.id: f"own-{n}" for n, line in enumerate(line for p in known.panels() for line in p.dialogue)
    }
    ours = plan_to_json(strange)
    for page in ours["chapters"][0]["pages"]:
        for panel in page["panels"]:
            for line in panel["dialogue"]:
                line["kitsumy"]["id"] = renamed[line["kitsumy"]["id"]]
    here = plan_from_json(ours).plan
    for page in ours["chapters"][0]["pages"]:
        for panel in page["panels"]:
            for line in panel["dialogue"]:
                del line["kitsumy"]
    back = with_known_lines(plan_from_json(ours).plan, here)
    assert [line.id for p in back.panels() for line in p.dialogue] == list(renamed.values())


# --- reading


def test_the_script_has_captions_names_words_and_sounds_in_reading_order(english: None) -> None:
    made = script(worded())
    (page,) = made["chapters"][0]["pages"]
    first, second = page["panels"]
    assert [word["kind"] for word in first["words"]] == ["caption", "line", "sound"]
    assert first["words"][1] == {"kind": "line", "name": "Марко", "how": "", "text": "Є тут хто?"}
    assert (first["action"], second["words"]) == ("", [])
    assert script(worded(), actions=True)["chapters"][0]["pages"][0]["panels"][0]["action"]


def test_a_style_of_ones_own_can_be_chosen(running: services.Services) -> None:
    from studio import library

    library.styles().save(Style(id="crayon", title={"en": "Crayon"}, prompt="crayon on paper"))
    app = opened(running, two_chapters())
    (styles,) = [box for box in app.selectbox if box.label == "Style of the drawings"]
    assert "Crayon" in styles.options
    styles.select("crayon").run()
    assert running.store.head(app.session_state["comic"]).book.plan.kitsumy.style_id == "crayon"
