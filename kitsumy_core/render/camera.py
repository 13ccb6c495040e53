"""Read camera, mood, place and weather words, Ukrainian or English, in any order and inflection, into names.

Free text never fails: what says nothing known gives the neutral value. Words are matched by their stems.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kitsumy_core.page.staging import camera_words, framing_of


@dataclass(frozen=True)
class Camera:
    """How a frame is seen: `framing` is one of staging.FRAMINGS, `angle` is eye, low, high or bird."""

    framing: str = "medium"
    angle: str = "eye"
    dutch: bool = False
    silhouette: bool = False
    profile: bool = False
    behind: bool = False
    own_eyes: bool = False
    cowboy: bool = False


_FLAGS = {
    "bird": "birds? eye|overhead|top ?down|пташин*|зверху вниз|вид зверху|straight down|топ шот|drone|дрон*",
    "low": "low angle|from below|worms? eye|(?:нижн|низьк)* (?:ракурс|точк|кут)*|ракурс* (?:знизу|нижн*)|"
    "знизу|"
    "знизу вгору|від підлоги",
    "high": "high angle|from above|(?:верхн|висок)* (?:ракурс|точк|кут)*|ракурс* (?:згори|зверху|верхн*)|"
    "згори|зверху",
    "dutch": "dutch*|canted|tilted|голландськ*|нахилен*|перекошен*|завален* горизонт*|похил*",
    "silhouette": "silhouett*|силует*|backlit|контров*|contre jour",
    "profile": "profile*|side view|профіл*|збоку",
    "behind": "from behind|back view|зі спини|спиною|ззаду|with (?:his|her|their) back",
    "own_eyes": "pov|point of view|first person|очима|суб єктивн*|субєктивн*|від першої особи|погляд* геро*",
    "cowboy": "cowboy|american|ковбойськ*|американськ*|по коліна|(?:medium|mid) (?:full|long|wide)|knee shot",
}  # fmt: skip

MOODS: Mapping[str, str] = {
    "ominous": "ominous|threat*|menac*|sinister|dread*|doom*|dark|horror|загрозлив*|зловісн*|похмур*|жах*|"
    "лих*|небезпе*|"
    "темн*|грізн*",
    "eerie": "eerie|uncanny|creepy|ghost*|haunt*|spook*|strange|weird|моторошн*|дивн*|примарн*|химерн*|"
    "надприродн*|містичн*",
    "mysterious": "myster*|enigma*|secret*|curious|intrigu*|таємнич*|загадков*|таємн*|інтриг*|цікав*",
    "angry": "angry|anger|furious|fury|rage|wrath|violent|aggress*|heated|гнів*|лют*|злий|злісн*|зла|сердит*|"
    "розлючен*|"
    "агресив*|роздратован*",
    "tense": "tens*|suspens*|nervous|anxious|anxiety|afraid|fear*|scar*|panic*|urgent|desperate|dramatic|"
    "напруж*|тривож*|"
    "нервов*|страх*|переляк*|паніч*|відча*|драматич*|неспок*|action|динамічн*",
    "melancholic": "melanchol*|sad*|sorrow*|grie*|lonely|lonesome|wistful|nostalg*|bitter*|gloom*|меланхол*|"
    "сумн*|сум|смут*|"
    "журлив*|самотн*|туг*|ностальг*|скорбот*|гірк*|тужлив*",
    "tender": "tender*|gentle|love*|loving|romant*|warm*|intimate|affection*|soft|ніжн*|лагідн*|любов*|"
    "романт*|тепл*|"
    "зворуш*|інтимн*|турботлив*|затишн*|cozy|cosy",
    "joyful": "joy*|happ*|playful*|cheer*|fun*|comic*|humor*|humour*|excit*|triumph*|celebrat*|merry|радіс*|"
    "весел*|щаст*|"
    "щаслив*|грайлив*|жартів*|кумедн*|комічн*|святков*|урочист*|тріумф*|смішн*",
    "hopeful": "hope*|optimis*|dawn|inspir*|bright|uplift*|надія|надії|надією|обнадій*|світл*|натхнен*|"
    "оптиміст*|піднесен*",
    "calm": "calm*|peace*|quiet*|serene|still|relax*|tranquil|спокі*|спокій*|тих*|мирн*|умиротвор*|"
    "безтурбот*|розслаблен*",
    "surprised": "surpris*|shock*|astonish*|amaz*|startl*|awe*|wonder*|здив*|подив*|шок*|вражен*|захопл*|"
    "захват*|несподіван*",
}  # fmt: skip

PLACES: Mapping[str, str] = {
    "space": "space|orbit*|starship|spaceship|galax*|planet|космос*|космічн*|орбіт*|зореліт*|галактик*|"
    "планет*",
    "lighthouse": "lighthouse*|lamp room|lantern room|маяк*|маяц*",
    "kitchen": "kitchen*|кухн*|кухон*",
    "school": "school*|class ?room*|lesson|blackboard|школ*|клас|класі|класу|урок*|аудитор*|університет*|"
    "парт*",
    "cafe": "caf[eé]*|coffee ?(?:shop|house)|restaurant*|bar|pub|diner|tavern*|inn|кав ярн*|кавярн*|кафе*|"
    "ресторан*|бар|барі|"
    "бару|їдальн*|таверн*|шинк*|паб*",
    "office": "office*|desk|cubicle|precinct|newsroom|офіс*|кабінет*|контор*|відділок|відділк*|редакц*",
    "train": "train*|carriage|railway|platform|metro|subway|tram*|station|потяг*|поїзд*|вагон*|вокзал*|"
    "станці*|перон*|метро|"
    "залізниц*|трамва*|електричк*",
    "car": "cars?|taxi|vehicle|truck|van|driv(?:e|es|ing)|автомобіл*|машин*|авто|таксі|вантажівк*|"
    "салон* авт*",
    "workshop": "workshop*|garage|smithy|barn|shed|laborator*|lab|майстерн*|гараж*|кузн*|сара*|комор*|"
    "лаборатор*|горищ*|attic",
    "library": "librar*|bookshop|bookstore|archive*|museum|бібліотек*|книгарн*|архів*|музе*",
    "hospital": "hospital*|clinic|ward|лікарн*|палат*|клінік*|шпитал*|госпітал*",
    "stair": "stair*|staircase|corridor*|hallway|passage|tunnel*|сход*|коридор*|під їзд*|підїзд*|прохід|"
    "проход*|тунел*",
    "cave": "cave*|cavern*|grotto|dungeon*|cellar|basement|crypt|mine|печер*|грот*|підземел*|підвал*|льох*|"
    "катакомб*|шахт*",
    "bridge": "bridge*|міст|мост*|місток|містк*",
    "roofs": "roof*|skyline|city ?scape|balcon*|tower tops|дах*|дахів|панорам* міст*|над містом|балкон*",
    "street": "street*|city|cities|town*|alley*|road|square|village|market|sidewalk|downtown|вулиц*|вуличк*|"
    "міст[аоіу]|місто|"
    "провул*|площ*|сел[оаіу]|базар*|ринок|ринк*|дорог*|шосе|тротуар*|двір|двор*|подвір*",
    "forest": "forest*|wood|woods|jungle|trees?|park|grove|ліс|лісу|лісі|лісом|лісов*|ліси|гай|гаю|хащ*|"
    "дерев*|парк*|пралі*|"
    "джунгл*|сад|саду|сади|garden*|orchard",
    "mountain": "mountain*|cliff*|peak|hill*|rock*|canyon|ridge|volcano|гора|гори|горах|горі|гору|гірськ*|"
    "скел*|вершин*|пагорб*|"
    "пагорок|карпат*|полонин*|вулкан*|каньйон*|перевал*",
    "ship": "ship|ships|boat|boats|deck|yacht|sail*|submarine|корабел*|корабл*|палуб*|човен|човн*|яхт*|"
    "вітрильник*|каюта",
    "sea": "sea|ocean|beach|shore|coast|harbou?r|pier|dock|island|wave*|море|моря|морі|морськ*|океан*|пляж*|"
    "берег*|"
    "пристан*|порт|порту|гаван*|острів|остров*|хвил*|набережн*",
    "river": "river*|lake|stream|pond|swamp|waterfall|річк*|ріка|ріки|ріці|озер*|струм*|ставок|ставк*|болот*|"
    "водоспад*|дніпр*",
    "field": "field*|meadow|prairie|steppe|desert|farm|grass*|plain|plains|snowfield|поле|поля|полі|лук|луг*|"
    "лука|степ|степу|"
    "степ*|прері*|пустел*|ферм*|нив*|галявин*",
    "room": "room*|house*|home|apartment|flat|bedroom|interior|indoor*|living|hut|cottage|cabin|castle|"
    "palace|hall|hotel|prison|"
    "cell|кімнат*|будин*|дім|дом[іау]|вдома|хат*|квартир*|спальн*|інтер єр*|вітальн*|замок|замк*|палац*|зал*|"
    "готел*|"
    "тюрм*|камер*|дитяч*",
}  # fmt: skip
INDOORS = frozenset(
    {
        "kitchen",
        "school",
        "cafe",
        "office",
        "workshop",
        "library",
        "hospital",
        "stair",
        "room",
        "lantern",
        "train-in",
    }
)

WEATHERS: Mapping[str, str] = {
    "rain": "rain*|storm*|downpour|drizzl*|дощ*|злив*|гроз*|буря|бурі|негод*|мряк*",
    "snow": "snow*|blizzard*|frost*|winter*|сніг*|сніж*|снігов*|заметіл*|хуртовин*|завірюх*|зим*|мороз*",
    "fog": "fog*|mist|misty|haze|smoke|smok*|туман*|імл*|дим|диму|димом|серпанок|серпанк*",
    "fire": "fire|flame*|burn*|blaz*|bonfire|вогон*|вогн*|полум*|пожеж*|багатт*|горить|палає",
    "wind": "wind*|gale|breez*|вітер*|вітр*|вихор*",
}
NIGHT = (
    "night*|midnight|moon*|dusk|in the dark|after dark|going dark|pitch dark|darkness|"
    "ніч|ночі|нічн*|вночі|опівноч*|місячн*|місяц*|сутін*|темряв*"
)
MORNING = "morning|dawn|sunrise|sunset|ранок|ранк*|світан*|зоря|захід сонця|вечір|вечор*|вечірн*|evening"
MONOCHROME = "black and white|noir|monochrome|manga|чорно біл*|нуар*|манґ*|манг*|графіч*"


@cache
def word_finder(stems: str) -> re.Pattern[str]:
    """Compile alternatives of whole words; `*` stands for any ending."""
    return re.compile(r"\b(?:" + stems.replace("*", r"\w*") + r")\b")


@lru_cache(maxsize=256)
def plain_words(text: str, longest: int = 1600) -> str:
    """Return text as small words with single spaces; longer texts are cut."""
    parts = (camera_words(text[start : start + 400]) for start in range(0, min(len(text), longest), 400))
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=512)
def read_camera(text: str) -> Camera:
    """Return how a panel is seen. Empty or unknown words give a medium shot at eye level."""
    words = camera_words(text)
    has = {name: bool(word_finder(stems).search(words)) for name, stems in _FLAGS.items()}
    angle = next((name for name in ("bird", "low", "high") if has[name]), "eye")
    return Camera(
        framing=framing_of(text),
        angle=angle,
        dutch=has["dutch"],
        silhouette=has["silhouette"],
        profile=has["profile"],
        behind=has["behind"],
        own_eyes=has["own_eyes"],
        cowboy=has["cowboy"],
    )


def read_mood(text: str) -> str:
    """Return the first-named known mood (a key of MOODS), else "neutral"."""
    return _first(MOODS, plain_words(text)) or "neutral"


def read_place(*texts: str) -> str:
    """Return the kind of place (a key of PLACES) that the first telling text names, else ""."""
    return next((kind for text in texts if (kind := _kind(plain_words(text)))), "")


def _kind(words: str) -> str:
    return next((kind for kind, stems in PLACES.items() if word_finder(stems).search(words)), "")


def read_weather(*texts: str) -> frozenset[str]:
    """Return which of WEATHERS the texts speak of."""
    words = plain_words(" ".join(texts))
    return frozenset(kind for kind, stems in WEATHERS.items() if word_finder(stems).search(words))


def speaks_of(stems: str, *texts: str) -> bool:
    """Tell whether the texts contain one of the words, for example of NIGHT."""
    return bool(word_finder(stems).search(plain_words(" ".join(texts))))


def _first(table: Mapping[str, str], words: str) -> str:
    found = [(m.start(), name) for name, stems in table.items() if (m := word_finder(stems).search(words))]
    return min(found)[1] if found else ""
