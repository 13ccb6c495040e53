"""Write pages as SVG that can be edited: layers for paper, panels and lettering, live text, pictures inside.

A browser shows the letters from the subsets within; drawing programs take installed fonts, which come along.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import UNWATCHED, Comic, Placed, Watch, border_of, encoded, page_files, placed
from kitsumy_core.export.faces import font_files, subset, used_faces
from kitsumy_core.export.missing import notes
from kitsumy_core.export.xml import xml_bytes, xml_text
from kitsumy_core.page.document import ComicDocument, PageBox, PanelBox
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.outline import Path
from kitsumy_core.page.vector import Letter, Run, Shape, letters, outline_of, panels

SVG = "http://www.w3.org/2000/svg"
INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
XLINK = "http://www.w3.org/1999/xlink"
OURS = "https://kitsumy.studio/ns/comic"
MM_PER_INCH = 25.4

for _prefix, _name in (("", SVG), ("inkscape", INKSCAPE), ("xlink", XLINK), ("kitsumy", OURS)):
    ElementTree.register_namespace(_prefix, _name)


class _Names(NamedTuple):
    """Ids within one file, by what they are for; ids of the book may hold anything."""

    page: int

    def clip(self, index: int) -> str:
        return f"clip-{self.page}-{index}"

    def text(self, index: int) -> str:
        return f"text-{self.page}-{index}"


def svg_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield 0001.svg... and the fonts. Raises CancelledJobError."""
    style = "" if watch.cancelled() else font_style(comic.document)
    for number, data in page_files(
        comic, watch, lambda whole, page: xml_bytes(page_svg(whole, page, style), indent=False)
    ):
        yield f"{number:04}.svg", data
    yield from font_files(comic.document)


def font_style(document: ComicDocument) -> str:
    """Return the style sheet that brings the letters in use along."""
    rules = []
    for face, signs in used_faces(document).items():
        data = b64encode(subset(face, signs)).decode()
        rules.append(
            f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};font-style:{face.style};'
            f'src:url(data:font/ttf;base64,{data}) format("truetype")}}'
        )
    return "\n".join(rules)


def page_svg(comic: Comic, page: PageBox, style: str = "") -> Element:
    """Return a page of trim size; what bleeds is there and reaches over the edge of the view."""
    document, names = comic.document, _Names(page.number)
    inch = document.dpi / MM_PER_INCH
    root = Element(
        _svg("svg"),
        {
            "version": "1.1",
            "width": f"{page.trim.width / inch:.3f}mm",
            "height": f"{page.trim.height / inch:.3f}mm",
            "viewBox": f"0 0 {_n(page.trim.width)} {_n(page.trim.height)}",
            "{http://www.w3.org/XML/1998/namespace}lang": document.meta.language,
        },
    )
    _say(root, "title", f"{document.meta.title} {page.number}")
    _say(root, "desc", notes(document))
    SubElement(root, _svg("metadata")).append(_made(document))
    defs = SubElement(root, _svg("defs"))
    if style:
        _say(defs, "style", style)
    paper = _layer(root, "Paper")
    bleed = page.bleed
    box = {"x": _n(-bleed), "y": _n(-bleed), "width": _n(page.trim.width + 2 * bleed)}
    box |= {"height": _n(page.trim.height + 2 * bleed), "fill": page.background}
    SubElement(paper, _svg("rect"), box)
    art = _layer(root, "Panels")
    for index, panel in enumerate(panels(page), 1):
        _panel(
            _layer(art, f"Panel {panel.order}"), defs, panel, placed(comic, page, panel), names.clip(index)
        )
    words = _layer(root, "Lettering")
    for index, letter in enumerate(letters(page), 1):
        _letter(words, letter, names.text(index))
    return root


def _made(document: ComicDocument) -> Element:
    made = Element(
        f"{{{OURS}}}comic", {"madeBy": document.meta.made_by, "generator": document.meta.generator}
    )
    for asset in document.assets:
        if asset.made_by:
            SubElement(made, f"{{{OURS}}}picture", {"sha256": asset.sha256, "madeBy": asset.made_by})
    return made


