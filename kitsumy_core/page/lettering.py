"""Turn the words of a panel into balloons, captions and sound effects at their places.

The largest type at which everything has its place wins; the steps below it are tried in turn, and where none
is enough the best of them is taken. No text is ever cut: what does not fit is whole and marked `overflow`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kitsumy_core.geometry import Point, Polygon, Rect
from kitsumy_core.page.busy import Busy
from kitsumy_core.page.document import BalloonShape, Lettering, LetteringKind, SetText, Stroke
from kitsumy_core.page.emphasis import ON, emphatic, marked, plain, runs
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import MANY_WORDS, Fit, Measure, Type, fit_balloon, fit_caption
from kitsumy_core.page.looks import KEPT_AWAY, LOOKS, Look
from kitsumy_core.page.outline import angle_towards, depth, point_at, tip_of
from kitsumy_core.page.placing import Item, Placed, Scene, hides, place
from kitsumy_core.page.sfx import set_sfx
from kitsumy_core.page.spots import caption_spot
from kitsumy_core.page.tails import seen_mouth, shortened, tail_for
from kitsumy_core.page.typeset import cased, normalise, quoted, words_of
from kitsumy_core.plan.book import Placement


class Words(NamedTuple):
    """One text of a panel. `figure` is the index of the speaker's face, None = not in the picture."""

    id: str
    kind: LetteringKind
    text: str
    speaker: str = ""
    figure: int | None = None
    face: str = ""
    """Id of the face that sets it; "" = that of its kind."""


class Setting(NamedTuple):
    """What the lettering of a panel has to go by; lengths in pixels of the page.

    `polygon` is the panel, of whose box placements are shares; `room` the part of it that may hold words
    (empty = all of it). `faces` begin with those of the characters; what else is marked follows. `solids` are
    boxes that are no room for words: insets over the panel, the fold of a spread.
    """

    polygon: Polygon
    faces: Sequence[Rect]
    language: str
    mirrored: bool
    size: float
    size_min: float
    placements: Mapping[str, Placement]
    room: Polygon = ()
    solids: Sequence[Rect] = ()
    known: bool = False
    """True where the author marked the faces: then a text that can only lie over one does not fit."""
    busy: Busy | None = None
    """Where the picture is busy; None = there is none, or it has no say."""

    @property
    def area(self) -> Polygon:
        return self.room or self.polygon


class _Set(NamedTuple):
    """A text fitted at one size of type."""

    words: Words
    look: Look
    type: Type
    fit: Fit

    @property
    def half(self) -> Point:
        out = depth(self.look.shape, self.type.size)
        return Point(self.fit.rx + out, self.fit.ry + out)


class _Attempt(NamedTuple):
    cost: float
    clean: bool
    sets: tuple[_Set, ...]
    centres: tuple[Point, ...]


_STEPS = (
    *((1.0, aspect) for aspect in (1.55, 1.15, 2.1)),
    *((0.5, aspect) for aspect in (1.4, 1.0, 2.6)),
    *((0.0, aspect) for aspect in (1.5, 1.1, 0.8, 2.2, 3.2)),
)
"""What is tried in turn: share of the way from the smallest to the full size, wished width / height."""


def letter_panel(
    panel_id: str, texts: Sequence[Words], setting: Setting, measure: Measure
) -> list[Lettering]:
    """Return the lettering of one panel in reading order; `order` is counted from 1 within the panel.

    What was lettered with the same words in the same setting is kept: an edit letters its own panel alone.
    """
    mine = {words.id: setting.placements[words.id] for words in texts if words.id in setting.placements}
    fixed = setting._replace(
        placements=_Hands(mine), faces=tuple(setting.faces), solids=tuple(setting.solids)
    )
    return list(_lettered(panel_id, tuple(texts), fixed, measure))


