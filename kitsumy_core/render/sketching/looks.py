"""Read from the words of a look what a simple figure can show: kind, age, build, hair, things worn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kitsumy_core.render.camera import plain_words, word_finder
from kitsumy_core.render.sketching.ink import Colour


@dataclass(frozen=True)
class Look:
    """What can be seen of somebody. `kind` is "human" or an animal; unknown traits keep their defaults."""

    kind: str = "human"
    age: str = "adult"
    build: str = "usual"
    tall: bool = False
    woman: bool = False
    hair: str = "short"
    hair_colour: Colour = (84, 66, 60)
    beard: bool = False
    moustache: bool = False
    glasses: bool = False
    freckles: bool = False
    pipe: bool = False
    hat: str = ""
    garment: str = "shirt"


_KINDS = {
    "hedgehog": "hedgehog|porcupine|їжа*|їжач*",
    "cat": "cat|kitten|kitty|cats|кіт|кота|коти*|кішк*|кошен*|кицьк*",
    "dog": "dog|puppy|hound|wolf|пес|пса|собак*|цуцен*|щен*|вовк|вовчиц*",
    "fox": "fox|vixen|лис|лиса(?! голов)|лисом|лисиц*|лисич*|лисен*|лиск*",
    "bear": "bear|bear cub|ведмід*|ведмед*",
    "rabbit": "rabbit|hare|bunny|заєць|зайч*|зайц*|кролик*|кріл*",
    "mouse": "mouse|rat|миш|миша|мишк*|мишен*|щур*",
    "bird": "bird|crow|raven|owl|parrot|duck|goose|rooster|hen|chicken|sparrow|птах*|пташк*|ворон*|сова|сови|"
    "папуг*|качк*|"
    "гуск*|півень|курк*|горобец*|горобч*|лелек*",
    "horse": "horse|pony|donkey|goat|cow|deer|кінь|коня|лоша*|осел|віслюк*|коза|козеня*|корова|олен*",
    "robot": "robot*|android|cyborg|droid|робот*|андроїд*|дрон",
}  # fmt: skip
_LIKENESS = re.compile(r"\b(?:like|as|eyes? of|мов|наче|неначе|ніби|як)(?: an?| the)? \Z")
_HAIR_COLOURS: tuple[tuple[str, Colour], ...] = (
    ("red hair*|redhead*|ginger*|auburn|red haired|рудий|руда|рудо*|руде*|руді*|рудув*", (190, 96, 52)),
    ("(?:white|silver|gr[ae]y) (?:hair|haired|beard|whiskers)|gr[ae]ying|silver haired|сивий|сива|сиве|сиві|"
    "сиво*|посивіл*|"
     "біле волосся", (214, 210, 204)),
    ("blond*|fair haired?|golden hair|yellow hair|білява*|білявий|русяв*|світле волосся|світловолос*|"
    "золотаве волосся",
     (222, 184, 108)),
    ("(?:black|dark|raven) (?:\\w+ ){0,3}(?:hair|haired|fringe|braids?|bun|curls|bob|ponytail)|brunette|"
    "чорняв*|чорне волосся|темне волосся|"
     "темноволос*|чорноволос*|темн* (?:чуб|кос|кучер)*|чорн* (?:чуб|кос|кучер)*", (48, 44, 50)),
    ("(?:brown|chestnut) (?:\\w+ )?hair*|brown haired|каштанов*|шатен*|брюнет*", (104, 68, 50)),
    ("blue hair|синє волосся", (84, 120, 190)),
    ("pink hair|рожеве волосся", (222, 140, 170)),
    ("green hair|зелене волосся", (110, 160, 100)),
)  # fmt: skip
_HAIR = {
    "bald": "bald*|shaven head|shaved head|лис[аеоу]*голов*|лисин*|лисий|лиса голова|голомоз*|поголен*",
    "braids": "braid*|pigtail*|plait*|кіски|кісок|косич*|коси|дві коси|косами|коса|косою",
    "bun": "bun|chignon|topknot|гульк*|пучок|вузол волосся|волосся у вуз*",
    "tail": "pony ?tail|хвіст*|хвостик*",
    "curly": "curl*|curly|afro|кучер*|кучеряв*|frizzy",
    "long": "long (?:\\w+ ){0,2}hair|long haired|flowing hair|довг* (?:\\w+ )?волосс*|довговолос*|розпущен*|"
    "shoulder length",
    "fringe": "fringe|bangs|чуб|чубом|чубчик*|грив*",
}  # fmt: skip
_HATS = {
    "scarf": "headscarf|head scarf|kerchief|хустк*|хустин*|hijab",
    "hood": "hood up|hooded|капюшон*|каптур*",
    "cap": "cap|beret|beanie|кашкет*|кепк*|берет*|шапк*|шапочк*|картуз*",
    "hat": "hat|fedora|stetson|капелюх*|бриль|брилі|циліндр*",
    "helmet": "helmet*|шолом*|каска|каск*|скафандр*|astronaut|spacesuit",
    "crown": "crown|tiara|корон[аиу]|короно*",
    "wreath": "wreath|вінок|вінк*",
}
_GARMENTS = {
    "coat": "coat*|trench*|overcoat|cloak|cape|parka|jacket|плащ*|пальт*|куртк*|шинел*|жупан*|свит[аиу]|"
    "мантi*|накидк*|кожух*",
    "dress": "dress|gown|skirt|сукн*|плаття|спідниц*|сарафан*|вишита сорочка і спідниц*",
    "hoodie": "hoodie|sweatshirt|худі|толстовк*",
    "sweater": "sweater|jumper|cardigan|pullover|светр*|кофт*|джемпер*|светер",
    "robe": "robe|kimono|cassock|ряс[аиу]|халат*|кімоно|мантія",
    "suit": "suit|tuxedo|uniform|костюм*|смокінг*|фрак|уніформ*|мундир*",
}  # fmt: skip
_CHILD = (
    "child*|kid|boy|girl|toddler|teen*|(?:six|seven|eight|nine|ten|eleven|twelve)(?: year| years|\\Z| small)|"
    "nine|ten year*|"
    "дитин*|хлопчик*|хлопчи*|дівчин(?:ка|ки|ку|кою)|маля*|підліт*|школяр*|"
    "(?:шість|сім|вісім|девять|десять|одинадцять|дванадцять) рок*|(?:[5-9]|1[0-3]) (?:рок*|years?)|онук*|син|"
    "синок|донька|доня"
)  # fmt: skip
_OLD = (
    "old|elder*|aged|sixty*|seventy*|eighty*|ninety*|grand(?:ma|pa|mother|father)*|стар[иіа]й*|стара|старен*|"
    "літн(?:ій|я|ього)|"
    "шістдесят*|сімдесят*|вісімдесят*|баба|баби|бабус*|дід|діда|дідус*|пенсіон*|зморшк*|(?:[6-9]\\d) (?:рок*|"
    "years?)"
)  # fmt: skip
_WOMAN = (
    "woman|girl|she|her|lady|female|mother|mom|aunt|sister|wife|queen|princess|witch|grandma*|grandmother|"
    "жінк*|дівчин*|"
    "дівча*|пані|мати|мама|сестр*|тітк*|королев*|принцес*|баба|бабус*|відьм*|донька|доня|дружин[аи]|"
    "\\w+(?:яна|жа|ька)"
)  # fmt: skip


@lru_cache(maxsize=256)
def read_look(name: str, look: str, clothing: str) -> Look:
    """Return the traits that a character's name, look and clothing words speak of."""
    body, worn = plain_words(look, 700), plain_words(clothing, 400)
    both = f"{body} {worn}"
    old, child = _has(_OLD, f"{plain_words(name)} {body}"), _has(_CHILD, body)
    hat = _pick(_HATS, both)
    return Look(
        kind=_kind(plain_words(name), body),
        age="child" if child and not _has("woman|man|farm woman", body[:30]) else "old" if old else "adult",
        build=_build(body),
        tall=_has("tall|lanky|towering|висок(?:ий|а|ого|ої)|довготелес*|рослий", body),
        woman=_has(_WOMAN, f"{plain_words(name)} {body}") or _has("dress|skirt|сукн*|спідниц*|хустк*", worn),
        hair=_pick(_HAIR, body) or "short",
        hair_colour=_hair_colour(body, old),
        beard=_has("beard*|bearded|борода|бород*", body),
        moustache=_has("m(?:o)?ustache*|walrus|вус*|вусат*", body),
        glasses=_has("glasses|spectacles|goggles|окуляр*|пенсне", both),
        freckles=_has("freckle*|ластовин*|веснян*", body),
        pipe=_has("pipe|люльк*", body),
        hat=hat,
        garment=_pick(_GARMENTS, worn) or _pick(_GARMENTS, body) or "shirt",
    )


