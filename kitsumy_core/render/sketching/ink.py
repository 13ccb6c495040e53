"""Draw with a soft pen: smooth shapes, strokes that swell and taper, washes and hatching, on a Pillow image.

Coordinates are panel pixels; the pen scales them to the (supersampled) image and bends them by its `warp`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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


def smooth(points: Sequence[Place], closed: bool = False, steps: int = 6) -> list[Place]:
    """Return a Catmull-Rom curve through the points."""
    n = len(points)
    if n < 3:
        return list(points)
    out: list[Place] = []
    for i in range(n if closed else n - 1):
        p1, p2 = points[i], points[(i + 1) % n]
        p0 = points[i - 1] if closed or i > 0 else p1
        p3 = points[(i + 2) % n] if closed or i + 2 < n else p2
        for k in range(steps):
            t = k / steps
            a, b, c = -t + 2 * t * t - t**3, 2 - 5 * t * t + 3 * t**3, t + 4 * t * t - 3 * t**3
            d = t**3 - t * t
            out.append(
                (
                    (a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]) / 2,
                    (a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]) / 2,
                )
            )
    if not closed:
        out.append(points[-1])
    return out


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0, corners: int = 20) -> list[Place]:
    """Return the outline of an ellipse turned by an angle in radians."""
    c, s = cos(turn), sin(turn)
    ring = [(rx * cos(2 * pi * i / corners), ry * sin(2 * pi * i / corners)) for i in range(corners)]
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in ring]


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
        moved = [self.warp(x, y) for x, y in points] if self.warp else points
        s, most = self.scale, self.limit
        return [(max(-most, min(most, x * s)), max(-most, min(most, y * s))) for x, y in moved]

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
        ring = smooth(points, closed=True) if soft and len(points) > 3 else list(points)
        if fill is not None:
            self.fill(ring, fill)
        if width > 0:
            self.stroke([*ring, *ring[:2]], width, ink=ink, soft=False, taper=False)

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
        path = self._on_image(smooth(points) if soft and len(points) > 2 else points)
        n = len(path)
        if n < 2:
            return
        full = max(1.0, width * self.line * self.scale)
        left: list[Place] = []
        right: list[Place] = []
        for i, (x, y) in enumerate(path):
            (ax, ay), (bx, by) = path[max(0, i - 1)], path[min(n - 1, i + 1)]
            dx, dy = bx - ax, by - ay
            length = hypot(dx, dy) or 1.0
            half = full * (0.41 + 0.13 * (dx - dy) / length + 0.05 * sin(i * 1.3))
            if taper:
                half *= 0.35 + 0.65 * sin(pi * (0.12 + 0.8 * i / (n - 1)))
            half = max(0.5, half)
            left.append((x - dy / length * half, y + dx / length * half))
            right.append((x + dy / length * half, y - dx / length * half))
        self.draw.polygon(left + right[::-1], fill=ink or self.ink)

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
