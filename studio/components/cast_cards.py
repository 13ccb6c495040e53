"""Show characters or places as cards with a storyboard portrait; a click chooses one, a drag moves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character, Location
from studio import editing, state
from studio.components.cast_facts import panels_by_character, panels_by_place
from studio.components.mounts import component, fired
from studio.portraits import VIEWS, portrait_url
from studio.texts import _, ngettext

CHOSEN = {"character": "who", "location": "place"}
"""Names in the session of the chosen character and place."""


def chosen_id(kind: str) -> str:
    """Return the id of the chosen character or place, "" for none."""
    return str(st.session_state.get(CHOSEN[kind]) or "")


def choose(kind: str, node_id: str) -> None:
    """Choose a character or place."""
    st.session_state[CHOSEN[kind]] = node_id
    state.write_url()


def chosen_character(book: Book) -> Character | None:
    """Return the chosen character, the first one by default, None in a book without."""
    cast = book.plan.characters
    return book.plan.character(chosen_id("character")) or next(iter(cast), None)


def chosen_place(book: Book) -> Location | None:
    places = book.plan.kitsumy.locations
    return book.plan.location(chosen_id("location")) or next(iter(places), None)


def character_cards(book: Book) -> None:
    """Mount the cards of the cast."""
    used, chosen = panels_by_character(book.plan), chosen_character(book)
    items = [_item(book, c, c.role, used[c.id], chosen) for c in book.plan.characters]
    _mount("character", items, _("Cast"), _("character"))


def place_cards(book: Book) -> None:
    """Mount the cards of the places."""
    used, chosen = panels_by_place(book.plan), chosen_place(book)
    items = [_item(book, x, "", used[x.id], chosen) for x in book.plan.kitsumy.locations]
    _mount("location", items, _("Places"), _("place"))


def _item(
    book: Book, node: Character | Location, role: str, panels: int, chosen: Character | Location | None
) -> dict[str, Any]:
    project_id = state.project_id()
    assert project_id is not None
    name = " ".join(node.name.split()) or _("No name yet")
    facts = ngettext("in {n} panel", "in {n} panels", panels) if panels else _("appears nowhere")
    return {
        "id": node.id,
        "src": portrait_url(project_id, book, node),
        "name": name,
        "unnamed": not node.name.strip(),
        "role": role,
        "facts": facts,
        "unused": not panels,
        "label": ", ".join(part for part in (name, role, facts) if part),
        "selected": chosen is not None and chosen.id == node.id,
    }


def _mount(kind: str, items: Sequence[dict[str, Any]], label: str, role: str) -> None:
    view, key = VIEWS[kind], f"{kind}-cards"
    component("cast_cards", "gallery", "walk")(
        key=key,
        data={
            "items": items,
            "label": label,
            "role": role,
            "hint": _("Drag to reorder, or Alt with an arrow key"),
            "aspect": f"{view.width} / {view.height}",
        },
        on_picked_change=_picked(kind, key),
        on_moved_change=_moved(kind, key),
    )


def _picked(kind: str, key: str) -> Callable[[], None]:
    def picked() -> None:
        if node_id := fired(key, "picked"):
            choose(kind, str(node_id))
            editing.redraw("preview", "editor")

    return picked


def _moved(kind: str, key: str) -> Callable[[], None]:
    def moved() -> None:
        event = fired(key, "moved")
        if isinstance(event, dict):
            reorder(kind, str(event.get("id", "")), int(event.get("index", 0)))

    return moved


def reorder(kind: str, node_id: str, index: int) -> None:
    """Move a card to an index among the others; whose form is open stays the same."""
    book = editing.book()
    chosen = chosen_character(book) if kind == "character" else chosen_place(book)
    if chosen is not None:
        choose(kind, chosen.id)
    editing.do(edit("move_node", node=key_of(kind, node_id), index=index))


def action(label: str, icon: str, key: str, able: bool, do: Callable[..., None], *args: object) -> None:
    """Draw one of the buttons above a form; they say in words what they do."""
    st.button(
        label,
        icon=f":material/{icon}:",
        key=key,
        type="tertiary",
        disabled=not able,
        on_click=do,
        args=args,
    )
