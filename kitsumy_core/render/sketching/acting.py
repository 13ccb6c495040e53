"""Read from an action who does what: a pose for every character, from verbs near the character's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kitsumy_core.page.staging import camera_words
from kitsumy_core.render.camera import plain_words, word_finder

Angles = tuple[float, float]


@dataclass(frozen=True)
class Pose:
    """Angles in degrees from straight down, positive towards where the figure faces: upper and lower part.

    `near` is the arm or leg on the viewer's side. `seat`: what carries the body: "", "seat", "ground", "air".
    `look` lifts (+) or lowers (-) the head.
    """

    torso: float = 0.0
    near_arm: Angles = (-11.0, -2.0)
    far_arm: Angles = (13.0, 12.0)
    near_leg: Angles = (5.0, 3.0)
    far_leg: Angles = (-7.0, -5.0)
    seat: str = ""
    look: float = 0.0
    eyes_shut: bool = False
    prop: str = ""
    tears: bool = False


STAND = Pose()
POSES: dict[str, Pose] = {
    "run": Pose(16, (-62, 8), (58, 138), (62, -8), (-26, -78)),
    "walk": Pose(4, (-30, -6), (30, 46), (24, 12), (-14, -36)),
    "sleep": Pose(80, (60, 110), (40, 80), (86, 80), (76, 94), "ground", eyes_shut=True),
    "lie": Pose(82, (70, 100), (50, 80), (86, 84), (78, 90), "ground"),
    "sit": Pose(-4, (24, 66), (10, 58), (84, 4), (76, -6), "seat"),
    "knit": Pose(-2, (22, 92), (14, 84), (84, 4), (76, -6), "seat", -0.35, prop="needles"),
    "eat": Pose(4, (26, 112), (18, 78), (84, 4), (76, -6), "seat", prop="spoon"),
    "fall": Pose(-48, (96, 128), (-118, -96), (46, 12), (82, 58), "air", 0.3),
    "jump": Pose(6, (-124, -150), (142, 166), (52, -34), (-18, -72), "air"),
    "crawl": Pose(70, (4, 0), (-14, -6), (6, -84), (-10, -88), "ground", 0.3),
    "kneel": Pose(14, (42, 66), (30, 58), (84, 0), (14, -86), "", -0.3),
    "squat": Pose(16, (44, 66), (30, 60), (104, -34), (92, -40), "", -0.25),
    "climb": Pose(8, (-140, -168), (134, 160), (66, 4), (-4, -16), "", 0.3),
    "fight": Pose(14, (-30, 98), (86, 92), (38, 14), (-34, -26)),
    "kick": Pose(-12, (-58, -30), (50, 84), (92, 34), (-8, -6)),
    "stamp": Pose(-4, (-44, -14), (46, 76), (78, -4), (-6, -4), look=-0.2),
    "hug": Pose(10, (64, 96), (54, 84), (8, 4), (-10, -8)),
    "point": Pose(4, (-14, -4), (84, 92), (10, 4), (-8, -6)),
    "scold": Pose(10, (-34, 40), (80, 128), (10, 4), (-8, -6)),
    "phone": Pose(0, (-14, -2), (84, -124), prop="phone"),
    "think": Pose(2, (4, 86), (26, 158)),
    "wave": Pose(0, (-11, -2), (138, 172)),
    "raise": Pose(0, (-146, -172), (146, 172)),
    "cover": Pose(10, (38, 160), (34, 154), look=-0.5, eyes_shut=True, tears=True),
    "pull": Pose(-14, (70, 84), (62, 78), (28, 6), (-18, -8)),
    "push": Pose(20, (82, 90), (74, 86), (30, 8), (-32, -24)),
    "reach": Pose(8, (-16, -4), (76, 94), (14, 6), (-12, -10)),
    "pour": Pose(8, (-14, 10), (64, 98), prop="kettle"),
    "offer": Pose(4, (4, 62), (56, 98), prop="thing"),
    "hold": Pose(0, (22, 98), (12, 88), prop="thing"),
    "read": Pose(2, (26, 104), (18, 96), look=-0.4, prop="book"),
    "write": Pose(12, (30, 76), (22, 70), look=-0.4, prop="pen"),
    "lamp": Pose(0, (-11, -2), (62, 118), prop="lamp"),
    "lean": Pose(26, (52, 24), (34, 18), (6, 2), (-8, -6)),
    "bow": Pose(40, (14, 10), (0, 4), (4, 2), (-6, -6), "", -0.4),
    "lookup": Pose(-4, (-12, -4), (12, 18), look=0.6),
    "lookdown": Pose(4, (-8, 2), (12, 18), look=-0.5),
    "dance": Pose(-6, (-70, -120), (110, 150), (20, -10), (-20, -50)),
    "stand": STAND,
}
_VERBS: dict[str, str] = {
    "sleep": "sleep*|asleep|nap|naps|dream*|спить|сплять|спав|спала|заснув*|засина*|дрімa*|дріма*|снить*|"
    "eyes shut in bed|згорнув*",
    "lie": "(?<!shadow )l(?:ies|ying)(?: down| on)?|lay|лежить|лежать|лежав|лежала|лягає*|розпласт*|"
    "unconscious|непритом*|dead body|"
    "з під ковдри|under a blanket",
    "knit": "knit*|sew*|плете|в яже|вяже|вишива*|шиє",
    "eat": "eat*|soup|chew(?:s|ing)|ложк* над|їсть|їдять|обіда*|вечеря*|снiда*|сніда*|spoon",
    "squat": "squat*|crouch*|навпоч*|присів*|присіда*|hunker*|скулив*|зіщул*",
    "kneel": "kneel*|knelt|on (?:his|her|their) knees|навколішк*|на колін*|стає на колін*",
    "sit": "sit|sits|sat|sitting|seated|perch*|сидить|сидять|сидів|сиділа|сіла|сів|сіда*|всіда*|умостив*|"
    "вмостив*|"
    "за столом|at the table",
    "crawl": "crawl*|creep*|sneak*|slither*|повзе|повзуть|поповз*|рачк*|плазу*|крадеть*|крадут*|скрада*",
    "fall": "(?<!mid )falls?|(?<!snow )falling|fell|trip|trips|stumbl*|collapse*|tumbl*|пада*|впав*|упав*|"
    "падін*|спотика*|спіткн*|зрива*|валить*",
    "jump": "jump*|leap*|hop|hops|spring|springs|стриба*|стрибк*|плига*|підскак*|підстриб*|кидає(?:ть)?ся",
    "climb": "climb*(?! out)|scrambl*|лізе|лізуть|видира*|дереть*|залаз*|вилаз*|підніма(?:є|ю)ть?ся (?:по|"
    "схід*|драб*)",
    "run": "run|runs|running|ran|rush*|dash*|sprint*|flee*|chas*|race|races|біжить|біжать|бігла|біг|побіг*|"
    "тіка*|втіка*|мчить*|"
    "мчать*|ганя*|наздоган*|бігом|вибіг*|підбіг*",
    "fight": "fight*|punch*|hit|hits|strike|strikes|attack*|swing|swings|slash*|б є|бє|бить*|бють*|б ють*|"
    "вдаря*|удар*|нападa*|"
    "напада*|замахну*|замаху*|рубa*|бійк*",
    "kick": "kick*|копа(?:є|ю)|копну*|б є ногою|kicks",
    "stamp": "stamp*|stomp*|гупа*|тупа*|тупну*|на одній нозі|on one leg",
    "hug": "hug|hugs|hugging|embrac*|cuddl*|kiss*|hold(?:s|ing)? (?:her|him|them) (?:close|tight)|обійма*|"
    "обійня*|обнім*|пригорта*|"
    "пригорну*|цілу*|тулить*",
    "scold": "scold*|threat*|shake[sn]? (?:a|her|his) (?:fist|finger|needle)|сварить*|свариться|погрож*|"
    "лаєть*|лає|кричить на|"
    "brandish*|shout*|yell*|scream*|кричить|кричать|крикну*|гукa*|волає",
    "point": "point*|indicat*|вказу*|показу*|тицяє|тиче|указ(?:ує|ала|ав)|pointing",
    "phone": "(?:tele)?phone(?:s)? (?:at|to)|receiver|on the phone|with the telephone|call(?:s|ing) (?:her|"
    "him|home)|телефону*|"
    "слухавк*|трубк* біля|дзвонить",
    "lamp": "(?:with|holding) a (?:lamp|lantern|flashlight|torch|candle)|із? ламп*|з ламп*|з? ?ліхтар*|"
    "світить|свічк* в руц*",
    "think": "think*|ponder*|wonder(?:s|ing)|dumbfound*|замислив*|задумав*|розмірко*|міркує|сумнів*|чухає",
    "wave": "wave|waves|waving|greet*|маха(?:є|ю)*|вітає*|вітається|прощaєть*",
    "raise": "(?:raise|throw|lift)[sd]? (?:both|his|her|their) (?:arms|hands)|arms (?:up|raised)|cheer*|"
    "surrender*|held up in both|"
    "руки (?:вгору|догори)|здійма*|підня(?:в|ла|ли) рук*|радіє|здається",
    "cover": "cry|cries|crying|weep*|sob*|hid(?:es|ing) (?:his|her) face|covers? (?:his|her)|плач*|рида*|"
    "схлип*|закрива* (?:облич|"
    "лице|очі)*|хова* облич*",
    "pull": "pull*|drag*|haul*|tug*|rip|rips|yank*|hauls|twist*|paying out|тягне|тягнуть|смика*|волоч*|"
    "витяга*|рве|натяга*|тягти",
    "push": "push*|shov*|штовха*|пхає|просува*|насува*|налягає|засува*",
    "pour": "pour*|налива*|ллє|наливає",
    "write": "write*|writing|draw|draws|drawing|sign|signs|pen|пише|пишуть|підпис*|малю*|креслить|writes|"
    "ліпить|knead*|dough|"
    "dumpling*|варен*|тістом",
    "read": "read|reads|reading|letter|logbook|чита*|гортає|лист[аі]? в рук*|map|мапу|карту",
    "offer": "offer*|give|gives|giving|hand(?:s|ing) (?:over|him|her)|hold(?:s|ing) out|present(?:s|ing)|"
    "простяга*|подає|дає|дару*|"
    "вруча*|передає|пропонує",
    "hold": "hold*|carr(?:y|ies|ying)|clutch*|grip*|cradl*|basket|трима*|несе|несуть|стиска*|притиска*|"
    "із кошик*|зі? валіз*|hugs the",
    "reach": "open|opens|opening|reach*|touch*|grab*|knock*|take|takes|pick(?:s|ing)|turns? the|press*|"
    "braces|бере|тягнеть*|торка*|"
    "хапа*|відчиня*|відкрива*|стука*|знімає|відсува*|натиска*|прочиня*|беруть|бере",
    "dance": "danc*|танцю*|танок|кружля*",
    "lean": "lean*|bend*|stoop*|hang(?:s|ing)? over|peer*|спира*|схиля*|нахиля*|перехил*|зазирa*|зазира*|"
    "принюх*|sniff*",
    "bow": "bow|bows|bowing|вклоня*|кланя*|уклін",
    "lookup": "look(?:s|ing)? up|gaz(?:es|ing) (?:up|at the (?:sky|stars|moon))|staring up|дивить* (?:вгору|"
    "угору|в небо|на небо|на зор|"
    "на місяць)*|задира* голов*|підводить очі",
    "lookdown": "look(?:s|ing)? (?:down|at (?:his|her) (?:feet|hands))|head (?:bowed|down)|дивить* (?:вниз|"
    "униз|під ноги)|"
    "опуска* (?:голов|очі)*|похнюп*|понур*",
    "walk": "walk*|step|steps|stepping|stroll*|go|goes|march*|wade*|wander*|enter*|leav(?:e|es|ing)|"
    "approach*|come|comes|іде|йде|"
    "ідуть|йдуть|крокує|крокують|ступає|брид*|бреде|прямує|заходить|входить|виходить|підходить|прогулю*|"
    "наближ*|блука*",
    "stand": "stand*|stood|stands|стоїть|стоять|стояв|стояла|завмер*|закляк*|frozen|freez*|не рухa*|зупинив*|"
    "stops",
}  # fmt: skip
_ALL = "both|they|together|everyone|all of them|two of them|the two|обоє|обидв*|вони|разом|усі|всі|двоє|троє"
_WEAK = frozenset({"stand", "walk", "reach", "hold", "lamp"})
"""Poses that a later, more telling verb replaces."""
_BREAKS = re.compile(r"[.,;:!?—–]|\s-\s|\b(?:and|while|as|і|й|та|а|поки|але|but)\b", re.IGNORECASE)


@lru_cache(maxsize=256)
def cast_poses(action: str, action_en: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a key of POSES for each name; "stand" for who is not said to do anything."""
    found = _read(action[:2000], names)
    if not any(found):
        found = _read(action_en[:2000], names)
    return tuple(pose or "stand" for pose in found)


