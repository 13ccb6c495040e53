"""Paint what is no usual view of people: details without figures, and the plan view of a bird."""

from __future__ import annotations

from dataclasses import replace

from kitsumy_core.render.sketching.acting import STAND
from kitsumy_core.render.sketching.animals import draw_animal
from kitsumy_core.render.sketching.body import Actor
from kitsumy_core.render.sketching.casting import skin_of
from kitsumy_core.render.sketching.detail import Detail
from kitsumy_core.render.sketching.ink import mix, oval
from kitsumy_core.render.sketching.looks import Look
from kitsumy_core.render.sketching.palette import character_colour
from kitsumy_core.render.sketching.props import draw_big_hand, focus_lines
from kitsumy_core.render.sketching.scene import Scene
from kitsumy_core.render.sketching.tags import Tag
from kitsumy_core.render.sketching.things import draw_thing


def paint_detail(detail: Detail, scene: Scene) -> list[Tag]:
    """Paint an insert: a thing, with a hand if one is at work, or an animal."""
    pen, p, width, height = scene.pen, scene.palette, scene.width, scene.height
    size = min(width * 0.62, height * 0.62)
    x, y = width / 2, height * 0.58
    surface = mix(p.paper, p.sky, 0.45)
    pen.fill(
        [(-width, -height), (2 * width, -height), (2 * width, 2 * height), (-width, 2 * height)], surface
    )
    edge = y + size * 0.36
    pen.fill(
        [(-width, edge), (2 * width, edge), (2 * width, 2 * height), (-width, 2 * height)],
        mix(surface, p.far, 0.55),
    )
    focus_lines(pen, width, height, mix(p.ink, p.sky, 0.55), scene.roll)
    pen.fill(oval(x, y + size * 0.5, size * 0.62, size * 0.09), mix(p.far, p.mid, 0.5))
    colour, skin = character_colour(detail.owner), skin_of(p, scene.night)
    if detail.animal:
        pose = replace(STAND, eyes_shut=detail.asleep)
        look = Look(kind=detail.animal)
        draw_animal(pen, Actor(detail.owner, detail.name, x, y, size, colour, skin, look, pose))
        return [Tag(detail.name, colour, x, y + size * 0.5)]
    draw_thing(pen, detail.thing, p, x, y, size)
    if detail.owner:
        dx, dy = (0.24, -0.2) if detail.thing == "pen" else (0.1, 0.02)
        draw_big_hand(pen, x + size * dx, y + size * dy, size * 0.75, colour, skin)
        return [Tag(detail.name, colour, x + size * 0.7, y + size * 0.5)]
    return []


def paint_from_above(scene: Scene, actors: tuple[Actor, ...], inside: bool, place: str) -> list[Tag]:
    """Paint a plan view: the ground from straight above, people as heads and shoulders with long shadows."""
    _ground_plan(scene, inside, place)
    tags = []
    for actor in actors:
        bigger = replace(actor, head=min(actor.head * 1.6, scene.width * 0.2, scene.height * 0.14))
        _seen_from_above(scene, bigger)
        tags.append(Tag(actor.name, character_colour(actor.id), actor.x, actor.y + bigger.head * 1.5))
    return tags


