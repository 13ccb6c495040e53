"""Draw with a soft pen: smooth shapes, strokes that swell and taper, washes and hatching, on a Pillow image.

Coordinates are panel pixels; the pen scales them to the (supersampled) image and bends them by its `warp`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import starmap
from math import cos, hypot, pi, sin

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Place = tuple[float, float]
Warp = Callable[[float, float], Place]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` (0..1) of the way from a to b."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def dice(*keys: object) -> Callable[[int], float]:
    """Return a function from a number to a steady pseudo-random share 0..1 that depends only on the keys."""
    base = int.from_bytes(
        hashlib.sha256("|".join(map(str, keys)).encode("utf-8", "replace")).digest()[:8], "big"
    )

    def roll(n: int) -> float:
        x = (base + n * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return ((x ^ (x >> 31)) & 0xFFFFFF) / 0x1000000

    return roll


@cache
def _weights(steps: int) -> tuple[tuple[float, float, float, float], ...]:
    """Return how much each of four neighbouring points counts at every step between the middle two."""
    shares = (k / steps for k in range(steps))
    return tuple(
        (
            (-t + 2 * t * t - t**3) / 2,
            (2 - 5 * t * t + 3 * t**3) / 2,
            (t + 4 * t * t - 3 * t**3) / 2,
            (t**3 - t * t) / 2,
        )
        for t in shares
    )


def smooth(points: Sequence[Place], closed: bool = False, steps: int = 6) -> list[Place]:
    """Return a Catmull-Rom curve through the points."""
    n = len(points)
    if n < 3:
        return list(points)
    weights = _weights(steps)
    out: list[Place] = []
    for i in range(n if closed else n - 1):
        x1, y1 = points[i]
        x2, y2 = points[(i + 1) % n]
        x0, y0 = points[i - 1] if closed or i > 0 else (x1, y1)
        x3, y3 = points[(i + 2) % n] if closed or i + 2 < n else (x2, y2)
        out += [
            (a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3) for a, b, c, d in weights
        ]
    if not closed:
        out.append(points[-1])
    return out


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0, corners: int = 20) -> list[Place]:
    """Return the outline of an ellipse turned by an angle in radians."""
    c, s = cos(turn), sin(turn)
    ring = [(rx * cos(2 * pi * i / corners), ry * sin(2 * pi * i / corners)) for i in range(corners)]
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in ring]


@cache
def _wobble(step: int) -> float:
    return sin(step * 1.3)


class Pen:
    """Draws on one image. `line` is the usual line width in panel pixels."""

    def __init__(self, image: Image.Image, scale: float, line: float, ink: Colour) -> None:
        self.draw = ImageDraw.Draw(image)
        self.scale, self.line, self.ink = scale, line, ink
        self.warp: Warp | None = None
        self.unit = 1.0
        """Panel pixels to one local unit of the innermost `bent`, for widths of limbs and sizes of dots."""
        self.girth: Callable[[float], float] | None = None
        """How much thicker limbs are at a panel row: perspective of a low or high camera."""
        self.limit = 4.0 * max(image.size)

    @contextmanager
    def bent(self, warp: Warp, unit: float | None = None) -> Iterator[None]:
        """Send every point through `warp` first (and then through the warp already in force)."""
        outer, outer_unit = self.warp, self.unit
        self.unit = outer_unit if unit is None else unit
        self.warp = warp if outer is None else (lambda x, y: outer(*warp(x, y)))
        try:
            yield
        finally:
            self.warp, self.unit = outer, outer_unit

    def _on_image(self, points: Sequence[Place]) -> list[Place]:
        s, most, warp = self.scale, self.limit, self.warp
        if warp is None:
            placed = [(x * s, y * s) for x, y in points]
        else:
            placed = [(x * s, y * s) for x, y in starmap(warp, points)]
        if all(-most <= x <= most and -most <= y <= most for x, y in placed):
            return placed
        return [(max(-most, min(most, x)), max(-most, min(most, y))) for x, y in placed]

    def fill(self, points: Sequence[Place], colour: Colour) -> None:
        """Fill a polygon, corners as given."""
        if len(points) >= 3:
            self.draw.polygon(self._on_image(points), fill=colour)

    def shape(
        self,
        points: Sequence[Place],
        fill: Colour | None,
        width: float = 1.0,
        *,
        soft: bool = True,
        ink: Colour | None = None,
    ) -> None:
        """Draw a closed form, curved if `soft`, outlined by `width` times the usual line (0 = none)."""
        ring = self._on_image(smooth(points, closed=True) if soft and len(points) > 3 else points)
        if fill is not None and len(ring) >= 3:
            self.draw.polygon(ring, fill=fill)
        if width > 0:
            self._line([*ring, *ring[:2]], width, ink, taper=False)

    def stroke(
        self,
        points: Sequence[Place],
        width: float = 1.0,
        *,
        ink: Colour | None = None,
        soft: bool = True,
        taper: bool = True,
    ) -> None:
        """Draw an open line that is heavier where it runs down to the right and thins out at its ends."""
        self._line(
            self._on_image(smooth(points) if soft and len(points) > 2 else points), width, ink, taper=taper
        )

    def _line(self, path: Sequence[Place], width: float, ink: Colour | None, *, taper: bool) -> None:
        """Fill the outline of a line along points of the image."""
        n = len(path)
        if n < 2:
            return
        full = max(1.0, width * self.line * self.scale)
        left: list[Place] = []
        right: list[Place] = []
        for i, ((ax, ay), (x, y), (bx, by)) in enumerate(
            zip((path[0], *path), path, (*path[1:], path[-1]), strict=False)
        ):
            dx, dy = bx - ax, by - ay
            length = hypot(dx, dy) or 1.0
            half = full * (0.41 + 0.13 * (dx - dy) / length + 0.05 * _wobble(i))
            if taper:
                half *= 0.35 + 0.65 * sin(pi * (0.12 + 0.8 * i / (n - 1)))
            if half < 0.5:
                half = 0.5
            aside, along = dy / length * half, dx / length * half
            left.append((x - aside, y + along))
            right.append((x + aside, y - along))
        right.reverse()
        self.draw.polygon(left + right, fill=ink or self.ink)

    def limb(
        self, points: Sequence[Place], widths: Sequence[float], colour: Colour, grow: float = 0.0
    ) -> None:
        """Fill a round tube along the points, with its width (pixels) at each; `grow` adds to its radius."""
        path, s = self._on_image(points), self.scale
        girth = self.girth or (lambda row: 1.0)
        radii = [max(0.5, (w / 2 * girth(y / s) + grow) * s) for w, (_, y) in zip(widths, path, strict=True)]
        for i, ((x, y), r) in enumerate(zip(path, radii, strict=True)):
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
            if i:
                (px, py), q = path[i - 1], radii[i - 1]
                length = hypot(x - px, y - py) or 1.0
                nx, ny = -(y - py) / length, (x - px) / length
                self.draw.polygon(
                    [(px + nx * q, py + ny * q), (x + nx * r, y + ny * r), (x - nx * r, y - ny * r),
                     (px - nx * q, py - ny * q)],
                    fill=colour,
                )  # fmt: skip

    def dot(self, x: float, y: float, radius: float, colour: Colour | None = None) -> None:
        (cx, cy), r = self._on_image([(x, y)])[0], max(0.6, radius * self.scale)
        self.draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour or self.ink)

    def hatch(
        self, box: tuple[float, float, float, float], gap: float, ink: Colour, roll: Callable[[int], float]
    ) -> None:
        """Lay slanting pencil strokes over a box, uneven at both ends."""
        x0, y0, x1, y1 = box
        rise = (y1 - y0) * 0.45
        n = min(140, max(0, int((x1 - x0) / max(gap, 0.5))))
        for i in range(n):
            x = x0 + (i + roll(i) * 0.7) * gap
            top, low = y0 + (y1 - y0) * 0.25 * roll(i + 500), y1 - (y1 - y0) * 0.3 * roll(i + 900)
            self.stroke([(x + rise, top), (x, low)], 0.55, ink=ink)
