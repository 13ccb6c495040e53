"""Where a picture is busy: measured once, and weighed when balloons are placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.commands.artwork import artwork_of
from kitsumy_core.commands.common import Source
from kitsumy_core.geometry import Point, Rect
from kitsumy_core.page.art import opened as decoded
from kitsumy_core.page.busy import COLUMNS, Busy, meter
from kitsumy_core.page.compose import TakeImage, compose_page
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.importance import busy_cells
from kitsumy_core.page.placing import Item, hides
from kitsumy_core.plan.book import MAIN, Book, Edition, Placement
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import Chapter, Crop, PanelKit
from studio import services
from tests.samples import a_book, a_page, a_panel, a_plan
from tests.stores import a_take, opened, settings_for

SIZE = (600, 900)
LEFT, RIGHT = (0.0, 0.5), (0.5, 1.0)


def noisy(*bands: tuple[float, float], size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Return a flat picture with noise in these bands, each from and to a share of the width."""
    picture = Image.new(mode, size, "#8899aa")
    for x0, x1 in bands:
        part = (round(x0 * size[0]), 0, round(x1 * size[0]), size[1])
        noise = Image.effect_noise((part[2] - part[0], size[1]), 120)
        picture.paste(noise.convert(mode), part[:2])
    return picture


WHOLE = Rect(0, 0, 1, 1)


def under(picture: Image.Image, box: Rect, window: Rect = WHOLE) -> float:
    return meter(Busy(busy_cells(picture), window, WHOLE))(*box)


def page_of(
    picture: Image.Image | None,
    made_by: str = "comfyui",
    edition: Edition | None = None,
    direction: str = "ltr",
    **fields: Any,
) -> PageBox:
    """Return a composed page of one panel that shows a picture."""
    panel = a_panel(**({"kitsumy": PanelKit(focus=((0.5, 0.6),))} | fields))
    page = a_page(panels=0).but(layout="single", panels=(panel,))
    plan = a_plan(1).but(chapters=(Chapter(id="c", pages=(page,)),))
    plan = plan.but(kitsumy=plan.kitsumy.but(reading_direction=direction))
    book = Book(plan=plan.numbered(), editions=(edition or Edition(),))
    takes = {panel.id: TakeImage("a", *SIZE, made_by, busy_cells(picture) if picture else b"")}
    return compose_page(book, MAIN, next(book.plan.pages()), 1, takes, measure)


def balloon(page: PageBox) -> Rect:
    """Return where the balloon of a page is, in shares of its panel."""
    shape, frame = page.lettering[0].shape, Rect.around(page.panels[0].shape.points)
    body = Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)
    return Rect(*frame.share_of((body.x0, body.y0)), *frame.share_of((body.x1, body.y1)))


# --- measuring


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_map_tells_noise_from_a_flat_side(mode: str) -> None:
    file = BytesIO()
    noisy(LEFT, mode="RGB").convert(mode).save(file, "PNG")
    picture = decoded(file.getvalue())
    left, right = Rect(0, 0.2, 0.45, 0.6), Rect(0.55, 0.2, 1, 0.6)
    assert under(picture, left) > 0.3
    assert under(picture, right) < 0.02
    assert under(picture, left, Rect(0.5, 0, 1, 1)) < 0.05, "the crop in force shows the flat side alone"


@pytest.mark.parametrize("size", [(1, 1), (8, 6), (3, 4000), (4000, 3), (1152, 1008)])
def test_a_picture_of_any_size_has_a_map_of_whole_rows(size: tuple[int, int]) -> None:
    cells = busy_cells(Image.new("RGB", size, "red"))
    assert len(cells) % COLUMNS == 0
    assert 1 <= len(cells) // COLUMNS <= 4 * COLUMNS
    assert not any(cells), "one colour is quiet, and so is its edge"


def test_the_grain_of_a_quiet_picture_is_not_taken_for_bustle() -> None:
    grain = Image.effect_noise(SIZE, 6).convert("RGB")
    assert under(grain, WHOLE) < 0.25


@pytest.mark.parametrize("box", [(-5, -5, 9, 9), (2, 2, 3, 3), (0.5, 0.5, 0.5, 0.5), (0.9, 0.9, 0.1, 0.1)])
def test_a_box_outside_of_the_picture_is_weighed_at_its_edge(box: tuple[float, float, float, float]) -> None:
    even = meter(Busy(bytes([51]) * COLUMNS * 7, WHOLE, WHOLE))
    assert even(*box) == pytest.approx(0.2)
    assert meter(None)(*box) == meter(Busy(b"", WHOLE, WHOLE))(*box) == 0


