"""Show how far the render queue is, what is left of time and money, and the buttons that steer all of it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from kitsumy_core.store import QueueView
from studio import services, state
from studio.components.figures import clock, money, span
from studio.texts import _


def head(project_id: str, view: QueueView) -> None:
    """Draw the progress of the whole, pause, budget and cancel."""
    engine = services.current().engine
    with st.container(horizontal=True, vertical_alignment="center", key="queue-head"):
        with st.container(width="stretch"):
            st.progress(view.ended / max(1, view.total), text=_figures(view))
        st.button(
            _("Go on") if view.paused else _("Pause"),
            icon=":material/play_arrow:" if view.paused else ":material/pause:",
            help=None if view.paused else _("What runs is finished; nothing new is begun."),
            key="queue-pause",
            on_click=engine.pause,
            args=(project_id, not view.paused),
        )
        budget(project_id)
        st.button(
            _("Cancel all"),
            icon=":material/cancel:",
            key="cancel-all",
            on_click=engine.cancel_all,
            args=(project_id,),
        )


def _figures(view: QueueView) -> str:
    parts = [_("{done} of {total} done").format(done=view.ended, total=view.total)]
    if view.began is not None:
        parts.append(clock((datetime.now(UTC) - view.began).total_seconds()))
    remaining = _remaining(view)
    if remaining is not None and not view.paused:
        parts.append(_("about {span} left").format(span=span(remaining)))
    if view.cost:
        parts.append(_("{money} so far").format(money=money(view.cost)))
    return " · ".join(parts)


def _remaining(view: QueueView) -> float | None:
    """Return the seconds that are left, going by what pictures like these took: those that wait, and those
    that run less what they have run.
    """
    engine = services.current().engine
    jobs = [*view.running, *view.waiting]
    if not jobs:
        return None
    each = engine.estimate([job.request for job in jobs[:20]]).seconds
    if each is None:
        return None
    whole = each / min(20, len(jobs)) * view.open
    live = [engine.live(job.id) for job in view.running]
    spent = sum(found.seconds() for found in live if found and found.working_since)
    return max(1.0, whole - spent / max(1, len(view.running)))


def budget(project_id: str) -> None:
    """Draw the button that shows and changes what a comic may cost."""
    store = services.current().store
    spending = store.spending(project_id)
    paid = any(view.kind == "runpod" for view in services.current().engine.servers())
    if not (paid or spending.spent or spending.budget is not None):
        return
    label = _("Budget") if spending.budget is None else money(spending.budget)
    with st.popover(label, icon=":material/savings:", key="queue-budget"):
        st.markdown(_("Spent on this comic: **{money}**").format(money=money(spending.spent)))
        if spending.reserved:
            st.caption(_("Held back for pictures under way: {money}").format(money=money(spending.reserved)))
        st.number_input(
            _("At most, in US dollars"),
            min_value=0.0,
            value=spending.budget,
            step=1.0,
            format="%.2f",
            placeholder=_("no limit"),
            help=_("Rendering stops before this is passed. What waits goes on when you raise it."),
            key="budget-usd",
            on_change=_keep_budget,
            args=(project_id,),
        )


def _keep_budget(project_id: str) -> None:
    amount = st.session_state.get("budget-usd")
    services.current().engine.set_budget(project_id, None if amount is None else float(amount))
    text = _("There is no budget now.") if amount is None else _("The budget is kept.")
    state.note(text, "check")
