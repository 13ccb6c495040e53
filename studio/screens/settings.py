"""Show every setting with where it comes from; test the servers; nothing here belongs to one comic."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import streamlit as st
from babel.numbers import format_decimal

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain, languages, say
from kitsumy_core.settings import load_settings, obsolete_names, origins, unknown_names
from studio import services, state
from studio.components import header
from studio.components.bound import bound_workflows
from studio.components.connections import rented, servers
from studio.components.llm_connections import language_models
from studio.components.settings_facts import (
    CLUSTER,
    RUNPOD,
    TIMEOUT,
    Setting,
    differing,
    masked,
)
from studio.components.settings_rows import Desk, keep, origin, row
from studio.components.styling import two_sides
from studio.components.workflow_desk import workflows
from studio.texts import _, plain


def show() -> None:
    header.page_setup()
    header.title_row(_("Settings"))
    two_sides()
    desk = _desk()
    if desk is None:
        return
    if desk.waiting:
        st.info(
            _("Some changes take effect when the studio is started again."), icon=":material/restart_alt:"
        )
    sections: tuple[tuple[str, str, Callable[[Desk], None]], ...] = (
        (_("Studio"), _("Language and looks."), _studio),
        (_("Storage"), _("Where your comics and pictures are kept."), _storage),
        ("ComfyUI", _("Servers of your own that make pictures."), _comfyui),
        (_("Workflows"), _("Graphs of ComfyUI that pictures are made with."), _workflows),
        ("RunPod", _("Rented servers that make pictures."), _runpod),
        (_("Language models"), _("Help with plans and translations."), language_models),
        (_("Several machines"), _not_used_yet(_("One studio on many computers.")), _listed(CLUSTER)),
    )
    for number, (title, about, draw) in enumerate(sections):
        with _section(number, title, about):
            draw(desk)
    _strange_names()


def _desk() -> Desk | None:
    running = services.current().settings
    try:
        now = load_settings()
        return Desk(now, origins(running.data_dir), differing(running, now))
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())), icon=":material/error:")
        return None


def _section(number: int, title: str, about: str) -> AbstractContextManager[object]:
    if number:
        st.divider()
    left, right = st.columns([2, 5], gap="large")
    with left:
        st.subheader(title, anchor=False)
        st.caption(about)
    return right.container(key=f"section-{number}", width=760)


def _not_used_yet(about: str) -> str:
    return about + " " + _("This version keeps the values and does not use them yet.")


def _listed(settings: Sequence[Setting]) -> Callable[[Desk], None]:
    def draw(desk: Desk) -> None:
        for setting in settings:
            row(desk, setting)

    return draw


def _studio(desk: Desk) -> None:
    known = languages()
    now = desk.settings.language
    key = "set-language"
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    with st.container(gap="xsmall", key="setting-language"):
        st.selectbox(
            _("Language of the studio"),
            known if now in known else [now, *known],
            format_func=lambda code: header.LANGUAGE_NAMES.get(code, code),
            key=key,
            disabled=not desk.is_ours("language"),
            help=_("For every new visit. The menu at the top changes this window only."),
            on_change=_speak,
            width=260,
        )
        origin(desk, "language")
    st.markdown("**" + _("Appearance") + "**")
    st.caption(_("Light or dark follows your system."))
    if st.get_option("client.toolbarMode") != "minimal":
        st.caption(_("To choose yourself: the menu ⋮ at the top right."))


def _speak() -> None:
    code = str(st.session_state["set-language"])
    if keep("language", code):
        state.set_language(code)


def _storage(desk: Desk) -> None:
    settings = desk.settings
    folder = settings.data_dir.absolute()
    _fixed(desk, "data_dir", _("Data folder"), str(folder), _free(folder))
    database = _("a database server") if settings.database_url else _("a file in the data folder")
    _fixed(desk, "database_url", _("Database"), database)
    images = masked(settings.images_url) if settings.images_url else _("a folder in the data folder")
    _fixed(desk, "images_url", _("Pictures"), images)
    st.caption(_("These are set before the studio starts: in the environment or in the file .env."))


def _fixed(desk: Desk, field: str, label: str, value: str, note: str = "") -> None:
    with st.container(gap="xsmall", key=f"setting-{field.replace('_', '-')}"):
        st.markdown(f"{label}: **{plain(value)}**" + (f" · {note}" if note else ""))
        origin(desk, field)


def _free(folder: Path) -> str:
    there = next((path for path in (folder, *folder.parents) if path.exists()), None)
    try:
        free = shutil.disk_usage(there).free if there else 0
    except OSError:
        return ""
    amount = format_decimal(round(free / 1e9, 1), locale=state.language())
    return _("{amount} GB free").format(amount=amount)


def _comfyui(desk: Desk) -> None:
    servers(desk.settings, desk.is_ours("comfyui_hosts"), _keep_servers)
    origin(desk, "comfyui_hosts")
    bound_workflows(desk.settings)
    row(desk, TIMEOUT)


def _runpod(desk: Desk) -> None:
    for setting in RUNPOD[:2]:
        row(desk, setting)
    rented(desk.settings)
    for setting in RUNPOD[2:]:
        row(desk, setting)


def _workflows(desk: Desk) -> None:
    workflows()


def _keep_servers(hosts: tuple[str, ...]) -> None:
    keep("comfyui_hosts", ",".join(hosts))


def _strange_names() -> None:
    for code, names in (("name-unknown", unknown_names()), ("name-obsolete", obsolete_names())):
        for name in names:
            st.warning(plain(say(code, {"name": name}, state.language())), icon=":material/help:")


show()