def _panel(parent: Element, defs: Element, panel: PanelBox, shown: Placed, clip: str) -> None:
    outline = " ".join(f"{_n(x)},{_n(y)}" for x, y in outline_of(panel))
    SubElement(SubElement(defs, _svg("clipPath"), {"id": clip}), _svg("polygon"), {"points": outline})
    mime, data = encoded(shown)
    group = SubElement(parent, _svg("g"), {"clip-path": f"url(#{clip})"})
    picture = SubElement(
        group,
        _svg("image"),
        {
            "x": _n(shown.at.x0),
            "y": _n(shown.at.y0),
            "width": _n(shown.at.width),
            "height": _n(shown.at.height),
            "preserveAspectRatio": "none",
            f"{{{XLINK}}}href": f"data:{mime};base64,{b64encode(data).decode()}",
        },
    )
    if shown.made_by:
        picture.set(f"{{{OURS}}}madeBy", shown.made_by)
    if panel.alt:
        _say(picture, "title", panel.alt)
    color, width = border_of(panel, shown.state)
    if width > 0:
        style = {"fill": "none", "stroke": color, "stroke-width": _n(width), "stroke-linejoin": "miter"}
        SubElement(parent, _svg("polygon"), {"points": outline} | style)


def _letter(parent: Element, letter: Letter, text_id: str) -> None:
    label = " ".join(letter.block.text.split())[:40]
    group = SubElement(parent, _svg("g"), {f"{{{INKSCAPE}}}label": xml_text(label or letter.entry.kind)})
    for shape in letter.shapes:
        _shape(group, shape)
    _text(group, letter, text_id)
    for shape in letter.joints:
        _shape(group, shape)


def _shape(parent: Element, shape: Shape) -> None:
    style = {"d": path_data(shape.path), "fill": shape.fill or "none"}
    if shape.stroke and shape.width > 0:
        style |= {"stroke": shape.stroke, "stroke-width": _n(shape.width), "stroke-linejoin": "round"}
        if shape.dash:
            style["stroke-dasharray"] = " ".join(_n(d) for d in shape.dash)
    SubElement(parent, _svg("path"), style)


def path_data(path: Path) -> str:
    """Return a path as SVG writes it."""
    return " ".join(f"{command[0]} {' '.join(_n(float(v)) for v in command[1:])}".strip() for command in path)


def _text(parent: Element, letter: Letter, text_id: str) -> None:
    """Write the lines as one text; coats are clones of it, so that an edit of the text changes them too."""
    block, entry = letter.block, letter.entry
    if not block.lines:
        return
    x, y = block.about
    turned = {"transform": f"rotate({_n(block.degrees)} {_n(x)} {_n(y)})"} if block.degrees else {}
    group = SubElement(parent, _svg("g"), turned)
    for coat in block.coats:
        style = {f"{{{XLINK}}}href": f"#{text_id}", "fill": coat.color, "stroke": coat.color}
        style |= {"stroke-width": _n(2 * coat.reach), "stroke-linejoin": "round"}
        SubElement(group, _svg("use"), style)
    centred = entry.text.align == "center" and not any(run.degrees for line in block.lines for run in line)
    own = SubElement(
        SubElement(group, _svg("g"), {"fill": entry.text.color}),
        _svg("text"),
        {"id": text_id, "font-size": _n(entry.text.size), "text-anchor": "middle" if centred else "start"}
        | _face(entry.text.font)
        | {"{http://www.w3.org/XML/1998/namespace}space": "preserve"},
    )
    for line in block.lines:
        _line(own, line, entry.text.font, entry.shape.cx if centred else None, entry.text.color)


def _line(parent: Element, line: tuple[Run, ...], face: str, middle: float | None, color: str) -> None:
    for index, run in enumerate(line):
        style = {} if run.face == face else _face(run.face)
        if run.color != color:
            style["fill"] = run.color
        if run.degrees:
            style["rotate"] = _n(run.degrees)
        if index == 0 or middle is None:
            x = run.x if middle is None else middle
            style |= {"x": _n(x), "y": _n(run.y)}
        SubElement(parent, _svg("tspan"), style).text = xml_text(run.text)


def _face(face_id: str) -> dict[str, str]:
    face = face_of(face_id)
    return {"font-family": f"'{face.family}'", "font-weight": str(face.weight), "font-style": face.style}


def _layer(parent: Element, name: str) -> Element:
    marks = {f"{{{INKSCAPE}}}groupmode": "layer", f"{{{INKSCAPE}}}label": name}
    return SubElement(parent, _svg("g"), marks)


def _say(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, _svg(tag)).text = xml_text(text)


def _svg(tag: str) -> str:
    return f"{{{SVG}}}{tag}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
