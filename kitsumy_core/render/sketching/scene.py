"""Hold what the drawing of a place needs, and draw what places share: sky, ground, room, weather."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval
from kitsumy_core.render.sketching.palette import Palette


@dataclass(frozen=True)
class Scene:
    """A frame being drawn. `base` is the pixel row of the horizon (outside) or of the wall's foot (inside);
    `unit` the pixels of one world unit (a wall is about one high, a grown-up about two thirds)."""

    pen: Pen
    width: float
    height: float
    base: float
    unit: float
    palette: Palette
    roll: Callable[[int], float]
    angle: str = "eye"
    night: bool = False
    weather: Collection[str] = ()
    far: bool = False
    """The camera is far away: more of the place, smaller."""

    @property
    def half(self) -> float:
        """How far the place reaches sideways from the middle, in units, with some to spare."""
        return self.width / 2 / self.unit + 0.35

    def at(self, x: float, y: float) -> Place:
        """Return the pixel of a world point: x from the middle, y down from the base line."""
        return self.width / 2 + x * self.unit, self.base + y * self.unit

    def points(self, *pairs: tuple[float, float]) -> list[Place]:
        return [self.at(x, y) for x, y in pairs]

    def shape(
        self, pairs: list[tuple[float, float]], fill: Colour | None, width: float = 0.7, *, soft: bool = False
    ) -> None:
        self.pen.shape(self.points(*pairs), fill, width, soft=soft, ink=self.line)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: Colour | None, width: float = 0.7
    ) -> None:
        self.shape([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill, width)

    def stroke(self, *pairs: tuple[float, float], width: float = 0.6, soft: bool = True) -> None:
        self.pen.stroke(self.points(*pairs), width, ink=self.line, soft=soft)

    def disc(self, x: float, y: float, r: float, fill: Colour, width: float = 0.7, ry: float = 0.0) -> None:
        cx, cy = self.at(x, y)
        ring = oval(cx, cy, r * self.unit, (ry or r) * self.unit)
        self.pen.shape(ring, fill, width, soft=False, ink=self.line)

    @property
    def line(self) -> Colour:
        """The ink of things behind the figures: paler than theirs."""
        return mix(self.palette.ink, self.palette.mid, 0.38)

    @property
    def lit(self) -> Colour:
        """The colour of lit windows and lamps."""
        return self.palette.accent if self.night else mix(self.palette.accent, self.palette.paper, 0.35)

    def spread(self, step: float, shift: float = 0.0) -> list[tuple[int, float]]:
        """Return numbered x positions, one a step, over the whole width; the same ones at any width."""
        n = min(60, int(self.half / step) + 1)
        return [(i, (i + shift) * step) for i in range(-n, n + 1)]


def ground(scene: Scene, fill: Colour, edge: bool = True) -> None:
    """Fill everything below the base line."""
    w, h = scene.half + 1.0, (scene.height - scene.base) / scene.unit + 1.5
    scene.box(-w, 0, w, max(h, 0.5), fill, 0.0)
    if edge:
        scene.stroke((-w, 0), (-w / 3, 0.006), (w / 3, -0.004), (w, 0), width=0.7)


def floor_lines(scene: Scene, fan: bool = True) -> None:
    """Draw boards or slabs of a floor running to the vanishing point."""
    depth = max(0.3, (scene.height - scene.base) / scene.unit + 0.6)
    ink = mix(scene.line, scene.palette.mid, 0.45)
    for i, x in scene.spread(0.34 if fan else 0.5, 0.5):
        if abs(i) < 16:
            end = scene.at(x * (1 + depth * 2.2), depth)
            scene.pen.stroke([scene.at(x, 0.0), end], 0.5, ink=ink)
    for k in range(1, 5):
        y = depth * (k / 5) ** 1.8
        w = scene.half + 1
        scene.pen.stroke([scene.at(-w, y), scene.at(w, y)], 0.35, ink=ink)


def room(scene: Scene, wall: Colour | None = None) -> None:
    """Draw the bare room: back wall, floor, ceiling, side walls running towards the viewer."""
    p, s = scene.palette, scene
    wall = wall or mix(p.sky, p.far, 0.35)
    w = s.half + 1.0
    s.box(-w, -3.5, w, 0, wall, 0.0)
    ground(s, mix(p.far, p.mid, 0.45))
    floor_lines(s)
    top = -1.12 if s.angle != "low" else -1.5
    edge = max(0.55, s.width / 2 / s.unit - 0.16)
    if edge < w - 1.0:
        for side in (-1, 1):
            out = side * (edge + 1.6)
            s.shape(
                [(side * edge, top), (out, top - 1.1), (out, 1.2), (side * edge, 0)],
                mix(wall, p.mid, 0.3),
                0.6,
            )
    roof = mix(wall, p.paper, 0.35)
    s.shape([(-edge, top), (edge, top), (edge + 2.2, top - 1.5), (-edge - 2.2, top - 1.5)], roof, 0.6)
    s.stroke((-edge, -0.045), (edge, -0.045), width=0.4)


def window(scene: Scene, x: float, y: float, w: float, h: float, bars: int = 1) -> None:
    """Draw a window whose glass shows the time of day and the weather."""
    p, s = scene.palette, scene
    glass = mix(p.sky, (30, 38, 66), 0.55) if s.night else mix(p.sky, (255, 255, 255), 0.55)
    s.box(x - w / 2 - 0.02, y - 0.02, x + w / 2 + 0.02, y + h + 0.02, mix(p.mid, p.paper, 0.3), 0.7)
    s.box(x - w / 2, y, x + w / 2, y + h, glass, 0.6)
    if s.night and "snow" not in s.weather:
        s.disc(x + w * 0.2, y + h * 0.25, min(w, h) * 0.13, mix(p.accent, (255, 250, 230), 0.6), 0.0)
    if "snow" in s.weather:
        for k in range(10):
            cx, cy = s.at(x + w * (s.roll(700 + k) - 0.5) * 0.9, y + h * s.roll(730 + k))
            s.pen.dot(cx, cy, s.unit * 0.008, (250, 250, 248))
    for k in range(1, bars + 1):
        bx = x - w / 2 + w * k / (bars + 1)
        s.stroke((bx, y), (bx, y + h), width=0.8, soft=False)
    s.stroke((x - w / 2, y + h * 0.45), (x + w / 2, y + h * 0.45), width=0.8, soft=False)
    s.box(x - w / 2 - 0.04, y + h + 0.01, x + w / 2 + 0.04, y + h + 0.035, mix(p.paper, p.far, 0.4), 0.6)


def door(scene: Scene, x: float, w: float = 0.34, h: float = 0.78) -> None:
    """Draw a closed door in the back wall."""
    p, s = scene.palette, scene
    wood = mix(p.mid, p.near, 0.35)
    s.box(x - w / 2 - 0.03, -h - 0.03, x + w / 2 + 0.03, 0, mix(p.far, p.mid, 0.6), 0.7)
    s.box(x - w / 2, -h, x + w / 2, 0, wood, 0.8)
    for y0, y1 in ((-h + 0.06, -h * 0.56), (-h * 0.48, -0.07)):
        s.box(x - w / 2 + 0.05, y0, x + w / 2 - 0.05, y1, mix(wood, p.near, 0.25), 0.5)
    s.disc(x + w / 2 - 0.05, -h * 0.5, 0.015, s.lit, 0.5)


def moon_and_stars(scene: Scene) -> None:
    """Put a moon and some stars into a night sky, away from its middle."""
    s, p = scene, scene.palette
    x = s.width * (0.8 if s.roll(3) > 0.4 else 0.2)
    y = min(s.base * 0.42, s.height * 0.2)
    r = min(s.width, s.height) * 0.06
    pale = mix(p.accent, (255, 252, 238), 0.72)
    s.pen.fill(oval(x, y, r * 1.9, r * 1.9, corners=36), mix(p.sky, pale, 0.12))
    s.pen.fill(oval(x, y, r, r, corners=36), pale)
    for dx, dy, k in ((-0.3, -0.2, 0.2), (0.25, 0.25, 0.15), (-0.1, 0.4, 0.1)):
        s.pen.fill(oval(x + dx * r, y + dy * r, r * k, r * k), mix(pale, p.far, 0.25))
    for k in range(34):
        sx, sy = s.roll(40 + k) * s.width, s.roll(90 + k) * max(1.0, s.base) * 0.92
        s.pen.dot(
            sx, sy, min(s.width, s.height) * (0.0012 + 0.0016 * s.roll(140 + k)), mix(p.sky, pale, 0.75)
        )


def clouds(scene: Scene) -> None:
    """Draw a few flat brushed clouds above the horizon."""
    s, p = scene, scene.palette
    tone = mix(p.sky, p.paper, 0.6) if not s.night else mix(p.sky, p.far, 0.5)
    for k in range(5):
        x, y = s.roll(20 + k) * s.width, s.base * (0.12 + 0.6 * s.roll(30 + k))
        w = s.unit * (0.3 + 0.5 * s.roll(25 + k))
        s.pen.shape([(x - w, y), (x - w * 0.4, y - w * 0.09), (x + w * 0.1, y - w * 0.13), (x + w, y),
            (x + w * 0.2, y + w * 0.04)],
                    tone, 0.0)  # fmt: skip


def weather_over(scene: Scene) -> None:
    """Draw rain, snow, wind or sparks over the finished frame."""
    s, p = scene, scene.palette
    size = min(s.width, s.height)
    n = int(min(2.2, max(0.6, s.width * s.height / (size * size))) * 70)
    if "rain" in s.weather:
        tone = mix(p.paper, p.far, 0.35)
        for k in range(n):
            x, y, long = (
                s.roll(1000 + k) * s.width * 1.1,
                s.roll(1300 + k) * s.height,
                size * (0.03 + 0.05 * s.roll(1600 + k)),
            )
            s.pen.stroke([(x, y), (x - long * 0.28, y + long)], 0.55, ink=tone)
    elif "snow" in s.weather:
        for k in range(n):
            x, y = s.roll(1000 + k) * s.width, s.roll(1300 + k) * s.height
            s.pen.dot(x, y, size * (0.0025 + 0.005 * s.roll(1600 + k) ** 2), (252, 251, 247))
    if "wind" in s.weather:
        for k in range(6):
            x, y, long = s.roll(1900 + k) * s.width, s.roll(1950 + k) * s.height * 0.8, size * 0.22
            s.pen.stroke(
                [(x, y), (x + long * 0.5, y - long * 0.06), (x + long, y), (x + long * 0.9, y - long * 0.08)],
                0.5,
                ink=mix(p.mid, p.paper, 0.3),
            )
    if "fire" in s.weather:
        for k in range(26):
            x, y = s.roll(2100 + k) * s.width, s.height * (1 - s.roll(2200 + k) ** 1.6)
            s.pen.dot(x, y, size * 0.003, (240, 150, 70))
