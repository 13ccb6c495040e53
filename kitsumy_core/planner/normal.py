"""Make plan values of what a model answered: nothing of it is trusted.

Texts lose control characters and HTML tags and have a length; ids are ours; what points to nobody is dropped.
`Unfit` is raised for what only the model can mend, with words it understands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kitsumy_core.page.layouts import panel_count
from kitsumy_core.plan.clean import mended_text
from kitsumy_core.plan.models import (
    Character,
    CharacterKit,
    Dialogue,
    DialogueKit,
    Frozen,
    Location,
    Panel,
    PanelKit,
)
from kitsumy_core.planner import words
from kitsumy_core.planner.llm.ask import Unfit
from kitsumy_core.planner.rules import allowed_layouts, chapter_range, layout_for, spread_chapters

_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,200}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_EMPTY = frozenset({"", "-", "—", "–", "…", "...", "none", "null", "n/a", "немає", "нема"})

NAME, SHORT, LONG, TITLE, BALLOON, CAPTION, SOUND = 60, 240, 500, 100, 180, 220, 24
MOST_CHARACTERS, MOST_PLACES, MOST_LINES, MOST_PANELS = 8, 12, 4, 5


class Cast(Frozen):
    """What the first prompt gave."""

    title: str = ""
    style_en: str = ""
    characters: tuple[Character, ...] = ()
    clothing_en: Mapping[str, str] = {}
    """English of each clothing as it stands in the plan: what image prompts need."""


class PageOutline(Frozen):
    chapter: int = 0
    beat: str = ""
    layout: str = "grid-2x2"
    location_ids: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    enters: str = ""
    leaves: str = ""


class Outline(Frozen):
    """What the second prompt gave; `chapters` are their titles."""

    locations: tuple[Location, ...] = ()
    chapters: tuple[str, ...] = ()
    pages: tuple[PageOutline, ...] = ()


class PageDetail(Frozen):
    """What the third prompt gave: as many panels as the layout has."""

    layout: str
    panels: tuple[Panel, ...]


def line(value: Any, most: int = SHORT) -> str:
    """Return a text on one line, without tags and control characters, cut between words."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = _TAG.sub("", mended_text(str(value)[: most * 20]))
    text = " ".join(_CONTROL.sub(" ", text).split())
    if text.casefold() in _EMPTY:
        return ""
    if len(text) <= most:
        return text
    return (text[: most - 1].rpartition(" ")[0] or text[: most - 1]).rstrip(" ,;:—-") + "…"


def items(value: Any, most: int) -> list[Any]:
    """Return a list of at most so many items; a lone object is a list of one."""
    if isinstance(value, Mapping):
        value = [value]
    return list(value[:most]) if isinstance(value, list | tuple) else []


def read_cast(data: Mapping[str, Any], seed: int = 0) -> Cast:
    """Return the cast. Raises Unfit where nobody has a name."""
    people: list[Character] = []
    english: dict[str, str] = {}
    for entry in items(data.get("characters"), MOST_CHARACTERS):
        name = line(entry.get("name"), NAME) if isinstance(entry, Mapping) else ""
        if not name or any(person.name == name for person in people):
            continue
        person = read_character(entry, f"char-{len(people) + 1}", name)
        people.append(person.but(seed=(seed + len(people) * 7919) % 100_000))
        if person.clothing and (wears := line(entry.get("clothing_en"))):
            english[person.clothing] = wears
    if not people:
        raise Unfit("/characters: there is no character with a name. Give 2 to 5.")
    return Cast(
        title=line(data.get("title"), TITLE),
        style_en=line(data.get("style_en")),
        characters=tuple(people),
        clothing_en=english,
    )


def read_character(entry: Mapping[str, Any], character_id: str, name: str) -> Character:
    """Return one character."""
    look, appearance = line(entry.get("look_en"), LONG), line(entry.get("appearance"), LONG)
    return Character(
        id=character_id,
        name=name,
        role=line(entry.get("role")),
        appearance=appearance or look,
        clothing=line(entry.get("clothing")),
        kitsumy=CharacterKit(look=look, voice=line(entry.get("voice"))),
    )


