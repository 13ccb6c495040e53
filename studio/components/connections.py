"""List the ComfyUI servers, test each and the RunPod endpoints, and say what works and what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain, say
from kitsumy_core.render.backend import Finding
from kitsumy_core.settings import Settings
from studio import services, state
from studio.components.settings_facts import masked
from studio.texts import _, plain

PATIENCE = 25.0
"""Seconds a test may take."""
FOUND, ASKED = "connections-found", "connections-asked"
RENTED = "runpod"

Store = Callable[[tuple[str, ...]], None]


def servers(settings: Settings, editable: bool, store: Store) -> None:
    """Draw the list. `store` keeps a changed one."""
    hosts = settings.comfyui_hosts
    for index, host in enumerate(hosts):
        with st.container(border=True, gap="small", key=f"server-{index}"):
            _server(settings, hosts, index, host, editable, store)
    if len(hosts) > 1:
        st.caption(_("All of them share the work. Changes hold at once, also while pictures are made."))
    if editable:
        st.text_input(
            _("Add a server"),
            key="server-new",
            placeholder="192.168.1.20:8188",
            help=_("host:port or http(s)://…"),
            on_change=_add,
            args=(settings, store),
        )


def _server(
    settings: Settings, hosts: tuple[str, ...], index: int, host: str, editable: bool, store: Store
) -> None:
    rest = tuple(h for i, h in enumerate(hosts) if i != index)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(masked(host))}**", width="stretch")
        if editable and rest:
            st.button(
                _("Take it off the list"),
                icon=":material/delete:",
                type="tertiary",
                key=f"server-remove-{index}",
                on_click=store,
                args=(rest,),
            )
        st.button(
            _("Test"),
            icon=":material/lan:",
            key=f"server-test-{index}",
            on_click=st.session_state.__setitem__,
            args=(ASKED, host),
        )
    if st.session_state.get(ASKED) == host:
        with st.spinner(_("Asking the server…")):
            st.session_state.setdefault(FOUND, {})[host] = look(settings, host)
        del st.session_state[ASKED]
    _findings(st.session_state.get(FOUND, {}).get(host, ()))


def rented(settings: Settings) -> None:
    """Draw the test of the RunPod endpoints, with what it found below."""
    st.button(
        _("Test the endpoints"),
        icon=":material/cloud_sync:",
        key="runpod-test",
        on_click=st.session_state.__setitem__,
        args=(ASKED, RENTED),
    )
    if st.session_state.get(ASKED) == RENTED:
        with st.spinner(_("Asking RunPod…")):
            st.session_state.setdefault(FOUND, {})[RENTED] = _ask(
                "runpod", settings, settings.runpod_base_url
            )
        del st.session_state[ASKED]
    _findings(st.session_state.get(FOUND, {}).get(RENTED, ()))


def look(settings: Settings, host: str) -> list[Finding]:
    """Return what works on a server and what is missing there; a mistake in its address is a finding too."""
    return _ask("comfyui", settings.model_copy(update={"comfyui_hosts": (host,)}), host)


def _ask(kind: str, settings: Settings, address: str) -> list[Finding]:
    running = services.current()

    async def ask() -> list[Finding]:
        backend = pipeline.open_backend(kind, settings, workflows=running.workflows)
        try:
            return await asyncio.wait_for(backend.check(), PATIENCE)
        finally:
            await backend.aclose()

    try:
        found: list[Finding] = running.background.start(ask()).result(timeout=PATIENCE + 5)
    except KitsumyError as error:
        return [Finding(False, error.error_code, dict(error.params))]
    except TimeoutError:
        return [Finding(False, "server-unreachable", {"server": masked(address)})]
    return found


def _findings(found: Sequence[Finding]) -> None:
    for finding in found:
        icon = ":green[:material/check_circle:]" if finding.ok else ":red[:material/error:]"
        st.markdown(f"{icon} {plain(say(finding.code, finding.params, state.language()))}")


def _add(settings: Settings, store: Store) -> None:
    text = " ".join(str(st.session_state["server-new"]).split()).rstrip("/")
    st.session_state["server-new"] = ""
    if not text:
        return
    host = text if "://" in text else f"http://{text}"
    if host in settings.comfyui_hosts:
        state.note(_("This server is on the list already."), "info")
        return
    if (mistake := _mistake(settings, host)) is not None:
        state.note(explain(mistake, state.language()), "error")
        return
    store((*settings.comfyui_hosts, host))
    st.session_state[ASKED] = host


def _mistake(settings: Settings, host: str) -> KitsumyError | None:
    """Return what is wrong with an address, as the client of the servers reads it."""
    one = settings.model_copy(update={"comfyui_hosts": (host,)})

    async def made() -> None:
        await pipeline.open_backend("comfyui", one).aclose()

    try:
        services.current().background.start(made()).result(timeout=PATIENCE)
    except KitsumyError as error:
        return error
    return None
