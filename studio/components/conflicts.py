"""Show both texts where two writers changed the same field, and let the writer choose."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from kitsumy_core.errors import EditError, KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan import tree
from kitsumy_core.plan.flat import fields_of, id_of, key_of, kind_of
from kitsumy_core.store import OpenConflict
from studio import editing, services, state
from studio.components.naming import panel_name
from studio.news import texts
from studio.texts import _


@st.fragment(key="problems")
def problems() -> None:
    """Show both texts where two writers changed the same field, and let the writer choose."""
    running, project_id = services.current(), state.project_id()
    assert project_id is not None
    found = running.store.conflicts(project_id)
    st.session_state["conflicts-shown"] = texts(found)
    running.news.saw(project_id, state.tab(), "conflicts", texts(found))
    if not found:
        editing.conflicts_are_settled()
    for number, conflict in enumerate(found):
        _conflict(conflict, number)


def _now(found: OpenConflict) -> object:
    """Return what the comic holds now at the place of a conflict."""
    node, field = found.conflict.node, found.conflict.field
    plan = editing.book().plan
    with suppress(EditError):
        kind = kind_of(node)
        holder = plan if kind == "plan" else tree.find(plan, kind, id_of(node))
        return fields_of(kind, holder).get(field)
    return found.conflict.theirs


def _conflict(found: OpenConflict, number: int) -> None:
    with st.container(border=True, key=f"conflict-{number}"):
        st.markdown(
            ":orange[:material/call_merge:] **"
            + _("Two texts for one place. Which one stays?")
            + f"** {_place(found)}"
        )
        sides = (
            ("theirs", found.theirs_author, _("Keep this one (it stands in the comic now)"), _now(found)),
            ("mine", found.mine_author, _("Take this one"), found.conflict.mine),
        )
        for column, (side, author, label, value) in zip(st.columns(2, gap="medium"), sides, strict=True):
            with column, st.container(key=f"conflict-{number}-row-{side}"):
                st.badge(_writer(author), color="blue" if author == state.author() else "orange")
                st.text(str(value) if value not in (None, "") else "—")
                st.button(label, key=f"conflict-{number}-{side}", on_click=_resolve, args=(found.id, side))


def _writer(author: str) -> str:
    """Say who wrote a text, as far as browsers without sign-in can be told apart."""
    return _("You wrote") if author == state.author() else _("Somebody else wrote")


def _place(found: OpenConflict) -> str:
    """Say where a conflict is, as far as that is a panel."""
    node, book = found.conflict.node, editing.book()
    for panel in book.plan.panels():
        if node == key_of("panel", panel.id) or any(node == key_of("dialogue", d.id) for d in panel.dialogue):
            return panel_name(book, panel.id)
    return ""


def _resolve(conflict_id: str, side: str) -> None:
    try:
        services.current().store.resolve_conflict(
            conflict_id, "mine" if side == "mine" else "theirs", state.author()
        )
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    editing.conflicts_are_settled()
