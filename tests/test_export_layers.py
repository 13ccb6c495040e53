"""Layered files: PSD as psd-tools reads it, OpenRaster, SVG as XML; all look like the page."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops
from psd_tools import PSDImage
from psd_tools.constants import Resource

from kitsumy_core.export.faces import font_files, used_faces
from kitsumy_core.export.ora import page_ora
from kitsumy_core.export.psd import page_psd
from kitsumy_core.export.svg import INKSCAPE, SVG, font_style, page_svg
from kitsumy_core.export.xml import xml_bytes
from kitsumy_core.page.draw import draw_page
from tests.export_samples import HOSTILE, a_comic

LABEL = f"{{{INKSCAPE}}}label"


@lru_cache(maxsize=1)
def drawn() -> Image.Image:
    comic = a_comic()
    return draw_page(comic.document.pages[0], comic.load, with_bleed=True)


@lru_cache(maxsize=1)
def psd() -> PSDImage:
    comic = a_comic()
    return PSDImage.open(io.BytesIO(page_psd(comic, comic.document.pages[0])))


@lru_cache(maxsize=1)
def ora() -> zipfile.ZipFile:
    comic = a_comic()
    return zipfile.ZipFile(io.BytesIO(page_ora(comic, comic.document.pages[0])))


def worst(first: Image.Image, second: Image.Image) -> float:
    """Return the share of samples that differ by more than rounding."""
    counts = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).histogram()
    return sum(sum(counts[band * 256 + 6 : band * 256 + 256]) for band in range(3)) / sum(counts)


# --- PSD ------------------------------------------------------------------------------------------------


def test_psd_layers_lie_in_groups_with_names_in_any_script() -> None:
    groups = [layer for layer in psd() if layer.is_group()]
    assert [layer.name for layer in psd()] == ["Paper", "Panels", "Lettering"]
    assert [group.name for group in groups] == ["Panels", "Lettering"]
    names = [layer.name for layer in psd().descendants()]
    assert "speech: ЦЕ ВІТЕР. ЗАВЖДИ ЦЕ ВІТЕР." in names
    assert "2 art (sketch)" in names
    assert "4 empty" in names


def test_psd_texts_can_be_edited_in_their_faces() -> None:
    texts = {layer.name: layer for layer in psd().descendants() if layer.kind == "type"}
    assert len(texts) == 9
    layer = texts["ХТОСЬ ХОДИТЬ НАГОРІ."]
    assert layer.text.split("\r") == list(
        next(e for e in a_comic().document.pages[0].lettering if e.id == "d2").text.lines
    )
    fonts = [str(font["Name"]).strip("'") for font in layer.resource_dict["FontSet"]]
    assert "ShantellSans-Medium" in fonts
    style = layer.engine_dict["StyleRun"]["RunArray"][0]["StyleSheet"]["StyleSheetData"]
    entry = next(e for e in a_comic().document.pages[0].lettering if e.id == "d2")
    assert float(style["FontSize"]) == pytest.approx(entry.text.size, abs=0.01)
    assert fonts[int(style["Font"])] == "ShantellSans-Medium"
    assert sum(int(n) for n in layer.engine_dict["StyleRun"]["RunLengthArray"]) == len(layer.text) + 1


def test_psd_text_in_two_faces_has_two_runs() -> None:
    layer = next(item for item in psd().descendants() if item.kind == "type" and "₴" in item.text)
    runs = layer.engine_dict["StyleRun"]["RunArray"]
    lengths = [int(n) for n in layer.engine_dict["StyleRun"]["RunLengthArray"]]
    assert len(runs) == len(lengths)
    assert sum(lengths) == len(layer.text) + 1


def test_a_turned_effect_is_turned_text_too() -> None:
    layer = next(item for item in psd().descendants() if item.kind == "type" and item.text == "ГУП!")
    xx, xy, yx, yy = layer.transform[:4]
    assert (xx, yy) == pytest.approx((0.990, 0.990), abs=0.001)
    assert (xy, yx) == pytest.approx((-0.139, 0.139), abs=0.001)


def test_psd_layers_on_each_other_are_the_drawn_page() -> None:
    whole = Image.new("RGBA", (psd().width, psd().height))
    for layer in psd().descendants():
        if not layer.is_group():
            image = layer.topil().convert("RGBA")
            x, y = layer.left, layer.top
            whole.alpha_composite(image, (max(0, x), max(0, y)), (max(0, -x), max(0, -y)))
    assert worst(whole, drawn()) < 0.002
    assert worst(psd().topil(), drawn()) == 0


def test_psd_tells_resolution_and_how_it_was_made() -> None:
    resolution = psd().image_resources.get_data(Resource.RESOLUTION_INFO)
    assert resolution.horizontal / 65536 == 300
    xmp = psd().image_resources.get_data(Resource.XMP_METADATA)
    told = xmp.decode() if isinstance(xmp, bytes) else str(xmp)
    assert "<kitsumy:madeBy>hand<" in told
    assert "storyboard sketches" in told
    assert "&lt;ґанок&gt;" in told


# --- OpenRaster -----------------------------------------------------------------------------------------


def test_ora_begins_with_its_type_stored() -> None:
    first = ora().infolist()[0]
    assert (first.filename, first.compress_type, ora().read("mimetype")) == (
        "mimetype",
        0,
        b"image/openraster",
    )
    assert max(Image.open(io.BytesIO(ora().read("Thumbnails/thumbnail.png"))).size) == 256


def test_ora_layers_on_each_other_are_the_merged_picture_and_the_drawn_page() -> None:
    root = ElementTree.fromstring(ora().read("stack.xml"))
    whole = Image.new("RGBA", (int(root.attrib["w"]), int(root.attrib["h"])))
    layers = list(root.iter("layer"))
    for layer in reversed(layers):
        image = Image.open(io.BytesIO(ora().read(layer.attrib["src"]))).convert("RGBA")
        x, y = int(layer.attrib["x"]), int(layer.attrib["y"])
        whole.alpha_composite(image, (max(0, x), max(0, y)), (max(0, -x), max(0, -y)))
    merged = Image.open(io.BytesIO(ora().read("mergedimage.png")))
    assert worst(merged, drawn()) == 0
    assert worst(whole, drawn()) < 0.002
    assert [stack.attrib["name"] for stack in root.iter("stack") if "name" in stack.attrib] == [
        "Lettering",
        "Panels",
    ]
    assert {layer.get("kitsumy-made-by") for layer in layers} == {None, "sketch", "comfyui"}


# --- SVG ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def svg() -> ElementTree.Element:
    comic = a_comic()
    data = xml_bytes(page_svg(comic, comic.document.pages[0], font_style(comic.document)), indent=False)
    return ElementTree.fromstring(data)


def test_svg_has_layers_and_live_text() -> None:
    layers = [g.get(LABEL) for g in svg().iter(f"{{{SVG}}}g") if g.get(f"{{{INKSCAPE}}}groupmode") == "layer"]
    assert layers == ["Paper", "Panels", *(f"Panel {n}" for n in range(1, 6)), "Lettering"]
    texts = [" ".join("".join(text.itertext()).split()) for text in svg().iter(f"{{{SVG}}}text")]
    assert len(texts) == 9
    lines = [tspan.text for tspan in svg().iter(f"{{{SVG}}}tspan")]
    for entry in a_comic().document.pages[0].lettering:
        assert (
            set(entry.text.lines) <= {*lines, "ЦІНА 5 ₴", "МАЯК № 7,", "МАЯК № 7, ЦІНА 5 ₴"}
            or entry.id == "d6"
        )


def test_svg_measures_the_sheet_in_millimetres_and_takes_everything_along() -> None:
    assert (svg().get("width"), svg().get("height")) == ("128.016mm", "182.033mm")
    images = list(svg().iter(f"{{{SVG}}}image"))
    assert len(images) == 5
    assert all(
        image.get("{http://www.w3.org/1999/xlink}href", "").startswith("data:image/") for image in images
    )
    style = svg().find(f".//{{{SVG}}}style")
    assert style is not None
    assert (style.text or "").count("@font-face") == len(used_faces(a_comic().document))
    assert "http" not in (style.text or "")


def test_nothing_a_writer_types_becomes_markup_in_svg() -> None:
    assert not list(svg().iter(f"{{{SVG}}}script"))
    assert any(HOSTILE in (title.text or "") for title in svg().iter(f"{{{SVG}}}title"))
    ids = [element.get("id") for element in svg().iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_fonts_come_along_with_their_licences() -> None:
    names = {name for name, _ in font_files(a_comic().document)}
    assert {"fonts/ShantellSans-Medium.ttf", "fonts/OFL-ShantellSans.txt", "fonts/README.txt"} <= names
