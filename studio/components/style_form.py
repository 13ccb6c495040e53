"""Edit one style: names, words, LoRAs, workflow, sample picture. Saved as a file of the data folder."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.render.loras import CINEMATIC
from kitsumy_core.render.prompt_words import name_in_latin
from kitsumy_core.render.request import LoraUse
from kitsumy_core.render.styles import STYLES, Style
from studio import library, services, state
from studio.components.mounts import component
from studio.texts import _, plain
from studio.urls import sample_url

CHOSEN = "style"


def new_style() -> None:
    """Draw the button that adds a style."""
    with (
        st.popover(_("New style"), icon=":material/add:", type="primary", key="style-new"),
        st.form("style-new-form", border=False, clear_on_submit=True),
    ):
        st.text_input(_("Name"), key="style-new-name", max_chars=60)
        st.form_submit_button(_("Add"), type="primary", on_click=_added)


def _added() -> None:
    name = " ".join(str(st.session_state["style-new-name"]).split())
    if name:
        _save(Style(id=_free_id(name), title={state.language(): name}, prompt=""))


def _free_id(name: str) -> str:
    """Return an id for a new style, made of its name in Latin letters."""
    latin = unicodedata.normalize("NFKD", name_in_latin(name)).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:40] or "style"
    known, number, found = library.styles().all(), 2, stem
    while found in known:
        found, number = f"{stem}-{number}", number + 1
    return found


def _save(style: Style) -> None:
    """Write a style and open it; what cannot be written is said."""
    try:
        library.styles().save(style)
        st.session_state[CHOSEN] = style.id
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def style_form(style: Style) -> None:
    """Draw the form of a style; it is saved by its button."""
    own = library.styles().is_own(style.id)
    st.subheader(plain(style.name_in(state.language())), anchor=False)
    _sample(style)
    with st.form(f"style-form-{style.id}", border=False):
        left, right = st.columns(2)
        titles = {
            "uk": left.text_input(
                "Українською", style.title.get("uk", ""), max_chars=60, key=f"st-uk-{style.id}"
            ),
            "en": right.text_input(
                "English", style.title.get("en", ""), max_chars=60, key=f"st-en-{style.id}"
            ),
        }
        prompt = st.text_area(
            _("Words of the prompt (in English)"), style.prompt, height=116, key=f"st-prompt-{style.id}"
        )
        negative = st.text_area(
            _("What to avoid (in English)"), style.negative, height=72, key=f"st-negative-{style.id}"
        )
        own_graph = [style.workflow] * bool(style.workflow)
        graphs = list(dict.fromkeys([*own_graph, *services.current().workflows.names()]))
        workflow = st.selectbox(
            _("Workflow"),
            graphs,
            index=0 if style.workflow else None,
            placeholder=_("As usual"),
            key=f"st-workflow-{style.id}",
        )
        loras = _loras(style)
        cinematic = st.toggle(
            _("Film look"),
            style.cinematic,
            key=f"st-cinematic-{style.id}",
            help=_("Puts on the LoRA {name} last; the server has to have it.").format(name=CINEMATIC),
        )
        saved = st.form_submit_button(_("Save"), type="primary", icon=":material/save:")
    if saved:
        others = {k: v for k, v in style.title.items() if k not in titles}
        title = others | {k: v.strip() for k, v in titles.items() if v.strip()}
        changes = {"title": title, "prompt": prompt.strip(), "negative": negative.strip()}
        _save(style.but(**changes, workflow=workflow or "", loras=loras, cinematic=cinematic))
        st.rerun()
    _buttons(style, own)


def _loras(style: Style) -> tuple[LoraUse, ...]:
    frame = pd.DataFrame(
        {
            "name": pd.Series([lora.name for lora in style.loras], dtype="str"),
            "strength": pd.Series([lora.strength for lora in style.loras], dtype="float"),
        }
    )
    edited = st.data_editor(
        frame,
        key=f"st-loras-{style.id}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "name": st.column_config.TextColumn(_("LoRA (file name)"), required=True),
            "strength": st.column_config.NumberColumn(
                _("Strength"), min_value=-2.0, max_value=2.0, step=0.05
            ),
        },
    )
    kept = {lora.name: lora for lora in style.loras}
    made = []
    for row in edited.to_dict("records"):
        name, strength = row.get("name"), row.get("strength")
        if isinstance(name, str) and name.strip():
            value = 1.0 if strength is None or pd.isna(strength) else round(float(strength), 3)
            made.append(kept.get(name.strip(), LoraUse(name=name.strip())).but(strength=value))
    return tuple(made)


def _sample(style: Style) -> None:
    source, is_hint = sample_url(library.styles(), style), library.styles().is_hint(style)
    if source:
        label = _("A drawn hint") if is_hint else _("Sample picture")
        component("compare", "gallery")(
            key=f"style-sample-{style.id}",
            data={
                "shown": {"src": source, "label": label},
                "other": None,
                "label": "",
                "aspect": "3 / 2",
            },
        )
        if is_hint:
            st.caption(_("Drawn by a program: a hint at the style. Put a picture of yours in its place."))
    with st.popover(
        _("Another sample picture") if source else _("Sample picture"),
        icon=":material/image:",
        key="style-sample-choose",
    ):
        key = f"style-file-{style.id}"
        st.file_uploader(
            _("A picture in this style"),
            type=["png", "jpg", "jpeg", "webp"],
            key=key,
            on_change=_sampled,
            args=(style.id, key),
        )
        st.caption(_("A take can become the sample too: see “What it was made from” on the Render screen."))
        if source and not is_hint:
            st.button(
                _("Without this picture"),
                icon=":material/undo:",
                key="style-sample-drop",
                on_click=_unsampled,
                args=(style.id,),
            )


def _sampled(style_id: str, key: str) -> None:
    if given := st.session_state.get(key):
        set_sample(style_id, given.getvalue())


def _unsampled(style_id: str) -> None:
    try:
        library.styles().drop_sample(style_id)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def set_sample(style_id: str, picture: bytes) -> None:
    """Give a style a sample picture; what is wrong with it is said."""
    try:
        library.styles().set_sample(style_id, picture)
        state.note(_("The style has a new sample picture."), "success")
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def _buttons(style: Style, own: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Duplicate"),
            icon=":material/content_copy:",
            key="style-twin",
            on_click=_duplicate,
            args=(style,),
        )
        if own:
            shipped = style.id in STYLES
            st.button(
                _("As it was") if shipped else _("Delete"),
                icon=":material/restart_alt:" if shipped else ":material/delete:",
                help=_("Brings back the style as it ships.") if shipped else None,
                key="style-remove",
                on_click=_removed,
                args=(style.id,),
            )


def _duplicate(style: Style) -> None:
    title = {k: _("{name} (copy)").format(name=v) for k, v in style.title.items()}
    _save(style.but(id=_free_id(style.id), title=title, sample=""))


def _removed(style_id: str) -> None:
    try:
        library.styles().remove(style_id)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    for key in [
        key for key in st.session_state if str(key).startswith("st-") and str(key).endswith(style_id)
    ]:
        del st.session_state[key]
