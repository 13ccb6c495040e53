"""Delete a character or place; one in use only after saying where, and what becomes of its panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, batch, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character, ComicPlan, Location
from studio import editing
from studio.components.cast_facts import Use, uses_of_character, uses_of_place
from studio.texts import _, ngettext, plain

ASKED = "cast-asked"
"""What is to be deleted: (kind, id), while the dialog is open."""
NOBODY, OTHER = "", "other"


def ask(kind: str, node_id: str) -> None:
    """Delete what is used nowhere at once; else open the dialog."""
    plan = editing.book().plan
    if _node(plan, kind, node_id) is None:  # the second half of a double click
        return
    if not _uses(plan, kind, node_id) and not _page_links(plan, node_id):
        editing.do(deletion(plan, kind, node_id))
        return
    st.session_state[ASKED] = (kind, node_id)
    st.rerun()


def dialog(book: Book) -> None:
    """Open the dialog if something is to be deleted; to be called in the screen's full run."""
    kind, node_id = st.session_state.get(ASKED, ("", ""))
    plan = book.plan
    node = _node(plan, kind, node_id)
    if node is None:
        st.session_state.pop(ASKED, None)
        return
    name = plain(node.name) or _("No name yet")
    title = _("Delete {name}?").format(name=name)
    st.dialog(title, on_dismiss=_closed, icon=":material/delete:")(_body)(book, kind, node_id)


def _body(book: Book, kind: str, node_id: str) -> None:
    plan = book.plan
    uses = _uses(plan, kind, node_id)
    st.write(_where(uses))
    names = {node.id: " ".join(node.name.split()) or node.id for node in _others(plan, kind, node_id)}
    heir = _heir(kind, names) if names else NOBODY
    if not names:
        st.write(_fates(kind)[NOBODY])
    with st.container(horizontal=True, horizontal_alignment="right", key="cast-delete-buttons"):
        st.button(_("Cancel"), key="cast-keep", on_click=_keep)
        st.button(
            _("Delete"), type="primary", key="cast-delete", on_click=_delete, args=(kind, node_id, heir)
        )


def _heir(kind: str, names: dict[str, str]) -> str:
    fates = _fates(kind)
    fate = st.radio(
        _("What becomes of the panels?"),
        list(fates),
        format_func=lambda f: fates[f],
        key="cast-fate",
    )
    if fate == NOBODY:
        return NOBODY
    chosen = st.selectbox(
        _("To whom?") if kind == "character" else _("Which one?"),
        list(names),
        format_func=lambda other: names.get(other, other),
        key="cast-heir",
    )
    return str(chosen or NOBODY)


def _fates(kind: str) -> dict[str, str]:
    if kind == "character":
        return {
            OTHER: _("Give the lines and the place in the panels to another character"),
            NOBODY: _("Take them out of the panels; what they said stays, under their name"),
        }
    return {
        OTHER: _("Set the panels in another place of the list"),
        NOBODY: _("Leave the panels as they are written, without a place of the list"),
    }


def _where(uses: Sequence[Use]) -> str:
    pages = list(dict.fromkeys(use.page.page_number or 0 for use in uses))
    listed = ", ".join(str(page) for page in pages[:12]) + ("…" if len(pages) > 12 else "")
    count = ngettext("It is used in {n} panel", "It is used in {n} panels", len(uses))
    where = ngettext("on {n} page", "on {n} pages", len(pages))
    return f"{count} {where}: {listed}." if uses else _("Pages are linked to it.")


def _delete(kind: str, node_id: str, heir: str) -> None:
    plan = editing.book().plan
    if _node(plan, kind, node_id) is not None:
        editing.commit(deletion(plan, kind, node_id, heir))
    _keep()


def _keep() -> None:
    """Close the dialog: only a run of the whole screen does."""
    _closed()
    st.rerun()


def _closed() -> None:
    st.session_state.pop(ASKED, None)


def deletion(plan: ComicPlan, kind: str, node_id: str, heir: str = NOBODY) -> Edit:
    """Return the edit that deletes a character or place and leaves no trace of its id."""
    if kind == "character":
        gone = edit("delete_character", character_id=node_id, replace_with=heir or None)
        return batch(gone, *_clothes_off(plan, node_id))
    return batch(edit("delete_node", node=key_of(kind, node_id)), *_moved_out(plan, node_id, heir))


def _clothes_off(plan: ComicPlan, character_id: str) -> list[Edit]:
    dressed = [
        *(key_of("chapter", c.id) for c in plan.chapters if character_id in c.kitsumy.clothing),
        *(key_of("panel", p.id) for p in plan.panels() if character_id in p.kitsumy.clothing),
    ]
    field = f"kitsumy.clothing.{character_id}"
    return [edit("set_field", node=node, field=field, value="") for node in dressed]


def _moved_out(plan: ComicPlan, place_id: str, heir: str) -> list[Edit]:
    edits = [
        edit("set_field", node=key_of("panel", panel.id), field="kitsumy.locationId", value=heir)
        for panel in plan.panels()
        if panel.kitsumy.location_id == place_id
    ]
    for page in plan.pages():
        ids = page.kitsumy.location_ids
        if place_id in ids:
            left = dict.fromkeys(heir if one == place_id else one for one in ids)
            value = [one for one in left if one]
            edits.append(
                edit("set_field", node=key_of("page", page.id), field="kitsumy.locationIds", value=value)
            )
    return edits


def _uses(plan: ComicPlan, kind: str, node_id: str) -> list[Use]:
    if kind == "character":
        return uses_of_character(plan, node_id)
    place = plan.location(node_id)
    return [use for use in uses_of_place(plan, place) if use.main] if isinstance(place, Location) else []


def _page_links(plan: ComicPlan, node_id: str) -> bool:
    return any(node_id in page.kitsumy.location_ids for page in plan.pages())


def _node(plan: ComicPlan, kind: str, node_id: str) -> Character | Location | None:
    return plan.character(node_id) if kind == "character" else plan.location(node_id)


def _others(plan: ComicPlan, kind: str, node_id: str) -> list[Any]:
    nodes: Sequence[Any] = plan.characters if kind == "character" else plan.kitsumy.locations
    return [node for node in nodes if node.id != node_id]
