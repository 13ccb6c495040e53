"""Compare the shot a take was made from with today's: what differs, whose it is, and whether it can be seen.

Only what reaches the picture counts. Words that moved from one node to another, a line of dialogue, or
another camera behind a prompt written by hand change nothing that an image model is told.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, get_args

from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.profiles import RANDOM, seed_of
from kitsumy_core.render.prompt import compose_prompt
from kitsumy_core.render.shot import CastMember, Part, Shot

Drawn = Literal["sketch", "diffusion"]
SAME_SHAPE = 1.08
"""Boxes whose proportions differ less than by this factor need no other picture: it is cropped a little."""

OfMember = Literal["name", "look", "clothing", "wording", "seed", "references", "loras"]
What = (
    Literal[
        "camera",
        "action",
        "place",
        "mood",
        "style",
        "prompt",
        "negative",
        "shape",
        "speakers",
        "cast",
        "lost",
    ]
    | OfMember
)


class Reason(Frozen):
    """One thing that differs. `character` is the id of the character it is about, `who` its name today."""

    what: What
    character: str = ""
    who: str = ""
    was: str = ""
    now: str = ""


def reasons(made: Shot | None, today: Shot | None, drawn: Drawn = "diffusion") -> tuple[Reason, ...]:
    """Return why a picture made from one shot does not show the other; nothing where it still does.

    A picture from outside (`made` is None) and a panel that is gone are never stale.
    """
    if made is None or today is None or made == today:
        return ()
    differing = _differences(made, today)
    effect = _effect(made, drawn)
    if not differing or effect == _effect(today, drawn):
        return ()
    seen = tuple(reason for reason, changed in differing if _effect(changed, drawn) != effect)
    return seen or tuple(reason for reason, _ in differing)


def drawn_by(backend: str) -> Drawn:
    """Return which parts of a shot a backend's pictures show."""
    return "sketch" if backend == "sketch" else "diffusion"


def is_stale(made: Shot | None, today: Shot | None, drawn: Drawn = "diffusion") -> bool:
    return bool(reasons(made, today, drawn))


def _differences(made: Shot, today: Shot) -> list[tuple[Reason, Shot]]:
    """Return each difference with the old shot as it would be if only this had changed."""
    found: list[tuple[Reason, Shot]] = []
    for what, fields in _FIELDS.items():
        was, now = _words(made, fields), _words(today, fields)
        if was != now:
            changed = made.but(**{field: getattr(today, field) for field in fields})
            found.append((Reason(what=what, was=_said(was), now=_said(now)), changed))
    return found + _cast_differences(made, today)


_FIELDS: dict[What, tuple[str, ...]] = {
    "camera": ("camera",),
    "action": ("action", "action_en"),
    "place": ("place", "place_look"),
    "mood": ("mood",),
    "style": ("style", "style_id"),
    "prompt": ("prompt",),
    "negative": ("negative",),
    "seed": ("seed",),
    "shape": ("width", "height"),
    "speakers": ("speakers",),
}


def _cast_differences(made: Shot, today: Shot) -> list[tuple[Reason, Shot]]:
    found: list[tuple[Reason, Shot]] = []
    then, now = ({member.id: member for member in shot.cast} for shot in (made, today))
    if list(then) != list(now):
        cast = tuple(then.get(member.id, member) for member in today.cast)
        names = tuple(", ".join(m.name.text or m.id for m in shot.cast) for shot in (made, today))
        found.append((Reason(what="cast", was=names[0], now=names[1]), made.but(cast=cast)))
    for member in today.cast:
        old = then.get(member.id)
        for what in _OF_MEMBER if old else ():
            assert old is not None
            was, is_now = (_plain(getattr(m, what)) for m in (old, member))
            if was != is_now:
                who = member.name.text or member.id
                reason = Reason(
                    what=what, character=member.id, who=who, was=_said([was]), now=_said([is_now])
                )
                found.append((reason, _with_member(made, old.but(**{what: getattr(member, what)}))))
    return found


_OF_MEMBER: tuple[OfMember, ...] = get_args(OfMember)


def _with_member(shot: Shot, changed: CastMember) -> Shot:
    return shot.but(cast=tuple(changed if member.id == changed.id else member for member in shot.cast))


def _words(shot: Shot, fields: tuple[str, ...]) -> list[Hashable]:
    return [_plain(getattr(shot, field)) for field in fields]


def _plain(value: object) -> Hashable:
    """Return what a field says, wherever in the plan it says so."""
    if isinstance(value, Part):
        return " ".join(value.text.split())
    if isinstance(value, tuple):
        return tuple(item.model_dump_json() if isinstance(item, Frozen) else item for item in value)
    return value if isinstance(value, Hashable) else str(value)


def _said(values: list[Hashable]) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")


def _effect(shot: Shot, drawn: Drawn) -> tuple[Hashable, ...]:
    """Return everything of a shot that can be seen in its picture, without what a style or server adds."""
    if drawn == "sketch":
        cast = tuple((m.id, _plain(m.name), _plain(m.look), _plain(m.clothing)) for m in shot.cast)
        parts = ("camera", "action", "action_en", "place", "place_look", "mood", "style", "speakers")
        return (*_words(shot, parts), cast, _shape(shot))
    prompt = compose_prompt(shot)
    brought = tuple((_plain(member.references), _plain(member.loras)) for member in shot.cast)
    return (prompt.text, prompt.negative, shot.style_id, _seed(shot), brought, _shape(shot))


def _seed(shot: Shot) -> Hashable:
    """A random seed fits any picture; the caller compares by equality, so it stands for every seed."""
    return _Any() if shot.seed == RANDOM else seed_of(shot)


class _Any:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def _shape(shot: Shot) -> Hashable:
    return _Shape(shot.width / shot.height if shot.height else 1.0)


class _Shape:
    """Proportions that are equal when a picture of one can be cropped to the other."""

    def __init__(self, ratio: float) -> None:
        self.ratio = max(ratio, 1e-6)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Shape):
            return False
        return max(self.ratio / other.ratio, other.ratio / self.ratio) <= SAME_SHAPE

    def __hash__(self) -> int:
        return 0