def read_outline(data: Mapping[str, Any], max_pages: int, cast: Sequence[Character]) -> Outline:
    """Return chapters and pages within the rules for `max_pages`. Raises Unfit where there are no pages."""
    places = _places(data.get("places"))
    found = [entry for entry in items(data.get("pages"), 60) if isinstance(entry, Mapping)]
    pages = [_page(entry, number, max_pages, cast, places) for number, entry in enumerate(found)]
    pages = [page for page in pages if page.beat]
    if not pages:
        raise Unfit(f"/pages: there is no page with a beat. Give exactly {max_pages} pages.")
    while len(pages) > max_pages:  # the ending is not cut off: two neighbours become one
        shortest = min(range(len(pages) - 1), key=lambda i: len(pages[i].beat) + len(pages[i + 1].beat))
        pages[shortest : shortest + 2] = [_joined(pages[shortest], pages[shortest + 1])]
    least = chapter_range(max_pages)[0]
    while len(pages) < least:
        pages.append(PageOutline(chapter=99, enters=pages[-1].leaves))
    chapters = spread_chapters([page.chapter for page in pages], max_pages)
    titles = [
        line(entry.get("title") if isinstance(entry, Mapping) else entry, TITLE)
        for entry in items(data.get("chapters"), 20)
    ]
    count = chapters[-1] + 1
    return Outline(
        locations=places,
        chapters=tuple((titles + [""] * count)[:count]),
        pages=tuple(page.but(chapter=chapter) for page, chapter in zip(pages, chapters, strict=True)),
    )


def faults_of(data: Mapping[str, Any], max_pages: int) -> tuple[str, ...]:
    """Return what one turn of repair should mend in an outline that could be used as it is."""
    pages = items(data.get("pages"), 60)
    if len(pages) != max_pages:
        return (f"/pages: {len(pages)} pages were given; give exactly {max_pages}.",)
    return ()


def _places(value: Any) -> tuple[Location, ...]:
    made: list[Location] = []
    for entry in items(value, MOST_PLACES):
        place = entry if isinstance(entry, Mapping) else {"name": entry}
        name = line(place.get("name"), NAME)
        if name and all(known.name.casefold() != name.casefold() for known in made):
            made.append(Location(id=f"loc-{len(made) + 1}", name=name, look=line(place.get("look_en"), LONG)))
    return tuple(made)


def _page(
    entry: Mapping[str, Any],
    number: int,
    max_pages: int,
    cast: Sequence[Character],
    places: Sequence[Location],
) -> PageOutline:
    chapter, layout = entry.get("chapter"), line(entry.get("layout"), NAME)
    allowed = allowed_layouts(max_pages)
    if layout not in allowed:
        layout = allowed[(number * 5 + 4) % len(allowed)]
    named = [place_id(places, one) for one in items(entry.get("places") or entry.get("place"), 4)]
    if isinstance(entry.get("places"), str):
        named = [place_id(places, entry["places"])]
    seen = [character_id(cast, one) for one in items(entry.get("characters"), 12)]
    return PageOutline(
        chapter=chapter if isinstance(chapter, int) and not isinstance(chapter, bool) else 0,
        beat=line(entry.get("beat"), LONG),
        layout=layout,
        location_ids=tuple(dict.fromkeys(filter(None, named))),
        characters=tuple(dict.fromkeys(filter(None, seen))),
        enters=line(entry.get("enters")),
        leaves=line(entry.get("leaves")),
    )


def _joined(first: PageOutline, second: PageOutline) -> PageOutline:
    return first.but(
        beat=line(f"{first.beat} {second.beat}", LONG),
        location_ids=tuple(dict.fromkeys((*first.location_ids, *second.location_ids)))[:4],
        characters=tuple(dict.fromkeys((*first.characters, *second.characters))),
        leaves=second.leaves,
    )


