"""The check of writing: quiet on what is fine, and at its place on what is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kitsumy_core import pipeline
from kitsumy_core.language import detect
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue
from kitsumy_core.plan.edits import apply_edit
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.models import Dialogue, DialogueKit, Location, Page, PageKit, PanelKit
from kitsumy_core.plan.quality import quality
from tests.samples import a_page, a_panel, a_plan

ACTIONS = (
    ("відчиняє скрипучі двері", "дивиться на море", "ховає лист за пазуху", "біжить сходами нагору"),
    ("гасить ліхтар", "рахує чужі кроки", "притискає вухо до стіни", "відступає в темряву"),
)
CAMERAS = ("загальний план", "крупний план", "середній план, знизу", "з-за плеча")


def ukrainian(text: str, languages: Sequence[str]) -> str:
    return "uk"


def a_good_book(pages: int = 2) -> Book:
    plan = a_plan(pages)
    made = tuple(good_page(n) for n in range(pages))
    return Book(plan=plan.but(chapters=(plan.chapters[0].but(pages=made),)).numbered())


def good_page(number: int) -> Page:
    actions = ACTIONS[number % 2]
    panels = tuple(
        a_panel(
            f"p{number}-{n}",
            camera=camera,
            action=f"Марко {actions[n]}",
            dialogue=() if n == 3 else (said(f"p{number}-{n}", "Є тут хто-небудь живий?"),),
            characters=("char-1", "char-2"),
        )
        for n, camera in enumerate(CAMERAS)
    )
    return a_page(f"page-{number}").but(panels=panels)


def said(panel_id: str, text: str) -> Dialogue:
    return Dialogue(character="char-1", text=text, kitsumy=DialogueKit(id=f"{panel_id}-d"))


def with_panel(book: Book, index: int, **changes: object) -> Book:
    chapter = book.plan.chapters[0]
    page = chapter.pages[0]
    panels = list(page.panels)
    panels[index] = panels[index].but(**changes)
    pages = (page.but(panels=tuple(panels)), *chapter.pages[1:])
    return book.but(plan=book.plan.but(chapters=(chapter.but(pages=pages),)).numbered())


def found(book: Book) -> dict[str, Issue]:
    return {issue.code: issue for issue in quality(book, ukrainian)}


def test_a_well_written_book_has_nothing_to_say_about() -> None:
    assert found(a_good_book()) == {}


def test_the_samples_read_well() -> None:
    for file in pipeline.samples().values():
        issues = pipeline.check_writing(Book(plan=read_plan(file.read_bytes()).plan))
        assert [issue.code for issue in issues if issue.severity != "info"] == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"narrative": "слово " * 60}, "panel-wordy", ""),
        ({"narrative": "слово " * 60}, "caption-long", "/narrative"),
        ({"sfx": "ТРАХ-ТАРАРАХ-БАХ"}, "sfx-long", "/sfx"),
        ({"dialogue": tuple(said(f"x{n}", "Так.") for n in range(4))}, "balloons-many", "/dialogue"),
        ({"dialogue": (said("x", "Пoвернись додому."),)}, "word-mixed", "/dialogue/0/text"),
        ({"dialogue": (said("x", "Come back home now."),)}, "language-other", "/dialogue/0/text"),
        ({"dialogue": (said("x", "Мы здесь."),)}, "language-other", "/dialogue/0/text"),
        (
            {"kitsumy": PanelKit(action_en="Марко opens двері старого маяка")},
            "english-wanted",
            "/kitsumy/actionEn",
        ),
    ],
)
def test_a_flaw_of_a_panel_is_named_at_its_place(changes: dict[str, object], code: str, path: str) -> None:
    issue = found(with_panel(a_good_book(), 1, **changes))[code]
    assert issue.path == f"/chapters/0/pages/0/panels/1{path}"
    assert issue.ids == ("p0-1", "page-0")
    assert issue.severity != "error"


def test_a_page_of_many_words_is_named_once() -> None:
    book = a_good_book()
    for n in range(4):
        book = with_panel(book, n, dialogue=(said(f"p0-{n}", "слово " * 49),))
    assert found(book)["page-wordy"].path == "/chapters/0/pages/0"


def test_the_same_shot_three_times_running_is_said_and_twice_is_not() -> None:
    twice = with_panel(a_good_book(), 1, camera="загальний план")
    assert "shot-again" not in found(twice)
    issue = found(with_panel(twice, 2, camera="широкий план"))["shot-again"]
    assert issue.path.endswith("/panels/2/camera")
    assert issue.params["count"] == 3


def test_a_page_of_one_shot_is_flat_and_a_camera_left_open_is_no_shot() -> None:
    book = a_good_book()
    for n in range(4):
        book = with_panel(book, n, camera="крупний план")
    assert "shots-flat" in found(book)
    for n in range(4):
        book = with_panel(book, n, camera="")
    assert not {"shots-flat", "shot-again"} & set(found(book))


def test_a_new_place_wants_a_wide_shot_once() -> None:
    book = a_good_book()
    assert "place-not-shown" not in found(with_panel(book, 1, location="Порт"))
    moved = book
    for n in (1, 2, 3):
        moved = with_panel(
            moved, n, location="Порт", camera=("крупний план", "деталь", "середній план")[n - 1]
        )
    assert found(moved)["place-not-shown"].params["location"] == "Порт"


def test_nearly_the_same_action_is_found_within_the_last_panels() -> None:
    book = with_panel(a_good_book(), 1, action="Марко відчиняє скрипучі двері знову")
    issue = found(book)["action-again"]
    assert (issue.params["other_page"], issue.params["other_panel"]) == (1, 1)


def test_a_state_that_does_not_carry_over_offers_to_begin_where_the_page_before_ends() -> None:
    book = a_good_book()
    chapter = book.plan.chapters[0]
    pages = (
        chapter.pages[0].but(kitsumy=PageKit(leaves="Марко на маяку, ліхтар згас, ніч")),
        chapter.pages[1].but(kitsumy=PageKit(enters="Зоя спить у школі")),
    )
    broken = book.but(plan=book.plan.but(chapters=(chapter.but(pages=pages),)))
    issue = found(broken)["state-jumps"]
    assert "state-jumps" not in found(apply_edit(broken, issue.fixes[0].edit))


def test_silence_and_chatter_are_noted_in_longer_books_alone() -> None:
    silent = a_good_book()
    for n in range(4):
        silent = with_panel(silent, n, dialogue=())
    assert "silence-much" in found(silent)
    loud = a_good_book()
    chapter = loud.plan.chapters[0]
    pages = tuple(
        page.but(panels=tuple(panel.but(narrative="Вечір.") for panel in page.panels))
        for page in chapter.pages
    )
    assert "silence-none" in found(loud.but(plan=loud.plan.but(chapters=(chapter.but(pages=pages),))))
    assert "silence-none" not in found(with_panel(a_good_book(1), 3, narrative="Тиша."))


def test_looks_for_the_image_model_are_in_english() -> None:
    book = a_good_book()
    kit = book.plan.kitsumy.but(locations=(Location(id="l1", name="Порт", look="іржаві крани біля води"),))
    assert (
        found(book.but(plan=book.plan.but(kitsumy=kit)))["look-english-wanted"].path
        == "/kitsumy/locations/0/look"
    )


def test_the_language_of_a_page_is_told_from_all_its_words() -> None:
    german = "Ich habe dich gestern am Hafen gesehen und du hast nicht geantwortet."
    book = with_panel(a_good_book(), 0, dialogue=(said("x", german),))
    english = book.but(plan=book.plan.but(kitsumy=book.plan.kitsumy.but(language="en")))
    for n in (1, 2):
        english = with_panel(english, n, dialogue=())
    codes = {issue.code: issue for issue in quality(english, detect)}
    assert codes["page-language-other"].params["found"] == "de"
