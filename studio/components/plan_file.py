"""Take the plan out as a file, and a file in over this comic, after saying what it would change."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.export.names import file_title
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.files import MAX_BYTES, Repair, write_plan
from kitsumy_core.plan.incoming import SCRIPT_SUFFIXES, read_incoming
from kitsumy_core.plan.models import ComicPlan, Dialogue, Page, Panel
from kitsumy_core.plan.script import write_script
from studio import editing, services, state
from studio.components.differences import difference
from studio.components.differences_view import differences_view
from studio.texts import _, plain, short

INCOMING = "incoming-plan"
MAX_MB = MAX_BYTES // 1_000_000
SHOWN_REPAIRS = 8


class Incoming(NamedTuple):
    """A plan that was read from a file and waits for the writer's word."""

    project_id: str
    name: str
    plan: ComicPlan
    repairs: tuple[Repair, ...]
    rev: int


def plan_tools(book: Book) -> None:
    """Draw the two ways: out and in."""
    project_id = state.project_id()
    assert project_id is not None
    out, into = st.columns(2, gap="large")
    with out:
        st.subheader(_("Take the plan out"), anchor=False)
        st.caption(
            _("The story as JSON, which any Kitsumy tool reads, or as a script to write on in any editor.")
        )
        title = file_title(book.plan.title)
        with st.container(horizontal=True):
            _download("plan", _("Download the plan"), f"{title}.json", "application/json", write_plan)
            _download("script", _("Download the script"), f"{title}.txt", "text/plain", write_script)
    with into:
        st.subheader(_("Put a plan in"), anchor=False)
        st.caption(_("You see first what it would change. Chosen pictures and placed balloons stay."))
        turn = st.session_state.setdefault("plan-turn", 0)
        st.file_uploader(
            _("Plan (.json) or script (.txt, .md, .fountain)"),
            type=["json", *(suffix[1:] for suffix in SCRIPT_SUFFIXES)],
            max_upload_size=MAX_MB,
            key=f"plan-upload-{turn}",
            label_visibility="collapsed",
            on_change=_take,
            args=(f"plan-upload-{turn}",),
        )


def _download(kind: str, label: str, name: str, mime: str, write: Callable[[ComicPlan], str]) -> None:
    project_id = state.project_id()
    assert project_id is not None
    st.download_button(
        label,
        data=lambda: write(services.current().store.head(project_id).book.plan).encode(),
        file_name=name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"{kind}-download",
    )


def _take(key: str) -> None:
    file, project_id = st.session_state.get(key), state.project_id()
    if file is None or project_id is None:
        return
    st.session_state["plan-turn"] += 1
    try:
        book = editing.book()
        loaded = read_incoming(file.name, file.getvalue(), editing.mint, book.plan)
    except KitsumyError as error:
        state.note(f"{short(file.name)}: {explain(error, state.language())}", "error")
        st.session_state.pop(INCOMING, None)
    else:
        plan = with_known_lines(loaded.plan, book.plan)
        st.session_state[INCOMING] = Incoming(project_id, file.name, plan, loaded.repairs, state.seen())
    editing.redraw("editor", "preview", "status")


def incoming_plan(book: Book) -> None:
    """Show what the waiting plan would change, and let the writer decide."""
    waiting: Incoming | None = st.session_state.get(INCOMING)
    if waiting is None or waiting.project_id != state.project_id():
        return
    st.divider()
    for repair in waiting.repairs[:SHOWN_REPAIRS]:
        words = editing.explained(repair.code, path=repair.path, **repair.params)
        st.warning(plain(words), icon=":material/build:")
    groups = difference(book, replaced(book, waiting.plan))
    with st.container(horizontal=True, vertical_alignment="center", key="plan-decision"):
        st.markdown(f"**{plain(short(waiting.name))}**", width="content")
        if groups:
            st.button(
                _("Put it in (undo takes it back)"),
                icon=":material/check:",
                type="primary",
                key="plan-accept",
                on_click=_accept,
            )
        st.button(_("Leave the comic as it is"), key="plan-refuse", on_click=_refuse)
    differences_view(
        groups, left=_("The comic as it is now"), right=_("With the file"), key="plan-differences"
    )


def _accept() -> None:
    """Commit the plan on the revision it was compared with: what others wrote since is merged."""
    waiting: Incoming | None = st.session_state.pop(INCOMING, None)
    if waiting is None or waiting.project_id != state.project_id():
        return
    try:
        base = services.current().store.book_at(waiting.project_id, waiting.rev)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    else:
        content = replaced(base, waiting.plan)
        if editing.commit(edit("restore_book", content=content), base=waiting.rev):
            state.note(_("The plan is in. Undo takes it back."), "success")
    st.rerun()


def _refuse() -> None:
    st.session_state.pop(INCOMING, None)
    editing.redraw("editor", "preview", "status")


def replaced(book: Book, plan: ComicPlan) -> Book:
    """Return the book with another plan; its editions and chosen pictures stay."""
    return book.but(plan=plan)


def with_known_lines(plan: ComicPlan, known: ComicPlan) -> ComicPlan:
    """Give lines that other tools wrote without an id the ids they have here, so that balloons stay placed.

    In a panel of the same id a line is the same if it has the same text, else if it has the same place.
    """
    panels = {panel.id: panel for panel in known.panels()}
    taken = {line.id for panel in known.panels() for line in panel.dialogue}

    def page_after(page: Page) -> Page:
        return page.but(
            panels=tuple(_recognised(panel, panels.get(panel.id), taken) for panel in page.panels)
        )

    chapters = tuple(c.but(pages=tuple(page_after(page) for page in c.pages)) for c in plan.chapters)
    return plan.but(chapters=chapters)


def _recognised(panel: Panel, known: Panel | None, taken: set[str]) -> Panel:
    if known is None or not panel.dialogue:
        return panel
    here = {line.id for line in panel.dialogue}
    free = [line for line in known.dialogue if line.id not in here]
    found: dict[int, Dialogue] = {}
    strangers = [n for n, line in enumerate(panel.dialogue) if line.id not in taken]
    for alike in (_same_text, _same_place):
        for n in strangers:
            twin = next((x for x in free if n not in found and alike(panel, n, known, x)), None)
            if twin:
                found[n] = twin
                free.remove(twin)
    lines = tuple(
        line.but(kitsumy=line.kitsumy.but(id=found[n].id)) if n in found else line
        for n, line in enumerate(panel.dialogue)
    )
    return panel.but(dialogue=lines)


def _same_text(panel: Panel, n: int, known: Panel, line: Dialogue) -> bool:
    return bool(line.text) and panel.dialogue[n].text == line.text


def _same_place(panel: Panel, n: int, known: Panel, line: Dialogue) -> bool:
    return known.dialogue.index(line) == n
