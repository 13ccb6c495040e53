"""Layouts: their polygons, gutters, mirroring, and the sizes of panels and renders."""

from __future__ import annotations

import re
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.geometry import Rect, Size, is_convex, polygon_of, signed_area
from kitsumy_core.page.formats import FORMATS, format_of
from kitsumy_core.page.layouts import (
    LAYOUTS,
    Layout,
    LayoutPanel,
    fallback_layout,
    layout_of,
    layouts_with,
    mirrored,
    panel_count,
    panel_polygons,
)
from kitsumy_core.page.sizes import crop_loss, page_frames, panel_box, render_size
from kitsumy_core.plan.book import Edition
from kitsumy_core.plan.models import PlanKit
from tests.samples import a_book, a_page

COUNTS = {
    "single": 1, "two-horizontal": 2, "two-vertical": 2, "three-rows": 3, "grid-2x2": 4, "big-left": 3,
    "big-right": 3, "big-top": 3, "big-bottom": 3, "strip-3": 3, "manga-3": 3, "action": 5,
}  # fmt: skip

# Panels on a us-comic page as shares of the trim (frame inset 75 px, gutters 38 px), measured independently.
TRIM_SHARES = """
single: [0.0377,0.0244,0.9623,0.9756]
two-horizontal: [0.0377,0.0244,0.9623,0.4938] [0.0377,0.5062,0.9623,0.9756]
two-vertical: [0.0377,0.0244,0.4904,0.9756] [0.5096,0.0244,0.9623,0.9756]
three-rows: [0.0377,0.0244,0.9623,0.3353] [0.0377,0.3476,0.9623,0.6524] [0.0377,0.6647,0.9623,0.9756]
grid-2x2: [0.0377,0.0244,0.4904,0.4938] [0.5096,0.0244,0.9623,0.4938] [0.0377,0.5062,0.4904,0.9756] [0.5096,0.5062,0.9623,0.9756]
big-left: [0.0377,0.0244,0.6014,0.9756] [0.6205,0.0244,0.9623,0.4938] [0.6205,0.5062,0.9623,0.9756]
big-right: [0.0377,0.0244,0.3795,0.4938] [0.0377,0.5062,0.3795,0.9756] [0.3986,0.0244,0.9623,0.9756]
big-top: [0.0377,0.0244,0.9623,0.6080] [0.0377,0.6203,0.4904,0.9756] [0.5096,0.6203,0.9623,0.9756]
big-bottom: [0.0377,0.0244,0.4904,0.3797] [0.5096,0.0244,0.9623,0.3797] [0.0377,0.3920,0.9623,0.9756]
strip-3: [0.0377,0.0244,0.3364,0.9756] [0.3555,0.0244,0.6445,0.9756] [0.6636,0.0244,0.9623,0.9756]
"""  # noqa: E501
MANGA_3_RTL = (
    ((0.0377, 0.0244), (0.9623, 0.0244), (0.9623, 0.4362), (0.0377, 0.3791)),
    ((0.551, 0.4243), (0.9623, 0.4497), (0.9623, 0.9756), (0.4689, 0.9756)),
    ((0.0377, 0.3926), (0.5302, 0.423), (0.4479, 0.9756), (0.0377, 0.9756)),
)
ACTION = (
    ((0.0377, 0.0244), (0.5805, 0.0244), (0.4719, 0.3009), (0.0377, 0.3314)),
    ((0.6044, 0.0244), (0.9623, 0.0244), (0.9623, 0.2665), (0.4966, 0.2992)),
    ((0.0377, 0.3451), (0.9623, 0.2802), (0.9623, 0.6074), (0.0377, 0.6645)),
    ((0.0377, 0.678), (0.3984, 0.6557), (0.5068, 0.9756), (0.0377, 0.9756)),
    ((0.4212, 0.6543), (0.9623, 0.6209), (0.9623, 0.9756), (0.5301, 0.9756)),
)
FRAME, TRIM = Rect(75, 75, 1912.5, 3000), Size(1987.5, 3075)
NEAR = 2e-4


def shares(layout_id: str, direction: str = "ltr") -> list[list[tuple[float, float]]]:
    layout = layout_of(layout_id)
    assert layout
    polygons = panel_polygons(layout, FRAME, (38, 38), direction)  # type: ignore[arg-type]
    return [[(p.x / TRIM.width, p.y / TRIM.height) for p in polygon] for polygon in polygons]


def test_the_twelve_layouts_have_their_names_and_counts() -> None:
    assert {name: len(layout.panels) for name, layout in LAYOUTS.items()} == COUNTS
    assert panel_count("action") == 5
    assert panel_count("nobody-drew-this") is None
    assert layouts_with(2) == ["two-horizontal", "two-vertical"]
    assert all(panel_count(name) == 7 for name in layouts_with(7))
    assert layouts_with(77) == []


