"""The plan made without AI: right counts for every number of pages, questions instead of answers."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import UsageError
from kitsumy_core.page.layouts import LAYOUTS, panel_count
from kitsumy_core.page.staging import FRAMINGS, framing_of
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import check
from kitsumy_core.plan.files import read_plan, write_plan
from kitsumy_core.plan.models import ComicPlan
from kitsumy_core.planner.beat_sheets import CAMERAS
from kitsumy_core.planner.beats import SHEETS, beats_plan, shortened

IDEA = "Кіт доглядає маяк на Місяці й боїться темряви"
EVERY_LENGTH = pytest.mark.parametrize("pages", range(1, 21))
EVERY_SHEET = pytest.mark.parametrize("sheet", SHEETS)


def issues(plan: ComicPlan) -> list[tuple[str, str]]:
    return [(issue.severity, issue.code) for issue in check(Book(plan=plan), mint=lambda: "new")]


@EVERY_LENGTH
@pytest.mark.parametrize("language", ["uk", "en", "pl"])
def test_every_length_gives_a_plan_without_a_single_issue(pages: int, language: str) -> None:
    plan = beats_plan(IDEA, style="нуар", max_pages=pages, language=language)
    assert issues(plan) == []
    assert len(list(plan.pages())) == pages


@EVERY_SHEET
@EVERY_LENGTH
def test_chapters_follow_the_rules_of_the_planner(pages: int, sheet: str) -> None:
    plan = beats_plan(IDEA, max_pages=pages, sheet=sheet)
    allowed = {1} if pages <= 3 else {1, 2} if pages <= 10 else {2, 3, 4}
    assert len(plan.chapters) in allowed
    assert all(chapter.pages and chapter.title for chapter in plan.chapters)
    if pages == 1:
        assert 1 <= len(list(plan.panels())) <= 4


@EVERY_SHEET
@EVERY_LENGTH
def test_panels_fill_their_layout_and_neighbours_differ(pages: int, sheet: str) -> None:
    made = list(beats_plan(IDEA, max_pages=pages, sheet=sheet).pages())
    assert all(len(page.panels) == panel_count(page.layout) for page in made)
    assert all(a.layout != b.layout for a, b in pairwise(made))
    if pages >= 8:
        assert len({page.layout for page in made}) >= 4


@EVERY_SHEET
@EVERY_LENGTH
def test_every_beat_is_told_in_story_order(pages: int, sheet: str) -> None:
    names = [beat.name[1] for beat in SHEETS[sheet].beats]
    plan = beats_plan(IDEA, max_pages=pages, sheet=sheet, language="en")
    told = [name for page in plan.pages() for name in page.kitsumy.beat.split(" · ")]
    assert set(told) == set(names)
    assert [names.index(name) for name in told] == sorted(names.index(name) for name in told)


@EVERY_SHEET
@EVERY_LENGTH
def test_every_panel_asks_another_question_about_the_idea(pages: int, sheet: str) -> None:
    actions = [panel.action for panel in beats_plan(IDEA, max_pages=pages, sheet=sheet).panels()]
    assert all(IDEA in action and action.endswith("?") for action in actions)
    assert len(set(actions)) == len(actions)


@EVERY_SHEET
@EVERY_LENGTH
def test_the_camera_never_stays_where_it_was(pages: int, sheet: str) -> None:
    cameras = [panel.camera for panel in beats_plan(IDEA, max_pages=pages, sheet=sheet).panels()]
    assert all(a != b for a, b in pairwise(cameras))
    most = Counter(cameras).most_common(1)[0][1]
    assert most <= max(2, len(cameras) // 3)


def test_ids_follow_the_planners_pattern() -> None:
    plan = beats_plan(IDEA, max_pages=12)
    first, second = plan.chapters[0], plan.chapters[1]
    assert (first.id, first.pages[0].id, first.pages[0].panels[0].id) == ("ch1", "ch1-p1", "ch1-p1-pan1")
    assert second.pages[1].panels[1].id == "ch2-p2-pan2"
    assert second.pages[0].page_number == len(first.pages) + 1


def test_the_plan_says_that_no_ai_made_it() -> None:
    plan = beats_plan(f"  {IDEA}\n", language="uk", style=" нуар ")
    made_by = plan.kitsumy.made_by
    assert made_by is not None
    assert made_by.kind == "beats"
    assert (plan.kitsumy.idea, plan.kitsumy.language, plan.style) == (IDEA, "uk", "нуар")
    assert read_plan(write_plan(plan).encode()).plan == plan


def test_the_protagonist_is_asked_about_and_appears() -> None:
    plan = beats_plan(IDEA, max_pages=5)
    hero = plan.characters[0]
    assert hero.appearance.endswith("?")
    assert IDEA in hero.appearance
    seen = Counter(c for panel in plan.panels() for c in panel.characters)
    assert seen[hero.id] > len(list(plan.panels())) / 2


def test_the_same_idea_gives_the_same_plan_and_another_one_other_layouts() -> None:
    assert beats_plan(IDEA, max_pages=12) == beats_plan(IDEA, max_pages=12)
    layouts = {tuple(p.layout for p in beats_plan(f"Idea {n}", max_pages=12).pages()) for n in range(12)}
    assert len(layouts) > 3


@pytest.mark.parametrize("language", ["en", "en-GB", "de", ""])
def test_other_languages_are_asked_in_english(language: str) -> None:
    plan = beats_plan("A cat keeps a lighthouse", language=language)
    assert plan.chapters[0].title == "The whole story"
    assert plan.kitsumy.language == language
    assert not any("а" <= letter.casefold() <= "я" for panel in plan.panels() for letter in panel.action)


def test_a_regional_ukrainian_is_ukrainian() -> None:
    assert beats_plan(IDEA, language="uk-UA").chapters[0].title == "Уся історія"


@pytest.mark.parametrize("pages", [0, -1, 21, 1000])
def test_a_number_of_pages_outside_the_rules_is_refused(pages: int) -> None:
    with pytest.raises(UsageError) as caught:
        beats_plan(IDEA, max_pages=pages)
    assert caught.value.error_code == "max-pages-range"
    assert caught.value.params == {"given": pages, "least": 1, "most": 20}


@pytest.mark.parametrize("idea", ["", "   ", "\n\t"])
def test_an_empty_idea_is_refused(idea: str) -> None:
    with pytest.raises(UsageError) as caught:
        beats_plan(idea)
    assert caught.value.error_code == "idea-empty"


@given(st.text(min_size=1, max_size=400).filter(lambda text: text.split()), st.integers(1, 20))
def test_any_text_is_an_idea(idea: str, pages: int) -> None:
    plan = beats_plan(idea, max_pages=pages)
    assert issues(plan) == []
    assert len(plan.title) <= 62


@given(st.text(max_size=200), st.integers(2, 80))
def test_a_shortened_text_fits_and_keeps_its_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit + 1
    assert text.startswith(short.removesuffix("…")) or short == text


def test_an_idea_with_braces_and_markup_is_taken_as_it_is() -> None:
    idea = "Робот {idea} каже {0} і <b>%s</b>"
    plan = beats_plan(idea)
    assert all(idea in panel.action for panel in plan.panels())


def test_the_camera_words_mean_the_same_in_both_languages() -> None:
    for move in CAMERAS.values():
        assert framing_of(move.words[0]) == framing_of(move.words[1])
        assert framing_of(move.words[0]) in FRAMINGS


@EVERY_SHEET
def test_the_sheet_names_only_what_exists(sheet: str) -> None:
    told = SHEETS[sheet]
    for beat in told.beats:
        assert set(beat.cameras) <= set(CAMERAS)
        assert set(beat.layouts) <= set(LAYOUTS)
        assert all(question.endswith("?") for pair in beat.questions for question in pair)
    ids = [beat.id for beat in told.beats]
    for count, starts in told.chapter_starts.items():
        assert len(told.chapter_names[count]) == len(starts) == count
        assert [ids.index(start) for start in starts] == sorted(ids.index(start) for start in starts)


def test_a_sheet_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="sheet-unknown"):
        beats_plan(IDEA, sheet="cat")
