"""The proof of a composed page: silent on a sound page, exact about place and way out on a flawed one."""

from __future__ import annotations

from typing import Any

import pytest

from kitsumy_core import pipeline
from kitsumy_core.page.compose import TakeImage
from kitsumy_core.page.document import (
    BalloonShape,
    Border,
    Box,
    ImageUse,
    Lettering,
    PageBox,
    PanelBox,
    PixelCrop,
    SetText,
    Shape,
    Subject,
    Tail,
)
from kitsumy_core.page.flaws import Flaw, Terms
from kitsumy_core.page.fonts import has_glyph
from kitsumy_core.page.formats import format_of
from kitsumy_core.page.layouts import LAYOUTS
from kitsumy_core.page.proof import proof_page
from kitsumy_core.plan.book import Book, Placement
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.files import read_plan
from tests.samples import a_book, a_page, a_plan

TERMS = Terms(format_of("us-comic"), has_glyph)
FACE = Subject(name="Марко", bbox=(900, 900, 200, 260), mouth=(1000, 1090), known=True)


def a_panel_box(**changes: Any) -> PanelBox:
    shape = Shape(points=((100, 100), (1880, 100), (1880, 2900), (100, 2900)))
    return PanelBox(id="p1", order=1, shape=shape, subjects=(FACE,), border=Border(width=5)).but(**changes)


def text(
    entry_id: str = "d1", x: float = 600, y: float = 500, rx: float = 220, ry: float = 110, **changes: Any
) -> Lettering:
    return Lettering(
        id=entry_id,
        kind="speech",
        order=1,
        panel="p1",
        speaker="Марко",
        shape=BalloonShape(cx=x, cy=y, rx=rx, ry=ry),
        tails=(Tail(target=(1000, 1090), length_ratio=0.5),),
        text=SetText(size=32, leading=1.2, lines=("ХТО ТУТ?",)),
    ).but(**changes)


def a_page_box(*lettering: Lettering, panel: PanelBox | None = None, **changes: Any) -> PageBox:
    trim = TERMS.format.trim_px
    return PageBox(
        id="page-1",
        number=3,
        trim=Box(width=trim.width, height=trim.height),
        bleed=37.5,
        safe=75,
        template="single",
        panels=(panel or a_panel_box(),),
        lettering=lettering,
    ).but(**changes)


def flaws(page: PageBox, terms: Terms = TERMS) -> dict[str, Flaw]:
    return {found.issue.code: found for found in proof_page(page, terms)}


def grave(page: PageBox) -> list[str]:
    return [code for code, found in flaws(page).items() if found.issue.severity != "info"]


def test_a_sound_page_has_no_flaw() -> None:
    assert flaws(a_page_box(text())) == {}


@pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if not layout.spread])
def test_every_layout_composes_to_frames_without_a_grave_flaw(layout: str) -> None:
    plan = a_plan(1)
    page = a_page(layout=layout, panels=len(LAYOUTS[layout].panels))
    panels = tuple(panel.but(dialogue=()) for panel in page.panels)
    chapter = plan.chapters[0].but(pages=(page.but(panels=panels),))
    document = pipeline.compose_book(Book(plan=plan.but(chapters=(chapter,)).numbered()), {})
    assert [code for code in grave(document.pages[0]) if code != "panel-small"] == []


def test_the_samples_are_lettered_without_an_error() -> None:
    for file in pipeline.samples().values():
        book = Book(plan=read_plan(file.read_bytes()).plan)
        document = pipeline.compose_book(book, {})
        found = [flaw for page in document.pages for flaw in proof_page(page, TERMS)]
        assert [flaw.issue.code for flaw in found if flaw.issue.severity == "error"] == []
        assert all(flaw.areas for flaw in found)


