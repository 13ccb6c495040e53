"""Keep workflows: add by dropping a file, choose, see and correct the slots, rename, delete."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.render.library import MAX_BYTES, Workflows
from kitsumy_core.render.workflow import facts_of
from studio import services, state
from studio.components.workflow_table import slot_table
from studio.components.workflow_words import abilities
from studio.texts import _, plain

CHOSEN, SAID = "workflow-shown", "workflow-said"
FIRST = "text2img"


def workflows() -> None:
    """Draw the place for a new file, the choice of a workflow and its slots."""
    known = services.current().workflows
    _drop()
    names = known.names()
    if not names:
        return
    if st.session_state.get(CHOSEN) not in names:
        st.session_state[CHOSEN] = FIRST if FIRST in names else names[0]
    own = set(known.own_names())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(_("Workflow"), names, key=CHOSEN)
        _tools(known, name, name in own)
    try:
        graph = known.load(name)
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())), icon=":material/error:")
        return
    whose = _("yours") if name in own else _("comes with the program")
    st.caption(plain(" · ".join([whose, *abilities(facts_of(name, graph))])))
    slot_table(name, graph)


def _drop() -> None:
    turn = st.session_state.setdefault("workflow-turn", 0)
    st.file_uploader(
        _("Add a workflow: a file of Workflow > Export (API) in ComfyUI"),
        type=["json"],
        accept_multiple_files=True,
        max_upload_size=MAX_BYTES // 1_000_000,
        key=f"workflow-file-{turn}",
        on_change=_take,
        args=(f"workflow-file-{turn}",),
    )
    for text, good in st.session_state.pop(SAID, ()):
        if good:
            st.success(plain(text), icon=":material/check_circle:")
        else:
            st.error(plain(text), icon=":material/error:")


def _say(text: str, good: bool = False) -> None:
    """Keep a word to be said here, where the writer looks, at the next drawing."""
    st.session_state.setdefault(SAID, []).append((text, good))


def _take(key: str) -> None:
    known = services.current().workflows
    for file in st.session_state.get(key) or ():
        try:
            name = known.add(known.free_name(file.name), file.getvalue())
        except KitsumyError as error:
            _say(f"{file.name}: {explain(error, state.language())}")
            continue
        st.session_state[CHOSEN] = name
        _say(_("Workflow {name} is there. See below where its values go.").format(name=name), good=True)
    st.session_state["workflow-turn"] += 1


def _tools(known: Workflows, name: str, own: bool) -> None:
    if not own:
        st.button(
            _("Copy"),
            icon=":material/content_copy:",
            key="workflow-copy",
            help=_("A copy of yours, to rename or to change in ComfyUI"),
            on_click=_copy,
            args=(name,),
        )
        return
    with st.popover(_("Rename"), icon=":material/edit:", key=f"workflow-rename-{name}"):
        st.text_input(_("New name"), value=name, key=f"workflow-name-{name}", max_chars=80)
        st.button(_("Rename"), type="primary", key="workflow-rename-go", on_click=_rename, args=(name,))
    with st.popover(_("Delete"), icon=":material/delete:", key=f"workflow-delete-{name}"):
        st.write(_("Delete {name} and its corrections? Pictures made with it stay.").format(name=plain(name)))
        st.download_button(
            _("Keep a copy"),
            data=lambda: _text(known, name),
            file_name=f"{name}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key="workflow-download",
        )
        st.button(_("Delete"), type="primary", key="workflow-delete-go", on_click=_delete, args=(name,))


def _text(known: Workflows, name: str) -> bytes:
    return json.dumps(known.load(name), ensure_ascii=False, indent=2).encode()


def _copy(name: str) -> None:
    known = services.current().workflows
    _try(lambda: known.add(known.free_name(f"{name}-copy"), _text(known, name)))


def _rename(name: str) -> None:
    known = services.current().workflows
    _try(lambda: known.rename(name, str(st.session_state[f"workflow-name-{name}"])))


def _delete(name: str) -> None:
    def go() -> None:
        services.current().workflows.delete(name)
        _say(_("{name} is deleted.").format(name=name), good=True)

    _try(go)


def _try(act: Callable[[], str | None]) -> None:
    """Do something that may be refused, and show the workflow it returns."""
    try:
        shown = act()
    except KitsumyError as error:
        _say(explain(error, state.language()))
        return
    if shown:
        st.session_state[CHOSEN] = shown