@pytest.mark.parametrize("line", TRIM_SHARES.strip().splitlines(), ids=lambda line: line.split(":")[0])
def test_straight_layouts_match_the_measured_table(line: str) -> None:
    name, _, boxes = line.partition(": ")
    wanted = [tuple(float(n) for n in box.split(",")) for box in re.findall(r"\[([^\]]+)\]", boxes)]
    found = [Rect.around(polygon) for polygon in shares(name)]
    assert len(found) == len(wanted)
    for box, expected in zip(found, wanted, strict=True):
        assert tuple(box) == pytest.approx(expected, abs=NEAR)


@pytest.mark.parametrize(
    ("name", "direction", "wanted"), [("action", "ltr", ACTION), ("manga-3", "rtl", MANGA_3_RTL)]
)
def test_slanted_layouts_match_the_measured_table(name: str, direction: str, wanted: tuple) -> None:
    for polygon, expected in zip(shares(name, direction), wanted, strict=True):
        assert sorted(polygon) == [pytest.approx(point, abs=NEAR) for point in sorted(expected)]


@pytest.mark.parametrize(
    "layout", [*LAYOUTS.values(), *map(fallback_layout, range(1, 25))], ids=lambda x: x.id
)
def test_the_panels_of_a_layout_are_convex_and_tile_the_frame(layout: Layout) -> None:
    assert all(is_convex(panel.points) for panel in layout.panels)
    assert sum(signed_area(panel.points) for panel in layout.panels) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("layout_id", LAYOUTS)
def test_panels_come_in_reading_order(layout_id: str, direction: str) -> None:
    boxes = [Rect.around(p) for p in panel_polygons(LAYOUTS[layout_id], FRAME, (38, 38), direction)]
    for i, before in enumerate(boxes):
        for after in boxes[i + 1 :]:
            below = after.y0 > before.y1 - 0.15 * before.height
            beside = (
                after.centre.x < before.centre.x if direction == "rtl" else after.centre.x > before.centre.x
            )
            assert below or beside


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize("layout_id", LAYOUTS)
def test_neighbours_keep_the_gutter_and_stay_in_the_frame(layout_id: str, format_id: str) -> None:
    found = FORMATS[format_id]
    frame, gutter = found.frame_px, found.gutter_px()
    polygons = panel_polygons(LAYOUTS[layout_id], frame, gutter)
    around = Rect.around([point for polygon in polygons for point in polygon])
    assert tuple(around) == pytest.approx(tuple(frame), abs=1e-6)
    assert all(is_convex(polygon) for polygon in polygons)
    for i, one in enumerate(polygons):
        for other in polygons[i + 1 :]:
            a, b = Rect.around(one), Rect.around(other)
            if layout_id not in ("action", "manga-3"):
                gap_x, gap_y = max(a.x0, b.x0) - min(a.x1, b.x1), max(a.y0, b.y0) - min(a.y1, b.y1)
                assert gap_x >= gutter[0] - 1e-6 or gap_y >= gutter[1] - 1e-6


def test_a_slanted_gutter_is_as_wide_as_a_straight_one() -> None:
    upper = LayoutPanel(points=((0, 0), (1, 0), (1, 0.4), (0, 0.6)))
    lower = LayoutPanel(points=((0, 0.6), (1, 0.4), (1, 1), (0, 1)))
    slanted = Layout(id="z", panels=(upper, lower))
    top, bottom = panel_polygons(slanted, Rect(0, 0, 1000, 1000), (40, 40))
    a, b, c = top[3], top[2], bottom[0]
    length = a.distance(b)
    across = abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / length
    # |nx| + |ny| of the edge's normal times the gutter, by the rule for unequal gutters.
    slope = (b.y - a.y) / (b.x - a.x)
    normal = 1 / (1 + slope**2) ** 0.5
    assert across == pytest.approx(40 * (normal + abs(slope) * normal))
    assert cos(radians(0)) * 40 <= across < 50


@pytest.mark.parametrize("layout_id", LAYOUTS)
def test_mirroring_twice_gives_the_layout_back(layout_id: str) -> None:
    twice = mirrored(mirrored(LAYOUTS[layout_id]))
    for panel, same in zip(LAYOUTS[layout_id].panels, twice.panels, strict=True):
        assert sorted(panel.points) == [pytest.approx(point) for point in sorted(same.points)]
        assert is_convex(mirrored(LAYOUTS[layout_id]).panels[0].points)


