"""Drawing pages: what is where, in pixels."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageFile, ImageStat

from kitsumy_core.geometry import Point, Rect
from kitsumy_core.page.art import mask_of, place_of
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.compose import TakeImage, compose_page
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
    Stroke,
    Tail,
)
from kitsumy_core.page.draw import draw_lettering, draw_page, encode
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.frames import grown
from kitsumy_core.page.ink import stamp
from kitsumy_core.page.outline import balloon_paths, flatten
from kitsumy_core.plan.book import MAIN
from tests.golden_images import check_golden
from tests.samples import a_book, a_page, a_panel

RED, BLUE = (200, 30, 30), (20, 40, 220)


def halves(width: int = 200, height: int = 100) -> Image.Image:
    """Return an image whose left half is red and right half blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def a_box(
    panel_id: str = "p", points: tuple = ((20, 20), (180, 20), (180, 120), (20, 120)), **known: object
) -> PanelBox:
    return PanelBox(
        **({"id": panel_id, "order": 1, "shape": Shape(points=points), "border": Border(width=4)} | known)
    )


def use(x: float, y: float, width: float, height: float, **known: object) -> ImageUse:
    return ImageUse(asset="a", crop=PixelCrop(x=x, y=y, width=width, height=height), **known)  # type: ignore[arg-type]


def sheet(*panels: PanelBox, lettering: tuple[Lettering, ...] = (), bleed: float = 0) -> PageBox:
    return PageBox(
        id="s", number=1, trim=Box(width=200, height=140), bleed=bleed, panels=panels, lettering=lettering
    )


def near(image: Image.Image, at: tuple[int, int], color: tuple[int, int, int], tolerance: int = 12) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(found, color, strict=True))


def speech(**known: object) -> Lettering:
    values: dict[str, object] = {
        "id": "b", "kind": "speech", "order": 1, "panel": "p",
        "shape": BalloonShape(cx=100, cy=60, rx=60, ry=30),
        "stroke": Stroke(width=3), "text": SetText(size=16, leading=18, lines=("ХТО ТАМ?",)),
    }  # fmt: skip
    return Lettering(**(values | known))  # type: ignore[arg-type]


# --- art


def test_the_crop_of_an_image_fills_its_panel() -> None:
    page = sheet(a_box(image=use(100, 0, 100, 100)))
    assert near(draw_page(page, lambda _: halves()), (30, 70), BLUE)
    whole = draw_page(sheet(a_box(image=use(0, 0, 200, 100))), lambda _: halves())
    assert near(whole, (50, 70), RED)
    assert near(whole, (150, 70), BLUE)
    flipped = draw_page(sheet(a_box(image=use(0, 0, 200, 100, flip_x=True))), lambda _: halves())
    assert near(flipped, (50, 70), BLUE)


def test_the_paper_outside_the_panels_is_blank_and_the_border_black() -> None:
    drawn = draw_page(sheet(a_box(image=use(0, 0, 200, 100))), lambda _: halves())
    assert near(drawn, (8, 8), (255, 255, 255), 0)
    assert near(drawn, (16, 60), (255, 255, 255), 0)
    assert near(drawn, (20, 60), (0, 0, 0), 0)
    assert near(drawn, (100, 120), (0, 0, 0), 0)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_slanted_panel_keeps_its_art_inside_its_polygon(scale: float) -> None:
    slanted = a_box(points=((20, 20), (180, 20), (120, 120), (20, 120)), image=use(0, 0, 200, 100))
    drawn = draw_page(sheet(slanted), lambda _: halves(), scale)
    assert near(drawn, (round(170 * scale), round(110 * scale)), (255, 255, 255), 0)
    assert near(drawn, (round(130 * scale), round(50 * scale)), BLUE)


def test_a_mask_of_a_slanted_panel_in_small() -> None:
    box = a_box(points=((0, 0), (8, 0), (4, 4), (0, 4)))
    mask = mask_of(place_of(box, 1, 0))
    assert mask
    rows = ["".join("#" if mask.getpixel((x, y)) else "." for x in range(8)) for y in range(4)]
    assert rows == ["########", "########", "#######.", "######.."]
    assert mask_of(place_of(a_box(), 1, 0)) is None


def test_panels_are_drawn_by_their_z() -> None:
    low = a_box("low", image=use(0, 0, 100, 100), z=0)
    high = a_box(
        "high", points=((60, 40), (140, 40), (140, 100), (60, 100)), image=use(100, 0, 100, 100), z=5
    )
    for panels in ((low, high), (high, low)):
        assert near(draw_page(sheet(*panels), lambda _: halves()), (100, 70), BLUE)


