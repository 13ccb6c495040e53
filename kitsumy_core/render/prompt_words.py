"""Turn Ukrainian camera and mood words and names into English, as far as small tables know them."""

from __future__ import annotations

import re

CAMERA: tuple[tuple[str, str], ...] = (
    (r"надвелик\w*( план\w*)?|макро\w*|детал\w*|дуже (крупн|велик)\w*( план\w*)?", "extreme close-up"),
    (r"крупн\w*( план\w*)?|великий план|великим планом|портретн\w*( план\w*)?", "close-up"),
    (r"середн\w*( план\w*)?|поясн\w*( план\w*)?|погрудн\w*( план\w*)?", "medium shot"),
    (r"американськ\w*( план\w*)?", "cowboy shot"),
    (r"(у|в|на)? ?повн\w* зріст", "full shot"),
    (r"адресн\w*( план\w*)?|установчий план|встановлювальн\w*( план\w*)?", "establishing shot"),
    (r"панорам\w*( план\w*)?", "panoramic view"),
    (r"загальн\w*( план\w*)?|широк\w*( план\w*)?", "wide shot"),
    (r"дальн\w*( план\w*)?|далек\w*( план\w*)?", "long shot"),
    (r"(з )?(висоти )?пташин\w*( польоту)?|вид з дрона|з дрона", "bird's-eye view"),
    (r"знизу вгору|знизу|нижн\w* (точк|ракурс|кут)\w*", "low angle"),
    (r"зверху вниз|зверху|згори|верхн\w* (точк|ракурс|кут)\w*", "high angle"),
    (r"(з-за|із-за|через) плеч\w*", "over-the-shoulder shot"),
    (r"суб.єктивн\w*( план\w*| камер\w*)?|від першої особи|очима( геро\w*)?", "point-of-view shot"),
    (r"голландськ\w*( кут\w*| план\w*)?|нахилен\w*( камер\w*)?|похил\w*", "dutch angle"),
    (r"(у|в)? ?профіл\w*", "profile view"),
    (r"зі спини|ззаду", "seen from behind"),
    (r"силует\w*", "silhouette"),
    (r"(на )?рівн\w* оч\w*", "eye level"),
    (r"фронтальн\w*|анфас", "front view"),
    (r"двоє (у|в) кадрі", "two-shot"),
)
"""What a camera direction may contain -> what it is called in English."""

MOODS: tuple[tuple[str, str], ...] = (
    ("напруж", "tense"),
    ("тривож", "anxious"),
    ("неспок", "uneasy"),
    ("спок", "calm"),
    ("тих", "quiet"),
    ("мирн", "peaceful"),
    ("похмур", "gloomy"),
    ("темн", "dark"),
    ("таємнич", "mysterious"),
    ("загадк", "enigmatic"),
    ("радіс", "joyful"),
    ("весел", "cheerful"),
    ("щасл", "happy"),
    ("кумедн", "funny"),
    ("комічн", "comic"),
    ("смішн", "funny"),
    ("грайл", "playful"),
    ("сумн", "sad"),
    ("меланхол", "melancholic"),
    ("самотн", "lonely"),
    ("ностальг", "nostalgic"),
    ("тужлив", "wistful"),
    ("трагіч", "tragic"),
    ("драматич", "dramatic"),
    ("розпач", "desperate"),
    ("відча", "desperate"),
    ("страшн", "scary"),
    ("жахлив", "terrifying"),
    ("моторош", "eerie"),
    ("зловісн", "ominous"),
    ("загрозлив", "threatening"),
    ("паніч", "panicked"),
    ("нервов", "nervous"),
    ("гнівн", "angry"),
    ("лют", "furious"),
    ("рішуч", "determined"),
    ("героїч", "heroic"),
    ("епічн", "epic"),
    ("динаміч", "dynamic"),
    ("хаотич", "chaotic"),
    ("урочист", "solemn"),
    ("святков", "festive"),
    ("піднес", "uplifting"),
    ("обнадій", "hopeful"),
    ("світл", "bright"),
    ("тепл", "warm"),
    ("затишн", "cosy"),
    ("ніжн", "tender"),
    ("лагідн", "gentle"),
    ("романт", "romantic"),
    ("мрійл", "dreamy"),
    ("холодн", "cold"),
    ("втомлен", "weary"),
    ("іроніч", "ironic"),
    ("здивов", "surprised"),
    ("урив", "hectic"),
    (r"сповнен\w* наді", "hopeful"),
)
"""Stem of a mood word -> the mood in English; the first that fits counts."""

_MOOD_PATTERNS = tuple((rf"{stem}\w*", english) for stem, english in MOODS)
_FILLERS = re.compile(r"дуже|трохи|майже|злегка|[іїйаузв]|та|але|із|на|до|план\w*|кадр\w*|ракурс\w*|вид")
_PLAIN = "аa бb вv гh ґg дd еe зz иy іi кk лl мm нn оo пp рr сs тt уu фf жzh хkh цts чch шsh щshch"
_LETTERS = {pair[0]: pair[1:] for pair in _PLAIN.split()} | {"ь": ""}
_IOTATED = {"є": ("ye", "ie"), "ї": ("yi", "i"), "й": ("y", "i"), "ю": ("yu", "iu"), "я": ("ya", "ia")}


def camera_in_english(text: str) -> tuple[str, bool]:
    """Return what is known of a camera direction in English, and whether that is all of it."""
    return _translated(text, CAMERA)


def mood_in_english(text: str) -> tuple[str, bool]:
    """Return what is known of a mood in English, and whether that is all of it."""
    return _translated(text, _MOOD_PATTERNS)


def name_in_latin(name: str) -> str:
    """Write a Ukrainian name in Latin letters by the official table of 2010 (passports)."""
    written = []
    whole = (
        re.sub("(?<=[а-яґєії])['’ʼ](?=[а-яґєії])", "", name, flags=re.IGNORECASE)
        .replace("зг", "zgh")
        .replace("Зг", "Zgh")
    )
    for word in re.split(r"(\W+)", whole):
        for position, letter in enumerate(word):
            small = letter.lower()
            latin = _IOTATED[small][position > 0] if small in _IOTATED else _LETTERS.get(small, letter)
            written.append(latin.capitalize() if letter != small else latin)
    return "".join(written)


def _translated(text: str, patterns: tuple[tuple[str, str], ...]) -> tuple[str, bool]:
    rest = text.lower()
    found: list[tuple[int, str]] = []
    for pattern, english in patterns:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", rest):
            found.append((match.start(), english))
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    left = [word for word in re.findall(r"[\w'’ʼ-]+", rest) if not _FILLERS.fullmatch(word)]
    return ", ".join(dict.fromkeys(english for _, english in sorted(found))), bool(found) and not left
