"""Composing pages from a book: frames, crops, words, meta."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.geometry import Rect, Size
from kitsumy_core.page.compose import TakeImage, compose, compose_page, cover
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.layouts import LAYOUTS
from kitsumy_core.page.staging import subject_boxes
from kitsumy_core.plan.book import MAIN, Book, Edition, Placement, lettering_ids
from kitsumy_core.plan.models import (
    Chapter,
    ComicPlan,
    Crop,
    Dialogue,
    DialogueKit,
    MadeBy,
    Page,
    PanelKit,
    PlanKit,
)
from tests.samples import a_book, a_page, a_panel, a_plan

TAKE = TakeImage("f" * 64, 1000, 800, "sketch")


def one_page(page: Page, edition: Edition | None = None, **kit: object) -> Book:
    plan = a_plan(1).but(
        chapters=(Chapter(id="c", pages=(page,)),),
        kitsumy=PlanKit(**kit),  # type: ignore[arg-type]
    )
    return Book(plan=plan.numbered(), editions=(edition or Edition(),))


def composed(book: Book, takes: dict[str, TakeImage] | None = None) -> PageBox:
    return compose_page(book, MAIN, next(book.plan.pages()), 1, takes or {}, measure)


def test_a_book_is_composed_page_by_page_with_its_facts() -> None:
    plan = a_plan(2, title="Маяк").but(kitsumy=PlanKit(made_by=MadeBy(kind="beats"), language="uk"))
    english = Edition(id="en", title="Lighthouse", language="en", format="b6", reading_direction="rtl")
    document = compose(Book(plan=plan, editions=(Edition(), english)), "en", {}, measure)
    assert document.meta.title == "Lighthouse"
    assert (document.meta.language, document.meta.format, document.meta.reading_direction) == (
        "en",
        "b6",
        "rtl",
    )
    assert document.meta.made_by == "beats"
    assert [page.number for page in document.pages] == [1, 2]
    assert document.pages[0].trim.width == 1512
    assert [font.id for font in document.fonts] == ["dialogue"]


def test_a_document_survives_its_json() -> None:
    document = compose(a_book(), MAIN, {"ch1-p1-pan1": TAKE}, measure)
    again = ComicDocument.model_validate_json(document.model_dump_json())
    assert again == document
    assert '"readingDirection":"ltr"' in document.model_dump_json()
    assert '"lengthRatio"' in document.model_dump_json()


def test_an_empty_book_is_an_empty_document() -> None:
    assert compose(Book(), MAIN, {}, measure).pages == ()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("layout_id", LAYOUTS)
def test_every_layout_is_composed_with_all_its_words_inside_their_panels(
    layout_id: str, direction: str
) -> None:
    page = a_page(layout=layout_id, panels=len(LAYOUTS[layout_id].panels))
    found = composed(one_page(page, reading_direction=direction))
    assert [box.id for box in found.panels] == [panel.id for panel in page.panels]
    assert found.notes == ()
    assert {e.id for e in found.lettering} == {x for panel in page.panels for x in lettering_ids(panel)}
    assert not any(e.overflow for e in found.lettering)
    for entry in found.lettering:
        frame = Rect.around(next(p.shape.points for p in found.panels if p.id == entry.panel))
        assert frame.contains((entry.shape.cx - entry.shape.rx, entry.shape.cy - entry.shape.ry))
        assert frame.contains((entry.shape.cx + entry.shape.rx, entry.shape.cy + entry.shape.ry))


def test_lettering_is_numbered_through_the_page_in_reading_order() -> None:
    page = a_page(panels=4)
    panels = tuple(p.but(narrative="Ніч.", sfx="хлоп") for p in page.panels)
    found = composed(one_page(page.but(panels=panels)))
    assert [e.order for e in found.lettering] == list(range(1, 13))
    ids = [e.panel for e in found.lettering]
    assert all(a <= b for a, b in pairwise(ids))


def test_a_hole_in_a_layout_stays_a_frame_without_a_panel() -> None:
    found = composed(one_page(a_page(layout="grid-2x2", panels=3)))
    assert [box.id for box in found.panels][-1] == ""
    assert len(found.panels) == 4
    assert found.panels[-1].alt == ""
    assert found.notes == ("layout-count",)


def test_a_page_without_panels_shows_the_frames_of_its_layout() -> None:
    found = composed(one_page(a_page(layout="three-rows", panels=0)))
    assert [box.id for box in found.panels] == ["", "", ""]
    assert len(composed(one_page(a_page(layout="?", panels=0))).panels) == 1


def test_a_panel_says_what_is_to_be_seen() -> None:
    assert composed(a_book()).panels[0].alt == "Марко відчиняє двері маяка."


def test_a_take_covers_its_panel_and_becomes_an_asset() -> None:
    document = compose(a_book(1), MAIN, {"ch1-p1-pan2": TAKE}, measure)
    box = document.pages[0].panels[1]
    assert box.image
    crop, frame = box.image.crop, Rect.around(box.shape.points)
    assert crop.width / crop.height == pytest.approx(frame.size.aspect, rel=1e-3)
    assert crop.height == pytest.approx(800)
    (asset,) = document.assets
    assert (asset.id, asset.width, asset.made_by) == (TAKE.sha256, 1000, "sketch")
    assert asset.alt == "Марко відчиняє двері маяка."
    assert document.pages[0].panels[0].image is None


@given(
    st.integers(1, 4000), st.integers(1, 4000), st.floats(0.1, 10), st.floats(0, 1), st.floats(0, 1)
)  # fmt: skip
def test_a_cover_is_inside_the_image_and_as_large_as_can_be(
    width: int, height: int, aspect: float, x: float, y: float
) -> None:
    window = cover(Size(width, height), aspect, (x, y))
    assert window.x0 >= 0
    assert window.y0 >= 0
    assert window.x1 <= width + 0.01
    assert window.y1 <= height + 0.01
    assert window.width == pytest.approx(width, abs=0.01) or window.height == pytest.approx(height, abs=0.01)


def test_the_focus_draws_the_crop_to_it() -> None:
    wide = TakeImage("a", 4000, 1000)
    for x, expected in ((0.0, 0.0), (1.0, 4000.0)):
        panel = a_panel(kitsumy=PanelKit(focus=((x, 0.5),)))
        found = composed(one_page(a_page(panels=0).but(layout="single", panels=(panel,))), {panel.id: wide})
        assert found.panels[0].image
        crop = found.panels[0].image.crop
        assert (crop.x if x == 0 else crop.x + crop.width) == pytest.approx(expected, abs=0.01)
        assert found.panels[0].focus == ((x, 0.5),)


def test_a_hand_crop_is_grown_to_the_panel_and_the_editions_crop_wins() -> None:
    panel = a_panel(kitsumy=PanelKit(crop=Crop(x=0.1, y=0.1, width=0.2, height=0.1)))
    page = a_page(panels=0).but(layout="single", panels=(panel,))
    image = TakeImage("a", 2000, 3000)
    box = composed(one_page(page), {panel.id: image}).panels[0]
    assert box.image
    crop = box.image.crop
    assert crop.x <= 200
    assert crop.y <= 300
    assert crop.x + crop.width >= 600 - 0.01
    assert crop.width / crop.height == pytest.approx(Rect.around(box.shape.points).size.aspect, rel=1e-3)
    own = Edition(crops={panel.id: Crop(x=0.6, y=0.6, width=0.3, height=0.3)})
    other = composed(one_page(page, own), {panel.id: image}).panels[0].image
    assert other
    assert other.crop.x >= 900


def test_an_edition_brings_its_own_words_and_may_leave_some_out() -> None:
    page = a_page(panels=1, layout="single")
    key = page.panels[0].dialogue[0].id
    assert (
        composed(one_page(page, Edition(texts={key: "Is anybody here?"}, language="en")))
        .lettering[0]
        .text.lang
        == "en"
    )
    shown = composed(one_page(page, Edition(texts={key: "Is anybody here?"}, language="en"))).lettering[0]
    assert " ".join(shown.text.lines) == "IS ANYBODY HERE?"
    assert composed(one_page(page, Edition(texts={key: ""}))).lettering == ()


def test_a_moved_balloon_stays_where_the_author_put_it() -> None:
    page = a_page(panels=4)
    key = page.panels[2].dialogue[0].id
    found = composed(one_page(page, Edition(placements={key: Placement(x=0.25, y=0.75)})))
    entry = next(e for e in found.lettering if e.id == key)
    frame = Rect.around(found.panels[2].shape.points)
    assert (entry.shape.cx, entry.shape.cy) == pytest.approx(tuple(frame.at((0.25, 0.75))), abs=0.02)
    assert entry.locked


def test_who_is_not_in_the_picture_speaks_from_its_edge() -> None:
    panel = a_panel(dialogue=(Dialogue(character="char-2", text="Гей!", kitsumy=DialogueKit(id="d")),))
    found = composed(one_page(a_page(panels=0).but(layout="single", panels=(panel,))))
    (entry,) = found.lettering
    assert entry.speaker == "Зоя"
    frame = Rect.around(found.panels[0].shape.points)
    assert any(entry.tails[0].target[0] == pytest.approx(side, abs=0.1) for side in (frame.x0, frame.x1))


def test_tails_point_to_the_focus_the_author_set_seen_through_the_crop() -> None:
    panel = a_panel(kitsumy=PanelKit(focus=((0.8, 0.5),)))
    page = a_page(panels=0).but(layout="single", panels=(panel,))
    square = TakeImage("a", 3000, 3000)
    found = composed(one_page(page), {panel.id: square})
    image, frame = found.panels[0].image, Rect.around(found.panels[0].shape.points)
    assert image
    seen = frame.x0 + (0.8 * 3000 - image.crop.x) / image.crop.width * frame.width
    assert found.lettering[0].tails[0].target[0] == pytest.approx(seen, abs=2)


def test_one_focus_point_among_several_people_is_the_face_of_the_nearest() -> None:
    two = a_panel(characters=("char-1", "char-2"), camera="середній план")
    left, right = subject_boxes(two)
    marked = two.but(kitsumy=PanelKit(focus=((0.95, 0.3),)))
    same, moved = subject_boxes(marked)
    assert same == left
    assert moved.centre == pytest.approx((0.95, 0.3))
    both = two.but(kitsumy=PanelKit(focus=((0.9, 0.3), (0.1, 0.3), (0.5, 0.8))))
    assert [box.centre for box in subject_boxes(both)] == [
        pytest.approx(point) for point in ((0.9, 0.3), (0.1, 0.3), (0.5, 0.8))
    ]
    assert right.centre.x > left.centre.x


def test_a_speaker_cropped_away_speaks_from_the_side_they_stand_on() -> None:
    panel = a_panel(kitsumy=PanelKit(focus=((0.02, 0.5),), crop=Crop(x=0.5, y=0, width=0.5, height=1)))
    page = a_page(panels=0).but(layout="single", panels=(panel,))
    found = composed(one_page(page), {panel.id: TakeImage("a", 9000, 3000)})
    frame = Rect.around(found.panels[0].shape.points)
    assert found.lettering[0].tails[0].target[0] == pytest.approx(frame.x0, abs=0.1)


def test_lines_without_an_id_are_lettered_all_the_same() -> None:
    panel = a_panel(
        dialogue=(Dialogue(character="char-1", text="Раз"), Dialogue(character="char-1", text="Два"))
    )
    found = composed(one_page(a_page(panels=0).but(layout="single", panels=(panel,))))
    assert len({e.id for e in found.lettering}) == 2


ODD = (
    "",
    "—",
    "\u0301",
    "\u00ad",
    "\u200b",
    "а" * 200,
    "漢字",
    "🦊" * 20,
    "\x00\x07",
    "- - -",
    "слово " * 60,
    "1" * 40,
)


@given(
    st.lists(st.sampled_from(ODD), min_size=3, max_size=5),
    st.sampled_from([(0, 0), (3, 3), (90, 90), (100, 1)]),
    st.sampled_from(["single", "strip-3", "action", "?"]),
    st.sampled_from(["uk", "", "not a language!"]),
)
def test_nothing_a_writer_types_stops_a_page(
    texts: list[str], gutter: tuple[float, float], layout: str, language: str
) -> None:
    lines = tuple(
        Dialogue(character="char-1", text=text, kitsumy=DialogueKit(id=f"d{i}"))
        for i, text in enumerate(texts[2:])
    )
    panel = a_panel(narrative=texts[0], sfx=texts[1], dialogue=lines)
    page = a_page(panels=0).but(layout=layout, panels=(panel, a_panel("p2")))
    found = composed(one_page(page, gutter=gutter, language=language), {panel.id: TakeImage("a", 1, 1)})
    assert len(found.panels) >= 2
    assert draw_page(found, lambda _: None, 0.02).size == (40, 62)


def test_composing_twice_gives_the_same_page() -> None:
    assert composed(a_book()) == composed(a_book())


def test_a_plan_with_nothing_in_it_is_composed() -> None:
    plan = ComicPlan(
        chapters=(Chapter(pages=(Page(), Page(panels=(a_panel("", dialogue=(), characters=()),)))),)
    )
    document = compose(Book(plan=plan), MAIN, {}, measure)
    assert len(document.pages) == 2
    assert document.pages[1].panels[0].id == ""
