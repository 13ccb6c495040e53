"""Show which language models are connected, test each, and say what works and what to do."""

from __future__ import annotations

import asyncio

import streamlit as st

from kitsumy_core.errors import KitsumyError, ModelAwayError
from kitsumy_core.messages import explain, say
from kitsumy_core.planner.llm.connect import configured, connection, look_at
from kitsumy_core.planner.llm.http import shown_address
from kitsumy_core.settings import Settings
from studio import services, state
from studio.components.prompts import prompts
from studio.components.settings_facts import LANGUAGE_MODELS
from studio.components.settings_rows import Desk, keep, row
from studio.texts import _, ngettext, plain

PATIENCE = 25.0
"""Seconds a test may take."""
FOUND, ASKED = "llm-found", "llm-asked"


def language_models(desk: Desk) -> None:
    """Draw the settings, and under them every connection they make."""
    for setting in LANGUAGE_MODELS:
        row(desk, setting)
    ways = configured(desk.settings)
    if not ways:
        st.info(
            _("Fill in a key for OpenAI, or where a server of yours is: llama.cpp, LM Studio, vLLM, Ollama.")
            + " "
            + _("Until then plans are beat sheets to fill in, without AI."),
            icon=":material/lightbulb:",
        )
    for way in ways:
        with st.container(border=True, gap="small", key=f"llm-{way}"):
            _connection(desk.settings, way)
    if ways:
        _forget()
    prompts()


def _connection(settings: Settings, way: str) -> None:
    try:
        made = connection(settings, way)
    except KitsumyError as error:
        st.markdown(f":red[:material/error:] {plain(explain(error, state.language()))}")
        return
    address = shown_address(made.address)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(address)}**", width="stretch")
        st.button(
            _("Test"),
            icon=":material/lan:",
            key=f"llm-test-{way}",
            on_click=st.session_state.__setitem__,
            args=(ASKED, way),
        )
    if made.key_is_kept_back:
        words = say("llm-key-kept-back", {"server": address}, state.language())
        st.markdown(f":orange[:material/key_off:] {plain(words)}")
    if st.session_state.get(ASKED) == way:
        del st.session_state[ASKED]
        with st.spinner(_("Asking the server…")):
            st.session_state.setdefault(FOUND, {})[way] = look(settings, way)
    found = st.session_state.get(FOUND, {}).get(way)
    if found is not None:
        good, words, names = found
        icon = ":green[:material/check_circle:]" if good else ":red[:material/error:]"
        st.markdown(f"{icon} {plain(words)}")
        _choose(settings, way, names)


def _choose(settings: Settings, way: str, names: list[str]) -> None:
    """Offer the models of a server where there is more than one."""
    if len(names) < 2:
        return
    key = f"llm-model-{way}"
    now = settings.llm_model if settings.llm_model in names else None
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.selectbox(
        _("Model"),
        names,
        index=None,
        placeholder=_("Choose a model"),
        key=key,
        on_change=_chosen,
        args=(key,),
    )


def _chosen(key: str) -> None:
    if name := st.session_state[key]:
        keep("llm_model", str(name))


def look(settings: Settings, way: str) -> tuple[bool, str, list[str]]:
    """Return whether a server can be used, what to say of it, and its models."""

    async def ask() -> tuple[str, list[str], int]:
        return await asyncio.wait_for(look_at(settings, way), PATIENCE)

    try:
        server, names, width = services.current().background.start(ask()).result(timeout=PATIENCE + 5)
    except KitsumyError as error:
        known = error.params.get("known", ())
        return False, explain(error, state.language()), [str(name) for name in known]
    except TimeoutError:
        late = ModelAwayError("llm-silent", server=connection(settings, way).address, seconds=round(PATIENCE))
        return False, explain(late, state.language()), []
    shown = [*names[:8], *(["…"] if len(names) > 8 else [])]
    return True, say("llm-ready", {"server": server, "known": shown, "width": width}, state.language()), names


def _forget() -> None:
    st.button(
        _("Forget what was learned of models"),
        icon=":material/restart_alt:",
        type="tertiary",
        key="llm-forget",
        help=_("What a model refused once is not tried again. After an update of its server, try anew."),
        on_click=_forgotten,
    )


def _forgotten() -> None:
    running = services.current()
    try:
        count = running.store.forget_models()
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    running.planner.facts.forget()
    state.note(ngettext("{n} model is new again.", "{n} models are new again.", count), "success")