class _Hands(dict[str, Placement]):
    """Placements as a key of the cache."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


@lru_cache(maxsize=4096)
def _lettered(
    panel_id: str, texts: Sequence[Words], setting: Setting, measure: Measure
) -> tuple[Lettering, ...]:
    measure = emphatic(measure)
    texts = [words for words in texts if plain(_spelled(words, LOOKS[words.kind], setting.language)).strip()]
    spoken = [words for words in texts if words.kind != "sfx"]
    best: _Attempt | None = None
    for share, aspect in _steps(spoken):
        size = setting.size_min + share * (setting.size - setting.size_min)
        attempt = _try(spoken, setting, measure, size, aspect)
        if best is None or attempt.cost < best.cost - 1e-9:
            best = attempt
        if attempt.clean:
            best = attempt
            break
    lettering = _build(panel_id, best, setting) if best else []
    for words in (words for words in texts if words.kind == "sfx"):
        avoid = [*setting.solids, *(box for entry in lettering for box in occupied(entry))]
        hand = setting.placements.get(words.id)
        text = plain(_spelled(words, LOOKS["sfx"], setting.language))
        effect = set_sfx(
            words.id, panel_id, text, words.face or LOOKS["sfx"].face, setting, avoid, measure, hand
        )
        lettering.append(effect)
    return tuple(entry.but(order=number) for number, entry in enumerate(lettering, 1))


def _steps(spoken: Sequence[Words]) -> Sequence[tuple[float, float]]:
    """Return what is worth trying: of an endless text the largest and the smallest setting say enough."""
    if not spoken:
        return ()
    endless = any(words.text.count(" ") > MANY_WORDS for words in spoken)
    return (_STEPS[0], _STEPS[-3]) if endless else _STEPS


def occupied(entry: Lettering) -> list[Rect]:
    """Return the boxes a balloon covers: its body, and the parts of its tails."""
    shape = entry.shape
    boxes = [Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)]
    for tail in entry.tails:
        tip = tip_of(shape, tail)
        way = tip - point_at(shape, angle_towards(shape, tail.target))
        boxes += [Rect.centred(tip - way.scaled(i / 4), tail.base / 4, tail.base / 4) for i in range(4)]
    return boxes


def _spelled(words: Words, look: Look, language: str) -> str:
    text = marked(normalise(words.text, language, balloon=look.shape != "rect"))
    if words.kind == "spokenOff":
        text = quoted(text, language)
    return cased(text, look.upper)


def _fitted(words: Words, setting: Setting, measure: Measure, size: float, aspect: float) -> _Set:
    look = LOOKS[words.kind]
    face = face_of(words.face or look.face)
    size = size * look.scale
    kind = Type(face.id, size, size * face.leading_for(setting.language, look.upper), setting.language)
    parts = tuple(words_of(_spelled(words, look, setting.language), setting.language))
    box, hand = Rect.around(setting.area), setting.placements.get(words.id)
    wished = hand.width * Rect.around(setting.polygon).width / 2 if hand and hand.width else None
    margin = _margin(setting)
    if look.shape == "rect":
        wide = min(box.width / 2 - margin, max(0.34 * box.width, 7 * size))
        fit = fit_caption(parts, kind, measure, round(wished or wide), round(0.48 * box.height))
        return _Set(words, look, kind, fit)
    out = depth(look.shape, size)
    most = Point(round(box.width / 2 - margin - out), round(box.height / 2 - margin - out))
    if wished is None:
        return _Set(words, look, kind, fit_balloon(parts, kind, measure, *most, aspect))
    fits = (fit_balloon(parts, kind, measure, *most, wish) for wish in _WIDTHS)
    return _Set(words, look, kind, min(fits, key=lambda fit: abs(fit.rx - wished)))


_RIGHT_OVER = 0.5
_WIDTHS = (0.5, 0.7, 0.9, 1.15, 1.4, 1.7, 2.1, 2.6, 3.4, 5.0)
"""Forms to choose from where the author has pulled a balloon to a width."""


def _margin(setting: Setting) -> float:
    return KEPT_AWAY * setting.size


def _try(spoken: Sequence[Words], setting: Setting, measure: Measure, size: float, aspect: float) -> _Attempt:
    """Fit and place the balloons and captions of a panel at one size of type."""
    sets = tuple(_fitted(words, setting, measure, size, aspect) for words in spoken)
    box = Rect.around(setting.polygon)
    taken: list[Rect] = []
    centres: dict[int, Point] = {}
    dirty, cost = False, 0.0
    for i, entry in enumerate(sets):
        if entry.look.shape != "rect":
            continue
        hand = setting.placements.get(entry.words.id)
        spot = caption_spot(
            entry.half, setting.area, setting.faces, [*taken, *setting.solids], setting.mirrored, setting.size
        )
        centres[i] = box.at((hand.x, hand.y)) if hand else spot.at
        taken.append(Rect.centred(centres[i], *entry.half))
        dirty, cost = dirty or (spot.dirty and not hand), cost + (0.0 if hand else spot.cost)
    balloons = [i for i in range(len(sets)) if i not in centres]
    placed = _place([sets[i] for i in balloons], setting, taken, box)
    centres |= dict(zip(balloons, placed.centres, strict=True))
    whole = all(entry.fit.whole for entry in sets)
    cost += placed.cost + (0 if whole else 500) + 3 * (setting.size - size) / setting.size
    return _Attempt(
        cost, placed.clean and not dirty and whole, sets, tuple(centres[i] for i in range(len(sets)))
    )


def _place(balloons: Sequence[_Set], setting: Setting, taken: Sequence[Rect], box: Rect) -> Placed:
    items = []
    for entry in balloons:
        hand = setting.placements.get(entry.words.id)
        figure = entry.words.figure
        items.append(
            Item(
                *entry.half,
                mouth=seen_mouth(setting.faces, figure, setting.polygon),
                face=figure,
                speaker=entry.words.speaker,
                fixed=box.at((hand.x, hand.y)) if hand else None,
            )
        )
    margin, gap = _margin(setting), 0.4 * setting.size
    held = tuple(taken), margin, gap, setting.mirrored, tuple(setting.solids)
    scene = Scene(setting.area, tuple(setting.faces), *held, setting.busy)
    return place(items, scene)


def _build(panel_id: str, attempt: _Attempt, setting: Setting) -> list[Lettering]:
    """Turn the chosen attempt into document entries, with tails and joined balloons."""
    room = Rect.around(setting.area)
    shapes = [_shape(entry, at) for entry, at in zip(attempt.sets, attempt.centres, strict=True)]
    entries: list[Lettering] = []
    for i, (entry, at) in enumerate(zip(attempt.sets, attempt.centres, strict=True)):
        words, look, fit = entry.words, entry.look, entry.fit
        hand = setting.placements.get(words.id)
        shape = shapes[i]
        following = attempt.sets[i + 1] if i + 1 < len(attempt.sets) else None
        goes_on = following is not None and _joined(entry, following)
        previous = attempt.sets[i - 1] if i else None
        tail = tail_for(shape, words, setting.faces, setting.polygon, entry.type.size, hand, silent=goes_on)
        if tail and not (hand and hand.tail_x is not None):
            tail = shortened(shape, tail, [s for n, s in enumerate(shapes) if n != i], entry.type.size)
        out = Rect.centred(at, *entry.half)
        inside = room.inset(-2).intersection(out) == out
        entries.append(
            Lettering(
                id=words.id,
                kind=words.kind,
                order=i + 1,
                z=look.z,
                panel=panel_id,
                speaker=words.speaker,
                shape=shape,
                tails=(tail,) if tail else (),
                connect_to=previous.words.id if previous and _joined(previous, entry) else "",
                fill=look.fill,
                stroke=Stroke(
                    width=round(look.stroke * setting.size, 2),
                    dash=tuple(round(d * setting.size, 2) for d in look.dash),
                ),
                text=set_text(entry.type, fit.lines, look),
                locked=hand is not None,
                overflow=not fit.whole or (not hand and (not inside or _over_a_face(shape, entry, setting))),
            )
        )
    return entries


def _over_a_face(shape: BalloonShape, entry: _Set, setting: Setting) -> bool:
    """Tell whether a balloon found no place but on a marked face, or right over an estimated one."""
    item, most = Item(*entry.half), 0.0 if setting.known else _RIGHT_OVER
    return any(hides(face, Point(shape.cx, shape.cy), item) > most for face in setting.faces)


def _shape(entry: _Set, at: Point) -> BalloonShape:
    fit = entry.fit
    return BalloonShape(
        type=entry.look.shape,
        cx=round(at.x, 2),
        cy=round(at.y, 2),
        rx=round(fit.rx, 2),
        ry=round(fit.ry, 2),
    )


def set_text(kind: Type, lines: Sequence[str], look: Look) -> SetText:
    """Return the text of a fit: its lines, and the runs of each line where words are emphasised."""
    spans = tuple(runs(line, kind.face) for line in lines) if any(ON in line for line in lines) else ()
    return SetText(
        lang=kind.language,
        align=look.align,
        font=kind.face,
        size=round(kind.size, 2),
        leading=round(kind.leading, 2),
        case="upper" if look.upper else "as-is",
        color=look.color,
        runs=runs(" ".join(lines), kind.face),
        lines=tuple(plain(line) for line in lines),
        spans=spans,
    )


def _joined(first: _Set, second: _Set) -> bool:
    """Tell whether two balloons in a row are one speech in two parts."""
    alike = first.look.shape == second.look.shape == "superellipse"
    known = bool(first.words.speaker) and first.words.speaker == second.words.speaker
    return alike and known and first.words.kind == second.words.kind != "off"
