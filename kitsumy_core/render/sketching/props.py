"""Draw things: what a detail shot shows, and the small things people hold.

Local units of a detail: the thing is about one high around (0, 0).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, pi, sin

from kitsumy_core.render.camera import plain_words, word_finder
from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval
from kitsumy_core.render.sketching.palette import Palette

Drawer = Callable[[Pen, Palette], None]

_BRASS: Colour = (206, 164, 84)
_WOOD: Colour = (150, 112, 80)
_STEEL: Colour = (176, 182, 188)
_CREAM: Colour = (250, 245, 232)


def _key(pen: Pen, p: Palette) -> None:
    pen.shape(oval(-0.28, -0.12, 0.2, 0.2), _BRASS, 1.2)
    pen.shape(oval(-0.28, -0.12, 0.1, 0.1), p.far, 0.9)
    pen.shape([(-0.09, -0.16), (0.5, -0.16), (0.5, 0.1), (0.42, 0.1), (0.42, -0.02), (0.36, -0.02), (0.36, 0.06), (0.28, 0.06), (0.28, -0.07), (-0.09, -0.07)],
              _BRASS, 1.2, soft=False)  # fmt: skip


def _paper(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.36, -0.44), (0.3, -0.5), (0.42, 0.4), (-0.26, 0.48)], _CREAM, 1.2, soft=False)
    for k in range(6):
        y = -0.3 + 0.11 * k
        pen.stroke([(-0.25 + 0.015 * k, y + 0.02), (0.05, y), (0.24 - 0.06 * (k % 3), y - 0.02)], 0.7)


def _book(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.66, -0.2), (-0.64, 0.32), (0.0, 0.42), (0.64, 0.32), (0.66, -0.2), (0.0, -0.1)],
        mix(p.near, _WOOD, 0.5),
        1.2,
        soft=False,
    )
    for side in (-1, 1):
        pen.shape(
            [
                (0.0, -0.14),
                (side * 0.3, -0.26),
                (side * 0.61, -0.22),
                (side * 0.59, 0.26),
                (side * 0.3, 0.24),
                (0.0, 0.36),
            ],
            _CREAM,
            1.0,
            soft=False,
        )
        for k in range(6):
            y = -0.12 + 0.065 * k
            pen.stroke([(side * 0.08, y + 0.03), (side * 0.3, y - 0.03), (side * 0.52, y)], 0.6)


def _phone(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.24, -0.46), (0.24, -0.46), (0.24, 0.46), (-0.24, 0.46)], mix(p.ink, p.near, 0.3), 1.2, soft=False
    )
    pen.shape(
        [(-0.2, -0.38), (0.2, -0.38), (0.2, 0.36), (-0.2, 0.36)], mix(p.accent, _CREAM, 0.6), 0.8, soft=False
    )
    for k, w in enumerate((0.22, 0.3, 0.16)):
        pen.shape(
            [
                (-0.15, -0.28 + 0.16 * k),
                (-0.15 + w, -0.28 + 0.16 * k),
                (-0.15 + w, -0.18 + 0.16 * k),
                (-0.15, -0.18 + 0.16 * k),
            ],
            p.far,
            0.5,
        )


def _receiver(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.46, 0.42), (0.46, 0.42), (0.36, 0.04), (-0.36, 0.04)], mix(p.ink, p.near, 0.4), 1.2)
    pen.shape(oval(0.0, 0.22, 0.16, 0.14), _CREAM, 1.0)
    pen.limb(
        [(-0.42, -0.12), (-0.2, -0.26), (0.2, -0.26), (0.42, -0.12)],
        [0.2 * pen.unit, 0.12 * pen.unit, 0.12 * pen.unit, 0.2 * pen.unit],
        pen.ink,
    )


def _cup(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.4, 0.02, 0.16, 0.18), None, 2.4)
    pen.shape(
        [(-0.36, -0.26), (0.36, -0.26), (0.3, 0.36), (0.2, 0.44), (-0.2, 0.44), (-0.3, 0.36)],
        _CREAM,
        1.2,
        soft=False,
    )
    pen.shape(oval(0.0, -0.26, 0.36, 0.09), mix(_WOOD, p.ink, 0.4), 1.0)
    pen.stroke([(0.0, 0.0), (0.0, 0.24)], 1.0)
    pen.stroke([(-0.12, 0.14), (0.0, 0.26), (0.12, 0.14)], 1.0)
    for x in (-0.12, 0.1):
        pen.stroke([(x, -0.4), (x + 0.06, -0.52), (x - 0.03, -0.62), (x + 0.04, -0.74)], 0.9)


def _bowl(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.34, 0.62, 0.1), mix(p.mid, p.near, 0.3), 0.0)
    pen.shape(
        [(-0.56, -0.02), (0.56, -0.02), (0.36, 0.32), (0.2, 0.38), (-0.2, 0.38), (-0.36, 0.32)], _CREAM, 1.2
    )
    pen.shape(oval(0.0, -0.02, 0.56, 0.15), mix(p.accent, _WOOD, 0.35), 1.0)
    pen.shape(oval(0.0, -0.06, 0.22, 0.09), mix(_WOOD, (90, 50, 30), 0.4), 0.9)


def _knife(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.1, -0.1), (0.56, -0.32), (0.64, -0.3), (0.5, -0.1), (-0.06, 0.06)], _STEEL, 1.2, soft=False
    )
    pen.limb([(-0.1, -0.02), (-0.5, 0.16)], [0.12 * pen.unit, 0.13 * pen.unit], mix(_WOOD, p.ink, 0.3))
    pen.stroke([(-0.14, -0.14), (-0.04, 0.12)], 2.5)


def _pistol(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.3, -0.22), (0.56, -0.22), (0.56, -0.04), (0.06, -0.02), (0.0, 0.12), (-0.1, 0.12), (-0.16, 0.42), (-0.38, 0.38), (-0.28, -0.02)],
              mix(p.ink, _STEEL, 0.35), 1.2, soft=False)  # fmt: skip


def _eye(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.74, 0.04), (-0.4, -0.28), (0.05, -0.38), (0.48, -0.22), (0.72, 0.06), (0.3, 0.28), (-0.3, 0.28)],
        _CREAM,
        1.6,
    )
    pen.shape(oval(0.02, -0.03, 0.28, 0.3), mix(p.accent, (92, 110, 110), 0.55), 1.4)
    pen.fill(oval(0.02, -0.03, 0.14, 0.15), p.ink)
    pen.fill(oval(-0.07, -0.13, 0.06, 0.06), (255, 254, 250))
    pen.stroke([(-0.78, 0.02), (-0.42, -0.34), (0.05, -0.45), (0.52, -0.28), (0.78, 0.04)], 3.0)
    pen.stroke([(-0.7, -0.46), (-0.3, -0.66), (0.2, -0.68), (0.66, -0.5)], 4.2)


def _keyhole(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.0, 0.62, 0.78), mix(_BRASS, p.near, 0.5), 1.4)
    hole = [
        *[(0.26 * cos(a), -0.16 + 0.26 * sin(a)) for a in [pi * (0.8 + 1.4 * k / 10) for k in range(11)]],
        (0.3, 0.5),
        (-0.3, 0.5),
    ]
    pen.shape(hole, mix(p.accent, _CREAM, 0.6), 1.4, soft=False)
    with pen.bent(lambda u, v: (u * 0.28, -0.14 + v * 0.28)):
        _eye(pen, p)


def _handle(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.46, -0.8), (0.5, -0.8), (0.5, 0.8), (-0.46, 0.8)], mix(p.mid, _WOOD, 0.5), 1.2, soft=False)
    pen.shape([(-0.16, -0.42), (0.1, -0.42), (0.1, 0.44), (-0.16, 0.44)], mix(_BRASS, p.near, 0.2), 1.2)
    pen.shape(oval(-0.03, -0.1, 0.19, 0.19), _BRASS, 1.3)
    pen.shape([(-0.06, 0.16), (0.0, 0.16), (0.03, 0.34), (-0.09, 0.34)], p.ink, 0.8)


def _clock(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.0, 0.52, 0.52, corners=32), mix(_BRASS, p.near, 0.25), 1.4)
    pen.shape(oval(0.0, 0.0, 0.43, 0.43, corners=32), _CREAM, 1.0)
    for k in range(12):
        a = 2 * pi * k / 12
        pen.stroke([(0.35 * cos(a), 0.35 * sin(a)), (0.4 * cos(a), 0.4 * sin(a))], 1.4)
    pen.stroke([(0.0, 0.0), (0.06, -0.32)], 2.2)
    pen.stroke([(0.0, 0.0), (-0.2, -0.1)], 2.8)


def _portrait(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.46, -0.52), (0.46, -0.56), (0.5, 0.5), (-0.42, 0.54)], mix(_WOOD, p.near, 0.3), 1.4, soft=False
    )
    pen.shape(
        [(-0.36, -0.42), (0.37, -0.45), (0.4, 0.4), (-0.33, 0.43)],
        mix(p.paper, p.accent, 0.2),
        1.0,
        soft=False,
    )
    pen.shape([(-0.3, 0.42), (-0.2, 0.16), (0.02, 0.1), (0.26, 0.16), (0.36, 0.4)], p.near, 1.0)
    pen.shape(oval(0.02, -0.08, 0.17, 0.22), (232, 204, 176), 1.0)
    pen.shape(
        [
            (-0.15, 0.0),
            (-0.05, -0.03),
            (0.02, -0.01),
            (0.1, -0.03),
            (0.2, 0.0),
            (0.12, 0.07),
            (0.02, 0.03),
            (-0.08, 0.07),
        ],
        (96, 78, 70),
        0.7,
    )
    for x in (-0.05, 0.1):
        pen.stroke([(x - 0.035, -0.11), (x + 0.035, -0.1)], 1.2)
    pen.shape(
        [(-0.16, -0.14), (-0.1, -0.3), (0.04, -0.33), (0.16, -0.28), (0.2, -0.14), (0.08, -0.22)],
        (96, 78, 70),
        0.7,
    )


def _candle(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, -0.46, 0.34, 0.36), mix(p.accent, p.paper, 0.55), 0.0)
    pen.shape([(0.0, -0.66), (0.09, -0.46), (0.05, -0.34), (-0.05, -0.34), (-0.09, -0.46)], p.accent, 1.0)
    pen.shape([(-0.1, -0.3), (0.1, -0.3), (0.11, 0.36), (-0.11, 0.36)], _CREAM, 1.1, soft=False)
    pen.shape(oval(0.0, 0.38, 0.34, 0.09), _BRASS, 1.1)


def _lamp(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, -0.02, 0.62, 0.6), mix(p.accent, p.paper, 0.6), 0.0)
    pen.stroke([(-0.22, -0.34), (-0.2, -0.62), (0.0, -0.72), (0.2, -0.62), (0.22, -0.34)], 1.4)
    pen.shape(
        [(-0.22, -0.36), (0.22, -0.36), (0.26, 0.26), (-0.26, 0.26)],
        mix(p.accent, _CREAM, 0.4),
        1.2,
        soft=False,
    )
    pen.shape([(0.0, -0.18), (0.1, 0.06), (0.0, 0.2), (-0.1, 0.06)], p.accent, 1.0)
    for y in (-0.42, 0.26):
        pen.shape(
            [(-0.3, y), (0.3, y), (0.3, y + 0.1), (-0.3, y + 0.1)], mix(p.near, _BRASS, 0.35), 1.1, soft=False
        )


def _rope(pen: Pen, p: Palette) -> None:
    straw: Colour = (206, 180, 132)
    loops: list[list[Place]] = [
        [
            (-1.6, 0.06),
            (-0.6, 0.0),
            (-0.2, 0.06),
            (0.08, 0.26),
            (0.3, 0.08),
            (0.14, -0.2),
            (-0.12, -0.06),
            (-0.06, 0.3),
        ],
        [
            (1.6, -0.1),
            (0.6, 0.0),
            (0.16, 0.02),
            (-0.14, -0.14),
            (-0.3, 0.08),
            (-0.1, 0.2),
            (0.2, 0.14),
            (0.36, 0.44),
        ],
    ]
    for loop in loops:
        for width, tone in ((0.155, pen.ink), (0.13, straw)):
            pen.limb(loop, [width * pen.unit] * len(loop), tone)
        for (ax, ay), (bx, by) in zip(loop, loop[1:], strict=False):
            for k in range(4):
                x, y = ax + (bx - ax) * (k + 0.5) / 4, ay + (by - ay) * (k + 0.5) / 4
                pen.stroke([(x - 0.03, y + 0.05), (x + 0.03, y - 0.05)], 0.7, ink=mix(straw, pen.ink, 0.5))


def _boot(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.34, -0.6), (0.14, -0.62), (0.12, 0.1), (0.5, 0.22), (0.6, 0.42), (-0.36, 0.42), (-0.3, 0.0)],
        mix(_WOOD, p.ink, 0.45),
        1.3,
    )
    pen.shape([(-0.38, 0.4), (0.62, 0.4), (0.6, 0.5), (-0.38, 0.5)], p.ink, 1.0, soft=False)
    pen.shape(oval(-0.1, -0.6, 0.25, 0.09), mix(p.far, _CREAM, 0.5), 1.1)
    for k in range(3):
        pen.stroke([(0.02, -0.1 + 0.12 * k), (0.16, -0.04 + 0.12 * k)], 1.2)


def _box(pen: Pen, p: Palette) -> None:
    wood = mix(_WOOD, p.mid, 0.35)
    pen.shape([(-0.56, -0.14), (0.56, -0.14), (0.56, 0.42), (-0.56, 0.42)], wood, 1.3, soft=False)
    pen.shape(
        [(-0.56, -0.14), (-0.5, -0.36), (0.5, -0.36), (0.56, -0.14)], mix(wood, _CREAM, 0.25), 1.2, soft=False
    )
    pen.shape([(-0.1, -0.2), (0.1, -0.2), (0.1, 0.06), (-0.1, 0.06)], _BRASS, 1.1, soft=False)
    pen.stroke([(-0.2, -0.36), (-0.14, -0.5), (0.14, -0.5), (0.2, -0.36)], 2.2)


def _flower(pen: Pen, p: Palette) -> None:
    pen.stroke([(0.0, 0.6), (0.05, 0.2), (0.0, -0.1)], 2.4, ink=mix((96, 124, 80), p.ink, 0.2))
    pen.shape([(0.04, 0.26), (0.26, 0.1), (0.36, 0.16), (0.2, 0.3)], (126, 150, 96), 1.0)
    for k in range(7):
        a = 2 * pi * k / 7
        pen.shape(
            oval(0.2 * cos(a), -0.2 + 0.2 * sin(a), 0.15, 0.09, a), mix(p.accent, (226, 110, 110), 0.5), 1.0
        )
    pen.shape(oval(0.0, -0.2, 0.1, 0.1), _BRASS, 1.0)


def _pen_on_paper(pen: Pen, p: Palette) -> None:
    with pen.bent(lambda u, v: (u * 1.5 - v * 0.25, v * 0.8 + u * 0.2 + 0.16)):
        _paper(pen, p)
    pen.shape(
        [(0.05, 0.2), (0.1, 0.05), (0.62, -0.62), (0.74, -0.53), (0.2, 0.13)],
        mix(p.near, p.ink, 0.5),
        1.2,
        soft=False,
    )
    pen.shape([(0.05, 0.2), (0.1, 0.05), (0.2, 0.13)], _BRASS, 1.0, soft=False)


def _ring(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.06, 0.4, 0.4, corners=30), None, 4.5)
    pen.shape(oval(0.0, 0.06, 0.34, 0.34, corners=30), None, 1.0)
    pen.shape(
        [(-0.16, -0.4), (0.0, -0.62), (0.16, -0.4), (0.0, -0.26)],
        mix(p.accent, (150, 200, 220), 0.6),
        1.2,
        soft=False,
    )


def _window(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.5, -0.62), (0.5, -0.62), (0.5, 0.58), (-0.5, 0.58)], mix(_WOOD, p.mid, 0.4), 1.3, soft=False
    )
    for x in (-0.44, 0.03):
        for y in (-0.56, 0.01):
            pen.shape(
                [(x, y), (x + 0.41, y), (x + 0.41, y + 0.5), (x, y + 0.5)],
                mix(p.sky, p.paper, 0.5),
                0.9,
                soft=False,
            )
            pen.stroke([(x + 0.08, y + 0.3), (x + 0.26, y + 0.08)], 0.7, ink=_CREAM)


def _prints(pen: Pen, p: Palette) -> None:
    for k in range(4):
        x, y, s = -0.5 + 0.32 * k, 0.42 - 0.28 * k, 1.0 - 0.13 * k
        side = 0.12 if k % 2 else -0.12
        pen.shape(oval(x + side, y, 0.1 * s, 0.17 * s, 0.5), mix(p.near, p.mid, 0.3), 0.8)
        pen.shape(oval(x + side - 0.08, y + 0.2 * s, 0.07 * s, 0.08 * s, 0.5), mix(p.near, p.mid, 0.3), 0.8)


def _mystery(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.36, -0.3), (0.06, -0.48), (0.42, -0.26), (0.38, 0.24), (0.0, 0.46), (-0.4, 0.22)],
        mix(p.mid, p.accent, 0.35),
        1.3,
        soft=False,
    )
    pen.shape(
        [(-0.36, -0.3), (0.06, -0.48), (0.42, -0.26), (0.0, -0.08)],
        mix(p.paper, p.accent, 0.3),
        1.0,
        soft=False,
    )
    pen.stroke([(0.0, -0.08), (0.0, 0.46)], 1.1)
    pen.hatch((-0.36, -0.08, -0.04, 0.34), 0.07, mix(p.ink, p.mid, 0.3), lambda n: (n * 7919 % 97) / 97)


THINGS: Mapping[str, tuple[str, Drawer]] = {
    "keyhole": ("keyhole*|шпарин*|замков* шпар*|замкова щілин*|замкову щілин*", _keyhole),
    "key": ("keys?|ключ*", _key),
    "knot": ("rope*|knot*|cord|string|chain*|мотуз*|вузол|вузл*|канат*|ланцюг*|линва|шнур*", _rope),
    "pen": ("pen|pencil|quill|writes?|signs?|signature|ручк* пише|перо|пером|олівець|олівц*|підпис*|пише", _pen_on_paper),
    "portrait": ("portrait*|photo*|picture|painting|портрет*|фото*|світлин*|картин*", _portrait),
    "receiver": ("telephone|receiver|landline|слухавк*|дзвонить телефон", _receiver),
    "phone": ("phone*|smartphone*|screen|телефон*|смартфон*|екран*|мобільн*", _phone),
    "book": ("book*|logbook|diary|notebook|journal|page|pages|книг*|книж*|щоденник*|зошит*|сторінк*|журнал*", _book),
    "paper": ("letter*|note|paper*|map|envelope|document*|newspaper|telegram|лист|листа|листі|листок|записк*|папір|папер*|"
              "мапа|мапу|карта|карту|конверт*|документ*|газет*|телеграм*", _paper),
    "cup": ("cup|mug|coffee|tea|glass|чашк*|кухол*|горнят*|кава|кави|каву|чай|чаю|склянк*|келих*", _cup),
    "bowl": ("bowl*|saucer|plate|dish|food|soup|basin|миск*|блюдц*|тарілк*|їжа|борщ*|котлет*|варен*|каша|суп", _bowl),
    "knife": ("knife|sword|dagger|blade|scissors|pliers|ніж|ножа|ножем|меч|меча|шабл*|кинджал*|лезо|ножиц*|плоскогубц*", _knife),
    "pistol": ("gun|pistol|revolver|пістолет*|револьвер*|зброя|зброю", _pistol),
    "clock": ("clock*|watch|alarm|hour|годинник*|циферблат*|будильник*", _clock),
    "candle": ("candle*|match|свічк*|сірник*", _candle),
    "lamp": ("lamp*|lantern*|torch*|flashlight*|bulb|ламп*|ліхтар*|смолоскип*", _lamp),
    "boot": ("boots?|shoes?|galosh*|sneaker*|чоб[оі]т*|чобіт|черевик*|взутт*|халяв*|кросівк*", _boot),
    "box": ("box|suitcase|bag|chest|case|satchel|basket|коробк*|валіз*|сумк*|скрин*|кошик*|портфел*|рюкзак*", _box),
    "ring": ("ring|necklace|jewel*|coin|medal*|перст*|каблучк*|обручк*|намист*|коштовн*|монет*|медал*", _ring),
    "flower": ("flower*|rose*|leaf|bouquet|квіт*|троянд*|букет*|листочок|пелюст*", _flower),
    "prints": ("footprint*|tracks|trail|слід*|сліди", _prints),
    "eye": ("eyes?|gaze|pupil*|tear|око|очі|очей|погляд|зіниц*|сльоз*", _eye),
    "window": ("window*|pane|вікно|вікна|вікні|шибк*", _window),
    "handle": ("door*|knob|handle|lock|двер*|ручк*|клямк*|замок|замка", _handle),
}  # fmt: skip
_HAND = (
    "hands?|fingers?|fist|palm|grip*|hold*|takes?|picks?|pulls?|writes?|рук[аиуо]*|руки|пальц*|кулак*|долон*|бере|знімає|трима*|"
    "стиска*|тягне|розв язу*|пише"
)


def thing_in(*texts: str) -> str:
    """Return the key of THINGS that the first telling text names first, else ""."""
    for text in texts:
        words = plain_words(text)
        found = [
            (m.start(), name)
            for name, (stems, _) in THINGS.items()
            if (m := word_finder(stems).search(words))
        ]
        if found:
            return min(found)[1]
    return ""


def has_hand(*texts: str) -> bool:
    """Tell whether the texts speak of a hand at work."""
    return any(word_finder(_HAND).search(plain_words(text)) for text in texts)


def draw_thing(pen: Pen, name: str, palette: Palette, x: float, y: float, size: float) -> None:
    """Draw a thing (a key of THINGS, anything else is a plain block) `size` panel pixels high around a point."""
    drawer = THINGS[name][1] if name in THINGS else _mystery
    with pen.bent(lambda u, v: (x + u * size, y + v * size), size):
        drawer(pen, palette)


def draw_big_hand(pen: Pen, x: float, y: float, size: float, sleeve: Colour, skin: Colour) -> None:
    """Draw a hand reaching in from the right below, its fingertips near (x, y)."""
    with pen.bent(lambda u, v: (x + u * size, y + v * size), size):
        unit = size
        arm: list[Place] = [(0.52, 0.5), (1.3, 1.2)]
        pen.limb(arm, [0.52 * unit, 0.7 * unit], pen.ink, pen.line * 0.7)
        pen.limb(arm, [0.52 * unit, 0.7 * unit], sleeve)
        pen.stroke([(0.34, 0.74), (0.48, 0.58), (0.74, 0.34)], 1.6)
        fingers: list[list[Place]] = [
            [(0.38, 0.3), (0.2, 0.06), (-0.04, -0.02)], [(0.34, 0.36), (0.12, 0.17), (-0.1, 0.12)],
            [(0.3, 0.44), (0.1, 0.3), (-0.08, 0.26)], [(0.28, 0.52), (0.12, 0.44), (-0.02, 0.4)],
        ]  # fmt: skip
        palm = [(0.24, 0.3), (0.44, 0.24), (0.56, 0.4), (0.48, 0.58), (0.3, 0.6), (0.2, 0.46)]
        pen.shape(palm, skin, 1.2)
        for finger in fingers:
            pen.limb(finger, [0.16 * unit, 0.145 * unit, 0.115 * unit], pen.ink, pen.line * 0.6)
            pen.limb(finger, [0.16 * unit, 0.145 * unit, 0.115 * unit], skin)
        pen.shape(palm, skin, 0.0)
        thumb: list[Place] = [(0.44, 0.3), (0.3, 0.02), (0.08, -0.16)]
        pen.limb(thumb, [0.18 * unit, 0.16 * unit, 0.12 * unit], pen.ink, pen.line * 0.6)
        pen.limb(thumb, [0.18 * unit, 0.16 * unit, 0.12 * unit], skin)


def focus_lines(pen: Pen, width: float, height: float, ink: Colour, roll: Callable[[int], float]) -> None:
    """Draw lines from all edges towards the thing in the middle."""
    n = 44
    for k in range(n):
        a = 2 * pi * (k + 0.6 * roll(k)) / n
        start, end = 0.64 + 0.12 * roll(k + 50), 1.2
        cx, cy = width / 2, height * 0.57
        pen.stroke(
            [(cx + cos(a) * width * end, cy + sin(a) * height * end), (cx + cos(a) * width * start * 0.8, cy + sin(a) * height * start * 0.8)],
            0.8, ink=ink,
        )  # fmt: skip


def draw_held(pen: Pen, prop: str, x: float, y: float, unit: float, palette: Palette) -> None:
    """Draw what somebody holds, around the hand at a pixel; `unit` is the height of the head in pixels."""
    if prop == "needles":
        for dx in (-0.25, 0.2):
            pen.stroke([(x - dx * unit, y + 0.1 * unit), (x + dx * unit, y - 0.35 * unit)], 1.0)
        pen.shape(oval(x, y + 0.25 * unit, 0.16 * unit, 0.24 * unit), mix(palette.far, _CREAM, 0.3), 0.8)
        return
    if prop == "spoon":
        pen.stroke([(x, y), (x + 0.2 * unit, y - 0.16 * unit)], 1.6)
        pen.shape(oval(x + 0.25 * unit, y - 0.2 * unit, 0.09 * unit, 0.06 * unit), _STEEL, 0.7)
        return
    if prop == "pen":
        pen.stroke([(x, y + 0.12 * unit), (x + 0.14 * unit, y - 0.22 * unit)], 1.6)
        return
    name, size = {
        "phone": ("phone", 0.42),
        "book": ("book", 0.62),
        "lamp": ("lamp", 0.6),
        "kettle": ("cup", 0.42),
    }.get(prop, (prop, 0.5))
    if name in THINGS:
        draw_thing(pen, name, palette, x, y - 0.05 * unit, size * unit)


_HELD = frozenset({"key", "book", "paper", "cup", "bowl", "knife", "pistol", "candle", "lamp", "box", "flower", "phone", "boot"})


def held_thing(words: str) -> str:
    """Return the first thing of the words that fits into hands, else ""."""
    plain = plain_words(words)
    found = [(m.start(), name) for name in _HELD if (m := word_finder(THINGS[name][0]).search(plain))]
    return min(found)[1] if found else ""


def lay_table(
    pen: Pen, palette: Palette, reach: tuple[float, float], top: float, unit: float, words: str
) -> None:
    """Draw a table before those who sit at it, with a few things on it; `unit` is the height of a head in pixels."""
    x0, x1 = reach
    wood = mix(mix(palette.mid, _WOOD, 0.55), palette.far, 0.15)
    for x in (x0 + 0.5 * unit, x1 - 0.5 * unit):
        pen.limb([(x, top + 0.3 * unit), (x, top + 2.0 * unit)], [0.2 * unit, 0.16 * unit], mix(wood, pen.ink, 0.4))
    board = [(x0 + 0.35 * unit, top - 0.16 * unit), (x1 - 0.35 * unit, top - 0.16 * unit), (x1, top + 0.16 * unit), (x0, top + 0.16 * unit)]
    pen.shape(board, mix(wood, palette.paper, 0.25), 1.1, soft=False)
    pen.shape([(x0, top + 0.16 * unit), (x1, top + 0.16 * unit), (x1, top + 0.32 * unit), (x0, top + 0.32 * unit)], wood, 1.0, soft=False)
    things = [name for name in ("bowl", "cup", "paper", "book", "candle") if word_finder(THINGS[name][0]).search(plain_words(words))]
    for k, name in enumerate((things or ["cup"])[:3]):
        share = (k + 1) / (min(3, len(things) or 1) + 1)
        draw_thing(pen, name, palette, x0 + (x1 - x0) * share, top - 0.12 * unit, unit * 0.46)
