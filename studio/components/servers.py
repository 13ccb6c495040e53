"""Show the servers that render: whether each answers, what it does, how fast it is, its memory."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.render.backend import ServerStats
from kitsumy_core.render.pool import ServerView
from kitsumy_core.store import Job, ServerRecord
from studio import services, state
from studio.components.figures import gigabytes, span
from studio.components.naming import in_words, panel_name, server_label
from studio.texts import _, ngettext, plain

EVERY = 2.0


def servers() -> None:
    """Mount the list as a fragment of its own that keeps itself current; nothing where there is none."""
    if _shown():
        st.fragment(_servers, run_every=EVERY)()


def servers_folded() -> None:
    """Mount the list behind a line that says how many answer."""
    views = _shown()
    if not views:
        return
    up = sum(view.is_up is True for view in views)
    count = ngettext("{n} server", "{n} servers", len(views))
    label = f"{count} · " + _("{up} ready").format(up=up)
    with st.expander(label, icon=":material/dns:", key="servers-shelf", on_change="rerun") as shelf:
        if shelf.open:
            st.fragment(_servers, run_every=EVERY)()


def _shown() -> list[ServerView]:
    """Return the servers of the pool, once somebody set one up or used one."""
    running = services.current()
    views = [view for view in running.engine.servers() if view.kind != "sketch"]
    wanted = running.settings.comfyui_is_configured or st.session_state.get("render-backend") == "comfyui"
    return views if wanted or any(view.is_up for view in views) else []


def _servers() -> None:
    running, project_id = services.current(), state.project_id()
    views = _shown()
    records = {record.name: record for record in running.store.servers()}
    work = running.store.at_work_on([view.name for view in views])
    book = running.store.head(project_id).book if project_id else None
    with st.container(border=True, key="servers", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**" + _("Servers") + "**", width="stretch")
            st.page_link("screens/settings.py", label=_("Settings"), icon=":material/settings:")
        for view in views:
            _row(view, records.get(view.name), work.get(view.name, []), book)


def _row(view: ServerView, record: ServerRecord | None, jobs: list[Job], book: Book | None) -> None:
    with st.container(key=f"server-{view.name}", gap="xsmall"):
        dot, word = _state(view)
        name = server_label(view.name) if view.kind == "comfyui" else "RunPod"
        stats = view.stats
        facts = [word]
        if stats is not None and view.is_up:
            facts += [plain(part) for part in (_version(stats), stats.device.partition(" : ")[0]) if part]
        st.markdown(f"{dot} **{plain(name)}** · :small[{' · '.join(facts)}]")
        if view.is_up is False and view.problem is not None:
            st.caption(in_words(*view.problem))
            return
        st.caption(" · ".join(_facts(view, record, jobs, book)))
        if stats is not None and stats.memory_total and stats.memory_free is not None:
            used = stats.memory_total - stats.memory_free
            text = _("Memory: {used} of {total} GB").format(
                used=gigabytes(used), total=gigabytes(stats.memory_total)
            )
            st.progress(min(1.0, max(0.0, used / stats.memory_total)), text=f":small[{text}]")


def _version(stats: ServerStats) -> str:
    return f"ComfyUI {stats.version}" if stats.version else ""


def _state(view: ServerView) -> tuple[str, str]:
    if view.is_up is None:
        return ":gray[:material/pending:]", _("being asked")
    if view.is_up:
        return ":green[:material/check_circle:]", _("ready") if not view.busy else _("at work")
    return ":red[:material/error:]", _("does not answer")


def _facts(view: ServerView, record: ServerRecord | None, jobs: list[Job], book: Book | None) -> list[str]:
    facts = []
    if jobs:
        facts.append(_what(jobs[0], book))
    else:
        facts.append(_("nothing to do"))
    waiting = view.stats.waiting if view.stats else max(0, len(jobs) - 1)
    if waiting:
        facts.append(ngettext("{n} picture waits there", "{n} pictures wait there", waiting))
    if record is not None and record.seconds:
        facts.append(_("{span} a picture").format(span=_pace(record.seconds)))
    if record is not None and record.made:
        facts.append(ngettext("{n} picture made", "{n} pictures made", record.made))
    return facts


def _pace(seconds: float) -> str:
    if seconds >= 10:
        return span(seconds)
    return _("{n} s").format(n=f"{seconds:.1f}")


def _what(job: Job, book: Book | None) -> str:
    """Name what a server works on; other comics are none of this writer's business."""
    if book is None or job.project_id != state.project_id():
        return _("a picture of another comic")
    name = panel_name(book, job.panel_id)
    live = services.current().engine.live(job.id)
    if live is not None and live.progress.total:
        return f"{name} ({live.progress.value}/{live.progress.total})"
    return name
