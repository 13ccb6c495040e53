"""Know small things by their words, and draw them by name."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.render.camera import plain_words, word_finder
from kitsumy_core.render.sketching.ink import Pen
from kitsumy_core.render.sketching.objects import (
    Drawer,
    draw_book,
    draw_boot,
    draw_bowl,
    draw_box,
    draw_candle,
    draw_clock,
    draw_cup,
    draw_eye,
    draw_flower,
    draw_handle,
    draw_key,
    draw_keyhole,
    draw_knife,
    draw_lamp,
    draw_mystery,
    draw_paper,
    draw_pen_on_paper,
    draw_phone,
    draw_pistol,
    draw_portrait,
    draw_prints,
    draw_receiver,
    draw_ring,
    draw_rope,
    draw_window,
)
from kitsumy_core.render.sketching.palette import Palette

THINGS: Mapping[str, tuple[str, Drawer]] = {
    "keyhole": ("keyhole*|шпарин*|замков* шпар*|замкова щілин*|замкову щілин*", draw_keyhole),
    "key": ("keys?|ключ*", draw_key),
    "knot": ("rope*|knot*|cord|string|chain*|мотуз*|вузол|вузл*|канат*|ланцюг*|линва|шнур*", draw_rope),
    "pen": ("pen|pencil|quill|writes?|signs?|signature|ручк* пише|перо|пером|олівець|олівц*|підпис*|пише",
    draw_pen_on_paper),
    "portrait": ("portrait*|photo*|picture|painting|портрет*|фото*|світлин*|картин*", draw_portrait),
    "receiver": ("telephone|receiver|landline|слухавк*|дзвонить телефон", draw_receiver),
    "phone": ("phone*|smartphone*|screen|телефон*|смартфон*|екран*|мобільн*", draw_phone),
    "book": ("book*|logbook|diary|notebook|journal|page|pages|книг*|книж*|щоденник*|зошит*|сторінк*|журнал*",
    draw_book),
    "paper": ("letter*|note|paper*|map|envelope|document*|newspaper|telegram|лист|листа|листі|листок|записк*|"
    "папір|папер*|"
              "мапа|мапу|карта|карту|конверт*|документ*|газет*|телеграм*", draw_paper),
    "cup": ("cup|mug|coffee|tea|glass|чашк*|кухол*|горнят*|кава|кави|каву|чай|чаю|склянк*|келих*", draw_cup),
    "bowl": ("bowl*|saucer|plate|dish|food|soup|basin|миск*|блюдц*|тарілк*|їжа|борщ*|котлет*|варен*|каша|"
    "суп", draw_bowl),
    "knife": ("knife|sword|dagger|blade|scissors|pliers|ніж|ножа|ножем|меч|меча|шабл*|кинджал*|лезо|ножиц*|"
    "плоскогубц*", draw_knife),
    "pistol": ("gun|pistol|revolver|пістолет*|револьвер*|зброя|зброю", draw_pistol),
    "clock": ("clock*|watch|alarm|hour|годинник*|циферблат*|будильник*", draw_clock),
    "candle": ("candle*|match|свічк*|сірник*", draw_candle),
    "lamp": ("lamp*|lantern*|torch*|flashlight*|bulb|ламп*|ліхтар*|смолоскип*", draw_lamp),
    "boot": ("boots?|shoes?|galosh*|sneaker*|чоб[оі]т*|чобіт|черевик*|взутт*|халяв*|кросівк*", draw_boot),
    "box": ("box|suitcase|bag|chest|case|satchel|basket|коробк*|валіз*|сумк*|скрин*|кошик*|портфел*|рюкзак*",
    draw_box),
    "ring": ("ring|necklace|jewel*|coin|medal*|перст*|каблучк*|обручк*|намист*|коштовн*|монет*|медал*",
    draw_ring),
    "flower": ("flower*|rose*|leaf|bouquet|квіт*|троянд*|букет*|листочок|пелюст*", draw_flower),
    "prints": ("footprint*|tracks|trail|слід*|сліди", draw_prints),
    "eye": ("eyes?|gaze|pupil*|tear|око|очі|очей|погляд|зіниц*|сльоз*", draw_eye),
    "window": ("window*|pane|вікно|вікна|вікні|шибк*", draw_window),
    "handle": ("door*|knob|handle|lock|двер*|ручк*|клямк*|замок|замка", draw_handle),
}  # fmt: skip


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


_HELD = ("key", "book", "paper", "cup", "bowl", "knife", "pistol", "candle", "lamp", "box", "flower", "phone",
         "boot")  # fmt: skip
_LAID = ("bowl", "cup", "paper", "book", "candle")


def held_thing(words: str) -> str:
    """Return the first thing of the words that fits into hands, else ""."""
    plain = plain_words(words)
    found = [(m.start(), name) for name in _HELD if (m := word_finder(THINGS[name][0]).search(plain))]
    return min(found)[1] if found else ""


def laid_things(words: str) -> tuple[str, ...]:
    """Return the things of the words that lie on a table, three at most."""
    plain = plain_words(words)
    return tuple(name for name in _LAID if word_finder(THINGS[name][0]).search(plain))[:3]


def draw_thing(pen: Pen, name: str, palette: Palette, x: float, y: float, size: float) -> None:
    """Draw a thing (a key of THINGS; else a plain block) `size` panel pixels high around a point."""
    drawer = THINGS[name][1] if name in THINGS else draw_mystery
    with pen.bent(lambda u, v: (x + u * size, y + v * size), size):
        drawer(pen, palette)
