"""Two hundred dialogues in Ukrainian and English, always the same, in panels of all forms, faces known."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from kitsumy_core.page.layouts import panel_count
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Dialogue,
    DialogueKind,
    DialogueKit,
    Page,
    Panel,
    PanelKit,
    PlanKit,
)

UK = """
Ні!
Хто там?
Тихо. Слухай.
Ґедзь мене вкуси!
Це ж наш човен.
Я не бачив її відтоді, як згорів млин.
Маяк не світить уже три ночі.
Пригаси світло, бо нас побачать із берега!
Та це ж *наша* бабуся, тільки на сорок років молодша.
Ти певен, що це вона, а не хтось інший у її плащі?
Якщо двері зачинені зсередини, то як він вийшов?
Об’єднання рибалок просило не чіпати сітей до п’ятниці.
Сім років. Сім років я чекав на цього листа, а він — порожній!
Не треба мене рятувати, Зоє: я вже дорослий і вмію плавати.
Подивись на карту ще раз: тут немає жодного острова, а ми на ньому стоїмо.
Їжак сказав, що знає дорогу, але їжаки завжди так кажуть, коли їм страшно.
Кожного ранку море забирало один камінь, і кожного вечора хтось приносив інший на його місце.
Високопревосходительство, перепрошую за найнезручніше запитання у вашому житті!
Я хотів сказати тобі це ще вчора, коли ми сиділи на даху, але побоявся, що ти засмієшся.
У цьому місті ніхто не питає, звідки ти прийшов; питають лише, чи надовго й чи вмієш лагодити годинники.
Світло!
Та невже?
Знову дощ…
Іду, іду!
Що означає «назавжди»?
Щоб ви знали, ця шафа коштує дорожче, ніж увесь ваш будинок разом із підвалом.
""".strip().splitlines()

EN = """
No!
Who's there?
Hush. Listen.
You again?
That is our boat.
I haven't seen her since the mill burned down.
The lighthouse has been dark for three nights now.
Put out that lamp before they see us from the shore!
That is *our* grandmother, only forty years younger.
Are you sure it's her and not somebody else in her coat?
If the door was locked from the inside, how did he get out?
The fishermen's union asked us not to touch the nets till Friday.
Seven years. Seven years I waited for this letter, and it's blank!
You needn't rescue me, Zoe: I'm a grown man and I know how to swim.
Look at the chart again: there is no island here, and we are standing on it.
The hedgehog said he knew the way, but they always say that when they're scared.
Every morning the sea took one stone, and every evening somebody put another in its place.
Incomprehensibilities, sir? I was told to expect inconveniences at most!
I meant to tell you yesterday when we sat on the roof, but I was afraid that you would laugh.
In this town nobody asks where you came from; they ask how long you'll stay and whether you mend clocks.
Light!
Really?
Rain again...
Coming, coming!
What does "forever" mean?
That wardrobe costs more than your whole house, cellar and all, so mind the corners.
""".strip().splitlines()

CAMERAS = ("medium shot", "wide shot", "close-up", "medium close-up", "full shot", "over the shoulder")
LAYOUTS = ("grid-2x2", "three-rows", "two-horizontal", "big-top", "action", "manga-3", "rows-2-3", "grid-2x3",
           "manga-5-slash", "bleed-top", "tall-left", "rows-1-2-1", "splash", "grid-3x3")  # fmt: skip
KINDS: tuple[DialogueKind, ...] = (
    *("speech",) * 4, "thought", "whisper", "shout", "radio", "weak", "off"
)  # fmt: skip
FORMATS = ("us-comic", "us-comic", "manga-b5", "a5", "album", "webtoon")


class Case(NamedTuple):
    """One dialogue: a book of one page whose first panel holds it."""

    book: Book
    page: Page
    language: str


def cases(count: int = 200) -> list[Case]:
    """Return the dialogues, half of them Ukrainian; every fourth is read from right to left."""
    chance = Random(20)
    return [_case(number, "uk" if number % 2 == 0 else "en", chance) for number in range(count)]


def _case(number: int, language: str, chance: Random) -> Case:
    lines = UK if language == "uk" else EN
    people = chance.choice((1, 2, 2, 2, 3))
    said = chance.choice((1, 2, 2, 3)) if people > 1 else chance.choice((1, 1, 2))
    layout, page_format = chance.choice(LAYOUTS), chance.choice(FORMATS)
    if layout == "grid-3x3":
        said = min(said, 2)
    cast = tuple(Character(id=f"char-{n}", name=("Марко", "Зоя", "Їжак")[n]) for n in range(people))
    spoken = tuple(
        Dialogue(
            character=cast[chance.randrange(people)].id,
            text=_short_enough(chance, lines, said, layout),
            kitsumy=DialogueKit(id=f"d{number}-{n}", kind=chance.choice(KINDS)),
        )
        for n in range(said)
    )
    focus = tuple(
        (round((n + 0.5) / people + chance.uniform(-0.08, 0.08), 3), round(chance.uniform(0.42, 0.62), 3))
        for n in range(people)
    )
    panel = Panel(
        id=f"p{number}",
        characters=tuple(c.id for c in cast),
        camera=chance.choice(CAMERAS),
        dialogue=spoken,
        narrative=chance.choice(("", "", "", lines[chance.randrange(6, 12)])),
        sfx=chance.choice(("", "", "", "ГРЮК", "BANG")),
        kitsumy=PanelKit(focus=focus),
    )
    room = panel_count(layout) or 1
    at = chance.randrange(room)
    others = [Panel(id=f"p{number}-{n}") for n in range(room - 1)]
    page = Page(id=f"page{number}", layout=layout, panels=(*others[:at], panel, *others[at:]))
    kit = PlanKit(
        language=language, format=page_format, reading_direction="rtl" if number % 4 == 3 else "ltr"
    )
    plan = ComicPlan(characters=cast, chapters=(Chapter(id="c", pages=(page,)),), kitsumy=kit)
    return Case(Book(plan=plan), page, language)


def _short_enough(chance: Random, lines: list[str], said: int, layout: str) -> str:
    """Choose a line of a length an editor lets pass for so many in a panel of so small a share of a page."""
    crowded = layout in ("grid-3x3", "grid-2x3", "rows-2-3", "manga-5-slash")
    most = {1: 180, 2: 110, 3: 70}[said] // (2 if crowded else 1)
    return chance.choice([line for line in lines if len(line) <= most])