# --- placing


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_balloon_goes_to_the_quiet_side_of_its_picture(direction: str) -> None:
    quiet_right, quiet_left = (balloon(page_of(noisy(side), direction=direction)) for side in (LEFT, RIGHT))
    assert quiet_right.x0 > 0.48
    assert quiet_left.x1 < 0.52
    assert quiet_left.centre.x == pytest.approx(1 - quiet_right.centre.x, abs=0.02)


def test_the_part_of_the_picture_that_the_crop_shows_decides() -> None:
    bands = noisy((0.25, 0.5), (0.75, 1.0))
    crops = (Crop(x=0.25, y=0.25, width=0.5, height=0.5), Crop(x=0.5, y=0.25, width=0.5, height=0.5))
    marks = [PanelKit(focus=((crop.x + 0.25, 0.55),), crop=crop) for crop in crops]
    noise_left, noise_right = (balloon(page_of(bands, kitsumy=kit)).centre.x for kit in marks)
    assert noise_left > 0.6
    assert noise_right < 0.4


def test_a_face_is_left_free_though_the_picture_is_quiet_there_alone() -> None:
    close = page_of(noisy((0, 0.3), (0.7, 1)), camera="великий план", kitsumy=PanelKit(focus=((0.5, 0.24),)))
    (face,) = (Rect(x, y, x + w, y + h) for x, y, w, h in (s.bbox for s in close.panels[0].subjects))
    shape = close.lettering[0].shape
    assert hides(face, Point(shape.cx, shape.cy), Item(shape.rx, shape.ry)) == 0


@pytest.mark.parametrize("picture", [None, Image.new("RGB", SIZE, "white")])
def test_without_a_picture_or_bustle_balloons_lie_as_they_always_did(picture: Image.Image | None) -> None:
    assert page_of(picture).lettering == page_of(noisy(LEFT), made_by="sketch").lettering, (
        "the lines of a sketch are not those of the picture to come"
    )


def test_what_was_placed_by_hand_is_not_moved() -> None:
    key = a_panel().dialogue[0].id
    edition = Edition(placements={key: Placement(x=0.25, y=0.3)})
    assert balloon(page_of(noisy(LEFT), edition=edition)).centre == pytest.approx((0.25, 0.3), abs=0.001)


# --- keeping


def png_of(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_measured_once_whoever_asks(tmp_path: Path) -> None:
    settings, asked = settings_for(tmp_path), []

    def load(image: str) -> Image.Image | None:
        asked.append(image)
        return noisy(LEFT) if image == "a" * 64 else None

    for _ in range(2):
        with opened(settings) as store:
            found = store.busyness(["a" * 64, "b" * 64], load)
            assert list(found) == ["a" * 64]
    assert asked == ["a" * 64, "b" * 64, "b" * 64], "what could not be opened is tried again"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def test_screen_export_and_command_line_lay_the_same_page(
    running: services.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pictures = running.store, running.pictures
    book = a_book(1)
    project = store.create(book, "writer").id
    without = pictures.page_box(project, book, book.plan.chapters[0], next(book.plan.pages()))
    image = store.images.put(png_of(noisy(LEFT, size=(300, 480))))
    picks = {}
    for panel in book.plan.panels():
        take = replace(a_take(project, image=image, width=300, height=480), panel_id=panel.id)
        picks[panel.id] = store.add_take(take).id
    store.commit(project, edit("pick_takes", picks=picks), "writer")
    book = store.head(project).book
    chapter, page = book.plan.chapters[0], next(book.plan.pages())
    screen = pictures.page_box(project, book, chapter, page)
    exported = pictures.document(project, book)
    art = artwork_of(Source(book, store, project), None)
    assert screen == exported.pages[0] == pipeline.compose_book(book, art.weighed()).pages[0]
    assert screen.lettering[0].shape.cx > without.lettering[0].shape.cx + 20
    version = pictures.version(book, chapter, page)
    monkeypatch.setattr("studio.pictures.WAY", "another")
    assert pictures.version(book, chapter, page) != version, (
        "browsers ask anew where pages are laid otherwise"
    )
