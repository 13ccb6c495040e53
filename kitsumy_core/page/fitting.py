"""Fit words into a balloon or a caption: which lines, and how large the shape has to be.

Lengths are pixels. A balloon is the superellipse |x/rx|^n + |y/ry|^n = 1; its text is a centred block. For
every number of lines and a few heights the narrowest balloon is found by filling lines greedily; the best of
those are broken again so that the lines fill their chords evenly (least squares); the best score wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil, log, sqrt
from typing import NamedTuple

from kitsumy_core.page.typeset import SOFT_HYPHEN, line_of, split_word

Measure = Callable[[str, str, float], float]
"""(text, face id, size in pixels) -> width in pixels."""

EXPONENT = 2.3
PAD_X, PAD_Y = 0.64, 0.52
"""Space between text and outline in shares of the size of the type."""
ASPECT = 1.55
_CAPTION_ASPECT = 3.4
_HEIGHTS = (1.12, 1.2, 1.3, 1.42, 1.6)
_SLACK = 1.06
_REFINED = 4


MANY_WORDS = 120
"""A text of more words fills a page: its lines are filled one after another, not weighed up."""


class Type(NamedTuple):
    """How a text is set: face, size and leading in pixels, language (for hyphenation)."""

    face: str
    size: float
    leading: float
    language: str


class Fit(NamedTuple):
    """Lines and the half extents of the shape around them; `whole` is False where it is wider than asked."""

    lines: tuple[str, ...]
    rx: float
    ry: float
    whole: bool = True


class _Draft(NamedTuple):
    cost: float
    chords: tuple[float, ...]
    full: float
    height: float


@lru_cache(maxsize=4096)
def fit_balloon(
    words: tuple[str, ...], kind: Type, measure: Measure, max_rx: float, max_ry: float, aspect: float = ASPECT
) -> Fit:
    """Return the best lines for a balloon at most `max_rx`, `max_ry` in half extents, near `aspect`.

    Where no such balloon exists the fit is the nearest one and `whole` is False.
    """
    room = 2 * (max_rx - PAD_X * kind.size)
    parts = _narrowed(words, kind, measure, room * 0.9)
    widths = [_width(word, kind, measure) for word in parts]
    space = measure(" ", kind.face, kind.size)
    drafts = sorted(_drafts(widths, space, kind, max_rx, max_ry, aspect), key=lambda draft: draft.cost)
    best: tuple[float, Fit] | None = None
    for draft in drafts[:_REFINED]:
        ends, ragged = _even(widths, space, draft.chords, draft.full)
        chords, half = _chords(len(ends), draft.height, kind.leading)
        rx = _needs(widths, space, ends, chords) / 2 + PAD_X * kind.size
        ry = half + PAD_Y * kind.size
        score = _score(rx, ry, aspect, max_rx, max_ry) * (1 + 1.5 * ragged)
        if best is None or score < best[0]:
            whole = rx <= max_rx + 0.5 and ry <= max_ry + 0.5
            best = score, Fit(_lines(parts, ends), rx, ry, whole)
    assert best is not None
    return best[1]


def _width(word: str, kind: Type, measure: Measure) -> float:
    return measure(word.replace(SOFT_HYPHEN, "-"), kind.face, kind.size)


def _narrowed(words: Sequence[str], kind: Type, measure: Measure, room: float) -> list[str]:
    """Hyphenate only the words that are wider than a line can ever be."""
    result: list[str] = []
    room = max(room, 2 * kind.size)
    for word in words:
        width = _width(word, kind, measure)
        if width <= room:
            result.append(word)
            continue
        fits = int(len(word) * room / width)
        parts = split_word(word, kind.language, fits)
        while fits > 2 and any(_width(part, kind, measure) > room for part in parts):
            fits -= 1
            parts = split_word(word, kind.language, fits)
        result += parts
    return result


def _drafts(
    widths: Sequence[float], space: float, kind: Type, max_rx: float, max_ry: float, aspect: float
) -> list[_Draft]:
    total = sum(widths) + space * (len(widths) - 1)
    guess = sqrt(max(1.0, total / (kind.leading * aspect)))
    least = max(1, int(guess * 0.55))
    most = min(len(widths), max(least + 2, ceil(guess * 1.7) + 1))
    fits_in = max(1, int((max_ry - PAD_Y * kind.size) * 2 / 1.12 / kind.leading))
    least = min(least, len(widths), fits_in)
    most = max(least, min(most, fits_in))
    needed = ceil(total / max(kind.size, 2 * (max_rx - PAD_X * kind.size)))
    most = max(most, min(len(widths), fits_in, needed * 2))
    drafts = []
    for count in range(least, most + 1):
        for height in _HEIGHTS:
            chords, ry = _chords(count, height, kind.leading)
            full = _narrowest(widths, space, chords)
            pad_rx, pad_ry = full / 2 + PAD_X * kind.size, ry + PAD_Y * kind.size
            drafts.append(_Draft(_score(pad_rx, pad_ry, aspect, max_rx, max_ry), chords, full, height))
    return drafts


@lru_cache(maxsize=2000)
def _chords(count: int, height: float, leading: float) -> tuple[tuple[float, ...], float]:
    """Return the share of the full width each line may take, and the half height of the ellipse."""
    half = count * leading / 2
    ry = half * height + (0.18 * leading if count == 1 else 0)
    chords = []
    for i in range(count):
        y = 0.94 * max(abs(i * leading - half), abs((i + 1) * leading - half))
        chords.append((1 - min(0.999, y / ry) ** EXPONENT) ** (1 / EXPONENT))
    return tuple(chords), ry


def _fills(widths: Sequence[float], space: float, chords: Sequence[float], full: float) -> bool:
    """Tell whether the words fit when each line takes as many as it can."""
    at, count = 0, len(widths)
    for chord in chords:
        room = full * chord
        used = widths[at]
        if used > room:
            return False
        at += 1
        while at < count and used + space + widths[at] <= room:
            used += space + widths[at]
            at += 1
        if at == count:
            return True
    return False


def _narrowest(widths: Sequence[float], space: float, chords: Sequence[float]) -> float:
    """Return the smallest full width (within 1 %) into which the words fit."""
    low = sum(widths) / sum(chords)
    high = (sum(widths) + space * len(widths)) / min(chords) + 1
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        if _fills(widths, space, chords, middle):
            high = middle
        else:
            low = middle
    return max(high, 1.0)


def _even(
    widths: Sequence[float], space: float, chords: Sequence[float], full: float
) -> tuple[list[int], float]:
    """Return the ends of the lines that fill their chords most evenly, and how ragged they are.

    There may be fewer lines than chords, where the words allow no more.
    """
    count, lines = len(widths), len(chords)
    full *= _SLACK
    if count > MANY_WORDS:
        return _filled(widths, space, [full * chord for chord in chords])
    inf = float("inf")
    costs = [[inf] * (count + 1) for _ in range(lines + 1)]
    came = [[0] * (count + 1) for _ in range(lines + 1)]
    costs[0][0] = 0.0
    for line in range(lines):
        room = chords[line] * full
        outer = line in (0, lines - 1)
        row, after, came_row = costs[line], costs[line + 1], came[line + 1]
        for start in range(line, count):
            if row[start] == inf:
                continue
            used = -space
            for end in range(start + 1, count + 1):
                used += space + widths[end - 1]
                if used > room:
                    break
                slack = (room - used) / full
                cost = row[start] + slack * slack * (1.6 if outer and used < 0.35 * room else 1.0)
                if cost < after[end]:
                    after[end], came_row[end] = cost, start
    used_lines = max(n for n in range(1, lines + 1) if costs[n][count] < inf)
    ends = [count]
    for line in range(used_lines, 1, -1):
        ends.insert(0, came[line][ends[0]])
    return ends, costs[used_lines][count] / lines


def _filled(widths: Sequence[float], space: float, rooms: Sequence[float]) -> tuple[list[int], float]:
    """Return the ends of lines that each take as many words as they can; the last one takes the rest."""
    ends, at, count = list[int](), 0, len(widths)
    for room in rooms:
        used, at = widths[at], at + 1
        while at < count and used + space + widths[at] <= room:
            used, at = used + space + widths[at], at + 1
        ends.append(at)
        if at == count:
            break
    ends[-1] = count
    return ends, 0.0


def _needs(widths: Sequence[float], space: float, ends: Sequence[int], chords: Sequence[float]) -> float:
    start, full = 0, 0.0
    for end, chord in zip(ends, chords, strict=False):
        full = max(full, (sum(widths[start:end]) + space * (end - start - 1)) / chord)
        start = end
    return full


def _score(rx: float, ry: float, aspect: float, max_rx: float, max_ry: float) -> float:
    pull = 0.35 if aspect in (ASPECT, _CAPTION_ASPECT) else 0.9
    score = rx * ry * (1 + pull * abs(log(rx / ry / aspect)))
    if rx / ry > max(2.6, 1.1 * aspect):
        score *= 1.5
    over = max(rx / max(1.0, max_rx), ry / max(1.0, max_ry))
    return score * (1 + 20 * (over - 1) + 4) if over > 1.002 else score


def _lines(words: Sequence[str], ends: Sequence[int]) -> tuple[str, ...]:
    starts = (0, *ends)
    return tuple(line_of(words[a:b]) for a, b in zip(starts, ends, strict=False))


CAPTION_PAD_X, CAPTION_PAD_Y = 0.5, 0.36


@lru_cache(maxsize=2048)
def fit_caption(words: tuple[str, ...], kind: Type, measure: Measure, max_rx: float, max_ry: float) -> Fit:
    """Return even lines for a rectangular caption at most `max_rx`, `max_ry` in half extents."""
    room = max(2 * (max_rx - CAPTION_PAD_X * kind.size), 2 * kind.size)
    parts = _narrowed(words, kind, measure, room)
    widths = [_width(word, kind, measure) for word in parts]
    space = measure(" ", kind.face, kind.size)
    best: tuple[float, Fit] | None = None
    total = sum(widths) + space * (len(widths) - 1)
    least = min(len(widths), max(1, int(total / room)))
    for count in range(least, min(len(widths), least + 14) + 1):
        chords = (1.0,) * count
        full = _narrowest(widths, space, chords)
        ends, ragged = _even(widths, space, chords, full)
        full = _needs(widths, space, ends, chords)
        rx = full / 2 + CAPTION_PAD_X * kind.size
        ry = len(ends) * kind.leading / 2 + CAPTION_PAD_Y * kind.size
        score = _score(rx, ry, _CAPTION_ASPECT, max_rx, max_ry) * (1 + ragged)
        score *= 1 + 0.3 * abs(log(rx / ry / _CAPTION_ASPECT))
        if best is None or score < best[0]:
            whole = rx <= max_rx + 0.5 and ry <= max_ry + 0.5
            best = score, Fit(_lines(parts, ends), rx, ry, whole)
    assert best is not None
    return best[1]
