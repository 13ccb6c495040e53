"""Draw settings as fields that say where each value comes from; what is set here is stored at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from kitsumy_core import preferences
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.settings import Origin, Settings, accepted, load_settings, names_of
from studio import services, state
from studio.components.settings_facts import Setting, is_masked, secret_end, value_text
from studio.texts import _, plain


class Desk:
    """The settings as they are now, where each comes from, and which need a restart."""

    def __init__(self, settings: Settings, origins: dict[str, Origin], waiting: Iterable[str]) -> None:
        self.settings, self.origins, self.waiting = settings, origins, frozenset(waiting)

    def is_ours(self, field: str) -> bool:
        """Tell whether this screen may change a value: neither the environment nor `.env` says it."""
        return self.origins[field].source in ("stored", "default")


def keep(field: str, text: str | None) -> bool:
    """Store a value under its first name, or forget it with None; a refusal is said at the top."""
    name, *others = names_of(field)
    try:
        wanted = accepted(name, text) if text else None
        forgotten = dict.fromkeys((*others, *_belonging_to(field)))
        preferences.update(services.current().settings.data_dir, {name: wanted, **forgotten})
        services.apply(load_settings())
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return False
    return True


def _belonging_to(field: str) -> tuple[str, ...]:
    """Return the names of secrets that were entered for a value which now changes."""
    if field != "openai_base_url" or "OPENAI_API_KEY" not in preferences.read(
        services.current().settings.data_dir
    ):
        return ()
    state.note(_("The key was entered for the old address and is forgotten. Enter it again."), "info")
    return ("OPENAI_API_KEY",)


def row(desk: Desk, setting: Setting) -> None:
    """Draw one setting with its origin below."""
    with st.container(gap="xsmall", key=f"setting-{setting.field.replace('_', '-')}"):
        if setting.kind == "secret" or is_masked(_raw(desk, setting.field)):
            _secret(desk, setting)
        elif setting.kind in ("number", "whole"):
            _number(desk, setting)
        else:
            _text(desk, setting)
        origin(desk, setting.field)


def forget(field: str) -> None:
    """Go back to what holds without this screen."""
    keep(field, None)


def origin(desk: Desk, field: str) -> None:
    """Say where a value comes from, and offer to go back to the default where it was set here."""
    source, name = desk.origins[field]
    said = {
        "environment": _("From the environment: {name}. Change it there."),
        "file": _("From the file .env: {name}. Change it there."),
        "stored": _("Set here · {name}"),
        "default": _("Default · {name}"),
    }[source].format(name=plain(name))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="content")
        if field in desk.waiting:
            st.badge(_("after a restart"), icon=":material/restart_alt:", color="orange")
        if source == "stored":
            st.button(
                _("Back to the default"),
                key=f"forget-{field.replace('_', '-')}",
                type="tertiary",
                on_click=forget,
                args=(field,),
            )


def _raw(desk: Desk, field: str) -> str:
    value = getattr(desk.settings, field)
    return value if isinstance(value, str) else ""


def _shown(field: str, value: Any) -> str:
    """Let a widget show the stored value: it wins over what was typed and refused."""
    key = f"set-{field.replace('_', '-')}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def _text(desk: Desk, setting: Setting) -> None:
    key = _shown(setting.field, value_text(desk.settings, setting.field))
    st.text_input(
        _(setting.label),
        key=key,
        placeholder=_(setting.example) if setting.example else _("not set"),
        help=_(setting.help) if setting.help else None,
        disabled=not desk.is_ours(setting.field),
        on_change=_typed,
        args=(setting.field, key),
    )


def _number(desk: Desk, setting: Setting) -> None:
    value = getattr(desk.settings, setting.field)
    whole = setting.kind == "whole"
    key = _shown(setting.field, int(value) if whole else float(value))
    st.number_input(
        _(setting.label),
        min_value=0 if whole else 1.0,
        step=1 if whole else 10.0,
        format="%d" if whole else "%g",
        key=key,
        help=_(setting.help) if setting.help else None,
        disabled=not desk.is_ours(setting.field),
        on_change=_typed,
        args=(setting.field, key),
    )


def _typed(field: str, key: str) -> None:
    value = st.session_state[key]
    keep(field, None if value is None else str(value).removesuffix(".0"))


def _secret(desk: Desk, setting: Setting) -> None:
    field, name = setting.field, setting.field.replace("_", "-")
    masked = value_text(desk.settings, field)
    end = secret_end(desk.settings, field)
    if masked:
        said = plain(masked)
    elif end is None:
        said = _("not set")
    else:
        said = _("set, ends in {end}").format(end=plain(end)) if end else _("set")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{_(setting.label)}: **{said}**", width="stretch", help=_(setting.help) if setting.help else None
        )
        if desk.is_ours(field):
            with (
                st.popover(_("Change"), icon=":material/key:", key=f"change-{name}"),
                st.form(f"secret-form-{name}", border=False, clear_on_submit=True),
            ):
                st.text_input(
                    _("New value"), type="password", autocomplete="off", key=f"secret-{name}", max_chars=2000
                )
                st.caption(_("Kept in the data folder, readable by you alone; never shown again."))
                st.form_submit_button(
                    _("Save"), type="primary", on_click=_given, args=(field, f"secret-{name}")
                )


def _given(field: str, key: str) -> None:
    text, st.session_state[key] = str(st.session_state[key]).strip(), ""
    if text:
        keep(field, text)
