"""Turn a character into the shot of its reference sheet: the same person from all sides, nothing around."""

from __future__ import annotations

from kitsumy_core.plan.models import Character, ComicPlan, Panel
from kitsumy_core.render.shot import Part, Shot, member_of

PREFIX = "sheet:"
"""Takes of a sheet are kept under this and the character's id, where those of a panel have its id."""
WIDTH, HEIGHT = 1344, 768
VIEWS = (
    "character reference sheet, the same character three times side by side: front view, side view,"
    " back view, whole figure, neutral standing pose, even light, plain light grey background"
)


def sheet_id(character_id: str) -> str:
    return PREFIX + character_id


def sheet_panel(character: Character) -> Panel:
    """Return what stands in for a panel where a sheet is planned: it asks for the character's workflow."""
    return Panel(id=sheet_id(character.id), characters=(character.id,))


def sheet_shot(plan: ComicPlan, character: Character) -> Shot:
    """Return the shot of a sheet; it starts from words alone, not from an earlier sheet."""
    return Shot(
        panel_id=sheet_id(character.id),
        cast=(member_of(character).but(references=()),),
        action_en=Part(text=VIEWS, field="kitsumy.actionEn"),
        style=Part(text=plan.style, field="style"),
        style_id=plan.kitsumy.style_id,
        width=WIDTH,
        height=HEIGHT,
        language=plan.kitsumy.language,
    )
