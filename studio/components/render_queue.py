"""Show what is being rendered: each picture's progress and preview, cancel, why it failed, retry."""

from __future__ import annotations

import time
from html import escape

import streamlit as st

from kitsumy_core.messages import say
from kitsumy_core.plan.book import Book
from kitsumy_core.render.live import Live
from kitsumy_core.store import Job
from studio import services, state
from studio.components.naming import backend_name, panel_name
from studio.texts import _, ngettext, plain
from studio.urls import preview_url

SHOWN = 40
STAGES = {"waiting": "waiting", "loading": "loading", "sampling": "sampling", "fetching": "fetching"}


def active(project_id: str) -> bool:
    return bool(services.current().store.jobs(project_id, "queued", "running"))


def queue() -> None:
    """Mount the queue as a fragment that ticks only while there is work."""
    project_id = state.project_id()
    assert project_id is not None
    st.fragment(_queue, run_every=1.0 if active(project_id) else None)()


def _queue() -> None:
    running, project_id = services.current(), state.project_id()
    assert project_id is not None
    jobs = running.store.jobs(project_id)
    book = running.store.head(project_id).book
    todo = [job for job in jobs if job.state in ("queued", "running")]
    if st.session_state.get("was_active") and not todo:
        st.session_state["was_active"] = False
        st.rerun()
    st.session_state["was_active"] = bool(todo)
    failed = _newest_failures(jobs)
    if todo:
        _head(jobs, todo)
    for job in [*todo, *failed][:SHOWN]:
        _row(book, job)
    if len(todo) + len(failed) > SHOWN:
        st.caption(_("… and {n} more").format(n=len(todo) + len(failed) - SHOWN))


def _newest_failures(jobs: list[Job]) -> list[Job]:
    """Return failed jobs that nothing later has replaced."""
    newest = {job.panel_id: job for job in jobs}
    hidden = st.session_state.get("dismissed", set())
    return [job for job in newest.values() if job.state == "failed" and job.id not in hidden]


def _head(jobs: list[Job], todo: list[Job]) -> None:
    batches = {job.batch_id for job in todo}
    total = [job for job in jobs if job.batch_id in batches]
    done = len(total) - len(todo)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            done / max(1, len(total)), text=_("{done} of {total} done").format(done=done, total=len(total))
        )
        st.button(
            _("Cancel all"),
            icon=":material/cancel:",
            key="cancel-all",
            on_click=services.current().engine.cancel_all,
            args=(state.project_id(),),
        )


def _row(book: Book, job: Job) -> None:
    engine = services.current().engine
    live = engine.live(job.id)
    with (
        st.container(border=True, key=f"job-{job.id}"),
        st.container(horizontal=True, vertical_alignment="center"),
    ):
        if live and live.progress.preview:
            src = escape(preview_url(job.project_id, job.id, live.version))
            st.html(f'<img src="{src}" alt="" style="height:72px;border-radius:6px">', width="content")
        with st.container(width="stretch", gap="small"):
            st.markdown(f"**{panel_name(book, job.panel_id)}** · {plain(backend_name(job.backend))}")
            if job.state == "failed":
                text = say(job.error_code or "internal", job.error_params, state.language())
                st.markdown(f":red[:material/error:] {plain(text)}")
            else:
                _progress(job, live)
        if job.state == "failed":
            st.button(
                _("Try again"),
                icon=":material/refresh:",
                key=f"retry-{job.id}",
                on_click=engine.retry,
                args=(job.id,),
            )
            st.button(
                "",
                icon=":material/close:",
                help=_("Dismiss"),
                key=f"hide-{job.id}",
                on_click=_dismiss,
                args=(job.id,),
            )
        else:
            st.button(
                "",
                icon=":material/close:",
                help=_("Cancel"),
                key=f"cancel-{job.id}",
                on_click=engine.cancel,
                args=(job.id,),
            )


def _dismiss(job_id: str) -> None:
    st.session_state.setdefault("dismissed", set()).add(job_id)


def _progress(job: Job, live: Live | None) -> None:
    if job.state == "queued" or live is None:
        st.caption(_("In the queue"))
        return
    seconds = int(time.monotonic() - live.started)
    progress = live.progress
    stage = {
        "waiting": _("Waiting for the server"),
        "loading": _("Loading the model"),
        "sampling": _("Drawing"),
        "fetching": _("Fetching the picture"),
    }[progress.stage]
    if progress.stage == "waiting" and progress.ahead:
        stage = ngettext("Waiting: {n} job before it", "Waiting: {n} jobs before it", progress.ahead)
    text = f"{stage} · {seconds} " + _("s")
    if progress.total:
        st.progress(min(1.0, progress.value / progress.total), text=text)
    else:
        st.caption(text)
