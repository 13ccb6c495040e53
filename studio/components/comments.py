"""Talk about a panel: remarks with a name and a mark that they are done."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book
from kitsumy_core.store import Comment
from studio import editing, services, state
from studio.components.naming import panel_name
from studio.components.proof_sheet import open_place
from studio.components.styling import icon_button
from studio.texts import _, ngettext, plain, when

NAME = "comment-name"


def open_count(comments: Sequence[Comment]) -> int:
    return sum(not comment.is_done for comment in comments)


def panel_comments(panel_id: str) -> None:
    """Draw the remarks about the chosen panel, folded away; those of others show up when it is opened."""
    project_id = state.project_id()
    assert project_id is not None
    mine = [c for c in services.current().store.comments(project_id) if c.panel_id == panel_id]
    if waiting := open_count(mine):
        said = ngettext("{n} open comment", "{n} open comments", waiting)
        st.caption(f":orange[:material/mark_chat_unread:] {said}")
    with st.expander(
        _("Comments"), icon=":material/chat_bubble:", key="comments-shelf", on_change="rerun"
    ) as shelf:
        if shelf.open:
            for comment in mine:
                _comment(comment, "panel")
            _new(panel_id)


def book_comments(book: Book) -> None:
    """Draw the remarks of the whole book by page and panel, the open ones first."""
    project_id = state.project_id()
    assert project_id is not None
    comments = services.current().store.comments(project_id)
    if not comments:
        st.info(
            _("No comments yet. Open a panel on the Pages screen and write one under its form."),
            icon=":material/chat_bubble:",
        )
        return
    waiting = open_count(comments)
    st.markdown(ngettext("{n} open comment", "{n} open comments", waiting))
    with_done = st.toggle(_("Show what is done too"), key="comments-done")
    order = {panel.id: n for n, panel in enumerate(book.plan.panels())}
    home = {panel.id: page.id for page in book.plan.pages() for panel in page.panels}
    shown = [c for c in comments if with_done or not c.is_done]
    for comment in sorted(shown, key=lambda c: (order.get(c.panel_id, len(order)), c.created)):
        with st.container(border=True, gap="small", key=f"comment-card-{comment.id}"):
            there = comment.panel_id in order
            st.button(
                plain(panel_name(book, comment.panel_id)) if there else _("A panel that is gone"),
                key=f"comment-open-{comment.id}",
                type="tertiary",
                icon=":material/arrow_forward:",
                disabled=not there,
                on_click=open_place,
                args=(home.get(comment.panel_id, ""), comment.panel_id),
            )
            _comment(comment, "book")


def _comment(comment: Comment, where: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.checkbox(
            _("Done"),
            value=comment.is_done,
            key=f"comment-{where}-{comment.id}-{comment.is_done}",
            on_change=_mark,
            args=(comment.id, not comment.is_done),
            width=110,
        )
        st.markdown(f"**{plain(comment.name or _('Somebody'))}** · {when(comment.created)}", width="stretch")
        if comment.author == state.author():
            icon_button(
                "delete",
                _("Delete this comment"),
                type="tertiary",
                key=f"comment-delete-{where}-{comment.id}",
                on_click=_delete,
                args=(comment.id,),
            )
    st.text(comment.text)
    if comment.done_at is not None:
        said = _("Done by {name}, {time}").format(
            name=comment.done_by or _("somebody"), time=when(comment.done_at)
        )
        st.caption(":green[:material/check:] " + plain(said))


def _new(panel_id: str) -> None:
    with st.form(f"comment-new-{panel_id}", border=False, clear_on_submit=False):
        text = f"comment-text-{panel_id}"
        st.text_area(_("Your comment"), key=text, height=90, max_chars=4000)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.session_state.setdefault(NAME, _known_name())
            st.text_input(_("Your name"), key=NAME, max_chars=60, width=220)
            st.form_submit_button(
                _("Comment"), icon=":material/send:", on_click=_add, args=(panel_id, text), type="primary"
            )


def _known_name() -> str:
    """Return how this writer was called when they last commented on this comic."""
    project_id = state.project_id()
    assert project_id is not None
    mine = [c.name for c in services.current().store.comments(project_id) if c.author == state.author()]
    return mine[-1] if mine else ""


def _add(panel_id: str, key: str) -> None:
    project_id = state.project_id()
    assert project_id is not None
    text, name = str(st.session_state.get(key) or ""), str(st.session_state.get(NAME) or "")
    try:
        services.current().store.add_comment(project_id, panel_id, text, state.author(), name)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    else:
        st.session_state[key] = ""
    editing.redraw("editor", "status")


def _mark(comment_id: str, done: bool) -> None:
    _tried(lambda: services.current().store.mark_comment(comment_id, done, _known_name()))


def _delete(comment_id: str) -> None:
    _tried(lambda: services.current().store.delete_comment(comment_id, state.author()))


def _tried(work: object) -> None:
    assert callable(work)
    try:
        work()
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    editing.redraw("editor", "proof", "status")
