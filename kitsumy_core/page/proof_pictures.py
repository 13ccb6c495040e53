"""Proof the picture of a panel: what its crop takes away, how sharp it prints, whether it bleeds."""

from __future__ import annotations

from collections.abc import Iterator

from kitsumy_core.geometry import Rect
from kitsumy_core.page.document import ImageUse, PanelBox
from kitsumy_core.page.flaws import Flaw, Sighted, crop_again, flaw
from kitsumy_core.plan.check import Severity

LOSS: tuple[tuple[float, Severity], ...] = ((0.30, "error"), (0.15, "warning"), (0.05, "info"))
SHARPNESS: tuple[tuple[float, Severity], ...] = ((150, "error"), (200, "warning"), (300, "info"))
"""Dots per inch under which a printed picture looks soft."""
NEAR_EDGE = 0.05
FLATTEST, TALLEST = 7 / 3, 3 / 7
"""Forms beyond which image models draw badly."""


def picture_flaws(seen: Sighted, panel: PanelBox) -> Iterator[Flaw]:
    """Yield the flaws of a panel's picture and of the form it must have."""
    polygon = seen.polygon(panel.id)
    box = Rect.around(polygon)
    if box.height <= 0 or box.width <= 0:
        return
    if not TALLEST <= box.size.aspect <= FLATTEST:
        yield flaw(seen, "panel-form", "info", panel, [polygon], ratio=round(box.size.aspect, 2))
    yield from _bleed(seen, panel, box)
    use = panel.image
    if use is not None and use.source is not None and not use.asset.startswith("sketch"):
        yield from _crop(seen, panel, use, use.source)
        yield from _sharpness(seen, panel, use, box)


def _crop(seen: Sighted, panel: PanelBox, use: ImageUse, source: tuple[float, float]) -> Iterator[Flaw]:
    polygon, fixes = seen.polygon(panel.id), [crop_again(panel.id, seen.terms.edition_id)]
    lost = 1 - use.crop.width * use.crop.height / (source[0] * source[1])
    if severity := next((level for limit, level in LOSS if lost > limit), None):
        yield flaw(seen, "crop-loss", severity, panel, [polygon], fixes, share=round(100 * lost))
    for x, y in panel.focus:
        across = (x * source[0] - use.crop.x) / use.crop.width
        down = (y * source[1] - use.crop.y) / use.crop.height
        edge = min(across, 1 - across, down, 1 - down)
        if edge < NEAR_EDGE:
            gone = edge < 0
            code = "focus-cropped" if gone else "focus-near-edge"
            yield flaw(seen, code, "error" if gone else "warning", panel, [polygon], fixes)
            return


def _sharpness(seen: Sighted, panel: PanelBox, use: ImageUse, box: Rect) -> Iterator[Flaw]:
    if not seen.terms.printed:
        return
    dpi = seen.terms.format.dpi * min(use.crop.width / box.width, use.crop.height / box.height)
    if severity := next((level for limit, level in SHARPNESS if dpi < limit), None):
        yield flaw(seen, "dpi-low", severity, panel, [seen.polygon(panel.id)], dpi=round(dpi))


def _bleed(seen: Sighted, panel: PanelBox, box: Rect) -> Iterator[Flaw]:
    page, bleed = seen.page, seen.page.bleed
    reaches = {
        "left": box.x0 <= -bleed + 1,
        "top": box.y0 <= -bleed + 1,
        "right": box.x1 >= page.trim.width + bleed - 1,
        "bottom": box.y1 >= page.trim.height + bleed - 1,
    }
    if bleed and any(not reaches.get(side, True) for side in panel.bleed):
        yield flaw(seen, "bleed-short", "warning", panel, [seen.polygon(panel.id)])
