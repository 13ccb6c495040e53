"""Take a page apart into pictures that lie on each other, for programs that paint: from bottom to top.

Pixels are those of the drawn page, bleed included; a layer is as large as what is on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kitsumy_core.export.comic import Comic
from kitsumy_core.page.art import Tile, art_tiles
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.page.draw import lettered
from kitsumy_core.page.frames import FrameState, draw_border, frame_tile
from kitsumy_core.page.ink import Layer as Ink
from kitsumy_core.page.ink import connector_stamp, stamp
from kitsumy_core.page.outline import connector
from kitsumy_core.page.vector import Block, letters, panels

if TYPE_CHECKING:
    from PIL.Image import Image

PAPER, PANELS, LETTERING = "Paper", "Panels", "Lettering"


class Layer(NamedTuple):
    """A picture (RGBA) at a pixel of the canvas; `block` is its text, where that can stay live."""

    group: str
    name: str
    image: Image
    at: tuple[int, int]
    block: Block | None = None
    entry: Lettering | None = None
    made_by: str = ""


def canvas_size(page: PageBox) -> tuple[int, int]:
    """Return the size of a page with its bleed, in pixels."""
    return round(page.trim.width + 2 * page.bleed), round(page.trim.height + 2 * page.bleed)


def page_layers(comic: Comic, page: PageBox) -> Iterator[Layer]:
    """Yield the layers of a page: paper, each panel's art and border, each balloon's shape and words."""
    from PIL import Image

    yield Layer(PAPER, PAPER, Image.new("RGBA", canvas_size(page), page.background), (0, 0))
    ordered = panels(page)
    tiles = art_tiles(ordered, comic.load, 1.0, page.bleed)
    for panel, tile in zip(ordered, tiles, strict=True):
        yield from _panel(comic, page, panel, tile)
    by_id = {entry.id: entry for entry in page.lettering}
    for letter in letters(page):
        entry = letter.entry
        name = " ".join(letter.block.text.split())[:48] or entry.kind
        bare = entry.but(text=entry.text.but(lines=()))
        if entry.shape.type != "none":
            yield from _inked(f"{entry.kind}: {name}", stamp(bare, 1.0, page.bleed))
        if entry.connect_to in by_id:
            joint = connector(by_id[entry.connect_to], entry)
            yield from _inked("connector", connector_stamp(joint, entry, 1.0, page.bleed))
        inks = stamp(entry.but(fill=None, stroke=None), 1.0, page.bleed)
        if entry.shape.type == "none":
            *coats, letters_alone = stamp(entry, 1.0, page.bleed)
            yield from _inked(f"outline: {name}", coats)
            inks = [letters_alone]
        for layer in _inked(name, inks):
            yield layer._replace(block=letter.block, entry=entry)


def _panel(comic: Comic, page: PageBox, panel: PanelBox, art: Tile | None) -> Iterator[Layer]:
    from PIL import Image

    state: FrameState = "drawn" if art else "missing" if panel.image else "empty"
    tile = art or frame_tile(panel, 1.0, page.bleed, state, avoid=lettered(page, panel.id))
    picture = tile.image.convert("RGBA")
    if tile.mask is not None:
        picture.putalpha(tile.mask)
    asset = comic.document.asset(panel.image.asset) if panel.image and art else None
    made_by = asset.made_by if asset else ""
    name = f"{panel.order} art" if art else f"{panel.order} {state}"
    name += " (sketch)" if made_by == "sketch" else ""
    yield Layer(PANELS, name, picture, tile.at, made_by=made_by)
    if panel.border.width <= 0:
        return
    margin = int(panel.border.width) + 2
    size = (picture.width + 2 * margin, picture.height + 2 * margin)
    border = Image.new("RGBA", size, (0, 0, 0, 0))
    moved = panel.but(
        shape=panel.shape.but(
            points=tuple(
                (x + page.bleed - tile.at[0] + margin, y + page.bleed - tile.at[1] + margin)
                for x, y in panel.shape.points
            )
        )
    )
    draw_border(border, moved, 1.0, 0.0, state)
    yield Layer(PANELS, f"{panel.order} border", border, (tile.at[0] - margin, tile.at[1] - margin))


def _inked(name: str, inks: Sequence[Ink]) -> Iterator[Layer]:
    """Yield one layer of what a stamp pastes, cut to what is visible; nothing where nothing is."""
    from PIL import Image

    boxes = [(ink, box) for ink in inks if (box := ink.mask.getbbox())]
    if not boxes:
        return
    x0 = min(ink.at[0] + box[0] for ink, box in boxes)
    y0 = min(ink.at[1] + box[1] for ink, box in boxes)
    x1 = max(ink.at[0] + box[2] for ink, box in boxes)
    y1 = max(ink.at[1] + box[3] for ink, box in boxes)
    picture = Image.new("RGBA", (x1 - x0, y1 - y0), (0, 0, 0, 0))
    for ink, box in boxes:
        tinted = Image.new("RGBA", (box[2] - box[0], box[3] - box[1]), ink.color)
        tinted.putalpha(ink.mask.crop(box))
        picture.alpha_composite(tinted, (ink.at[0] + box[0] - x0, ink.at[1] + box[1] - y0))
    yield Layer(LETTERING, name, picture, (x0, y0))