def test_a_bleeding_side_runs_to_the_bleed_box_and_is_mirrored() -> None:
    bleeding = Layout(
        id="b",
        panels=(
            LayoutPanel(points=((0, 0), (0.5, 0), (0.5, 1), (0, 1)), bleed=("left", "top")),
            LayoutPanel(points=((0.5, 0), (1, 0), (1, 1), (0.5, 1))),
        ),
    )
    frame, bleed = Rect(50, 50, 950, 1450), Rect(-30, -30, 1030, 1530)
    left, right = (Rect.around(p) for p in panel_polygons(bleeding, frame, (20, 20), "ltr", bleed))
    assert tuple(left) == pytest.approx((-30, -30, 490, 1450))
    assert tuple(right) == pytest.approx((510, 50, 950, 1450))
    first, _ = (Rect.around(p) for p in panel_polygons(bleeding, frame, (20, 20), "rtl", bleed))
    assert tuple(first) == pytest.approx((510, -30, 1030, 1450))
    inside, _ = (Rect.around(p) for p in panel_polygons(bleeding, frame, (20, 20)))
    assert tuple(inside) == pytest.approx((50, 50, 490, 1450))


@given(st.integers(-2, 60))
def test_the_fallback_has_a_place_for_every_panel(count: int) -> None:
    assert len(fallback_layout(count).panels) == max(1, count)


def test_a_page_with_too_many_panels_is_drawn_in_rows_and_says_so() -> None:
    book = a_book()
    crowded = page_frames(book, "main", a_page(layout="three-rows", panels=5))
    assert len(crowded.polygons) == 5
    assert crowded.notes == ("layout-count",)
    assert page_frames(book, "main", a_page(layout="action", panels=5)).notes == ()
    assert page_frames(book, "main", a_page(layout="grid-2x2", panels=3)).notes == ("layout-count",)
    assert page_frames(book, "main", a_page(layout="what", panels=2)).notes == ("layout-unknown",)


def test_a_panels_box_is_that_of_its_edition() -> None:
    book = a_book().but(editions=(Edition(), Edition(id="b5", format="manga-b5")))
    assert panel_box(book, "ch1-p1-pan3") == pytest.approx((900, 1444), abs=1)
    assert panel_box(book, "ch1-p1-pan3", "b5") == pytest.approx((871, 1264), abs=1)
    assert panel_box(book, "nobody") is None


def test_the_gutter_of_the_plan_counts() -> None:
    wide = a_book(kitsumy=PlanKit(gutter=(10, 10)))
    box = panel_box(wide, "ch1-p1-pan1")
    assert box
    assert box.width == pytest.approx((1837.5 - 118.1) / 2, abs=0.5)


@pytest.mark.parametrize(
    ("box", "flux", "kontext", "sdxl"),
    [
        ((1838, 2925), (784, 1248), (800, 1328), (832, 1216)),
        ((1838, 1444), (1120, 880), (1184, 880), (1152, 896)),
        ((900, 2925), (528, 1712), (672, 1568), (640, 1536)),
        ((1838, 956), (1504, 784), (1392, 752), (1344, 768)),
        ((594, 2925), (512, 1792), (672, 1568), (640, 1536)),
        ((926, 845), (1104, 1008), (1104, 944), (1024, 1024)),
    ],
)
def test_render_sizes_lose_as_little_as_the_measured_ones(
    box: tuple[int, int], flux: tuple[int, int], kontext: tuple[int, int], sdxl: tuple[int, int]
) -> None:
    size = Size(*box)
    assert render_size(size, "kontext") == kontext
    assert render_size(size, "sdxl") == sdxl
    found = render_size(size, "flux")
    assert crop_loss(found, size) <= max(0.006, crop_loss(flux, size) + 0.001)


@given(st.floats(0.29, 3.5), st.sampled_from([0.25, 0.5, 1.0, 2.0]))
def test_flux_sizes_are_in_steps_of_16_near_the_wished_area(aspect: float, megapixels: float) -> None:
    width, height = render_size(Size(1000 * aspect, 1000), "flux", megapixels)
    assert width % 16 == height % 16 == 0
    assert 0.84 <= width * height / (megapixels * (1 << 20)) <= 1.16
    assert crop_loss((width, height), Size(1000 * aspect, 1000)) < (0.02 if megapixels >= 1 else 0.04)


@given(st.floats(0.2, 5), st.floats(0.1, 2))
def test_sketches_have_the_form_of_their_panel(aspect: float, megapixels: float) -> None:
    width, height = render_size(Size(aspect * 700, 700), "sketch", megapixels)
    assert crop_loss((width, height), Size(aspect, 1)) < 0.01


def test_every_layout_has_a_polygon_for_every_panel_in_every_format() -> None:
    for found in FORMATS.values():
        for layout in LAYOUTS.values():
            for polygon in panel_polygons(layout, found.frame_px, found.gutter_px()):
                assert signed_area(polygon_of(polygon)) > found.px(12) ** 2
    assert format_of("webtoon").gutter_px()[1] > format_of("us-comic").gutter_px()[1]
