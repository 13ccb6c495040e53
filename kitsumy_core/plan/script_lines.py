"""Tell what a single line of a comic script is: a heading, a label, somebody speaking, or only text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kitsumy_core.plan.script_words import (
    CAPTION_LABELS,
    CAST_WORDS,
    CHAPTER_WORDS,
    FIELD_LABELS,
    PAGE_WORDS,
    PANEL_WORDS,
    SFX_LABELS,
    STYLE_WORDS,
    TITLE_WORDS,
    is_one_of,
    plain,
    read_number,
)

LineKind = Literal[
    "blank",
    "title",
    "style",
    "cast",
    "chapter",
    "page",
    "panel",
    "field",
    "caption",
    "sfx",
    "speech",
    "scene",
    "text",
]

LONGEST_NAME, MOST_NAME_WORDS = 40, 4
_NOTES = "note|notes|nb|примітка|ремарка|увага|todo|http|https"
_NUMBER = r"[\d]+|[^\W\d_]+(?:[ -][^\W\d_]+)?"
_AFTER = r"(?P<rest>\s*(?:[.:;,)\]—–-].*|[(\[].*)?)"
_PAGE = re.compile(rf"(?:{PAGE_WORDS})\.?\s*(?:№\s*)?(?P<number>{_NUMBER})(?:\s*[-–—]\s*\d+)?{_AFTER}")
_PAGE_FIRST = re.compile(rf"(?P<number>{_NUMBER})\s+(?:page|сторінка){_AFTER}")
_PANEL = re.compile(rf"(?:{PANEL_WORDS})\.?\s*(?:№\s*)?(?P<number>{_NUMBER}){_AFTER}")
_PANEL_TEXT = re.compile(rf"(?:{PANEL_WORDS})\.?\s*(?:№\s*)?(?P<number>\d+)(?P<rest>\s+\S.*)")
_CHAPTER = re.compile(rf"(?:{CHAPTER_WORDS})\.?\s*(?P<number>{_NUMBER}){_AFTER}")
_SCENE = re.compile(r"(?:int|ext|int\.?/ext|i/e|інт|нат|екст|інтер'єр|натура)\.?(?:\s|\.)\s*(?P<rest>.+)")
_LABEL = re.compile(
    r"(?:\d{1,3}\s*[.)]\s*|[-–—•*]\s+)?"
    r"(?P<name>@?[^:(\t]{1,80}?)\s*(?:\((?P<remark>[^)]{1,60})\))?\s*(?:[:：]\s*|\t+\s*)(?P<text>.*)"
)
_CUE = re.compile(r"(?P<name>@?[^:(]{1,60}?)\s*(?:\((?P<remark>[^)]{1,60})\))?\s*\^?")
_LAYOUT = re.compile(r"\[\s*([a-z0-9][a-z0-9-]*)\s*\]")
_BOLD = re.compile(r"^(?P<bullet>(?:[-•*]\s+)?)(?P<mark>\*\*|__)(?P<text>.+?)(?P=mark)")
_DECORATION = re.compile(r"^(?:#{1,6}|>)\s*")


@dataclass(frozen=True)
class Line:
    """A line and what it says. `name` is a field, a number or a speaker; `remark` stood in brackets."""

    kind: LineKind
    text: str = ""
    name: str = ""
    remark: str = ""


def read_line(raw: str) -> Line:
    """Return what a line is, on its own. A speaker in capitals alone on a line (a cue) is not told here."""
    if raw.strip().startswith("\\"):
        return Line("text", raw.strip()[1:])
    bare = _bare(raw)
    if not bare:
        return Line("blank")
    return _heading(raw, bare) or _labelled(bare) or Line("text", bare)


def _bare(raw: str) -> str:
    """Return a line without the marks of Markdown around it."""
    text = _DECORATION.sub("", raw.strip()).strip()
    text = _BOLD.sub(lambda m: f"{m['bullet']}{m['text']}", text).strip()
    return "" if re.fullmatch(r"[-=_*~—–\s]{3,}", text) else text


def _heading(raw: str, bare: str) -> Line | None:
    small, marked = plain(bare), raw.strip().startswith("#")
    if is_one_of(CAST_WORDS, bare.rstrip(": ")):
        return Line("cast")
    for kind, patterns in _NUMBERED:
        for pattern in patterns:
            found = pattern.fullmatch(small)
            number = read_number(found["number"]) if found else None
            if found and number is None and " " in found["number"]:
                found = None
            if found and number is not None:
                rest = bare[len(bare) - len(found["rest"]) :] if found["rest"] else ""
                return _numbered(kind, number, rest)
    if scene := _SCENE.fullmatch(small):
        return Line("scene", bare[len(bare) - len(scene["rest"]) :])
    if marked:
        return Line("title", bare) if re.match(r"#[^#]", raw.strip()) else Line("chapter", bare)
    return Line("title") if raw.strip() == "#" else None


_NUMBERED: tuple[tuple[LineKind, tuple[re.Pattern[str], ...]], ...] = (
    ("page", (_PAGE, _PAGE_FIRST)),
    ("panel", (_PANEL, _PANEL_TEXT)),
    ("chapter", (_CHAPTER,)),
)


def _numbered(kind: LineKind, number: int, rest: str) -> Line:
    if kind == "page":
        layout = _LAYOUT.search(rest.casefold())
        return Line("page", layout[1] if layout else "", str(number))
    text = rest.strip().lstrip(".:;,—–-)] ").strip()
    return Line(kind, text, str(number))


def _labelled(bare: str) -> Line | None:
    found = _LABEL.fullmatch(bare)
    if not found:
        return None
    name, remark, text = found["name"].strip(), found["remark"] or "", found["text"]
    if is_one_of(TITLE_WORDS, name) or is_one_of(STYLE_WORDS, name):
        return Line("title" if is_one_of(TITLE_WORDS, name) else "style", text)
    if is_one_of(CAPTION_LABELS, name):
        return Line("caption", text, remark=remark)
    if is_one_of(SFX_LABELS, name):
        return Line("sfx", text)
    for field, labels in FIELD_LABELS.items():
        if is_one_of(labels, name) and not remark:
            return Line("field", text, field)
    if is_one_of(_NOTES, name):
        return None
    return Line("speech", text, name, remark) if is_speaker(name) else None


def is_speaker(name: str) -> bool:
    """Tell whether a text before a colon can be somebody's name: short, each word with a capital letter."""
    if name.startswith("@") or name == "?":
        return True
    words = name.split()
    if not 0 < len(words) <= MOST_NAME_WORDS or len(name) > LONGEST_NAME or not re.search(r"[^\W\d_]", name):
        return False
    if re.search(r"[.!?…;]\s|[\\\[\]:()\t]|[!?…;,]$", name) or is_one_of(_RESERVED, name):
        return False
    return all(not word[0].isalpha() or word[0].isupper() or len(word) <= 3 for word in words) and any(
        word[0].isupper() for word in words
    )


_RESERVED = "|".join(
    (CAST_WORDS, TITLE_WORDS, STYLE_WORDS, CAPTION_LABELS, SFX_LABELS, *FIELD_LABELS.values(), _NOTES)
)


def read_cue(raw: str) -> Line | None:
    """Return who speaks in the lines below, where a line is a name in capitals, as screenplays write it."""
    bare = _bare(raw)
    found = _CUE.fullmatch(bare)
    if not found or raw.strip().startswith("\\"):
        return None
    name = found["name"].strip()
    capitals = name.isupper() and len(name.replace(" ", "")) > 1
    if capitals and (is_one_of(CAPTION_LABELS, name) or is_one_of(SFX_LABELS, name)):
        kind: LineKind = "caption" if is_one_of(CAPTION_LABELS, name) else "sfx"
        return Line(kind, remark=found["remark"] or "")
    if (capitals or name.startswith("@")) and is_speaker(name):
        return Line("speech", "", name, found["remark"] or "")
    return None


def is_only_text(line: str) -> bool:
    """Tell whether a line, standing alone, would be read as text and as the same text."""
    read = read_line(line)
    return read.kind == "text" and read.text == line and read_cue(line) is None
