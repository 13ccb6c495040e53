"""The check of a plan: each problem once, at its place, with fixes that solve it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.page.layouts import LAYOUTS, panel_count
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue, check
from kitsumy_core.plan.edits import apply_edit
from kitsumy_core.plan.models import Dialogue, DialogueKit
from tests.plan_strategies import Minter, edits
from tests.samples import a_book, a_page, a_panel, a_plan


def codes(book: Book) -> list[str]:
    return [issue.code for issue in check(book, Minter())]


def only(book: Book, code: str) -> Issue:
    (issue,) = [x for x in check(book, Minter()) if x.code == code]
    return issue


def book_with(**panel_fields: object) -> Book:
    plan = a_plan(1)
    page = a_page(layout="single", panels=1)
    page = page.but(panels=(a_panel(**panel_fields),))
    return Book(plan=plan.but(chapters=(plan.chapters[0].but(pages=(page,)),)).numbered())


def line(text: str = "Так.", character: str = "char-1", **kit: object) -> Dialogue:
    return Dialogue(character=character, text=text, kitsumy=DialogueKit(id="d1", **kit))


def with_page(layout: str, panels: int, pages: int = 2) -> Book:
    plan = a_plan(pages)
    chapter = plan.chapters[0]
    changed = (a_page(layout=layout, panels=panels), *chapter.pages[1:])
    return Book(plan=plan.but(chapters=(chapter.but(pages=changed),)).numbered())


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_page_with_as_many_panels_as_its_layout_has_no_issue_of_layout(layout: str) -> None:
    count = panel_count(layout)
    assert count is not None
    assert "layout-count" not in codes(with_page(layout, count))


@pytest.mark.parametrize(
    ("layout", "panels"), [("grid-2x2", 3), ("single", 4), ("action", 1), ("three-rows", 5)]
)
def test_every_fix_of_a_wrong_panel_count_solves_it_and_loses_no_panel(layout: str, panels: int) -> None:
    book = with_page(layout, panels)
    issue = only(book, "layout-count")
    assert issue.severity == "error"
    assert issue.path == "/chapters/0/pages/0/layout"
    assert issue.ids == ("ch1-p1",)
    before = [p.id for p in book.plan.panels()]
    assert issue.fixes
    for fix in issue.fixes:
        after = apply_edit(book, fix.edit)
        assert set(before) <= {p.id for p in after.plan.panels()}
        left = [x for x in check(after, Minter()) if x.code == "layout-count" and "ch1-p1" in x.ids]
        assert not left, fix.code


def test_three_panels_on_a_grid_of_four_offer_the_layouts_of_three_and_an_empty_panel() -> None:
    fixes = only(with_page("grid-2x2", 3), "layout-count").fixes
    offered = {fix.params["layout"] for fix in fixes if fix.code == "use-layout"}
    assert {"three-rows", "big-top", "big-bottom", "manga-3", "strip-3"} <= offered
    assert [fix.code for fix in fixes if fix.code != "use-layout"] == ["add-panels"]


def test_too_many_panels_offer_to_split_the_page_and_to_move_the_rest_on() -> None:
    fixes = {fix.code: fix for fix in only(with_page("three-rows", 5), "layout-count").fixes}
    moved = apply_edit(with_page("three-rows", 5), fixes["move-panels-on"].edit)
    assert [p.id for p in list(moved.plan.pages())[1].panels][:3] == [
        "ch1-p1-pan4",
        "ch1-p1-pan5",
        "ch1-p2-pan1",
    ]
    cut = apply_edit(with_page("three-rows", 5), fixes["split-page"].edit)
    assert [len(p.panels) for p in cut.plan.pages()] == [3, 2, 4]


def test_the_last_page_has_no_next_page_to_move_panels_to() -> None:
    fixes = only(with_page("three-rows", 4, pages=1), "layout-count").fixes
    assert "move-panels-on" not in {fix.code for fix in fixes}


@pytest.mark.parametrize(
    ("book", "code", "path"),
    [
        (book_with(characters=("char-1", "ghost")), "character-unknown", "/characters/1"),
        (book_with(dialogue=(line(character="Ніхто"),)), "speaker-unknown", "/dialogue/0/character"),
        (book_with(dialogue=(line(character=""),)), "speaker-missing", "/dialogue/0/character"),
        (book_with(dialogue=(line(character="char-2"),)), "speaker-absent", "/dialogue/0/character"),
        (book_with(dialogue=(line(text=" "),)), "dialogue-empty", "/dialogue/0/text"),
        (book_with(dialogue=(line(text="так " * 24),)), "dialogue-long", "/dialogue/0/text"),
        (book_with(dialogue=(line(text="а" * 141),)), "dialogue-long", "/dialogue/0/text"),
        (book_with(dialogue=(line(text="так " * 31),)), "dialogue-too-long", "/dialogue/0/text"),
        (book_with(action="  "), "action-empty", "/action"),
    ],
)
def test_problems_of_a_panel_are_found_at_their_place_and_their_fixes_solve_them(
    book: Book, code: str, path: str
) -> None:
    issue = only(book, code)
    assert issue.path == "/chapters/0/pages/0/panels/0" + path
    assert issue.params["page"] == 1
    assert issue.params["panel"] == 1
    for fix in issue.fixes:
        assert code not in codes(apply_edit(book, fix.edit))


def test_someone_off_panel_may_speak() -> None:
    assert "speaker-absent" not in codes(book_with(dialogue=(line(character="char-2", kind="off"),)))


def test_a_character_nobody_uses_is_named_and_can_be_removed() -> None:
    issue = only(a_book(), "character-unused")
    assert issue.params["name"] == "Зоя"
    assert "character-unused" not in codes(apply_edit(a_book(), issue.fixes[0].edit))


def test_repeated_ids_unknown_layouts_and_formats_are_found() -> None:
    plan = a_plan(1)
    chapter = plan.chapters[0]
    doubled = plan.but(
        chapters=(chapter.but(pages=(chapter.pages[0].but(layout="spiral"), chapter.pages[0])),),
        kitsumy=plan.kitsumy.but(format="papyrus"),
    ).numbered()
    found = codes(Book(plan=doubled))
    assert found.count("id-duplicate") == 9, "the page, its four panels and their four lines"
    assert "layout-unknown" in found
    assert "format-unknown" in found


def test_an_empty_plan_has_no_errors() -> None:
    assert [x for x in check(Book(), Minter()) if x.severity == "error"] == []


@given(st.data())
def test_every_fix_of_every_issue_can_be_applied(data: st.DataObject) -> None:
    book, mint = a_book(), Minter("edited")
    for _ in range(data.draw(st.integers(1, 8))):
        book = apply_edit(book, data.draw(edits(book, mint)))
    for issue in check(book, Minter("fix")):
        for fix in issue.fixes:
            apply_edit(book, fix.edit)