def _has(stems: str, words: str) -> bool:
    return bool(word_finder(stems).search(words))


def _pick(table: dict[str, str], words: str) -> str:
    found = [(m.start(), name) for name, stems in table.items() if (m := word_finder(stems).search(words))]
    return min(found)[1] if found else ""


def _kind(name: str, body: str) -> str:
    if kind := _pick(_KINDS, name):
        return kind
    for kind, stems in _KINDS.items():
        found = word_finder(stems).search(body[:80])
        if found and not _LIKENESS.search(body[: found.start()]):
            return kind
    return "human"


def _build(body: str) -> str:
    if _has("big|broad|stout|fat|burly|plump|(?:tiny |small )?round (?:wo)?man*|huge|stocky|muscular|"
            "велик* чолов*|товст*|огрядн*|кругл(?:а|ий)|"
            "повн(?:а|ий)|кремезн*|широкоплеч*|дебел*", body):  # fmt: skip
        return "big"
    if _has(
        "thin|slim|slender|lean|narrow|skinny|gaunt|худ(?:ий|а|ого|е|орляв*)|струнк*|тонк(?:ий|а)|тендітн*|сухорляв*",
        body,
    ):
        return "thin"
    return "usual"


def _hair_colour(body: str, old: bool) -> Colour:
    found = next((colour for stems, colour in _HAIR_COLOURS if _has(stems, body)), None)
    return found or ((206, 202, 198) if old else Look.hair_colour)