def test_transparent_art_lies_on_white_and_sixteen_bits_become_eight() -> None:
    clear = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    page = sheet(a_box(image=use(0, 0, 200, 100)))
    assert near(draw_page(page, lambda _: clear), (100, 70), (255, 255, 255), 0)
    deep = Image.new("I;16", (200, 100), 0x8000)
    assert near(draw_page(page, lambda _: deep), (100, 70), (128, 128, 128))
    palette = halves().convert("P")
    assert near(draw_page(page, lambda _: palette), (50, 70), RED, 40)


def test_with_bleed_the_page_is_larger_and_everything_moves() -> None:
    page = sheet(a_box(image=use(0, 0, 200, 100)), bleed=10)
    drawn = draw_page(page, lambda _: halves(), with_bleed=True)
    assert drawn.size == (220, 160)
    assert near(drawn, (30, 70), (0, 0, 0), 0)
    assert draw_page(page, lambda _: halves()).size == (200, 140)


# --- frames without art


def test_an_empty_panel_is_a_light_frame_with_its_description() -> None:
    told = draw_page(sheet(a_box(alt="Марко відчиняє двері.")), lambda _: None, 3)
    silent = draw_page(sheet(a_box()), lambda _: None, 3)
    assert told.getpixel((12, 12)) == (255, 255, 255)
    assert told.tobytes() != silent.tobytes()
    assert min(ImageStat.Stat(silent.crop((80, 80, 500, 340))).extrema[0]) > 200


def test_an_image_that_cannot_be_loaded_is_marked_otherwise_than_none() -> None:
    missing = draw_page(sheet(a_box(image=use(0, 0, 200, 100))), lambda _: None, 3)
    empty = draw_page(sheet(a_box()), lambda _: None, 3)
    red, _, blue = ImageStat.Stat(missing.crop((80, 80, 500, 340))).mean
    assert red > blue + 4
    red, _, blue = ImageStat.Stat(empty.crop((80, 80, 500, 340))).mean
    assert red < blue + 4


