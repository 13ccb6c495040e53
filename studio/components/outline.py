"""Show chapters and pages as an outline: beats are typed in place, rows are moved by drag or by keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.page.formats import format_of
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, ComicPlan, Page
from kitsumy_core.plan.tree import find
from studio import editing, services, state
from studio.components import outline_moves as moves
from studio.components.layout_picker import layout_title
from studio.components.mounts import component, fired
from studio.texts import _, ngettext, short
from studio.urls import page_url

KEY = "outline"
THUMB = 240
REDRAWN = ("strip", "preview", "status", "problems")
PAGES = "screens/pages.py"


def outline(book: Book) -> None:
    """Mount the outline of the open comic. Typing and moving redraw the outline and nothing else."""
    project_id = state.project_id()
    assert project_id is not None
    if not book.plan.chapters:
        st.info(
            _("The book is empty. Add the first chapter: it comes with a page to begin on."),
            icon=":material/account_tree:",
        )
    trim = format_of(book.format()).trim_px
    component("outline", "gallery")(
        key=KEY,
        data={
            "rev": state.seen(),
            "ack": st.session_state.get("outline-ack", 0),
            "unsaved": st.session_state.pop("outline-unsaved", []),
            "focus": st.session_state.pop("outline-focus", ""),
            "said": st.session_state.pop("outline-said", ""),
            "aspect": f"{trim.width:.0f} / {trim.height:.0f}",
            "words": _words(),
            "chapters": [_chapter(project_id, book, chapter) for chapter in book.plan.chapters],
        },
        on_sent_change=_received,
    )


def _chapter(project_id: str, book: Book, chapter: Chapter) -> dict[str, Any]:
    return {
        "id": chapter.id,
        "title": chapter.title,
        "count": ngettext("{n} page", "{n} pages", len(chapter.pages)),
        "pages": [_page(project_id, book, chapter, page) for page in chapter.pages],
    }


def _page(project_id: str, book: Book, chapter: Chapter, page: Page) -> dict[str, Any]:
    panels = ngettext("{n} panel", "{n} panels", len(page.panels))
    action = next((panel.action for panel in page.panels if panel.action), "")
    hint = [panels, layout_title(page.layout, book.plan.kitsumy.layouts), short(action, 110)]
    return {
        "id": page.id,
        "number": page.page_number,
        "beat": page.kitsumy.beat,
        "hint": " · ".join(part for part in hint if part),
        "src": page_url(project_id, book, chapter, page, THUMB, state.edition_id(book)),
        "open": _("Open page {number}").format(number=page.page_number),
        "label": _("What happens on page {number}").format(number=page.page_number),
    }


def _words() -> dict[str, str]:
    return {
        "outline": _("Outline of the book"),
        "chapter": _("Name of the chapter"),
        "untitled": _("Chapter without a name"),
        "beat": _("What happens on this page, in one line"),
        "drag": _("Drag to move, or press Alt with an arrow key"),
        "fold": _("Show or hide the pages"),
        "more": _("More"),
        "addPage": _("Add a page"),
        "addChapter": _("Add a chapter"),
        "openPage": _("Open the page"),
        "addAfter": _("Add a page after this one"),
        "addChapterAfter": _("Add a chapter after this one"),
        "twin": _("Duplicate"),
        "up": _("Move up"),
        "down": _("Move down"),
        "delete": _("Delete (undo brings it back)"),
    }


def _received() -> None:
    """Do what the browser sent, each event once and in order: it sends again what is not acknowledged."""
    sent = fired(KEY, "sent")
    events = sent.get("events") if isinstance(sent, Mapping) else None
    for event in events or ():
        seq = event.get("seq") if isinstance(event, Mapping) else None
        if not isinstance(seq, int) or seq <= st.session_state.get("outline-ack", 0):
            continue
        st.session_state["outline-ack"] = seq
        if event.get("act") == "open":
            state.select(page=str(event.get("id")))
            st.switch_page(PAGES)
        try:
            _do(str(event.get("act")), event)
        except KitsumyError as error:
            state.note(explain(error, state.language()), "error")
    editing.redraw(*REDRAWN)


def _do(act: str, event: Mapping[str, Any]) -> None:
    """Do one event. Raises EditError where its row is gone."""
    kind, node_id = "chapter" if event.get("kind") == "chapter" else "page", str(event.get("id") or "")
    plan = editing.book().plan
    if act == "type":
        _type(event)
    elif act == "move":
        _move(event)
    elif act == "step":
        wanted = moves.stepped(plan, kind, node_id, 1 if event.get("by") == 1 else -1)
        if wanted:
            _commit_move(wanted)
    elif act == "twin":
        editing.commit(moves.twin(plan, kind, node_id, editing.mint))
    elif act == "delete":
        _delete(kind, node_id)
    elif act in ("add-page", "add-chapter"):
        _add(plan, act, kind, node_id)


def _type(event: Mapping[str, Any]) -> None:
    """Commit a typed text; one that could not be saved stays in its field, to be sent again."""
    found = moves.typed(event)
    if found is None:
        return
    wanted, base = found
    node = wanted.args["node"]
    if not editing.commit(wanted, burst=f"{node}.{wanted.args['field']}", base=base):
        st.session_state.setdefault("outline-unsaved", []).append(node)


def _move(event: Mapping[str, Any]) -> None:
    project_id = state.project_id()
    assert project_id is not None
    try:
        shown = services.current().store.book_at(project_id, int(event.get("rev") or 0))
    except (KitsumyError, TypeError, ValueError):
        shown = None
    wanted = moves.dropped(event, shown, editing.book())
    if wanted is None:
        state.note(_("Somebody changed the outline meanwhile; nothing moved. Here it is as it is now."))
    else:
        _commit_move(wanted)


def _add(plan: ComicPlan, act: str, kind: str, node_id: str) -> None:
    """Add a page behind a page or at the end of a chapter, or a chapter behind a chapter or at the end."""
    if act == "add-chapter":
        wanted, new_id = moves.added_chapter(plan, node_id, editing.mint)
    else:
        after, chapter_id = (node_id, "") if kind == "page" else ("", node_id)
        wanted, new_id = moves.added_page(plan, after, chapter_id, editing.mint)
    if editing.commit(wanted):
        st.session_state["outline-focus"] = new_id


def _commit_move(wanted: Edit) -> None:
    """Commit a move and have it read out to those who do not see it."""
    if not editing.commit(wanted):
        return
    kind, _sep, node_id = str(wanted.args["node"]).partition(":")
    plan = editing.book().plan
    if kind == "page":
        number = find(plan, "page", node_id).page_number
        st.session_state["outline-said"] = _("The page is now page {number}.").format(number=number)
    else:
        number = [chapter.id for chapter in plan.chapters].index(node_id) + 1
        st.session_state["outline-said"] = _("The chapter is now chapter {number}.").format(number=number)


def _delete(kind: str, node_id: str) -> None:
    gone = find(editing.book().plan, kind, node_id)
    if not editing.commit(edit("delete_node", node=key_of(kind, node_id))):
        return
    if isinstance(gone, Chapter):
        pages = ngettext("{n} page", "{n} pages", len(gone.pages))
        text = _("The chapter is deleted ({pages}). Undo brings it back.").format(pages=pages)
    else:
        text = _("Page {number} is deleted. Undo brings it back.").format(number=gone.page_number)
    state.note(text)
