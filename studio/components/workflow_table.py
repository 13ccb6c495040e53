"""Show every slot of a workflow with where it is bound and how that was found; correct it by hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.render.graph import Graph, Slots
from kitsumy_core.render.profiles import WorkflowFacts
from kitsumy_core.render.workflow import bind, facts_of
from kitsumy_core.render.workflow_slots import SLOTS, candidates
from studio import services, state
from studio.components.workflow_words import found_word, node_word, place_word, slot_label, unbound_word
from studio.texts import _, plain


def slot_table(name: str, graph: Graph) -> None:
    """Draw the table of a loaded workflow, and below it the form for the chosen row."""
    slots = bind(graph)
    if not slots.of("prompt") and not slots.of("image"):
        st.warning(
            _("No place was found for what to draw. Choose one in the table, in the row “{row}”.").format(
                row=slot_label("prompt")
            ),
            icon=":material/warning:",
        )
    above = st.container()
    rows = _rows(graph, slots, facts_of(name, graph))
    chosen = st.dataframe(
        pd.DataFrame([row[1:] for row in rows], columns=[_("Slot"), _("Node"), _("Input"), _("Found")]),
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"slots-{name}",
        column_config={
            _("Slot"): st.column_config.TextColumn(width="medium"),
            _("Node"): st.column_config.TextColumn(width="medium"),
            _("Input"): st.column_config.TextColumn(width=110),
        },
    )
    picked = chosen["selection"]["rows"]
    with above:
        if picked and picked[0] < len(rows):
            _form(name, graph, slots, rows[picked[0]][0])
        else:
            st.caption(_("Choose a row to bind it by hand."))


def _rows(graph: Graph, slots: Slots, facts: WorkflowFacts) -> list[tuple[str, str, str, str, str]]:
    """Return (slot, label, node, input, how found), a row for each binding and one for a slot without."""
    rows = []
    for slot in SLOTS:
        bound = slots.of(slot)
        for binding in bound:
            node = node_word(graph, binding.node)
            rows.append((slot, slot_label(slot), node, binding.input, found_word(binding)))
        if not bound:
            rows.append((slot, slot_label(slot), "—", "", unbound_word(facts, slot)))
    return rows


def _form(name: str, graph: Graph, slots: Slots, slot: str) -> None:
    known = services.current().workflows.corrections(name)
    places = candidates(graph, slot)
    now = [(b.node, b.input) for b in slots.of(slot)]
    with st.container(border=True, gap="small", key="slot-form"):
        st.markdown(f"**{plain(slot_label(slot))}**")
        key = f"slot-{name}-{slot}-{hash(tuple(now))}"
        wanted = st.multiselect(
            _("Written into these inputs, in this order"),
            [*places, *(place for place in now if place not in places)],
            default=now,
            format_func=lambda place: place_word(graph, *place),
            placeholder=_("nowhere: stays as it is in the file"),
            key=key,
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                _("Save"),
                type="primary",
                key="slot-save",
                disabled=wanted == now,
                on_click=correct,
                args=(name, slot, wanted),
            )
            if slot in known:
                st.button(
                    _("Find it again"),
                    icon=":material/undo:",
                    key="slot-reset",
                    on_click=correct,
                    args=(name, slot, None),
                )


def correct(name: str, slot: str, places: list[tuple[str, str]] | None) -> None:
    """Keep a correction, or forget it with None; from then on every picture uses it."""
    try:
        services.current().workflows.correct(name, slot, places)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
