"""The library of layouts, and layouts that writers draw."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import pytest

from kitsumy_core.errors import EditError
from kitsumy_core.geometry import Rect, is_convex, signed_area
from kitsumy_core.messages import layout_group, layout_name
from kitsumy_core.page.cutting import Corners, halves, joined, layout_from
from kitsumy_core.page.drawing import Panels, apply, borders
from kitsumy_core.page.formats import FORMATS
from kitsumy_core.page.layouts import (
    ALL_LAYOUTS,
    GROUPS,
    LAYOUTS,
    LIBRARY,
    Layout,
    LayoutPanel,
    layout_of,
    mirrored,
    panel_count,
    panel_polygons,
)
from kitsumy_core.page.sizes import page_frames
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import check
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.merge import merge
from kitsumy_core.plan.models import PlanKit
from tests.samples import a_book, a_page

SQUARE: Panels = (LayoutPanel(points=((0, 0), (1, 0), (1, 1), (0, 1))),)
GRID = LAYOUTS["grid-2x2"].panels


def test_there_are_more_than_72_layouts_of_one_to_nine_panels_in_every_group() -> None:
    counts = Counter(len(layout.panels) for layout in ALL_LAYOUTS.values())
    assert len(ALL_LAYOUTS) >= 72
    assert set(range(1, 10)) == set(counts)
    assert all(counts[n] >= 4 for n in range(2, 10))
    tags = Counter(tag for layout in ALL_LAYOUTS.values() for tag in layout.tags)
    assert set(tags) == set(GROUPS)
    assert all(tags[tag] >= 4 for tag in GROUPS)


def test_no_two_layouts_are_the_same() -> None:
    forms = [tuple(panel.points for panel in layout.panels) for layout in ALL_LAYOUTS.values()]
    bleeds = [tuple(panel.bleed for panel in layout.panels) for layout in ALL_LAYOUTS.values()]
    spreads = [layout.spread for layout in ALL_LAYOUTS.values()]
    assert len(set(zip(forms, bleeds, spreads, strict=True))) == len(ALL_LAYOUTS)


@pytest.mark.parametrize("layout", LIBRARY.values(), ids=LIBRARY)
def test_a_layout_is_sound_in_both_directions(layout: Layout) -> None:
    for shown in (layout, mirrored(layout)):
        ground = [panel.points for panel in shown.panels if panel.z == 0]
        assert all(is_convex(panel.points, 1e-6) for panel in shown.panels)
        assert sum(signed_area(points) for points in ground) == pytest.approx(1, abs=1e-3)
        assert all(_overlap(a, b) < 1e-5 for a, b in combinations(ground, 2))
        assert all(0 <= v <= 1 for panel in shown.panels for point in panel.points for v in point)
    assert layout_name(layout.id, "uk") != layout.id
    assert layout_name(layout.id, "uk") != layout_name(layout.id, "en") or layout.id == ""


def _overlap(one: Corners, other: Corners) -> float:
    """Return the area that two convex polygons have in common."""
    for a, b in zip(other, (*other[1:], other[0]), strict=True):
        one = halves(one, a, b)[1] if one else ()
    return signed_area(one) if one else 0.0


@pytest.mark.parametrize("layout", LIBRARY.values(), ids=LIBRARY)
def test_a_layout_is_numbered_in_reading_order(layout: Layout) -> None:
    ground = [Rect.around(panel.points) for panel in layout.panels if panel.z == 0]
    for i, before in enumerate(ground):
        for after in ground[i + 1 :]:
            lower = after.centre.y - before.centre.y
            assert lower > 0.3 * min(before.height, after.height) or after.centre.x > before.centre.x


@pytest.mark.parametrize("format_id", FORMATS)
def test_every_layout_has_room_for_pictures_in_every_format(format_id: str) -> None:
    book = a_book(kitsumy=PlanKit(format=format_id))
    for layout in ALL_LAYOUTS.values():
        page = a_page(layout=layout.id, panels=len(layout.panels))
        frames = page_frames(book, "main", page)
        assert frames.notes == ()
        assert len(frames.polygons) == len(page.panels)
        assert all(signed_area(polygon) > frames.format.px(14) ** 2 for polygon in frames.polygons)
        assert frames.spread == (layout.spread and format_id != "webtoon")


def test_a_spread_covers_two_pages_and_keeps_words_off_the_fold() -> None:
    book = a_book()
    frames = page_frames(book, "main", a_page(layout="spread-splash", panels=1))
    assert frames.trim.width == 2 * frames.format.trim_px.width
    assert Rect.around(frames.polygons[0]).width > frames.trim.width


def test_a_webtoon_stacks_its_panels_down_one_strip() -> None:
    book = a_book(kitsumy=PlanKit(format="webtoon", reading_direction="ttb"))
    frames = page_frames(book, "main", a_page(layout="action", panels=5))
    boxes = [Rect.around(polygon) for polygon in frames.polygons]
    assert all(a.y1 < b.y0 for a, b in pairwise(boxes))
    assert boxes[-1].y1 < frames.trim.height
    assert all(box.x0 >= 0 and box.x1 <= frames.trim.width for box in boxes)


def test_every_group_has_a_name_in_ukrainian() -> None:
    assert all(layout_group(tag, "uk") not in (tag, layout_group(tag, "en")) for tag in GROUPS)


# --- cutting and drawing


def test_a_layout_is_read_from_nested_cuts() -> None:
    made = layout_from("x", "=(1 .ltr, 2 |(3/10 ., 1 .n)) +0.1,0.1,0.4,0.3@1", ["inset"])
    assert [panel.z for panel in made.panels] == [0, 1, 0, 0]
    assert made.panels[0].bleed == ("left", "top", "right")
    assert set(made.panels[0].points) == {(0, 0), (1, 0), (1, 0.333333), (0, 0.333333)}
    assert [panel.border for panel in made.panels] == [True, True, True, False]
    assert (0.85, 0.333333) in made.panels[2].points


def test_what_a_line_cuts_can_be_joined_again() -> None:
    for a, b in (((0, 0.3), (1, 0.6)), ((0.4, 0), (0.2, 1)), ((0.1, 0.5), (0.9, 0.5))):
        parts = [part for part in halves(SQUARE[0].points, a, b) if part]
        assert len(parts) == 2
        whole = joined(*parts)
        assert whole is not None
        assert sorted(whole) == sorted(SQUARE[0].points)
    assert joined(GRID[0].points, GRID[3].points) is None


def test_a_stroke_cuts_the_panel_under_it_and_straightens_what_is_nearly_straight() -> None:
    made = apply(SQUARE, {"op": "cut", "a": [0.1, 0.4], "b": [0.9, 0.43]})
    assert [Rect.around(panel.points) for panel in made] == [(0, 0, 1, 0.415), (0, 0.415, 1, 1)]
    slanted = apply(made, {"op": "cut", "a": [0.3, 0.5], "b": [0.6, 0.95]})
    assert len(slanted) == 3
    assert slanted[0] == made[0]


def test_a_border_takes_all_panels_along_it_with_it() -> None:
    level = next(border for border in borders(GRID) if border.a[1] == border.b[1])
    assert level == ((0, 0.5), (1, 0.5))
    made = apply(GRID, {"op": "border", "a": level.a, "b": level.b, "to": [[0, 0.7], [1, 0.7]]})
    assert [Rect.around(panel.points).y1 for panel in made] == [0.7, 0.7, 1, 1]
    tilted = apply(GRID, {"op": "border", "a": level.a, "b": level.b, "to": [[0, 0.6], [1, 0.4]]})
    assert tilted[0].points[2] == pytest.approx((0.5, 0.5))
    assert tilted[0].points[3] == pytest.approx((0, 0.6))


def test_neighbours_are_joined_and_insets_are_laid_moved_and_taken_off() -> None:
    made = apply(GRID, {"op": "merge", "panels": [1, 3]})
    assert len(made) == 3
    assert Rect.around(made[-1].points) == (0.5, 0, 1, 1)
    with_inset = apply(made, {"op": "inset"})
    inset = next(i for i, panel in enumerate(with_inset) if panel.z)
    moved = apply(with_inset, {"op": "box", "panel": inset, "box": [0.05, 0.05, 0.3, 0.3]})
    at = next(i for i, panel in enumerate(moved) if panel.z)
    assert Rect.around(moved[at].points) == (0.05, 0.05, 0.3, 0.3)
    assert apply(moved, {"op": "remove", "panel": at}) == made


def test_a_panel_at_the_edge_bleeds_on_its_outer_sides_alone() -> None:
    made = apply(GRID, {"op": "bleed", "panel": 0})
    assert set(made[0].bleed) == {"left", "top"}
    assert apply(made, {"op": "bleed", "panel": 0})[0].bleed == ()
    assert apply(GRID, {"op": "frame", "panel": 2})[2].border is False


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"op": "cut", "a": [0.2, 0.2], "b": [0.205, 0.2]}, "drawing-short"),
        ({"op": "merge", "panels": [0, 3]}, "drawing-apart"),
        ({"op": "merge", "panels": [0, 0]}, "drawing-apart"),
        ({"op": "border", "a": [0, 0.5], "b": [1, 0.5], "to": [[0, 0.001], [1, 0.001]]}, "drawing-small"),
        ({"op": "remove", "panel": 0}, "drawing-ground"),
        ({"op": "split", "panel": 17}, "drawing-unknown"),
        ({"op": "cut", "a": "x", "b": [1, 1]}, "drawing-unknown"),
        ({"op": "paint"}, "drawing-unknown"),
    ],
)
def test_a_gesture_that_cannot_be_changes_nothing(event: dict[str, object], code: str) -> None:
    with pytest.raises(EditError) as caught:
        apply(GRID, event)
    assert caught.value.error_code == code


# --- layouts of one's own in a book


def with_own(book: Book, layout_id: str = "own-1", name: str = "Моя сходинка") -> Book:
    panels = apply(GRID, {"op": "merge", "panels": [1, 3]})
    value = Layout(id=layout_id, name=name, panels=panels, tags=("own",)).model_dump(mode="json")
    return apply_edit(book, edit("set_field", node="plan", field=f"kitsumy.layouts.{layout_id}", value=value))


def test_a_layout_of_ones_own_lays_pages_and_survives_a_plan_file() -> None:
    book = apply_edit(with_own(a_book()), edit("change_layout", page_id="ch1-p1", layout="own-1"))
    plan = read_plan(book.plan.model_dump_json().encode()).plan
    assert plan.kitsumy.layouts == book.plan.kitsumy.layouts
    assert panel_count("own-1", plan.kitsumy.layouts) == 3
    found = layout_of("own-1", plan.kitsumy.layouts)
    assert found is not None
    assert found.name == "Моя сходинка"
    page = a_page(layout="own-1", panels=3)
    frames = page_frames(Book(plan=plan), "main", page)
    assert frames.notes == ()
    assert Rect.around(frames.polygons[2]).height > 2900
    codes = {issue.code for issue in check(book, lambda: "x")}
    assert "layout-unknown" not in codes
    assert "layout-count" in codes, "the page has four panels"


def test_a_plan_without_own_layouts_says_nothing_of_them() -> None:
    assert "layouts" not in a_book().plan.model_dump(mode="json").get("kitsumy", {})
    gone = apply_edit(
        with_own(a_book()), edit("set_field", node="plan", field="kitsumy.layouts.own-1", value=None)
    )
    assert gone.plan.kitsumy.layouts == {}


def test_two_writers_may_each_draw_a_layout_at_the_same_time() -> None:
    base = a_book()
    merged = merge(base, with_own(base, "own-1"), with_own(base, "own-2", "Друга"))
    assert merged.conflicts == ()
    assert set(merged.book.plan.kitsumy.layouts) == {"own-1", "own-2"}


def test_a_malformed_layout_of_a_file_is_kept_and_not_used() -> None:
    book = a_book()
    value = book.plan.model_dump(mode="json")
    bent = {"panels": [{"points": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}
    value["kitsumy"] = {"layouts": {"own-9": bent}}
    plan = type(book.plan).model_validate(value)
    assert panel_count("own-9", plan.kitsumy.layouts) is None
    assert plan.model_dump(mode="json")["kitsumy"]["layouts"] == {"own-9": bent}


def test_polygons_of_an_inset_lie_inside_the_page() -> None:
    found = FORMATS["us-comic"]
    polygons = panel_polygons(LIBRARY["splash-insets"], found.frame_px, found.gutter_px())
    assert all(found.frame_px.contains(point) for polygon in polygons[1:] for point in polygon)