@pytest.mark.parametrize(
    ("page", "code", "severity"),
    [
        (a_page_box(text(text=SetText(size=32, leading=1.2, lines=("你好",)))), "glyph-missing", "error"),
        (a_page_box(text(overflow=True)), "text-overflow", "warning"),
        (a_page_box(text(x=200)), "text-unsafe", "warning"),
        (a_page_box(text(text=SetText(size=20, leading=1.2, lines=("А",)))), "type-small", "warning"),
        (a_page_box(text(x=1000, y=950)), "face-covered", "error"),
        (a_page_box(text(x=740, y=900)), "face-covered", "warning"),
        (a_page_box(text(rx=850, ry=1100, y=1500, tails=())), "balloon-large", "warning"),
        (a_page_box(text(x=1900, y=2000, rx=200)), "balloon-outside", "warning"),
        (a_page_box(text(), text("d2", x=800, order=2)), "balloons-overlap", "warning"),
        (a_page_box(text(), text("d2", x=1046, order=2, tails=())), "balloons-near", "info"),
        (a_page_box(text(y=900), text("d2", y=400, order=2)), "balloon-order", "warning"),
        (a_page_box(text(x=1300), text("d2", order=2)), "balloon-order", "warning"),
        (a_page_box(text(y=218)), "edge-near", "info"),
        (a_page_box(text(tails=())), "tail-missing", "info"),
        (a_page_box(text(tails=(Tail(target=(1000, 1090), length_ratio=0.1),))), "tail-short", "info"),
        (a_page_box(text(tails=(Tail(target=(1000, 1090), length_ratio=0.9),))), "tail-long", "info"),
        (
            a_page_box(text(tails=(Tail(target=(1700, 1900), length_ratio=0.6),))),
            "tail-over-face",
            "warning",
        ),
        (
            a_page_box(text(y=300), text("d2", x=800, y=740, rx=120, ry=70, order=2, tails=())),
            "tail-over-balloon",
            "warning",
        ),
        (
            a_page_box(
                text(tails=(Tail(target=(1500, 2400), length_ratio=0.6),)),
                text("d2", x=1400, order=2, tails=(Tail(target=(500, 2400), length_ratio=0.6),)),
            ),
            "tails-cross",
            "warning",
        ),
        (a_page_box(gutter=(10.0, 38.0), panel=a_panel_box()), "none", ""),
    ],
)  # fmt: skip
def test_a_flaw_of_a_text_is_named_with_its_place(page: PageBox, code: str, severity: str) -> None:
    found = flaws(page)
    if code == "none":
        assert found == {}, "one frame has no gutters"
        return
    issue = found[code].issue
    assert issue.severity == severity
    assert issue.path.startswith("/pages/2/lettering/")
    assert issue.ids[1:] == ("p1", "page-1")
    assert found[code].areas


def a_frame(*points: tuple[float, float]) -> PanelBox:
    return a_panel_box(shape=Shape(points=points), subjects=())


def a_wide_frame(height: float) -> PanelBox:
    return a_frame((100, 100), (1880, 100), (1880, 100 + height), (100, 100 + height))


def an_image(width: float, height: float, crop: PixelCrop, asset: str = "a" * 64) -> ImageUse:
    return ImageUse(asset=asset, source=(width, height), crop=crop)


WHOLE = PixelCrop(x=0, y=0, width=1780, height=2800)
LESS = PixelCrop(x=0, y=0, width=1780, height=2500)
SOFT, SMALL = PixelCrop(x=0, y=0, width=880, height=1384), PixelCrop(x=0, y=0, width=1100, height=1730)


