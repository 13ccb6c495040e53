"""Proof a composed page as a letterer would: texts, balloons, tails, pictures, frames. Nothing is changed.

Thresholds are those of the trade at 300 dpi; lengths are millimetres on paper. Every flaw knows where it is
on the page, so that it can be drawn over it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitsumy_core.geometry import Rect, signed_area
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.page.flaws import Flaw, Sighted, Terms, corners, flaw, sighted
from kitsumy_core.page.layouts import layouts_with
from kitsumy_core.page.proof_balloons import balloon_flaws
from kitsumy_core.page.proof_pictures import picture_flaws
from kitsumy_core.plan.check import Fix
from kitsumy_core.plan.edits import edit

SMALLEST_MM = 25.0
"""A panel with a shorter side shows too little on paper."""
GUTTER_MM = 1.5
HIDDEN = 0.2
"""A slant that hides a larger share of a panel's box wastes the picture."""
LOST_LETTERS = 6


def proof_page(page: PageBox, terms: Terms) -> list[Flaw]:
    """Return the flaws of a page: those of its texts first, then of balloons, pictures and frames."""
    seen = sighted(page, terms)
    found: list[Flaw] = []
    for entry in enumerate(page.lettering):
        found += _text(seen, entry)
    for panel in page.panels:
        if panel.id:
            found += balloon_flaws(seen, panel)
            found += picture_flaws(seen, panel)
            found += _frame(seen, panel)
    found += _gutters(seen)
    return found


def _text(seen: Sighted, entry: tuple[int, Lettering]) -> Iterator[Flaw]:
    text, terms = entry[1], seen.terms
    body = seen.bodies[text.id]
    lost = dict.fromkeys(
        c
        for index in range(len(text.text.lines))
        for run in text.text.line_runs(index)
        for c in run.text
        if not c.isspace() and not terms.has_glyph(run.font, c)
    )
    if lost:
        shown = " ".join([*lost][:LOST_LETTERS])
        yield flaw(seen, "glyph-missing", "error", entry, [body], letters=shown)
    if text.overflow:
        yield flaw(seen, "text-overflow", "warning", entry, [body])
    least = terms.format.points_px(terms.format.type_points_min)
    if text.kind != "sfx" and text.text.size < least - 0.5:
        points = round(text.text.size / terms.format.points_px(1), 1)
        yield flaw(
            seen, "type-small", "warning", entry, [body], points=points, least=terms.format.type_points_min
        )
    if terms.printed and text.kind != "sfx" and not text.overflow and _is_unsafe(seen, text):
        yield flaw(seen, "text-unsafe", "warning", entry, [body])


def _is_unsafe(seen: Sighted, text: Lettering) -> bool:
    page, around = seen.page, Rect.around(seen.bodies[text.id])
    safe = Rect(0, 0, page.trim.width, page.trim.height).inset(page.safe - 1)
    return not (
        safe.x0 <= around.x0 and around.x1 <= safe.x1 and safe.y0 <= around.y0 and around.y1 <= safe.y1
    )


def _frame(seen: Sighted, panel: PanelBox) -> Iterator[Flaw]:
    terms, polygon = seen.terms, seen.polygon(panel.id)
    box = Rect.around(polygon)
    short = min(box.width, box.height) / terms.px(1)
    if terms.printed and short < SMALLEST_MM:
        yield flaw(
            seen, "panel-small", "warning", panel, [polygon], _other_layouts(seen.page),
            millimetres=round(short), least=round(SMALLEST_MM),
        )  # fmt: skip
    hidden = 1 - signed_area(polygon) / box.area if box.area else 0.0
    if hidden > HIDDEN:
        yield flaw(seen, "slant-hides", "info", panel, [polygon], share=round(100 * hidden))


def _other_layouts(page: PageBox) -> Iterator[Fix]:
    for name in layouts_with(sum(1 for panel in page.panels if panel.id)):
        if name != page.template:
            wanted = edit("change_layout", page_id=page.id, layout=name)
            yield Fix(code="use-layout", params={"layout": name}, edit=wanted)


def _gutters(seen: Sighted) -> Iterator[Flaw]:
    """Gaps so narrow that two pictures run together on paper; none at all is a choice."""
    narrow = [gap / seen.terms.px(1) for gap in seen.page.gutter]
    if seen.terms.printed and len(seen.page.panels) > 1 and any(0 < gap < GUTTER_MM for gap in narrow):
        whole = corners(Rect(0, 0, seen.page.trim.width, seen.page.trim.height))
        least = min(gap for gap in narrow if gap > 0)
        yield flaw(
            seen, "gutter-narrow", "warning", None, [whole], millimetres=round(least, 1), least=GUTTER_MM
        )
