"""Search every picture that was made for a comic, and clear away what nobody wants."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.render.sheet import PREFIX
from kitsumy_core.store import Take, TakeSearch
from studio import editing, library, services, state
from studio.components.mounts import component, fired
from studio.components.naming import backend_name, panel_name
from studio.components.take_desk import LOOKED, look_at
from studio.texts import _, ngettext, plain, when
from studio.urls import take_url

STEP = 48
CLEARING = "clearing-takes"


def take_history(project_id: str, book: Book) -> None:
    """Draw the search and what it finds, newest first; a click opens a take beside the panels."""
    search = _search(book)
    most = int(st.session_state.get("history-most", STEP))
    takes, total = services.current().store.search_takes(project_id, search, limit=most)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(ngettext("{n} picture", "{n} pictures", total), width="stretch")
        st.button(
            _("Clear up…"),
            icon=":material/cleaning_services:",
            key="history-clear",
            type="tertiary",
            on_click=_ask,
        )
    if not takes:
        st.info(
            _("Nothing fits. Try fewer words.") if search != TakeSearch() else _("No pictures yet."),
            icon=":material/search_off:",
        )
    else:
        component("gallery", "gallery", "walk")(
            key="history-gallery",
            data={
                "items": [_item(project_id, book, take) for take in takes],
                "label": _("Pictures of the comic"),
                "size": "9.5rem",
            },
            on_picked_change=_opened,
        )
    if total > len(takes):
        st.button(
            _("Show more"),
            icon=":material/expand_more:",
            key="history-more",
            on_click=_more,
            args=(most + STEP,),
        )
    if st.session_state.get(CLEARING):
        st.dialog(_("Clear up"), on_dismiss=_done)(_clearing)(project_id)


def _search(book: Book) -> TakeSearch:
    plan = book.plan
    words = st.text_input(
        _("Search pictures"),
        key="history-words",
        icon=":material/search:",
        placeholder=_("words of the prompt or of the panel"),
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="history-filters"):
        names = {c.id: c.name or c.id for c in plan.characters}
        character = _filter(_("Character"), names, "history-character")
        pages = {page.id: _("Page {page}").format(page=page.page_number) for page in plan.pages()}
        page_id = _filter(_("Page"), pages, "history-page")
        language = state.language()
        styles = {style.id: style.name_in(language) for style in library.styles().all().values()}
        style_id = _filter(_("Style"), styles, "history-style")
        favourites = st.toggle(_("Favourites"), key="history-favourites")
    page = next((page for page in plan.pages() if page.id == page_id), None)
    panels = tuple(panel.id for panel in page.panels) if page else None
    return TakeSearch(words or "", character or "", panels, style_id or "", favourites)


def _filter(label: str, names: dict[str, str], key: str) -> str | None:
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda item: names.get(item, item),
        placeholder=label,
        key=key,
        label_visibility="collapsed",
        width=150,
    )


def _item(project_id: str, book: Book, take: Take) -> dict[str, object]:
    name = panel_name(book, take.panel_id)
    return {
        "id": f"{take.panel_id}\n{take.id}",
        "src": take_url(project_id, take.id, 320),
        "label": f"{name}, {backend_name(take.made_by)}, {when(take.created)}",
        "caption": f"{name} · {when(take.created)}",
        "selected": st.session_state.get(LOOKED) == take.id,
        "badge": "★" * take.favourite + "✓" * (book.picks.get(take.panel_id) == take.id),
        "aspect": "4 / 3",
    }


def _opened() -> None:
    panel_id, _sep, take_id = str(fired("history-gallery", "picked") or "").partition("\n")
    if not take_id or panel_id.startswith(PREFIX):
        return
    look_at(panel_id, take_id)
    editing.redraw("history", "takes")


def _more(most: int) -> None:
    st.session_state["history-most"] = most


def _ask() -> None:
    st.session_state[CLEARING] = True


def _done() -> None:
    st.session_state.pop(CLEARING, None)


def _clearing(project_id: str) -> None:
    unwanted = services.current().store.takes_to_clear(project_id)
    if not unwanted:
        st.write(_("There is nothing to clear: every picture is on a page, in a draft or a favourite."))
        return
    st.write(
        plain(
            ngettext(
                "{n} picture is on no page, in no draft and no favourite.",
                "{n} pictures are on no page, in no draft and no favourites.",
                len(unwanted),
            )
        )
    )
    st.caption(_("Pictures on pages, in drafts and favourites stay. This cannot be taken back."))
    if st.button(
        ngettext("Delete {n} picture", "Delete {n} pictures", len(unwanted)),
        type="primary",
        icon=":material/delete:",
        key="history-clear-go",
    ):
        count = services.current().store.clear_takes(project_id)
        state.note(ngettext("{n} picture deleted.", "{n} pictures deleted.", count))
        _done()
        st.rerun()