def _read(action: str, names: Sequence[str]) -> list[str]:
    poses = [""] * len(names)
    finders = [name_finder(name) for name in names]
    acting: list[int] = list(range(len(names))) if len(names) == 1 else []
    for raw in _BREAKS.split(action):
        clause = camera_words(raw)
        if not clause:
            continue
        named = sorted(
            (m.start(), i) for i, finder in enumerate(finders) if finder and (m := finder.search(clause))
        )
        if named:
            acting = [named[0][1]]
        elif word_finder(_ALL).search(clause):
            acting = list(range(len(names)))
        pose = pose_in(clause)
        if pose == "hug":
            acting = [i for _, i in named] or acting
        for i in acting or list(range(min(1, len(names)))):
            if pose and (not poses[i] or (poses[i] in _WEAK and pose != "stand")):
                poses[i] = pose
    return poses


@lru_cache(maxsize=512)
def pose_in(words: str) -> str:
    """Return the pose whose verb comes first in plain words, else ""."""
    found = [(m.start(), name) for name, stems in _VERBS.items() if (m := word_finder(stems).search(words))]
    return min(found)[1] if found else ""


@lru_cache(maxsize=512)
def name_finder(name: str) -> re.Pattern[str] | None:
    """Return what finds a character's name in plain words: inflected if Cyrillic, a whole word if Latin."""
    stems = []
    for word in plain_words(name, 60).split()[:4]:
        if word.isascii():
            stems.append(rf"{re.escape(word)}(?:s|’s)?" if len(word) > 1 else "")
        elif len(word) > 3:
            stems.append(rf"{re.escape(word[: -1 if len(word) < 6 else -2])}\w{{0,6}}")
        elif len(word) == 3:
            stems.append(rf"{re.escape(word[:2])}(?:{re.escape(word[2])}|ої|ої|ю|єю|ею|ї|у|ою|ом|а|и|і)")
    kept = [stem for stem in stems if stem]
    return re.compile(rf"\b(?:{'|'.join(kept)})\b") if kept else None
