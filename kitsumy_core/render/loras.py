"""Stack the LoRAs of a picture: the style's, the characters', the cinematic one; at most ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kitsumy_core.plan.models import LoraChoice
from kitsumy_core.render.request import LoraUse

MOST = 10
CINEMATIC = "FILM-V3-FLUX"
CHARACTER_STRENGTHS = (0.85, 0.75, 0.65)
"""For one, two, and three or more characters: together they must not drown the model."""
CINEMATIC_STRENGTHS = (1.0, 0.95, 0.85, 0.75)
"""For no, one, two, and three or more characters."""


class LoraStack(NamedTuple):
    """The LoRAs in the order in which they are put on, and the names of those that found no room."""

    loras: tuple[LoraUse, ...] = ()
    left_out: tuple[str, ...] = ()


def stacked(
    style: Sequence[LoraUse] = (),
    characters: Sequence[Sequence[LoraChoice]] = (),
    *,
    cinematic: bool = False,
    most: int = MOST,
) -> LoraStack:
    """Return the stack of a picture; `characters` holds the LoRAs of each character that is seen.

    Only characters with LoRAs count for the strengths. A strength the writer set is kept; a LoRA named
    twice is put on once, where it came first.
    """
    bringing = [[lora for lora in own if lora.name.strip()] for own in characters]
    count = sum(1 for own in bringing if own)
    usual = CHARACTER_STRENGTHS[min(max(count, 1), len(CHARACTER_STRENGTHS)) - 1]
    wanted = [lora for lora in style if lora.name.strip()]
    wanted += [_use(lora, usual) for own in bringing for lora in own]
    if cinematic:
        strength = CINEMATIC_STRENGTHS[min(count, len(CINEMATIC_STRENGTHS) - 1)]
        wanted.append(LoraUse(name=CINEMATIC, strength=strength))
    unique = {lora.name: lora for lora in reversed(wanted) if lora.strength != 0}
    ordered = [unique[name] for name in dict.fromkeys(lora.name for lora in wanted) if name in unique]
    return LoraStack(tuple(ordered[:most]), tuple(lora.name for lora in ordered[most:]))


def _use(choice: LoraChoice, usual: float) -> LoraUse:
    strength = usual if choice.strength is None else choice.strength
    return LoraUse(name=choice.name.strip(), strength=strength, url=choice.url or None)
