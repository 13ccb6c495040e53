"""Turn a panel of a plan into a shot: all the writer says about one picture, and where each part is from."""

from __future__ import annotations

from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.plan.models import Chapter, Character, ComicPlan, Frozen, LoraChoice, Panel


class Part(Frozen):
    """One piece of text of a shot and the node and field of the plan it came from."""

    text: str = ""
    source_id: str = ""
    field: str = ""


class CastMember(Frozen):
    """A character as seen in this shot, with the clothing in force here."""

    id: str
    name: Part
    role: str = ""
    look: Part = Part()
    clothing: Part = Part()
    wording: Part = Part()
    """A template of the writer's own for this character in prompts."""
    seed: int | None = None
    references: tuple[str, ...] = ()
    """Hashes of pictures that show the character, the reference sheet first."""
    loras: tuple[LoraChoice, ...] = ()


class Shot(Frozen):
    """What one picture has to show. `width`, `height` are the panel's box in pixels at print size."""

    panel_id: str
    camera: Part = Part()
    cast: tuple[CastMember, ...] = ()
    action: Part = Part()
    action_en: Part = Part()
    place: Part = Part()
    place_look: Part = Part()
    mood: Part = Part()
    style: Part = Part()
    style_id: str = ""
    prompt: Part = Part()
    """Written by hand: replaces the composed prompt."""
    negative: Part = Part()
    seed: int | None = None
    speakers: tuple[str, ...] = ()
    """Ids of who talks, in order: decides who faces whom and where room is needed."""
    width: int = 1024
    height: int = 1024
    language: str = "uk"


def shot_of(book: Book, panel_id: str, size: tuple[float, float]) -> Shot | None:
    """Return the shot of a panel whose box is `size` pixels, or None if there is no such panel."""
    found = find_panel(book.plan, panel_id)
    if found is None:
        return None
    chapter, page, panel = found
    plan = book.plan
    place_id = panel.kitsumy.location_id or next(iter(page.kitsumy.location_ids[:1]), "")
    location = plan.location(place_id)
    place = Part(text=panel.location, source_id=panel.id, field="location")
    if not panel.location and location:
        place = Part(text=location.name, source_id=location.id, field="name")
    return Shot(
        panel_id=panel.id,
        camera=_part(panel, "camera"),
        cast=tuple(member_of(_character(plan, cid), chapter, panel) for cid in panel.characters),
        action=_part(panel, "action"),
        action_en=Part(text=panel.kitsumy.action_en, source_id=panel.id, field="kitsumy.actionEn"),
        place=place,
        place_look=Part(text=location.look, source_id=location.id, field="look") if location else Part(),
        mood=_part(panel, "mood"),
        style=Part(text=plan.style, field="style"),
        style_id=plan.kitsumy.style_id,
        prompt=Part(text=panel.kitsumy.prompt, source_id=panel.id, field="kitsumy.prompt"),
        negative=Part(text=panel.kitsumy.negative, source_id=panel.id, field="kitsumy.negative"),
        seed=panel.kitsumy.seed,
        speakers=tuple(line.character for line in panel.dialogue if line.kitsumy.kind != "off"),
        width=round(size[0]),
        height=round(size[1]),
        language=plan.kitsumy.language,
    )


def _part(panel: Panel, field: str) -> Part:
    return Part(text=getattr(panel, field), source_id=panel.id, field=field)


def _character(plan: ComicPlan, character_id: str) -> Character:
    return plan.character(character_id) or Character(id=character_id, name=character_id)


def member_of(character: Character, *wardrobe: Chapter | Panel) -> CastMember:
    """Return a character as it is seen; the last of `wardrobe` that dresses it says what it wears."""
    look = Part(text=character.appearance, source_id=character.id, field="appearance")
    if character.kitsumy.look:
        look = Part(text=character.kitsumy.look, source_id=character.id, field="kitsumy.look")
    clothing = Part(text=character.clothing, source_id=character.id, field="clothing")
    for node in wardrobe:
        if text := node.kitsumy.clothing.get(character.id):
            clothing = Part(text=text, source_id=node.id, field=f"kitsumy.clothing.{character.id}")
    return CastMember(
        id=character.id,
        name=Part(text=character.name, source_id=character.id, field="name"),
        role=character.role,
        look=look,
        clothing=clothing,
        wording=Part(text=character.kitsumy.wording, source_id=character.id, field="kitsumy.wording"),
        seed=character.seed,
        references=character.kitsumy.references,
        loras=character.kitsumy.loras,
    )
