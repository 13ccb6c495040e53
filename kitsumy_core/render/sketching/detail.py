"""Read what an insert shows: a thing and perhaps the hand at work on it, or an animal."""

from __future__ import annotations

from dataclasses import dataclass

from kitsumy_core.render.camera import plain_words, word_finder
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.sketching.acting import name_finder
from kitsumy_core.render.sketching.casting import MOST_CAST, look_of
from kitsumy_core.render.sketching.things import thing_in

_HAND = (
    "hands?|fingers?|fist|palm|grip*|hold*|takes?|picks?|pulls?|writes?|рук[аиуо]*|руки|пальц*|кулак*|долон*|"
    "бере|знімає|трима*|"
    "стиска*|тягне|розв язу*|пише"
)  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """What is seen close, without people."""

    thing: str = ""
    """A key of THINGS; "" = one not known."""
    animal: str = ""
    """The kind of an animal seen instead of a thing."""
    asleep: bool = False
    owner: str = ""
    """The id of the character whose hand is at work, or who is the animal; "" = nobody is seen."""
    name: str = ""


def detail_of(shot: Shot) -> Detail:
    """Return what the words of an insert name: an animal of the cast, else a thing."""
    action = shot.action.text.casefold()[:1200]
    for member in shot.cast[:MOST_CAST]:
        kind = look_of(member).kind
        finder = name_finder(member.name.text)
        if kind != "human" and finder and finder.search(action):
            asleep = any(word in action for word in ("спить", "сплять", "sleep", "заснув"))
            return Detail(animal=kind, asleep=asleep, owner=member.id, name=member.name.text)
    words = (shot.action.text[:1200], shot.action_en.text[:1200], shot.camera.text[:200])
    thing = thing_in(*words)
    if shot.cast and (thing == "pen" or _has_hand(*words)):
        return Detail(thing, owner=shot.cast[0].id, name=shot.cast[0].name.text)
    return Detail(thing)


def _has_hand(*texts: str) -> bool:
    return any(word_finder(_HAND).search(plain_words(text)) for text in texts)
