"""The shapes a model answers in, as JSON Schemas that strict servers accept.

Objects are closed and every field is required; optional is a union with null. Fields stand in thinking order.
Lengths of texts are left to `normal`, which checks every answer whatever the server promised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kitsumy_core.planner import words

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"anyOf": [TEXT, {"type": "null"}]}
MOST_LINES = 3


def thing(**fields: Schema) -> Schema:
    """Return the schema of an object with exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def many(item: Schema, least: int = 0, most: int | None = None) -> Schema:
    limits = {"minItems": least} | ({"maxItems": most} if most is not None else {})
    return {"type": "array", "items": item, **limits}


def one_of(values: Sequence[str]) -> Schema:
    """Return the schema of a choice; with nothing to choose from, of any text."""
    return {"type": "string", "enum": list(values)} if values else TEXT


def characters(least: int = 1, most: int = 6) -> Schema:
    """The answer of the first prompt."""
    person = thing(
        name=TEXT, role=TEXT, appearance=TEXT, look_en=TEXT, clothing=TEXT, clothing_en=TEXT, voice=TEXT
    )
    return thing(title=TEXT, style_en=TEXT, characters=many(person, least, most))


def structure(pages: int, chapters: tuple[int, int], layouts: Sequence[str], cast: Sequence[str]) -> Schema:
    """The answer of the second prompt."""
    page = thing(
        chapter={"type": "integer", "minimum": 1, "maximum": chapters[1]},
        beat=TEXT,
        layout=one_of(layouts),
        places=many(TEXT, 1, 3),
        characters=many(one_of(cast), 0, max(1, len(cast))),
        enters=TEXT,
        leaves=TEXT,
    )
    return thing(
        places=many(thing(name=TEXT, look_en=TEXT), 1, 8),
        chapters=many(thing(title=TEXT), *chapters),
        pages=many(page, pages, pages),
    )


def panel_fields(cast: Sequence[str], places: Sequence[str]) -> dict[str, Schema]:
    """The fields of a panel, so that some of them can be left out of a question."""
    who = many(one_of(cast), 0, max(1, len(cast))) if cast else many(TEXT, 0, 0)
    line = thing(speaker=one_of(cast), kind=one_of(words.KINDS), text=TEXT)
    return {
        "action": TEXT,
        "action_en": TEXT,
        "shot": one_of(words.SHOTS),
        "angle": one_of(words.ANGLES),
        "place": one_of(places),
        "mood": one_of(words.MOODS),
        "characters": who,
        "dialogue": many(line, 0, MOST_LINES if cast else 0),
        "caption": MAYBE,
        "sound": MAYBE,
    }


def page(panels: int, cast: Sequence[str], places: Sequence[str]) -> Schema:
    """The answer of the third prompt."""
    return thing(notes=TEXT, panels=many(thing(**panel_fields(cast, places)), panels, panels))


def texts(ids: Sequence[str]) -> Schema:
    """A text for each of these ids."""
    return thing(**dict.fromkeys(ids, TEXT))


def fields(wanted: Mapping[str, Schema]) -> Schema:
    return thing(**wanted)
