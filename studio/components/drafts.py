"""Keep named drafts of the comic, compare two side by side, and go back to one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book
from kitsumy_core.store import Draft
from studio import editing, services, state
from studio.components.differences import difference
from studio.components.differences_view import differences_view
from studio.texts import _, plain, short, when

NOW = "now"
LEFT, RIGHT = "draft-left", "draft-right"
REDRAWN = ("strip", "editor", "preview", "status", "problems")
MOST_LETTERS = 120


def _drafts() -> dict[str, Draft]:
    project_id = state.project_id()
    assert project_id is not None
    return {draft.id: draft for draft in services.current().store.drafts(project_id)}


def draft_tools(book: Book) -> None:
    """Draw what can be done with drafts: keep one, choose two to compare, go back, rename, delete."""
    _keeper()
    drafts = _drafts()
    if not drafts:
        st.info(
            _("No drafts yet. Keep one before a large change: you can compare with it, and go back to it."),
            icon=":material/history_edu:",
        )
        return
    options = [*drafts, NOW]
    _keep_valid(LEFT, options, next(iter(drafts)))
    _keep_valid(RIGHT, options, NOW)
    names = {option: draft_name(drafts, option) for option in options}
    left, right = st.columns(2)
    for column, key, label in ((left, LEFT, _("Compare")), (right, RIGHT, _("With"))):
        with column:
            st.selectbox(
                label,
                options,
                format_func=names.__getitem__,
                key=key,
                on_change=editing.redraw,
                args=("editor", "preview"),
            )
    chosen = drafts.get(st.session_state[LEFT]) or drafts.get(st.session_state[RIGHT])
    if chosen:
        _buttons(chosen)


def _keeper() -> None:
    with (
        st.form("draft-form", border=False, clear_on_submit=True, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            _("Name of the draft"),
            key="draft-label",
            max_chars=MOST_LETTERS,
            placeholder=_("For example: before the new ending"),
            width=420,
        )
        st.form_submit_button(
            _("Keep the comic as it is now"),
            icon=":material/bookmark_add:",
            type="primary",
            key="draft-keep",
            on_click=_keep,
        )


def _keep() -> None:
    project_id = state.project_id()
    assert project_id is not None
    number = len(_drafts()) + 1
    label = str(st.session_state["draft-label"] or "").strip()[:MOST_LETTERS]
    label = label or _("Draft {number}").format(number=number)
    try:
        kept = services.current().store.add_draft(project_id, label, state.author())
    except KitsumyError as error:
        _sorry(error)
    else:
        st.session_state[LEFT] = kept.id
        state.note(_("The draft “{name}” is kept.").format(name=label), "success")
    editing.redraw("editor", "preview", "status")


def _keep_valid(key: str, options: list[str], default: str) -> None:
    if st.session_state.get(key) not in options:
        st.session_state[key] = default


def draft_name(drafts: Mapping[str, Draft], option: str) -> str:
    """Return how a side of the comparison is called."""
    draft = drafts.get(option)
    return f"{short(draft.label)} · {when(draft.created)}" if draft else _("The comic as it is now")


def _buttons(draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="draft-buttons"):
        st.markdown(f"**{plain(short(draft.label))}**", width="content")
        st.button(
            _("Go back to this draft"),
            icon=":material/settings_backup_restore:",
            help=_("The comic becomes what it was then. Undo takes this back; nothing is lost."),
            key="draft-restore",
            on_click=_restore,
            args=(draft,),
        )
        with st.popover(_("Rename"), icon=":material/edit:", key="draft-rename"):
            st.text_input(
                _("Name of the draft"),
                value=draft.label,
                max_chars=MOST_LETTERS,
                key=f"draft-name-{draft.id}",
                on_change=_rename,
                args=(draft.id,),
            )
        st.button(
            _("Delete the name"),
            icon=":material/delete:",
            type="tertiary",
            help=_("Only the name goes; the comic and its history stay."),
            key="draft-delete",
            on_click=_delete,
            args=(draft.id,),
        )


def _restore(draft: Draft) -> None:
    try:
        state.seen(services.current().store.restore_draft(draft.id, state.author()).rev)
    except KitsumyError as error:
        _sorry(error)
    else:
        state.note(_("The comic is back at “{name}”. Undo takes this back.").format(name=draft.label))
        st.session_state[RIGHT] = NOW
    st.rerun()


def _rename(draft_id: str) -> None:
    label = str(st.session_state[f"draft-name-{draft_id}"] or "").strip()
    if label:
        try:
            services.current().store.rename_draft(draft_id, label[:MOST_LETTERS])
        except KitsumyError as error:
            _sorry(error)
    editing.redraw("editor", "preview", "status")


def _delete(draft_id: str) -> None:
    try:
        services.current().store.delete_draft(draft_id)
    except KitsumyError as error:
        _sorry(error)
    editing.redraw("editor", "preview", "status")


def _sorry(error: KitsumyError) -> None:
    state.note(explain(error, state.language()), "error")


def compare_drafts(book: Book) -> None:
    """Show how the two chosen sides differ."""
    drafts = _drafts()
    sides = [st.session_state.get(key) for key in (LEFT, RIGHT)]
    if not drafts or not all(side in drafts or side == NOW for side in sides):
        return
    store = services.current().store
    try:
        before, after = (book if side == NOW else store.draft_book(str(side)) for side in sides)
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())))
        return
    left, right = (draft_name(drafts, str(side)) for side in sides)
    differences_view(difference(before, after), left=left, right=right, key="draft-differences")
