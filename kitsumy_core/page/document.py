"""The composed comic, "kitsumy-comic" 1.0: what is drawn on screen and exported, and nothing else decides it.

Coordinates are pixels at `dpi` from the **trim** corner of a page (bleed is negative); `image.crop` is in
pixels of the source image; `focus` is in shares of the source image. `order` is reading order, `z` drawing
order. `text.lines` are the final line breaks, so that every renderer shows the same text.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from kitsumy_core.plan.models import Frozen, ReadingDirection

FORMAT: Final = "kitsumy-comic"
VERSION = "1.0.0"

LetteringKind = Literal[
    "speech", "thought", "whisper", "shout", "radio", "weak", "off", "narration", "place", "spokenOff", "sfx"
]
ShapeType = Literal["superellipse", "cloud", "burst", "jagged", "wavy", "rect", "none"]
TailStyle = Literal["point", "bubbles", "zigzag"]
Pair = tuple[float, float]


class Meta(Frozen):
    title: str = ""
    language: str = "uk"
    reading_direction: ReadingDirection = "ltr"
    format: str = "us-comic"
    generator: str = "Kitsumy Studio"
    made_by: str = "hand"
    """`hand`, `beats` (plan made without AI) or `llm`."""


class Font(Frozen):
    """A face used by `text.font`; `file` is a name in the bundled fonts folder."""

    id: str
    family: str
    weight: int = 400
    style: Literal["normal", "italic"] = "normal"
    file: str
    license: str = "OFL-1.1"


class Asset(Frozen):
    """An image used on pages; `sha256` names it in the image store."""

    id: str
    type: Literal["image"] = "image"
    href: str = ""
    width: int
    height: int
    sha256: str = ""
    alt: str = ""
    made_by: str = ""
    """Backend kind; "sketch" means a storyboard frame, not a finished render."""


class Box(Frozen):
    width: float
    height: float


class Shape(Frozen):
    """Outline of a panel: a convex polygon, clockwise."""

    type: Literal["polygon"] = "polygon"
    points: tuple[Pair, ...]


class Subject(Frozen):
    """Somebody or something lettering leaves free: box x, y, width, height and mouth in pixels of the page.

    `known` tells what the author marked from what was estimated by the framing.
    """

    name: str = ""
    bbox: tuple[float, float, float, float]
    mouth: Pair | None = None
    known: bool = False


class Border(Frozen):
    width: float = 5
    color: str = "#000000"
    dash: tuple[float, ...] = ()


class PixelCrop(Frozen):
    x: float
    y: float
    width: float
    height: float


class ImageUse(Frozen):
    """An asset inside a panel: the crop fills the bounding box of the panel's shape."""

    asset: str
    fit: Literal["cover"] = "cover"
    crop: PixelCrop
    rotation: float = 0
    flip_x: bool = False
    source: Pair | None = None
    """Width and height of the whole image in pixels."""


class PanelBox(Frozen):
    id: str
    order: int
    z: int = 0
    shape: Shape
    border: Border = Border()
    bleed: tuple[str, ...] = ()
    image: ImageUse | None = None
    """None = nothing rendered yet; drawn as an empty frame that says so."""
    focus: tuple[Pair, ...] = ()
    subjects: tuple[Subject, ...] = ()
    alt: str = ""
    """What is to be seen, in words: shown in an empty frame, read by screen readers."""


class BalloonShape(Frozen):
    """Outline of a lettering element; for `superellipse` |x/rx|^n + |y/ry|^n = 1."""

    type: ShapeType = "superellipse"
    cx: float
    cy: float
    rx: float
    ry: float
    n: float = 2.3
    rotation: float = 0


class Tail(Frozen):
    """From the balloon towards `target`; the tip is at `length_ratio` of the way, bent by `curve`."""

    target: Pair
    base: float = 46
    curve: float = 0.15
    length_ratio: float = 0.6
    style: TailStyle = "point"


class Stroke(Frozen):
    width: float = 4
    color: str = "#000000"
    dash: tuple[float, ...] = ()


class Run(Frozen):
    text: str
    bold: bool = False
    italic: bool = False
    color: str = ""
    font: str = ""
    """Id of the face that sets this run; "" = that of the whole text."""


class SetText(Frozen):
    """A text as set: `size` and `leading` in pixels, `lines` the final breaks.

    `spans` holds the runs of each line where some words are emphasised; joined they are `lines`. It is empty
    where every line is one plain run. `arc` bends the lines by so many degrees, upwards if positive.
    """

    lang: str = "uk"
    align: Literal["center", "left"] = "center"
    font: str = "dialogue"
    size: float
    leading: float
    case: Literal["upper", "as-is"] = "upper"
    color: str = "#000000"
    runs: tuple[Run, ...] = ()
    lines: tuple[str, ...] = ()
    spans: tuple[tuple[Run, ...], ...] = ()
    arc: float = 0

    def line_runs(self, index: int) -> tuple[Run, ...]:
        """Return the runs of a line, each with the face that sets it."""
        if not self.spans:
            return (Run(text=self.lines[index], font=self.font),)
        return tuple(run if run.font else run.but(font=self.font) for run in self.spans[index])


class Lettering(Frozen):
    """A balloon, caption or sound effect over the art."""

    id: str
    kind: LetteringKind
    order: int
    z: int = 100
    panel: str
    speaker: str = ""
    shape: BalloonShape
    tails: tuple[Tail, ...] = ()
    connect_to: str = ""
    """Id of the balloon of the same speaker this one is joined to, drawn before it."""
    fill: str | None = "#ffffff"
    stroke: Stroke | None = Stroke()
    text: SetText
    locked: bool = False
    """True where the author placed it by hand."""
    overflow: bool = False
    """True where the text cannot fit its panel, clear of faces the author marked, even at the smallest size.

    It is drawn whole all the same."""


class PageBox(Frozen):
    id: str
    number: int
    trim: Box
    bleed: float = 0
    safe: float = 0
    spread: bool = False
    """True for one picture across two facing pages: `trim` is that of both together."""
    template: str = ""
    gutter: Pair = (38, 38)
    background: str = "#ffffff"
    panels: tuple[PanelBox, ...] = ()
    lettering: tuple[Lettering, ...] = ()
    notes: tuple[str, ...] = ()
    """Codes of what could not be done as planned, for example `layout-count`."""


class ComicDocument(Frozen):
    """All pages of one edition, ready to draw."""

    schema_: str = Field(
        default="https://kitsumy.studio/schema/comic-document/1.0/schema.json", alias="$schema"
    )
    format: Literal["kitsumy-comic"] = FORMAT
    version: str = VERSION
    meta: Meta = Meta()
    units: Literal["px"] = "px"
    dpi: int = 300
    fonts: tuple[Font, ...] = ()
    assets: tuple[Asset, ...] = ()
    pages: tuple[PageBox, ...] = ()

    def asset(self, asset_id: str) -> Asset | None:
        return next((a for a in self.assets if a.id == asset_id), None)