def test_a_damaged_file_is_a_missing_image(tmp_path: Path) -> None:
    data = encode(Image.effect_noise((200, 100), 60).convert("RGB"), "png")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    page = sheet(a_box(image=use(0, 0, 200, 100)))
    cut = draw_page(page, lambda _: Image.open(BytesIO(data[: len(data) // 2])), 3)
    assert cut.tobytes() == draw_page(page, lambda _: None, 3).tobytes()


def test_the_caller_words_what_is_wrong_with_a_frame() -> None:
    asked = []

    def words(panel: PanelBox, state: str) -> str:
        asked.append((panel.id, state))
        return "Нема"

    hole = a_box("", points=((20, 20), (60, 20), (60, 120), (20, 120)))
    gone = a_box("g", image=use(0, 0, 200, 100))
    draw_page(sheet(hole, a_box("e"), gone), lambda _: None, empty_text=words)
    assert asked == [("e", "empty"), ("g", "missing")]


def test_a_very_long_description_is_shortened_not_drawn_outside() -> None:
    long = draw_page(sheet(a_box(alt="дуже" * 60 + " довго " * 200)), lambda _: None, 2)
    assert near(long, (10, 140), (255, 255, 255), 0)
    assert near(long, (390, 140), (255, 255, 255), 0)


# --- lettering


def test_a_balloon_is_white_inside_black_on_its_line_and_has_dark_letters() -> None:
    drawn = draw_page(sheet(a_box(image=use(0, 0, 100, 100)), lettering=(speech(),)), lambda _: halves(), 2)
    assert near(drawn, (200, 80), (255, 255, 255), 0)
    assert near(drawn, (200, 60), (0, 0, 0), 60)
    assert near(drawn, (200, 50), RED)
    inside = drawn.crop((120, 100, 280, 140)).convert("L")
    assert ImageStat.Stat(inside).extrema[0] == (0, 255)


@pytest.mark.parametrize("text", ["НІ", "ЇЖАК", "WAIT"])
def test_letters_stand_in_the_middle_of_their_balloon(text: str) -> None:
    shown = speech(
        text=SetText(size=40, leading=44, lines=(text,)), shape=BalloonShape(cx=100, cy=70, rx=90, ry=60)
    )
    letters = stamp(shown, 4, 0)[-1]
    box = letters.mask.getbbox()
    assert box
    middle = letters.at[0] + (box[0] + box[2]) / 2
    assert middle == pytest.approx(400, abs=10)
    caps = stamp(shown.but(text=shown.text.but(lines=("Н",))), 4, 0)[-1]
    box = caps.mask.getbbox()
    assert box
    assert caps.at[1] + (box[1] + box[3]) / 2 == pytest.approx(280, abs=10)


@pytest.mark.parametrize("kind", ["speech", "thought", "shout", "radio", "weak", "whisper"])
def test_drawn_letters_never_leave_the_outline(kind: str) -> None:
    panel = a_panel(dialogue=())
    lines = [
        line.but(text=text, kitsumy=line.kitsumy.but(kind=kind, id=f"d{i}"))
        for i, (line, text) in enumerate(
            (a_panel().dialogue[0], text)
            for text in ("Ґедзь! Їжак у щоку щипає, Щоб усі бачили.", "Ні.", "Розпорошуватися?")
        )
    ]
    page = a_page(panels=0).but(layout="single", panels=(panel.but(dialogue=tuple(lines)),))
    book = a_book(1)
    box = compose_page(book, MAIN, page, 1, {}, measure)
    for entry in box.lettering:
        fill, *_, letters = stamp(entry, 1, 0)
        ink = Image.new("L", fill.mask.size)
        ink.paste(letters.mask, (letters.at[0] - fill.at[0], letters.at[1] - fill.at[1]))
        outside = Image.composite(
            Image.new("L", ink.size), ink, fill.mask.point(lambda v: 255 if v > 250 else 0)
        )
        assert outside.getbbox() is None


def test_a_dashed_outline_has_gaps() -> None:
    plain = stamp(speech(), 2, 0)[1].mask
    dashed = stamp(speech(stroke=Stroke(width=3, dash=(8, 6))), 2, 0)[1].mask
    share = ImageStat.Stat(dashed).sum[0] / ImageStat.Stat(plain).sum[0]
    assert 0.4 < share < 0.85


def test_a_tail_is_open_to_its_balloon() -> None:
    tailed = speech(tails=(Tail(target=(100, 138), base=20, curve=0, length_ratio=0.9),))
    drawn = draw_page(sheet(a_box(image=use(0, 0, 100, 100)), lettering=(tailed,)), lambda _: halves(), 2)
    column = [drawn.getpixel((200, y)) for y in range(164, 190)]
    assert all(value == (255, 255, 255) for value in column)


def test_joined_balloons_are_open_to_each_other() -> None:
    first = speech(id="a", shape=BalloonShape(cx=60, cy=50, rx=34, ry=20))
    second = speech(id="b", connect_to="a", shape=BalloonShape(cx=140, cy=90, rx=34, ry=20), order=2)
    drawn = draw_page(
        sheet(a_box(image=use(0, 0, 100, 100)), lettering=(first, second)), lambda _: halves(), 4
    )
    middle = Point(100 * 4, 70 * 4)
    assert near(drawn, (round(middle.x), round(middle.y)), (255, 255, 255), 0)


def test_a_sound_effect_has_a_dark_outline_and_a_light_rim() -> None:
    effect = speech(
        kind="sfx", fill=None, stroke=Stroke(width=4),
        shape=BalloonShape(type="none", cx=100, cy=70, rx=70, ry=26, rotation=-8),
        text=SetText(size=44, leading=48, font="sfx", lines=("БАХ",), color="#ffffff"),
    )  # fmt: skip
    rim, dark, light = stamp(effect, 2, 0)
    areas = [ImageStat.Stat(layer.mask).sum[0] for layer in (rim, dark, light)]
    assert areas[0] > areas[1] > areas[2] > 0
    assert (rim.color, dark.color, light.color) == ("#ffffff", "#000000", "#ffffff")


def test_a_rotated_effect_rises_to_the_right() -> None:
    effect = speech(
        kind="sfx", fill=None, stroke=None,
        shape=BalloonShape(type="none", cx=100, cy=70, rx=80, ry=26, rotation=-20),
        text=SetText(size=30, leading=30, font="sfx", lines=("ОООООО",)),
    )  # fmt: skip
    mask = stamp(effect, 2, 0)[-1].mask
    left = mask.crop((0, 0, mask.width // 2, mask.height)).getbbox()
    right = mask.crop((mask.width // 2, 0, mask.width, mask.height)).getbbox()
    assert left
    assert right
    assert (right[1] + right[3]) / 2 < (left[1] + left[3]) / 2 - 10


def test_an_unknown_sign_is_drawn_as_a_question_mark() -> None:
    strange = stamp(speech(text=SetText(size=30, leading=30, lines=("漢",))), 2, 0)[-1].mask
    question = stamp(speech(text=SetText(size=30, leading=30, lines=("?",))), 2, 0)[-1].mask
    assert strange.tobytes() == question.tobytes()


def test_lettering_alone_is_transparent_around_the_balloons() -> None:
    layer = draw_lettering(sheet(a_box(), lettering=(speech(),)), (400, 280), 2, 0)
    assert layer.mode == "RGBA"
    assert layer.getpixel((5, 5)) == (0, 0, 0, 0)
    assert layer.getpixel((200, 80)) == (255, 255, 255, 255)


def test_a_balloon_that_leaves_the_page_is_drawn_as_far_as_it_is_seen() -> None:
    over = speech(shape=BalloonShape(cx=0, cy=0, rx=60, ry=30))
    page = sheet(a_box(), lettering=(over,))
    assert draw_page(page, lambda _: None).size == (200, 140)
    assert draw_lettering(page, (200, 140), 1, 0).getpixel((10, 12)) == (255, 255, 255, 255)


# --- the whole way


def test_a_cached_drawing_is_the_same_as_a_fresh_one() -> None:
    book, loaded = a_book(1), []
    page = next(book.plan.pages())
    takes = {panel.id: TakeImage("a", 200, 100) for panel in page.panels}
    box = compose_page(book, MAIN, page, 1, takes, measure)

    def load(asset: str) -> Image.Image:
        loaded.append(asset)
        return halves()

    cache = DrawCache()
    fresh = draw_page(box, load, 0.25)
    first = draw_page(box, load, 0.25, cache=cache)
    count = len(loaded)
    again = draw_page(box, load, 0.25, cache=cache)
    assert fresh.tobytes() == first.tobytes() == again.tobytes()
    assert len(loaded) == count
    used = cache.used_bytes
    retold = box.model_copy(
        update={"panels": tuple(panel.model_copy(update={"alt": "Other words"}) for panel in box.panels)}
    )
    assert draw_page(retold, load, 0.25, cache=cache).tobytes() == fresh.tobytes()
    assert cache.used_bytes == used > 0


def test_a_cache_keeps_to_its_limit_and_forgets_the_oldest() -> None:
    cache = DrawCache(100)
    cache.put("a", 1, 60)
    cache.put("b", 2, 30)
    assert cache.get("a") == 1
    cache.put("c", 3, 40)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)
    cache.put("huge", 4, 101)
    assert cache.get("huge") is None
    assert cache.used_bytes == 100


def test_a_border_keeps_its_width_at_slanted_corners() -> None:
    square = grown((Point(0, 0), Point(10, 0), Point(10, 10), Point(0, 10)), 2)
    assert tuple(Rect.around(square)) == pytest.approx((-2, -2, 12, 12))


@pytest.mark.parametrize(("encoding", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_a_page_is_encoded_in_each_format(encoding: str, kind: str) -> None:
    picture = draw_page(sheet(a_box(image=use(0, 0, 200, 100))), lambda _: halves())
    with Image.open(BytesIO(encode(picture, encoding))) as again:  # type: ignore[arg-type]
        assert (again.format, again.size) == (kind, picture.size)
        if kind != "WEBP":
            assert again.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_an_outline_stays_the_same_however_it_is_drawn() -> None:
    shown = speech(tails=(Tail(target=(100, 130)),))
    assert flatten(balloon_paths(shown)[0]) == flatten(balloon_paths(shown.but(order=7))[0])


@pytest.mark.parametrize(("direction", "layout"), [("ltr", "action"), ("rtl", "manga-3")])
def test_a_page_looks_as_it_did(direction: str, layout: str) -> None:
    """Set KITSUMY_GOLDEN=1 to store what is drawn now as what is right."""
    kinds = ("speech", "shout", "thought", "whisper", "radio")
    count = {"action": 5, "manga-3": 3}[layout]
    panels = []
    for n in range(count):
        panel = a_panel(
            f"p{n}",
            characters=("char-1", "char-2"),
            narrative="Ніч." if n == 0 else "",
            sfx="Бах!" if n == 2 else "",
        )
        line = panel.dialogue[0]
        panels.append(
            panel.but(dialogue=(line.but(text="Ґедзь їсть щось.", kitsumy=line.kitsumy.but(kind=kinds[n])),))
        )
    page = a_page(panels=0).but(layout=layout, panels=tuple(panels))
    book = a_book(1)
    book = book.but(plan=book.plan.but(kitsumy=book.plan.kitsumy.but(reading_direction=direction)))
    box = compose_page(book, MAIN, page, 1, {"p1": TakeImage("a", 200, 100)}, measure)
    check_golden(draw_page(box, lambda _: halves(), 0.25), f"page-{layout}-{direction}")
