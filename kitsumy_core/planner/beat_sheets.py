"""Say what a beat sheet is, and hold the one of three acts: what each beat asks, how it looks, where it goes.

Every text exists in Ukrainian and English, written by hand; `LANGUAGES` gives its place in a pair. Questions
are put to the writer, so that nobody takes a scaffold for a finished script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Pair = tuple[str, str]

LANGUAGES: Mapping[str, int] = {"uk": 0, "en": 1}
"""Place of a language in a `Pair`; other languages read the English text."""


class CameraMove(NamedTuple):
    """A framing: the words of the camera field, what it asks for, and how many people it shows (0..2)."""

    words: Pair
    asks: Pair
    people: int


CAMERAS: Mapping[str, CameraMove] = {
    "extreme-wide": CameraMove(
        ("дуже загальний план", "extreme wide shot"),
        ("Яке місце й час упізнаємо здаля?", "What place and hour do we recognise from afar?"),
        1,
    ),
    "wide": CameraMove(
        ("загальний план", "wide shot"),
        ("Де саме в цьому місці стоїть герой?", "Where in this place does the hero stand?"),
        1,
    ),
    "high": CameraMove(
        ("верхній ракурс, загальний план", "high angle, wide shot"),
        ("Що робить героя тут малим?", "What makes the hero look small here?"),
        1,
    ),
    "full": CameraMove(
        ("повний зріст", "full shot"),
        ("Що герой робить усім тілом?", "What does the hero do with the whole body?"),
        1,
    ),
    "low": CameraMove(
        ("нижній ракурс, повний зріст", "low angle, full shot"),
        ("Хто тут сильніший і з чого це видно?", "Who is the stronger one here, and what shows it?"),
        2,
    ),
    "two": CameraMove(
        ("середній план, двоє в кадрі", "medium two-shot"),
        ("Яка відстань між двома і що вона каже?", "How far apart are the two, and what does it tell?"),
        2,
    ),
    "medium": CameraMove(
        ("середній план", "medium shot"),
        ("Що герой тримає або робить руками?", "What does the hero hold or do with the hands?"),
        1,
    ),
    "over-shoulder": CameraMove(
        ("через плече", "over-the-shoulder shot"),
        ("Хто дивиться, а хто говорить?", "Who is looking, and who is speaking?"),
        2,
    ),
    "medium-close": CameraMove(
        ("погрудний план", "medium close-up"),
        ("Чого герой не каже вголос?", "What does the hero not say aloud?"),
        1,
    ),
    "close": CameraMove(
        ("великий план", "close-up"),
        ("Що видно на обличчі?", "What is to be seen in the face?"),
        1,
    ),
    "extreme-close": CameraMove(
        ("дуже великий план", "extreme close-up"),
        ("Яка одна риса обличчя все видає?", "Which single feature gives everything away?"),
        1,
    ),
    "insert": CameraMove(
        ("деталь", "insert, detail"),
        ("Який предмет розповідає про це без слів?", "Which object tells it without words?"),
        0,
    ),
}


class Beat(NamedTuple):
    """One beat. `weight` is its share of the book, `rank` 1 the last to be dropped where there is no room."""

    id: str
    weight: float
    rank: int
    name: Pair
    mood: Pair
    place: int
    questions: tuple[Pair, ...]
    cameras: tuple[str, ...]
    layouts: tuple[str, ...]


class Sheet(NamedTuple):
    """A way to tell a story. `chapter_starts` names, for so many chapters, the beats they begin with."""

    id: str
    title: Pair
    beats: tuple[Beat, ...]
    chapter_names: Mapping[int, tuple[Pair, ...]]
    chapter_starts: Mapping[int, tuple[str, ...]]


PLACES: tuple[Pair, ...] = (
    ("Звичне місце героя. Яке воно?", "The hero's familiar place. What is it like?"),
    ("Нове, незнайоме місце. Чим воно інше?", "A new, unfamiliar place. How does it differ?"),
    ("Місце розв’язки. Чому все стається саме тут?", "The place of the outcome. Why does it happen here?"),
)

_THREE_ACTS: tuple[Beat, ...] = (
    Beat(
        "opening", 1.0, 2, ("Звичний світ", "The familiar world"), ("спокійний", "calm"), 0,
        (
            ("Як виглядає звичайний день героя?", "What does an ordinary day of the hero look like?"),
            ("Чого героєві бракує ще до початку?", "What does the hero lack before anything begins?"),
            ("Що ми маємо полюбити в героєві?", "What should we come to like about the hero?"),
            ("Яке правило цього світу треба знати читачеві?", "Which rule of this world must a reader know?"),
            ("Що тут іще зміниться до кінця історії?", "What here will have changed by the end?"),
        ),
        ("extreme-wide", "medium", "close", "wide", "insert", "two", "full"),
        ("big-top", "three-rows", "grid-2x2"),
    ),
    Beat(
        "disturbance", 1.0, 3, ("Порушення ладу", "The disturbance"), ("таємничий", "mysterious"), 0,
        (
            ("Що порушує звичний лад?", "What disturbs the familiar order?"),
            ("Хто або що приносить цю новину?", "Who or what brings the news?"),
            ("Чому цього не можна просто не помітити?", "Why can it not simply be overlooked?"),
            ("Що герой утратить, якщо нічого не зробить?", "What will the hero lose by doing nothing?"),
            ("Як герой реагує в першу мить?", "How does the hero react in the first moment?"),
        ),
        ("insert", "close", "over-shoulder", "wide", "medium-close", "extreme-close", "two"),
        ("big-right", "grid-2x2", "big-bottom"),
    ),
    Beat(
        "debate", 0.7, 9, ("Вагання", "The doubt"), ("меланхолійний", "melancholic"), 0,
        (
            ("Чому герой не хоче в це втручатися?", "Why does the hero not want to get involved?"),
            ("Хто відмовляє героя, а хто підштовхує?", "Who warns the hero off, and who pushes?"),
            ("Якого давнього страху це торкається?", "Which old fear does it touch?"),
            ("Що схиляє терези?", "What tips the scales?"),
        ),
        ("two", "medium-close", "over-shoulder", "close", "high", "medium"),
        ("grid-2x2", "two-horizontal", "three-rows"),
    ),
    Beat(
        "crossing", 1.0, 6, ("Рішення", "The decision"), ("напружений", "tense"), 1,
        (
            ("Яке рішення вже не можна взяти назад?", "Which decision can no longer be taken back?"),
            ("Що герой залишає позаду?", "What does the hero leave behind?"),
            ("Який перший крок у незнайоме?", "What is the first step into the unknown?"),
            ("Що героя дивує на новому місці?", "What surprises the hero in the new place?"),
            ("Хто йде поруч і чого хоче?", "Who comes along, and what does that one want?"),
        ),
        ("full", "wide", "close", "low", "medium", "extreme-wide", "insert"),
        ("big-bottom", "three-rows", "big-left"),
    ),
    Beat(
        "trials", 2.0, 5, ("Випробування", "The trials"), ("динамічний", "action, tense"), 1,
        (
            ("Яка перешкода стає на шляху?", "Which obstacle stands in the way?"),
            ("Що герой пробує і чому це не вдається?", "What does the hero try, and why does it fail?"),
            ("Чого герой при цьому навчається?", "What does the hero learn by it?"),
            ("Хто виявляється другом, а хто ні?", "Who turns out to be a friend, and who does not?"),
            ("Яка мить тут смішна або лагідна?", "Which moment here is funny or tender?"),
            ("Чим наступна спроба важча за попередню?", "How is the next try harder than the last?"),
            ("Що ми дізнаємося про супротивну силу?", "What do we learn about the opposing force?"),
        ),
        ("full", "low", "insert", "two", "close", "wide", "over-shoulder", "medium", "high"),
        ("action", "grid-2x2", "manga-3", "three-rows"),
    ),
    Beat(
        "midpoint", 1.0, 4, ("Поворот посередині", "The turn in the middle"), ("здивований", "surprised"), 1,
        (
            ("Яке відкриття все перевертає?", "Which discovery turns everything round?"),
            ("Чого герой досі не розумів?", "What had the hero not understood until now?"),
            ("Що тепер стоїть на кону?", "What is at stake from now on?"),
            ("Хто дізнається про це разом із героєм?", "Who learns of it together with the hero?"),
            ("Яка нова мета?", "What is the new goal?"),
        ),
        ("extreme-close", "wide", "medium-close", "insert", "two", "close", "high"),
        ("big-bottom", "big-right", "grid-2x2"),
    ),
    Beat(
        "bad_closes_in", 1.2, 8, ("Кільце стискається", "The ring tightens"),
        ("тривожний", "anxious, tense"), 1,
        (
            ("Як супротивна сила відповідає?", "How does the opposing force answer?"),
            ("Який план ламається?", "Which plan falls apart?"),
            ("Через що сваряться ті, хто поруч?", "What do those who stand together quarrel about?"),
            ("Що герой приховує?", "What does the hero conceal?"),
            ("Скільки часу лишилося і звідки це видно?", "How much time is left, and what shows it?"),
        ),
        ("high", "over-shoulder", "insert", "close", "full", "low", "medium"),
        ("manga-3", "grid-2x2", "action"),
    ),
    Beat(
        "low_point", 1.0, 7, ("Найтемніша мить", "The darkest moment"), ("сумний", "sad, lonely"), 1,
        (
            ("Що герой утрачає остаточно?", "What does the hero lose for good?"),
            ("На кого або на що вже немає надії?", "Who or what is past all hope?"),
            ("Що герой каже або робить наодинці?", "What does the hero say or do when alone?"),
            ("Яка дрібниця дає сили підвестися?", "Which small thing gives the strength to stand up?"),
            ("Яку правду про себе герой нарешті визнає?", "Which truth does the hero finally admit?"),
        ),
        ("extreme-wide", "close", "high", "insert", "medium-close", "two", "extreme-close"),
        ("two-horizontal", "big-top", "three-rows"),
    ),
    Beat(
        "climax", 1.6, 1, ("Вирішальне зіткнення", "The decisive clash"),
        ("лютий, напружений", "furious, tense"), 2,
        (
            ("Що герой робить тепер інакше, ніж на початку?", "What does the hero now do differently?"),
            ("Чим герой ризикує?", "What does the hero risk?"),
            ("Який хід супротивної сили найстрашніший?", "Which move of the opposing force is the worst?"),
            ("Що з показаного раніше рятує?", "Which thing shown earlier saves the day?"),
            ("У яку саме мить усе вирішується?", "In which very moment is it decided?"),
            ("Яка ціна перемоги або поразки?", "What is the price of victory or defeat?"),
        ),
        ("low", "close", "full", "insert", "over-shoulder", "wide", "extreme-close", "two"),
        ("action", "big-top", "manga-3", "single"),
    ),
    Beat(
        "new_normal", 0.8, 2, ("Новий лад", "The new order"), ("спокійний, світлий", "calm, hopeful"), 2,
        (
            ("Яким тепер є звичайний день?", "What is an ordinary day like now?"),
            ("Що залишилося назавжди іншим?", "What has stayed different for good?"),
            ("Який образ із початку повертається і що він тепер означає?",
             "Which image of the opening returns, and what does it mean now?"),
            ("З яким почуттям читач закриває комікс?", "With which feeling does the reader close the comic?"),
        ),
        ("medium", "extreme-wide", "two", "close", "wide", "insert"),
        ("big-bottom", "single", "two-horizontal"),
    ),
)  # fmt: skip

THREE_ACTS = Sheet(
    id="three-acts",
    title=("Три дії", "Three acts"),
    beats=_THREE_ACTS,
    chapter_names={
        1: (("Уся історія", "The whole story"),),
        2: (("До повороту", "Before the turn"), ("Після повороту", "After the turn")),
        3: (("Виклик", "The call"), ("Дорога", "The road"), ("Розв’язка", "The outcome")),
        4: (
            ("Виклик", "The call"),
            ("Дорога", "The road"),
            ("Кільце", "The ring"),
            ("Розв’язка", "The outcome"),
        ),
    },
    chapter_starts={
        1: ("opening",),
        2: ("opening", "midpoint"),
        3: ("opening", "trials", "climax"),
        4: ("opening", "trials", "midpoint", "climax"),
    },
)


class Placeholder(NamedTuple):
    """A character who is still to be invented."""

    name: Pair
    appearance: Pair
    clothing: Pair
    role: Pair


HERO = Placeholder(
    ("Герой", "The hero"),
    (
        "{idea} Хто тут головна постать? Вік, статура, волосся, одна прикмета, яку впізнають здаля?",
        "{idea} Who is the main figure? Age, build, hair, one mark that is recognised from afar?",
    ),
    ("Що герой носить щодня?", "What does the hero wear every day?"),
    ("Головна роль: чого герой хоче і що заважає?", "Lead: what does the hero want, and what is in the way?"),
)
OTHER = Placeholder(
    ("Той, хто поруч", "The other one"),
    (
        "{idea} Хто стоїть поруч із героєм або проти нього? Чим цю постать не сплутати з героєм?",
        "{idea} Who stands by the hero or against them? What keeps the two from being mixed up?",
    ),
    ("Чим цей одяг відрізняється від одягу героя?", "How do these clothes differ from the hero's?"),
    ("Друга роль: друг, суперник чи обоє?", "Second part: friend, rival or both?"),
)

QUOTED: Pair = ("«{idea}».", "“{idea}”.")