@pytest.mark.parametrize(
    ("panel", "code", "severity"),
    [
        (a_panel_box(image=an_image(1780, 2800, LESS)), "crop-loss", "info"),
        (a_panel_box(image=an_image(2800, 2800, WHOLE)), "crop-loss", "error"),
        (a_panel_box(image=an_image(2000, 2800, WHOLE), focus=((0.95, 0.5),)), "focus-cropped", "error"),
        (a_panel_box(image=an_image(1780, 2800, WHOLE), focus=((0.98, 0.5),)), "focus-near-edge", "warning"),
        (a_panel_box(image=an_image(880, 1384, SOFT)), "dpi-low", "error"),
        (a_panel_box(image=an_image(1100, 1730, SMALL)), "dpi-low", "warning"),
        (a_wide_frame(300), "panel-small", "none"),
        (a_wide_frame(200), "panel-small", "warning"),
        (a_wide_frame(300), "panel-form", "info"),
        (a_frame((100, 100), (1000, 100), (1880, 2900), (900, 2900)), "slant-hides", "info"),
        (a_panel_box(bleed=("left",)), "bleed-short", "warning"),
    ],
)  # fmt: skip
def test_a_flaw_of_a_picture_or_frame_is_named(panel: PanelBox, code: str, severity: str) -> None:
    found = flaws(a_page_box(panel=panel))
    if severity == "none":
        assert code not in found
        return
    assert found[code].issue.severity == severity
    assert found[code].issue.path == "/pages/2/panels/0"


def test_gaps_so_narrow_that_pictures_run_together_are_a_flaw_of_the_page() -> None:
    page = a_page_box(gutter=(10.0, 38.0))
    two = page.but(panels=(a_panel_box(), a_panel_box(id="p2", order=2)))
    assert flaws(two)["gutter-narrow"].issue.ids == ("page-1",)


def test_an_estimated_face_is_only_a_note_and_a_sketch_is_not_judged_by_its_sharpness() -> None:
    guessed = FACE.but(known=False)
    page = a_page_box(text(x=1000, y=950), panel=a_panel_box(subjects=(guessed,)))
    assert flaws(page)["face-covered"].issue.severity == "info"
    sketch = an_image(100, 157, PixelCrop(x=0, y=0, width=100, height=157), "sketch-1")
    assert "dpi-low" not in flaws(a_page_box(panel=a_panel_box(image=sketch)))


def test_a_screen_format_is_not_judged_as_print() -> None:
    screen = Terms(format_of("webtoon"), has_glyph)
    image = an_image(880, 1384, SOFT)
    found = flaws(a_page_box(text(x=200), panel=a_panel_box(image=image)), screen)
    assert not {"dpi-low", "text-unsafe", "panel-small"} & set(found)


def test_from_right_to_left_the_order_is_the_other_way_round() -> None:
    page = a_page_box(text(x=1300), text("d2", order=2))
    assert "balloon-order" in flaws(page)
    assert "balloon-order" not in flaws(page, TERMS._replace(mirrored=True))


def test_a_balloon_put_by_hand_can_go_back_to_its_automatic_place() -> None:
    book = a_book(1)
    panel = next(book.plan.panels())
    line = panel.dialogue[0].id
    moved = apply_edit(book, edit("place_balloon", lettering_id=line, placement=Placement(x=-0.4, y=0.1)))
    page = pipeline.compose_book(moved, {}).pages[0]
    issue = flaws(page)["text-unsafe"].issue
    (fix,) = [fix for fix in issue.fixes if fix.code == "place-automatically"]
    mended = apply_edit(moved, fix.edit)
    assert "text-unsafe" not in flaws(pipeline.compose_book(mended, {}).pages[0])


def test_a_crop_made_by_hand_can_go_back_to_the_automatic_one() -> None:
    book = a_book(1)
    panel = next(book.plan.panels())
    crop = {"x": 0, "y": 0, "width": 0.2, "height": 0.2}
    tight = apply_edit(book, edit("set_field", node="edition:main", field=f"crops.{panel.id}", value=crop))
    takes = {panel.id: TakeImage("b" * 64, 1216, 832, "comfyui")}
    issue = flaws(pipeline.compose_book(tight, takes).pages[0])["crop-loss"].issue
    mended = apply_edit(tight, next(fix.edit for fix in issue.fixes if fix.code == "crop-automatically"))
    assert mended == book