def _ground_plan(s: Scene, inside: bool, place: str) -> None:
    p, w, h, pen = s.palette, s.width, s.height, s.pen
    size = min(w, h)
    snow = "snow" in s.weather and not inside
    tone = mix(p.paper, (255, 255, 255), 0.4) if snow else mix(p.far, p.mid, 0.25)
    pen.fill([(-w, -h), (2 * w, -h), (2 * w, 2 * h), (-w, 2 * h)], tone)
    line = mix(p.ink, p.mid, 0.5)
    if inside:
        gap = size * 0.14
        for k in range(-4, int((w + h) / gap) + 4):
            pen.stroke([(k * gap, -h), (k * gap, 2 * h)], 0.5, ink=mix(line, tone, 0.4), taper=False)
        for x, y, dx, dy in ((0.1, 0.16, 0.16, 0.1), (0.78, 0.2, 0.14, 0.16), (0.14, 0.78, 0.12, 0.14)):
            pen.shape([(w * x, h * y), (w * (x + dx), h * y), (w * (x + dx), h * (y + dy)), (w * x,
                h * (y + dy))],
                      mix(p.mid, p.near, 0.25), 1.0, soft=False)  # fmt: skip
        return
    if place in ("street", "roofs", "car", "train", "bridge"):
        road = mix(p.far, p.paper, 0.35)
        pen.fill([(w * 0.22, -h), (w * 0.78, -h), (w * 0.78, 2 * h), (w * 0.22, 2 * h)], road)
        for k in range(-2, 14):
            pen.stroke([(w * 0.5, k * size * 0.16), (w * 0.5, k * size * 0.16 + size * 0.08)], 1.6, ink=line)
    for k in range(44):
        x, y, r = s.roll(k) * w, s.roll(k + 60) * h, size * (0.02 + 0.05 * s.roll(k + 120))
        if place in ("forest", "mountain") and abs(x / w - 0.5) > 0.2:
            pen.shape(
                oval(x, y, r * 1.9, r * 1.7, corners=9),
                mix(p.mid, p.near, 0.2 + 0.5 * s.roll(k + 9)),
                0.7,
                ink=line,
            )
        elif place in ("sea", "river", "lighthouse"):
            pen.stroke(
                [(x - r * 2, y), (x - r, y - r * 0.4), (x, y), (x + r, y - r * 0.4), (x + r * 2, y)],
                0.7,
                ink=line,
            )
        else:
            pen.stroke([(x, y), (x + r * 0.3, y - r * 0.5)], 0.6, ink=mix(line, tone, 0.35))


def _seen_from_above(s: Scene, actor: Actor) -> None:
    pen, p, h, d = s.pen, s.palette, actor.head, actor.direction
    shade = mix(p.mid, p.near, 0.55)
    pen.fill([(actor.x - 0.35 * h, actor.y), (actor.x + 0.3 * h, actor.y - 0.3 * h), (actor.x + 3.2 * h,
        actor.y + 1.5 * h),
              (actor.x + 2.7 * h, actor.y + 2.1 * h)], shade)  # fmt: skip
    pen.fill(oval(actor.x + 3.0 * h, actor.y + 1.85 * h, 0.42 * h, 0.36 * h), shade)
    with pen.bent(lambda u, v: (actor.x + u * h * d, actor.y + v * h), h):
        if actor.look.kind != "human":
            pen.shape(oval(0.0, 0.0, 0.7, 0.46), mix((130, 104, 84), actor.colour, 0.35), 1.0)
            pen.shape(oval(0.62, 0.0, 0.26, 0.22), mix((210, 180, 150), actor.colour, 0.15), 1.0)
            return
        wide = 1.12 if actor.look.build == "big" else 0.95
        for side in (-1, 1):
            pen.shape(oval(0.34, side * 0.36, 0.22, 0.13), mix(pen.ink, (120, 100, 90), 0.25), 0.8)
            arm = [(0.0, side * 0.7), (0.42, side * 0.72), (0.72, side * 0.5)]
            pen.limb(arm, [0.34 * h, 0.3 * h, 0.22 * h], pen.ink, pen.line * 0.55)
            pen.limb(arm, [0.34 * h, 0.3 * h, 0.22 * h], mix(actor.colour, pen.ink, 0.1))
            pen.limb([arm[2], (0.78, side * 0.47)], [0.2 * h, 0.18 * h], actor.skin)
        pen.shape(oval(0.0, 0.0, 0.46, wide * 0.88), actor.colour, 1.1)
        pen.shape(oval(0.42, 0.0, 0.12, 0.1), actor.skin, 0.8)
        covered = actor.look.hat in ("cap", "hat", "scarf", "hood", "helmet")
        top = mix(actor.colour, pen.ink, 0.35) if covered else actor.look.hair_colour
        pen.shape(oval(0.04, 0.0, 0.46, 0.42), top, 1.0)
        pen.stroke([(-0.3, 0.0), (-0.05, 0.04), (0.2, -0.02)], 0.7, ink=mix(top, (255, 255, 255), 0.35))
        if actor.look.hat == "hat":
            pen.shape(oval(0.04, 0.0, 0.68, 0.64), None, 1.0)
