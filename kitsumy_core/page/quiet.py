"""Say where a panel's words will lie before there is a picture, so that the picture keeps quiet space there.

Pure and without fonts: widths are estimated, which moves a balloon by less than the thirds it is told in.
"""

from __future__ import annotations

from typing import NamedTuple

from kitsumy_core.geometry import Rect
from kitsumy_core.page.compose import texts_of
from kitsumy_core.page.formats import format_of
from kitsumy_core.page.lettering import Setting, letter_panel
from kitsumy_core.page.rooms import kept_free, room_for_words
from kitsumy_core.page.sizes import page_frames
from kitsumy_core.page.staging import subject_boxes
from kitsumy_core.plan.book import MAIN, Book, find_panel

_EM = 0.6
_NAMES = {
    "top": "upper third", "bottom": "lower third", "left": "left third", "right": "right third",
    "top-left": "upper left corner", "top-right": "upper right corner",
    "bottom-left": "lower left corner", "bottom-right": "lower right corner",
}  # fmt: skip
PLACES = tuple(_NAMES)
"""What a panel's `kitsumy.quiet` may name; any other text there is taken as English words of the writer."""


class QuietArea(NamedTuple):
    """Where words will lie: boxes in shares of the panel's box, named places, the words for a prompt."""

    boxes: tuple[Rect, ...] = ()
    places: tuple[str, ...] = ()
    words: str = ""


def estimated(text: str, face: str, size: float) -> float:
    """Return about how wide a text is, without a font."""
    del face
    return len(text) * size * _EM


def quiet_area(book: Book, panel_id: str, edition_id: str = MAIN) -> QuietArea:
    """Return where the words of a panel will lie; nothing for a panel without words.

    What the author wrote into `kitsumy.quiet` comes first: one or several of `PLACES`, or English words.
    """
    found = find_panel(book.plan, panel_id)
    if found is None:
        return QuietArea()
    panel = found[2]
    own = panel.kitsumy.quiet.strip()
    named = tuple(part for part in own.replace(",", " ").split() if part in _NAMES)
    boxes = _boxes(book, edition_id, panel_id)
    if own and not named:
        return QuietArea(boxes, (), own)
    places = named or _places(boxes)
    return QuietArea(boxes, places, _sentence(places))


def _boxes(book: Book, edition_id: str, panel_id: str) -> tuple[Rect, ...]:
    found = find_panel(book.plan, panel_id)
    assert found is not None
    _, page, panel = found
    frames = page_frames(book, edition_id, page)
    index = page.panels.index(panel)
    polygon = frames.polygons[index]
    box = Rect.around(polygon)
    faces = []
    for share in subject_boxes(panel, box.size.aspect):
        a, b = box.at((share.x0, share.y0)), box.at((share.x1, share.y1))
        faces.append(Rect(a.x, a.y, b.x, b.y))
    page_format = format_of(book.format(edition_id))
    setting = Setting(
        polygon=polygon,
        faces=tuple(faces),
        solids=tuple(kept_free(frames, index)),
        language=book.language(edition_id),
        mirrored=book.direction(edition_id) == "rtl",
        size=page_format.points_px(page_format.type_points),
        size_min=page_format.points_px(page_format.type_points_min),
        placements=book.edition(edition_id).placements,
        room=room_for_words(frames, polygon),
    )
    texts = [words for words in texts_of(book, book.edition(edition_id), panel) if words.kind != "sfx"]
    shares = []
    for entry in letter_panel(panel.id, texts, setting, estimated):
        shape = entry.shape
        body = Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)
        a, b = box.share_of((body.x0, body.y0)), box.share_of((body.x1, body.y1))
        shares.append(Rect(round(a.x, 3), round(a.y, 3), round(b.x, 3), round(b.y, 3)))
    return tuple(shares)


def _places(boxes: tuple[Rect, ...]) -> tuple[str, ...]:
    """Return at most two names for where boxes lie; corners together become a third."""
    found: dict[str, float] = {}
    for box in boxes:
        middle = box.centre
        row = "top" if middle.y < 0.45 else "bottom" if middle.y > 0.6 else ""
        column = "left" if middle.x < 0.38 else "right" if middle.x > 0.62 else ""
        if box.width > 0.55 and row:
            column = ""
        name = "-".join(part for part in (row, column) if part) or "top"
        found[name] = found.get(name, 0.0) + box.area
    for row in ("top", "bottom"):
        names = [name for name in found if name.startswith(row)]
        if len(names) > 1:
            found[row] = sum(found.pop(name) for name in names)
    return tuple(sorted(found, key=lambda name: -found[name])[:2])


def _sentence(places: tuple[str, ...]) -> str:
    if not places:
        return ""
    where = " and the ".join(_NAMES[place] for place in places)
    return f"plain uncluttered background in the {where}, faces kept clear of it"
