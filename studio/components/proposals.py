"""Show what a model proposes beside what is there, by part; say what it is working on and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book, find_page
from kitsumy_core.planner.redo_edits import applied, as_one, fitting
from kitsumy_core.store import Proposal
from studio import editing, services, state
from studio.components.differences import difference
from studio.components.differences_view import differences_view
from studio.components.naming import panel_name
from studio.components.styling import icon_button
from studio.texts import _, ngettext, plain, short

EVERY = 1.0


def proposals() -> None:
    """Mount the news of the model: ticking while it works, silent while there is nothing to say."""
    project_id = state.project_id()
    if project_id is None:
        return
    working = bool(services.current().wishes.doing(project_id))
    st.fragment(_news, run_every=EVERY if working else None)()


def _news() -> None:
    project_id = state.project_id()
    assert project_id is not None
    running = services.current()
    doing = running.wishes.doing(project_id)
    if st.session_state.get("wishes-ran") and not doing:
        st.session_state["wishes-ran"] = False
        st.rerun()
    st.session_state["wishes-ran"] = bool(doing)
    failures, waiting = running.wishes.failures(project_id), running.store.open_proposals(project_id)
    if not (doing or failures or waiting):
        _errors()
        return
    book = running.store.head(project_id).book
    for one in doing:
        with st.container(horizontal=True, vertical_alignment="center", key=f"doing-{one.id}"):
            st.badge(_("The model is writing"), icon=":material/progress_activity:", color="violet")
            count = f" · {one.done}/{one.total}" if one.total else ""
            st.caption(plain(about(book, one.about)) + count, width="content")
            st.button(
                _("Cancel"),
                icon=":material/cancel:",
                type="tertiary",
                key=f"stop-{one.id}",
                on_click=running.wishes.cancel,
                args=(one.id,),
            )
    for failed in failures:
        st.session_state.setdefault("wish-errors", []).append(
            f"{about(book, failed.about)}: {explain(failed.error, state.language())}"
        )
    _errors()
    for proposal in waiting:
        _proposal(proposal)


def _errors() -> None:
    told: list[str] = st.session_state.get("wish-errors", [])
    if not told:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="wish-errors-box"):
        for text in told:
            st.warning(plain(text), icon=":material/error:")
        icon_button(
            "close",
            _("Dismiss"),
            key="wish-dismiss",
            on_click=told.clear,
            type="tertiary",
        )


def about(book: Book, wanted: Mapping[str, Any]) -> str:
    """Say what was asked for, in one line."""
    if "language" in wanted:
        from studio.components.story_form import language_name

        return _("Translation into another edition: {language}").format(
            language=language_name(str(wanted["language"]))
        )
    target = wanted.get("target", {})
    name = _place(book, str(target.get("kind")), str(target.get("id")))
    wish = short(str(wanted.get("wish") or ""), 90)
    return f"{name} — {wish}" if wish else name


def _place(book: Book, kind: str, node_id: str) -> str:
    if kind == "character":
        person = book.plan.character(node_id)
        return person.name if person else node_id
    if kind == "panel":
        return panel_name(book, node_id)
    if kind == "page":
        page = find_page(book.plan, node_id)
        return _("Page {number}").format(number=page.page_number) if page else node_id
    chapter = next((c for c in book.plan.chapters if c.id == node_id), None)
    return short(chapter.title) or _("Chapter") if chapter else node_id


def _proposal(proposal: Proposal) -> None:
    """Draw one proposal: every part with a tick, and the two decisions."""
    try:
        base = services.current().store.book_at(proposal.project_id, proposal.base_rev)
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())))
        return
    with st.container(border=True, key=f"proposal-{proposal.id}"):
        st.markdown(
            ":material/rate_review: **"
            + _("The model proposes")
            + "** · "
            + plain(about(base, proposal.about))
        )
        chosen = [node for node, _edits in proposal.parts if _ticked(proposal, node)]
        mine = applied(base, [one for node, edits in proposal.parts if node in chosen for one in edits])
        if len(proposal.parts) > 1:
            with st.container(horizontal=True, gap="medium", key=f"proposal-parts-{proposal.id}"):
                for node, _edits in proposal.parts:
                    kind, _sep, node_id = node.partition(":")
                    st.checkbox(plain(_place(base, kind, node_id)), value=True, key=_key(proposal, node))
        if chosen:
            differences_view(
                difference(base, mine),
                left=_("Now"),
                right=_("As proposed"),
                key=f"proposal-view-{proposal.id}",
            )
        with st.container(horizontal=True, gap="small"):
            st.button(
                _label(proposal, chosen),
                icon=":material/check:",
                type="primary",
                disabled=not chosen,
                key=f"proposal-take-{proposal.id}",
                on_click=_take,
                args=(proposal, chosen),
            )
            st.button(
                _("Leave it as it is"),
                icon=":material/close:",
                key=f"proposal-refuse-{proposal.id}",
                on_click=_refuse,
                args=(proposal,),
            )


def _label(proposal: Proposal, chosen: list[str]) -> str:
    if len(proposal.parts) < 2 or not chosen:
        return _("Take it over")
    return ngettext("Take {n} part over", "Take {n} parts over", len(chosen))


def _key(proposal: Proposal, node: str) -> str:
    return editing.field_key(f"proposal:{proposal.id}", node)


def _ticked(proposal: Proposal, node: str) -> bool:
    return bool(st.session_state.get(_key(proposal, node), True))


def _take(proposal: Proposal, chosen: list[str]) -> None:
    """Commit the chosen parts on what the comic is now: what somebody changed since stays."""
    store = services.current().store
    try:
        if not store.close_proposal(proposal.id, "accepted"):
            return
        base, head = store.book_at(proposal.project_id, proposal.base_rev), store.head(proposal.project_id)
        edits = [one for node, part in proposal.parts if node in chosen for one in part]
        good, dropped = fitting(base, head.book, edits)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    if good:
        editing.commit(as_one(good, str(proposal.about.get("model", ""))), base=head.rev)
    if dropped:
        state.note(_("What was changed meanwhile stays as it is."), "info")
    st.rerun()


def _refuse(proposal: Proposal) -> None:
    try:
        services.current().store.close_proposal(proposal.id, "refused")
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    st.rerun()
