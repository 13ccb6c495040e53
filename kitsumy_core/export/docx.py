"""Lay out a plan as a script in Word: a title, the cast, every page on a sheet of its own, lines set in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from kitsumy_core.export.script import Line, script_lines
from kitsumy_core.export.xml import xml_text
from kitsumy_core.plan.models import ComicPlan

if TYPE_CHECKING:
    from docx.document import Document

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def write_docx(target: IO[bytes], plan: ComicPlan, generator: str = "Kitsumy Studio") -> None:
    """Write the script of a plan to a file."""
    from docx import Document

    document = Document()
    made_by = plan.kitsumy.made_by.kind if plan.kitsumy.made_by else "hand"
    facts = document.core_properties
    facts.title, facts.author, facts.language = _fit(plan.title)[:255], "", plan.kitsumy.language[:255]
    facts.comments, facts.keywords = f"Made with {generator}.", f"madeBy={made_by}"
    facts.created = facts.modified = _EPOCH
    facts.last_modified_by = generator
    _styles(document, plan.kitsumy.language)

    for line in script_lines(plan):
        _write(document, line)
    _numbered_feet(document)
    document.save(target)


def _styles(document: Document, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    mark = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): language or "uk"})
    normal.element.get_or_add_rPr().append(mark)
    looks = {"Title": (24, 12), "Heading 1": (16, 8), "Heading 2": (13, 6), "Heading 3": (11, 3)}
    for name, (size, after) in looks.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Arial", Pt(size), True
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for side in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(side), None)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.keep_with_next = True


def _write(document: Document, line: Line) -> None:
    from docx.shared import Cm, Pt

    text = _fit(line.text)
    if line.kind == "title":
        document.add_heading(text or "—", 0)
    elif line.kind == "chapter":
        document.add_heading(text, 1)
    elif line.kind == "page":
        heading = document.add_heading(text, 2)
        heading.paragraph_format.page_break_before = True
    elif line.kind == "panel":
        document.add_heading(text, 3)
    elif line.kind in ("note", "action"):
        document.add_paragraph().add_run(text).italic = line.kind == "note"
    else:
        paragraph = document.add_paragraph()
        indent = Cm(5.5) if line.kind == "line" else Cm(4)
        paragraph.paragraph_format.left_indent = indent
        paragraph.paragraph_format.first_line_indent = -indent + Cm(1 if line.kind == "line" else 0)
        paragraph.paragraph_format.tab_stops.add_tab_stop(indent)
        paragraph.paragraph_format.space_after = Pt(4)
        paragraph.paragraph_format.keep_together = True
        paragraph.add_run(_fit(line.label)).bold = True
        paragraph.add_run(f"\t{text}")


def _numbered_feet(document: Document) -> None:
    """Put the number of the sheet at its foot; Word counts it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _fit(text: str) -> str:
    return xml_text(text)
