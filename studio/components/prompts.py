"""Read and change the prompts a language model is given: each is a file with its version and parameters."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import N_, explain
from kitsumy_core.planner import templates
from studio import services, state
from studio.texts import _, plain

NAMES: Mapping[str, str] = {
    "characters": N_("Characters, from the idea and the style"),
    "structure": N_("Structure: chapters, pages, beats"),
    "page": N_("A page, panel by panel"),
    "redo": N_("Rewriting at a wish"),
    "translate": N_("Translation of the words"),
    "prompt-words": N_("Translation of image prompts"),
}


def prompts() -> None:
    """Draw the prompts, folded away: few writers ever need them."""
    with st.expander(_("Prompts"), icon=":material/psychology:", key="prompts", on_change="rerun") as shelf:
        if shelf.open:
            _prompts()


def _prompts() -> None:
    folder = services.current().settings.data_dir
    shown = {name: _(text) for name, text in NAMES.items()}
    name = str(st.selectbox(_("Prompt"), list(NAMES), format_func=shown.__getitem__, key="prompt-name"))
    is_own = templates.own_file(name, folder).is_file()
    try:
        text = templates.text_of(name, folder)
        made = templates.parse(text, name, name)
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())), icon=":material/error:")
        text, made = "", None
    if made:
        said = _("version {version} · temperature {temperature}").format(
            version=made.version, temperature=made.temperature
        )
        said += " · " + _("at most {tokens} tokens · pages before: {history}").format(
            tokens=made.max_tokens, history=made.history
        )
        st.caption(plain(said) + " · " + (_("your own") if is_own else _("as it ships")))
    key = f"prompt-text-{name}-{st.session_state.setdefault('prompt-turn', 0)}"
    st.text_area(_("Text of the prompt"), value=text, height=420, key=key, label_visibility="collapsed")
    with st.container(horizontal=True, gap="small"):
        st.button(_("Save"), type="primary", key="prompt-save", on_click=_save, args=(name, key))
        if is_own:
            st.button(
                _("Back to the one that ships"),
                icon=":material/settings_backup_restore:",
                key="prompt-forget",
                on_click=_forget,
                args=(name,),
            )


def _save(name: str, key: str) -> None:
    try:
        templates.keep(name, services.current().settings.data_dir, str(st.session_state[key]))
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    state.note(_("The prompt is kept. It holds from the next question on."), "success")


def _forget(name: str) -> None:
    try:
        templates.forget(name, services.current().settings.data_dir)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    st.session_state["prompt-turn"] = int(st.session_state.get("prompt-turn", 0)) + 1
