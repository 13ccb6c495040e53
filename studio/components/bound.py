"""Bind a character or a workflow to one server: for a model or a reference that only that one has."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.models import Character
from kitsumy_core.render.pinning import server_name
from kitsumy_core.settings import Settings
from studio import services
from studio.components.naming import server_label
from studio.editing import changed, seed
from studio.texts import _, plain


def server_choice(node: str, character: Character) -> None:
    """Draw the choice of a character's server; nothing where there is only one server to choose."""
    now = character.kitsumy.server
    names = _names(services.current().settings)
    if len(names) < 2 and not now:
        return
    st.selectbox(
        _("Rendered on"),
        list(dict.fromkeys(("", *names, server_name(now)))),
        format_func=lambda name: server_label(name) or _("any server"),
        key=seed(node, "kitsumy.server", server_name(now)),
        help=_("Pictures with this character are made on this server alone."),
        on_change=changed,
        args=(node, "kitsumy.server"),
    )


def bound_workflows(settings: Settings) -> None:
    """Draw which workflows are rendered on one server alone, and how to bind another."""
    running = services.current()
    bound, names = running.store.workflow_servers(), _names(settings)
    if len(names) < 2 and not bound:
        return
    with st.expander(_("Workflows for one server alone"), icon=":material/push_pin:", key="bound"):
        st.caption(_("For a workflow whose models only one of the servers has room for."))
        for workflow, server in sorted(bound.items()):
            with st.container(horizontal=True, vertical_alignment="center", key=f"bound-{workflow}"):
                text = f"**{plain(workflow)}** · {plain(server_label(server_name(server)))}"
                st.markdown(text, width="stretch")
                st.button(
                    _("Any server"),
                    icon=":material/close:",
                    key=f"unbind-{workflow}",
                    type="tertiary",
                    on_click=running.store.bind_workflow,
                    args=(workflow, ""),
                )
        free = [name for name in running.workflows.names() if name not in bound]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.selectbox(_("Workflow"), free, index=None, key="bind-workflow", width=220)
            st.selectbox(
                _("Server"), names, index=None, format_func=server_label, key="bind-server", width=220
            )
            ready = bool(st.session_state.get("bind-workflow") and st.session_state.get("bind-server"))
            st.button(_("Bind"), key="bind-go", disabled=not ready, on_click=_bind)


def _names(settings: Settings) -> list[str]:
    return list(dict.fromkeys(server_name(host) for host in settings.comfyui_hosts))


def _bind() -> None:
    state = st.session_state
    services.current().store.bind_workflow(state["bind-workflow"], state["bind-server"])
    state["bind-workflow"] = state["bind-server"] = None
