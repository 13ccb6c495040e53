"""Sizes of page formats in millimetres and pixels."""

from __future__ import annotations

import pytest

from kitsumy_core.geometry import Rect
from kitsumy_core.page.formats import FORMATS, format_of

TRIM_PX = {
    "us-comic": (1988, 3075),
    "manga-b5": (2150, 3035),
    "b6": (1512, 2150),
    "tankobon": (1240, 2067),
    "a5": (1748, 2480),
    "a4": (2480, 3508),
    "album": (2835, 3780),
    "square": (2160, 2160),
    "webtoon": (1600, 2560),
}
LIVE_PX = {
    "us-comic": (1838, 2925),
    "manga-b5": (1772, 2598),
    "b6": (1252, 1843),
    "a5": (1559, 2291),
    "a4": (2244, 3272),
    "album": (2551, 3496),
}


def test_the_formats_are_the_ones_the_table_knows() -> None:
    assert set(FORMATS) == set(TRIM_PX)


@pytest.mark.parametrize("format_id", TRIM_PX)
def test_the_trim_has_the_printers_size_in_pixels(format_id: str) -> None:
    assert tuple(FORMATS[format_id].trim_px) == TRIM_PX[format_id]


@pytest.mark.parametrize("format_id", LIVE_PX)
def test_the_frame_of_the_panels_has_its_size_in_pixels(format_id: str) -> None:
    size = FORMATS[format_id].frame_px.size
    assert (size.width, size.height) == pytest.approx(LIVE_PX[format_id], abs=1)


@pytest.mark.parametrize("format_id", TRIM_PX)
def test_the_frame_lies_in_the_middle_of_the_page(format_id: str) -> None:
    found = FORMATS[format_id]
    page = Rect(0, 0, found.px(found.trim.width), found.px(found.trim.height))
    assert found.frame_px.centre == pytest.approx(page.centre)
    assert found.frame_px.x0 >= 0


def test_gutters_and_bleed_come_in_pixels_and_a_plan_may_set_its_own() -> None:
    us = format_of("us-comic")
    assert us.gutter_px() == pytest.approx((38, 38), abs=0.5)
    assert us.gutter_px((25.4, 12.7)) == pytest.approx((300, 150))
    assert us.px(us.bleed) == pytest.approx(37.5)
    assert format_of("manga-b5").gutter_px() == pytest.approx((30, 71), abs=0.6)


def test_the_default_type_is_seven_and_a_half_points() -> None:
    us = format_of("us-comic")
    assert us.points_px(us.type_points) == pytest.approx(31.25)
    assert all(f.type_points_min <= f.type_points for f in FORMATS.values())


def test_an_unknown_format_falls_back_to_us_comic() -> None:
    assert format_of("folio").id == "us-comic"
    assert format_of("a5").id == "a5"
