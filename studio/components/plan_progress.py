"""Show a comic while it is planned: the cast as it is invented, the outline, pages as they are finished."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain, say
from kitsumy_core.plan.book import Book
from kitsumy_core.planner.llm.reading import partial_object
from kitsumy_core.planner.stages import Brief
from kitsumy_core.store import Run
from kitsumy_core.store.planning import Failure, StepRecord
from studio import services, state
from studio.components.mounts import component, fired
from studio.components.plan_form import cost, way_name
from studio.planning import Live
from studio.texts import _, ngettext, plain, short
from studio.urls import page_url

BADGES = {
    "running": ("progress_activity", "violet"),
    "interrupted": ("pause_circle", "orange"),
    "done": ("check_circle", "green"),
    "unfinished": ("error", "orange"),
    "failed": ("error", "red"),
    "cancelled": ("cancel", "gray"),
}
EVERY = 1.0
"""Seconds between two looks at a running planning."""


def newest_run(project_id: str) -> Run | None:
    return next(iter(services.current().store.runs(project_id)), None)


def progress(run: Run) -> None:
    """Mount the view as a fragment that ticks only while there is work."""
    st.fragment(_progress, run_every=EVERY if run.state == "running" else None)()


def _progress() -> None:
    project_id = state.project_id()
    run = newest_run(project_id) if project_id else None
    if project_id is None or run is None:
        return
    running = services.current()
    if st.session_state.get("plan-ran") and run.state != "running":
        st.session_state["plan-ran"] = False
        st.rerun()
    st.session_state["plan-ran"] = run.state == "running"
    book = running.store.head(project_id).book
    live = running.planner.live(run.id) or Live()
    steps = {step.step: step for step in running.store.steps(run.id)}
    _head(run, steps)
    _cast(book, live)
    _pages(project_id, book, run, live, steps)


def _head(run: Run, steps: dict[str, StepRecord]) -> None:
    icon, colour = BADGES[run.state]
    total = Brief.model_validate(run.brief).max_pages + 2
    done = sum(step.state == "done" for step in steps.values())
    with st.container(horizontal=True, vertical_alignment="center", key="plan-head"):
        st.badge(_state_name(run), icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        st.caption(f"{way_name(run.planner)} · {_used(steps)}", width="content")
        st.space("stretch")
        if run.state == "running":
            if services.current().planner.is_ours(run.id):
                st.button(
                    _("Cancel"),
                    icon=":material/cancel:",
                    key="plan-cancel",
                    on_click=services.current().planner.cancel,
                    args=(run.id,),
                )
        elif run.state != "done":
            st.button(
                _("Continue"),
                icon=":material/play_arrow:",
                type="primary",
                key="plan-continue",
                help=_("Asks only for what is missing."),
                on_click=_continue,
                args=(run,),
            )
    if run.state == "running":
        st.progress(min(1.0, done / max(1, total)))
    if run.error is not None and run.state in ("failed", "unfinished"):
        st.error(plain(_words(run.error)), icon=":material/error:")


def _words(failure: Failure) -> str:
    return say(failure.code, failure.params, state.language())


def _state_name(run: Run) -> str:
    return {
        "running": _("Being planned"),
        "interrupted": _("Interrupted"),
        "done": _("Planned"),
        "unfinished": _("Some pages are missing"),
        "failed": _("Stopped"),
        "cancelled": _("Cancelled"),
    }[run.state]


def _used(steps: dict[str, StepRecord]) -> str:
    """Say what was really spent so far."""
    spent: dict[str, int] = {}
    for step in steps.values():
        for name in ("prompt", "answer", "cached", "calls"):
            spent[name] = spent.get(name, 0) + int(step.usage.get(name, 0))
    calls = ngettext("{n} call", "{n} calls", spent.get("calls", 0))
    tokens = ngettext("{n} token", "{n} tokens", spent.get("prompt", 0) + spent.get("answer", 0))
    costs = cost(spent.get("prompt", 0), spent.get("answer", 0))
    return " · ".join(part for part in (calls, tokens, costs) if part)


def _continue(run: Run) -> None:
    try:
        services.current().planner.go_on(run)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def _cast(book: Book, live: Live) -> None:
    """Show who is in it: what is in the comic, else what is being written this moment."""
    people: list[dict[str, str]] = [
        {"name": c.name, "role": c.role, "look": c.appearance or c.kitsumy.look} for c in book.plan.characters
    ]
    if not people and "characters" in live.writing:
        people = _written(live.writing["characters"])
    if not people:
        if "characters" in live.writing:
            st.caption(":material/hourglass_top: " + _("The model is thinking of the cast…"))
        return
    st.subheader(_("Cast"), anchor=False)
    with st.container(horizontal=True, gap="small", key="plan-cast"):
        for number, person in enumerate(people):
            with st.container(border=True, width=232, key=f"plan-person-{number}"):
                st.markdown(f"**{plain(short(person['name'], 40))}**")
                if person["role"]:
                    st.caption(plain(short(person["role"], 80)))
                st.markdown(plain(short(person["look"], 120)))


def _written(text: str) -> list[dict[str, str]]:
    entries = partial_object(text).get("characters")
    if not isinstance(entries, list):
        return []
    return [
        {"name": _text(e, "name"), "role": _text(e, "role"), "look": _text(e, "appearance")}
        for e in entries
        if isinstance(e, dict) and _text(e, "name")
    ]


def _text(entry: dict[str, Any], field: str) -> str:
    value = entry.get(field)
    return value if isinstance(value, str) else ""


def _pages(project_id: str, book: Book, run: Run, live: Live, steps: dict[str, StepRecord]) -> None:
    pages = list(book.plan.pages())
    if not pages:
        _outline_so_far(live)
        return
    st.subheader(_("Pages"), anchor=False)
    items, number = [], 0
    for chapter in book.plan.chapters:
        for page in chapter.pages:
            number += 1
            step = f"page:{number}"
            badge, mark = _page_state(run, live, steps.get(step), step)
            items.append(
                {
                    "id": page.id,
                    "src": page_url(project_id, book, chapter, page, 320),
                    "label": f"{_('Page {number}').format(number=number)}: {short(page.kitsumy.beat, 160)}",
                    "caption": f"{number}. {short(page.kitsumy.beat, 80)}",
                    "selected": False,
                    "badge": badge,
                    "mark": mark,
                    "aspect": "2 / 3",
                }
            )
    component("gallery", "gallery", "walk")(
        key="plan-pages-grid",
        data={"items": items, "label": _("Pages"), "size": "9.5rem"},
        on_picked_change=_picked,
    )
    _failures(steps)
    if not live.writing:
        st.caption(_("Click a page to edit it. Live sketches stand in until pictures are rendered."))


def _page_state(run: Run, live: Live, step: StepRecord | None, name: str) -> tuple[str, str]:
    if live.writing.get(name):
        return _("being written"), ""
    if step is not None and step.state == "failed" and name not in live.writing:
        return _("failed"), "failed"
    if step is None and run.state == "running":
        return _("waiting"), ""
    return ("", "") if step is not None else (_("missing"), "stale")


def _failures(steps: dict[str, StepRecord]) -> None:
    """Say of each failed page why, with a way to try again."""
    for step in steps.values():
        if step.state == "failed" and step.error is not None and step.step.startswith("page:"):
            number = step.step.partition(":")[2]
            text = _("Page {number}").format(number=number) + ": " + _words(step.error)
            st.warning(plain(text), icon=":material/error:")


def _outline_so_far(live: Live) -> None:
    """Show the beats of an outline that is being written."""
    if "structure" not in live.writing:
        return
    st.subheader(_("Outline"), anchor=False)
    entries = partial_object(live.writing["structure"]).get("pages")
    beats = [_text(e, "beat") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    if not any(beats):
        st.caption(":material/hourglass_top: " + _("The story is being laid out…"))
    for number, beat in enumerate(filter(None, beats), 1):
        st.markdown(f"{number}\\. {plain(beat)}")


def _picked() -> None:
    page = fired("plan-pages-grid", "picked")
    if page:
        state.select(page=str(page))
        st.session_state["plan-go"] = True
        st.rerun()
