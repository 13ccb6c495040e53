"""Show what is being rendered: progress, previews, what waits and in which order, what went wrong and why."""

from __future__ import annotations

from html import escape

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.render.live import Live
from kitsumy_core.store import Job, QueueView
from studio import services, state
from studio.components.figures import clock
from studio.components.naming import backend_name, in_words, panel_name, server_label
from studio.components.queue_head import head
from studio.components.styling import icon_button
from studio.components.uncertain import uncertain
from studio.texts import _, ngettext, plain
from studio.urls import preview_url

WAITING_SHOWN, SHOWN = 5, 20


def active(project_id: str) -> bool:
    return services.current().store.is_at_work(project_id)


def queue() -> None:
    """Mount the queue as a fragment that ticks only while there is work."""
    project_id = state.project_id()
    assert project_id is not None
    st.fragment(_queue, run_every=1.0 if active(project_id) else None)()


def _queue() -> None:
    running, project_id = services.current(), state.project_id()
    assert project_id is not None
    running.engine.look_at(project_id, _in_sight())
    view = running.store.queue_view(project_id, SHOWN, WAITING_SHOWN)
    if st.session_state.get("was_active") and not view.open:
        st.session_state["was_active"] = False
        st.rerun()
    st.session_state["was_active"] = bool(view.open)
    failed = _not_dismissed(view)
    if not (view.open or failed or view.uncertain):
        return
    book = running.store.head(project_id).book
    with st.container(border=True, key="render-queue", gap="small"):
        if view.open:
            head(project_id, view)
        for job in view.uncertain:
            uncertain(book, job)
        for job in view.running:
            _running(book, job, view)
        _waiting(book, view)
        _failures(project_id, book, failed)


def _in_sight() -> list[str]:
    """Return the panel that the writer has chosen: its picture is made first."""
    chosen = st.session_state.get("panel")
    return [str(chosen)] if chosen else []


def _running(book: Book, job: Job, view: QueueView) -> None:
    engine = services.current().engine
    live = engine.live(job.id)
    with st.container(horizontal=True, vertical_alignment="center", key=f"job-{job.id}"):
        _preview(job, live)
        with st.container(width="stretch", gap="xsmall"):
            where = server_label(job.server or "") or backend_name(job.backend)
            st.markdown(f"**{panel_name(book, job.panel_id)}** · :small[{plain(where)}]")
            _progress(live)
        if view.open > 1:
            icon_button(
                "filter_1",
                _("Cancel all but this"),
                key=f"only-{job.id}",
                type="tertiary",
                on_click=engine.cancel_all,
                args=(job.project_id, job.id),
            )
        icon_button(
            "close",
            _("Cancel"),
            key=f"cancel-{job.id}",
            type="tertiary",
            on_click=engine.cancel,
            args=(job.id,),
        )


def _preview(job: Job, live: Live | None) -> None:
    style = "height:64px;width:84px;border-radius:6px;background:center/cover "
    style += "color-mix(in srgb, currentColor 8%, transparent)"
    if live and live.progress.preview:  # as a background it leaves nothing broken where it has just ended
        src = preview_url(job.project_id, job.id, live.version)
        style += f";background-image:url('{src}')"
    st.html(f'<div style="{escape(style, quote=True)}"></div>', width="content")


def _progress(live: Live | None) -> None:
    if live is None:
        st.caption(_("Another window or process renders it"))
        return
    progress = live.progress
    stage = {
        "waiting": _("Waiting for the server"),
        "loading": _("Loading the model"),
        "sampling": _("Drawing"),
        "fetching": _("Fetching the picture"),
    }[progress.stage]
    if progress.stage == "waiting" and progress.ahead:
        stage = ngettext("Waiting: {n} job before it", "Waiting: {n} jobs before it", progress.ahead)
    if progress.note:
        stage = in_words(progress.note, {})
    text = stage if progress.stage == "waiting" else f"{stage} · {clock(live.seconds())}"
    if progress.total:
        st.progress(min(1.0, progress.value / progress.total), text=text)
    else:
        st.caption(text)


def _waiting(book: Book, view: QueueView) -> None:
    engine = services.current().engine
    shown = view.waiting[:WAITING_SHOWN]
    for number, job in enumerate(shown):
        with st.container(horizontal=True, vertical_alignment="center", key=f"job-{job.id}", gap="small"):
            why = _why_waiting(job, view)
            with st.container(width="stretch"):
                st.markdown(f"{panel_name(book, job.panel_id)} · :small[{why}]")
            if number:
                icon_button(
                    "vertical_align_top",
                    _("Render this first"),
                    key=f"first-{job.id}",
                    type="tertiary",
                    on_click=engine.put_first,
                    args=(job.id,),
                )
            icon_button(
                "close",
                _("Cancel"),
                key=f"cancel-{job.id}",
                type="tertiary",
                on_click=engine.cancel,
                args=(job.id,),
            )
    if view.queued > len(shown):
        more = view.queued - len(shown)
        st.caption(ngettext("… and {n} more in the queue", "… and {n} more in the queue", more))


def _why_waiting(job: Job, view: QueueView) -> str:
    """Say why a job has not started; servers and money are the reasons a writer can do something about."""
    if view.paused:
        return _("paused")
    if job.error_code:
        return _("will be tried again") + f" ({in_words(job.error_code, job.error_params)})"
    servers = [s for s in services.current().engine.servers() if s.kind == job.backend]
    if job.pinned and job.pinned not in {s.name for s in servers}:
        return _("waits for {server}, which is not among the servers in Settings").format(
            server=plain(server_label(job.pinned))
        )
    able = [s for s in servers if not job.pinned or s.name == job.pinned]
    if able and not any(s.is_up for s in able):
        return _("waits until {server} answers").format(server=plain(server_label(able[0].name)))
    if view.spending.left is not None and view.spending.left <= 0 and job.backend == "runpod":
        return _("waits for a higher budget")
    return _("in the queue")


def _not_dismissed(view: QueueView) -> list[Job]:
    hidden = st.session_state.get("dismissed", set())
    return [job for job in view.failed if job.id not in hidden]


def _failures(project_id: str, book: Book, failed: list[Job]) -> None:
    engine = services.current().engine
    if len(failed) > 1:
        with st.container(horizontal=True, vertical_alignment="center", key="failed-head"):
            text = ngettext("{n} picture did not come about", "{n} pictures did not come about", len(failed))
            st.markdown(f"**{text}**", width="stretch")
            st.button(
                _("Try all again"),
                icon=":material/refresh:",
                key="retry-all",
                on_click=engine.retry_failed,
                args=(project_id,),
            )
    for job in failed:
        with st.container(horizontal=True, vertical_alignment="center", key=f"job-{job.id}"):
            with st.container(width="stretch"):
                text = in_words(job.error_code or "internal", job.error_params)
                st.markdown(f":red[:material/error:] **{panel_name(book, job.panel_id)}** · {text}")
            st.button(
                _("Try again"),
                icon=":material/refresh:",
                key=f"retry-{job.id}",
                on_click=engine.retry,
                args=(job.id,),
            )
            icon_button(
                "close",
                _("Dismiss"),
                key=f"hide-{job.id}",
                type="tertiary",
                on_click=_dismiss,
                args=(job.id,),
            )


def _dismiss(job_id: str) -> None:
    st.session_state.setdefault("dismissed", set()).add(job_id)