def character_id(cast: Sequence[Character], value: Any) -> str:
    """Return the id of whom a model means, by id or name; "" for nobody."""
    text = line(value, NAME).casefold()
    for person in cast:
        if text and text in (person.id.casefold(), person.name.casefold()):
            return person.id
    close = [p for p in cast if text and p.name and p.name.casefold().split()[0] == text.split()[0]]
    return close[0].id if len(close) == 1 else ""


def place_id(places: Sequence[Location], value: Any) -> str:
    """Return the id of the place a model means, by id or name; "" for none."""
    text = line(value, NAME).casefold()
    found = [p for p in places if text and text in (p.id.casefold(), p.name.casefold())]
    found = found or [p for p in places if text and (text in p.name.casefold() or p.name.casefold() in text)]
    return found[0].id if found else ""


def read_page(
    data: Mapping[str, Any],
    page_id: str,
    outline: PageOutline,
    *,
    max_pages: int,
    cast: Sequence[Character],
    places: Sequence[Location],
    language: str,
) -> PageDetail:
    """Return the panels of a page and a layout with exactly as many. Raises Unfit where nothing is seen."""
    usual = outline.location_ids[0] if outline.location_ids else ""
    entries = [e for e in items(data.get("panels"), 20) if isinstance(e, Mapping)]
    entries = [e for e in entries if line(e.get("action")) or line(e.get("action_en"))]
    if not entries:
        raise Unfit("/panels: no panel says in `action` what is seen.")
    wanted = panel_count(outline.layout) or len(entries)
    layout = layout_for(min(len(entries), MOST_PANELS), max_pages, outline.layout)
    count = panel_count(layout) or wanted
    panels = [
        read_panel(entry, f"{page_id}-pan{n}", cast=cast, places=places, language=language, usual_place=usual)
        for n, entry in enumerate(entries[:count], 1)
    ]
    return PageDetail(layout=layout, panels=tuple(panels))


def read_panel(
    entry: Mapping[str, Any],
    panel_id: str,
    *,
    cast: Sequence[Character],
    places: Sequence[Location],
    language: str,
    usual_place: str = "",
) -> Panel:
    """Return one panel."""
    action, english = line(entry.get("action"), LONG), line(entry.get("action_en"), LONG)
    at = place_id(places, entry.get("place")) or usual_place
    here = next((place for place in places if place.id == at), None)
    speaking = read_lines(entry.get("dialogue"), panel_id, cast)
    seen = [character_id(cast, one) for one in items(entry.get("characters"), 12)]
    return Panel(
        id=panel_id,
        characters=tuple(dict.fromkeys(filter(None, seen))),
        action=action or english,
        location=here.name if here else line(entry.get("place"), NAME),
        mood=words.said_in(language, words.chosen(entry.get("mood"), words.MOODS, "calm")),
        camera=words.camera(
            words.chosen(entry.get("shot"), words.SHOTS, "medium shot"),
            words.chosen(entry.get("angle"), words.ANGLES, words.ANGLES[0]),
            language,
        ),
        dialogue=speaking,
        narrative=line(entry.get("caption"), CAPTION),
        sfx=line(entry.get("sound"), SOUND),
        kitsumy=PanelKit(action_en=english or (action if language == "en" else ""), location_id=at),
    )


def read_lines(value: Any, panel_id: str, cast: Sequence[Character]) -> tuple[Dialogue, ...]:
    """Return what is said; who is nobody of the cast speaks under the name that was given."""
    lines: list[Dialogue] = []
    for entry in items(value, MOST_LINES):
        if not isinstance(entry, Mapping) or not (text := line(entry.get("text"), BALLOON)):
            continue
        who = entry.get("speaker")
        kind = words.chosen(entry.get("kind"), words.KINDS, "speech")
        kit: dict[str, Any] = {"id": f"{panel_id}-d{len(lines) + 1}"}
        if kind != "speech":
            kit["kind"] = kind
        lines.append(
            Dialogue(
                character=character_id(cast, who) or line(who, NAME),
                text=text.strip('“”"«»') or text,
                kitsumy=DialogueKit.model_validate(kit),
            )
        )
    return tuple(lines)
