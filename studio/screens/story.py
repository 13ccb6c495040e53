"""Write the story: what holds for the whole comic, its outline, all its words, drafts, the plan as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from kitsumy_core.messages import N_
from kitsumy_core.plan.book import Book
from studio import editing, state
from studio.components import header
from studio.components.drafts import compare_drafts, draft_tools
from studio.components.editions import edition_list, new_edition
from studio.components.opening import opened_comic
from studio.components.outline import outline
from studio.components.plan_file import incoming_plan, plan_tools
from studio.components.reading import reading, reading_tools
from studio.components.script_table import script_table, table_tools
from studio.components.story_form import counts, story_form
from studio.texts import _


class Part(NamedTuple):
    """One tab: what is set on it, and what is seen. Wide parts put the first above the second."""

    name: str
    icon: str
    set_here: Callable[[Book], None]
    seen_here: Callable[[Book], None]
    wide: bool = True


PARTS = (
    Part(N_("Outline"), "account_tree", story_form, outline, wide=False),
    Part(N_("All dialogue"), "forum", table_tools, script_table),
    Part(N_("Read the text"), "menu_book", reading_tools, reading),
    Part(N_("Drafts"), "history_edu", draft_tools, compare_drafts),
    Part(N_("Plan file"), "data_object", plan_tools, incoming_plan),
    Part(N_("Editions"), "translate", new_edition, edition_list, wide=False),
)


@st.fragment(key="strip")
def size() -> None:
    st.caption(counts(editing.book()))


@st.fragment(key="editor")
def settings(part: Part) -> None:
    part.set_here(editing.book())


@st.fragment(key="preview")
def content(part: Part) -> None:
    part.seen_here(editing.book())


def show() -> None:
    if opened_comic() is None:
        return
    size()
    labels = [f":material/{part.icon}: {_(part.name)}" for part in PARTS]
    tabs = st.tabs(labels, key=f"story-tabs-{state.language()}", on_change="rerun")
    for part, tab in zip(PARTS, tabs, strict=True):
        if tab.open:
            with tab:
                _draw(part)
    header.watch()


def _draw(part: Part) -> None:
    if part.wide:
        settings(part)
        content(part)
        return
    left, right = st.columns([3, 5], gap="large")
    with left:
        settings(part)
    with right:
        content(part)


show()
