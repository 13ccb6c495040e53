"""Set text in a PDF with the bundled faces: shaped as on screen, embedded as subsets, found by a search.

HarfBuzz picks the same alternates and kerning as the drawn page. A glyph without a code point of its own gets
a private one, which the font's table for text extraction turns back into what it stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import Any, NamedTuple

import uharfbuzz
from reportlab.pdfbase.ttfonts import TTFont

from kitsumy_core.page.faces import Face, face_of
from kitsumy_core.page.outline import Command, Path
from kitsumy_core.page.vector import Run

_PRIVATE = 0xE000
_UNSEEN = 0.2
"""Thousandths of the size by which a glyph may stand elsewhere than shaped."""
_LINE = re.compile(r"<([0-9A-F]{2})> <([0-9A-F]{4})>")


class Glyph(NamedTuple):
    """A glyph to show: its code point (maybe private), advance and offsets in thousandths of the size."""

    code: int
    advance: float
    dx: float
    dy: float


class PdfFace(TTFont):  # type: ignore[misc]
    """A bundled face in one PDF document. Make one for every document: it collects what is used."""

    def __init__(self, face: Face) -> None:
        data = (resources.files("kitsumy_core.page") / "fonts" / face.file).read_bytes()
        super().__init__(face.id, BytesIO(data), shapable=False)
        self._harfbuzz = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(data)))
        self._to_em = 1000 / self._harfbuzz.face.upem
        self._private: dict[tuple[int, str], int] = {}
        self.stands_for: dict[int, str] = {}

    def shaped(self, text: str, language: str) -> list[Glyph]:
        """Return the glyphs of a text from left to right."""
        text, buffer = text.replace("\u00a0", " "), uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        if language:
            buffer.language = language
        uharfbuzz.shape(self._harfbuzz, buffer)
        infos, em = buffer.glyph_infos, self._to_em
        starts = sorted({info.cluster for info in infos})
        sources = {
            start: text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
        }
        glyphs = []
        for info, at in zip(infos, buffer.glyph_positions, strict=True):
            source = sources.pop(info.cluster, "")  # said by the first glyph of a cluster alone
            advance = at.x_advance * em
            code = self._code(info.codepoint, source, advance)
            glyphs.append(Glyph(code, advance, at.x_offset * em, at.y_offset * em))
        return glyphs

    def _code(self, glyph: int, source: str, advance: float) -> int:
        """Return a code point that shows a glyph and is read as its source."""
        face = self.face
        if len(source) == 1 and face.charToGlyph.get(ord(source)) == glyph:
            return ord(source)
        key = (glyph, source)
        if key not in self._private:
            code = _PRIVATE + len(self._private)
            self._private[key] = code
            self.stands_for[code] = source
            face.charToGlyph[code] = glyph
            face.charWidths[code] = advance
        return self._private[key]

    def addObjects(self, doc: Any) -> None:  # noqa: N802  (the library's name)
        """Write the font; then let private code points be read as what they stand for."""
        before = set(doc.idToObject)
        super().addObjects(doc)
        for name in set(doc.idToObject) - before:
            if name.startswith("toUnicodeCMap:"):
                stream = doc.idToObject[name]
                stream.content = _LINE.sub(self._readable, stream.content)

    def _readable(self, line: re.Match[str]) -> str:
        source = self.stands_for.get(int(line[2], 16))
        if source is None:
            return line[0]
        return f"<{line[1]}> <{source.encode('utf-16-be').hex().upper()}>"

    def operators(self, run: Run, language: str, doc: Any) -> str:
        """Return the PDF operators that show a run where the text matrix stands.

        `ahead` is how far the pen stands before the place that shaping gave it, in thousandths of the size.
        """
        glyphs = self.shaped(run.text, language)
        following, parts, ahead = iter(glyphs), [], 0.0
        for subset, data in self.splitString("".join(chr(glyph.code) for glyph in glyphs), doc):
            parts.append(f"{self.getSubsetInternalName(subset, doc)} {run.size:.3f} Tf [<")
            for byte, glyph in zip(data, following, strict=False):
                if abs(ahead - glyph.dx) > _UNSEEN:
                    parts.append(f">{ahead - glyph.dx:.1f}<")
                    ahead = glyph.dx
                parts.append(f"{byte:02x}")
                ahead += self.face.getCharWidth(glyph.code) - glyph.advance
            parts.append(">] TJ ")
        return "".join(parts)

    def outline(self, run: Run, language: str) -> Path:
        """Return the outlines of a run from its left end on the baseline, y up."""
        path: list[Command] = []
        scale, pen = run.size / 1000, 0.0
        for glyph in self.shaped(run.text, language):
            drawn: list[Command] = []
            self._harfbuzz.draw_glyph(self.face.charToGlyph[glyph.code], _outlines(), drawn)
            at, unit = (pen + glyph.dx * scale, glyph.dy * scale), self._to_em * scale
            path += [(name, *(at[i % 2] + v * unit for i, v in enumerate(values))) for name, *values in drawn]
            pen += glyph.advance * scale
        return tuple(path)


@lru_cache(maxsize=1)
def _outlines() -> uharfbuzz.DrawFuncs:
    """Return how outlines are taken down, as commands in the units of the face; TrueType has no others."""
    funcs = uharfbuzz.DrawFuncs()
    funcs.set_move_to_func(lambda x, y, path: path.append(("M", x, y)))
    funcs.set_line_to_func(lambda x, y, path: path.append(("L", x, y)))
    funcs.set_quadratic_to_func(lambda cx, cy, x, y, path: path.append(("Q", cx, cy, x, y)))
    funcs.set_close_path_func(lambda path: path.append(("Z",)))
    return funcs


class PdfFaces:
    """The faces of one document, each made when first used."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._faces: dict[str, PdfFace] = {}

    def face(self, face_id: str) -> PdfFace:
        known = face_of(face_id)
        if known.id not in self._faces:
            self._faces[known.id] = PdfFace(known)
        return self._faces[known.id]


@lru_cache(maxsize=1)
def plain_font() -> str:
    """Register a bundled face as the font that a page names by default, so that no other is needed."""
    from reportlab.pdfbase import pdfmetrics

    face = face_of("narration-plain")
    data = (resources.files("kitsumy_core.page") / "fonts" / face.file).read_bytes()
    pdfmetrics.registerFont(TTFont("kitsumy-plain", BytesIO(data)))
    return "kitsumy-plain"
