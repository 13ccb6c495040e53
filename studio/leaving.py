"""Keep what a screen still sends after it was left from breaking the screen that took its place.

Streamlit's browser side says with every rerun which screen it believes to be on. After `st.switch_page` on
the server, until the news has arrived, a fragment that ticks or a field that saves still names the screen
before. Run under that name, it would empty the browser's page, and a click that leads elsewhere would be
undone. A rerun of fragments therefore never changes the screen here: what ticks on a screen that was left
is dropped, everything else runs on the screen that is there.

What asks for all of a screen also stops the run that is under way, and Streamlit forgets what was waiting
for its end: a button pressed just before a click that leads elsewhere would do nothing. Here it goes along.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
    _coalesce_widget_states,
)


@cache
def guard() -> None:
    """Let every session of this process keep to its screen."""
    from_browser, from_anywhere = AppSession.request_rerun, ScriptRequests.request_rerun

    def browser_asks(session: AppSession, client_state: ClientState | None) -> None:
        here = session._pages_manager.current_page_script_hash
        if client_state is not None and client_state.fragment_id and here:
            if client_state.is_auto_rerun and client_state.page_script_hash != here:
                return
            client_state.page_script_hash = here
        if client_state is not None and not client_state.fragment_id and session._scriptrunner is not None:
            _take_along(session._scriptrunner._requests, client_state)
        from_browser(session, client_state)

    def request(requests: ScriptRequests, wanted: RerunData) -> bool:
        here = requests._rerun_data.page_script_hash
        if here and (wanted.fragment_id or wanted.fragment_id_queue):
            wanted = replace(wanted, page_script_hash=here)
        return from_anywhere(requests, wanted)

    AppSession.request_rerun = browser_asks  # type: ignore[method-assign, assignment]
    ScriptRequests.request_rerun = request  # type: ignore[method-assign, assignment]


def _take_along(waiting: ScriptRequests, client_state: ClientState) -> None:
    """Stop a run, and put what was pressed and waits for its end into what is asked for now."""
    with waiting._lock:
        if waiting._state is not ScriptRequestType.RERUN:
            return
        waiting._state = ScriptRequestType.STOP
        pressed = waiting._rerun_data.widget_states
    if both := _coalesce_widget_states(pressed, client_state.widget_states):
        client_state.widget_states.CopyFrom(both)
