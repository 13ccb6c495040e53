"""Carry emphasis (*so*) through fitting: marks inside words, faces when they are measured, runs in the end.

Between reading and setting, an emphasised word stands between `ON` and `OFF`, two characters no font draws.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from kitsumy_core.page.document import Run
from kitsumy_core.page.faces import strong_face

ON, OFF = "\ue000", "\ue001"
Measure = Callable[[str, str, float], float]

_MARKED = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*]*[^\s*])\1(?![\w*])")
_PART = re.compile(f"{ON}([^{OFF}]*){OFF}|([^{ON}{OFF}]+)")


def plain(text: str) -> str:
    """Return a text without marks of emphasis."""
    return text.replace(ON, "").replace(OFF, "")


def marked(text: str) -> str:
    """Turn `*words*` (one to three asterisks, around whole words) into marked words.

    Asterisks that enclose nothing stay: they point to a footnote.
    """

    def each(match: re.Match[str]) -> str:
        return " ".join(f"{ON}{word}{OFF}" for word in match[2].split(" "))

    return _MARKED.sub(each, plain(text)) if "*" in text else plain(text)


def unmarked(text: str) -> str:
    """Return what is said, without the asterisks: for scripts, alternative texts, counting."""
    return plain(marked(text))


def parts(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a line and whether they are emphasised; a space between two such words is too."""
    for match in _PART.finditer(line.replace(f"{OFF} {ON}", " ")):
        strong = match[1] is not None
        text = match[1] if strong else match[2]
        if text:
            yield text, strong


def runs(line: str, face: str) -> tuple[Run, ...]:
    """Return the runs of a line, each with the face that sets it."""
    return tuple(
        Run(text=text, bold=strong, italic=strong, font=strong_face(face) if strong else "")
        for text, strong in parts(line)
    )


@lru_cache(maxsize=16)
def emphatic(measure: Measure) -> Measure:
    """Return a measure that knows marks; always the same one for the same measure, so that fits are kept."""

    def width(text: str, face: str, size: float) -> float:
        if ON not in text and OFF not in text:
            return measure(text, face, size)
        return sum(measure(part, strong_face(face) if strong else face, size) for part, strong in parts(text))

    return width
