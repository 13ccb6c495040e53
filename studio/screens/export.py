"""Take the comic away in any format, made in the background; say what is missing before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kitsumy_core.export.formats import FORMATS
from kitsumy_core.export.shelf import Export
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.book import MAIN, Book
from studio import services, state
from studio.components import header
from studio.components.edition_choice import edition_names
from studio.components.exports import BUNDLE, OFFERS, card
from studio.components.opening import opened_comic
from studio.components.render_choice import start
from studio.staleness import stale_panels
from studio.texts import _, ngettext, plain


def show() -> None:
    book, project_id = opened_comic(), state.project_id()
    if book is None or project_id is None:
        return
    st.header(_("Export"), anchor=False)
    if len(book.editions) > 1:
        name = plain(edition_names(book)[state.edition_id(book)])
        st.caption(
            _("Files are made of the edition **{name}**; another one is chosen at the top.").format(name=name)
        )
    _missing(book)
    _offers()
    header.watch()


COLUMNS = 3
TICK = 0.7
"""Seconds between looks at exports under way."""


def _offers() -> None:
    """Mount the formats as a fragment that ticks only while something is being made."""
    st.fragment(_cards, run_every=TICK if _active() else None)()


def _active() -> bool:
    return any(export.active for exports in _made().values() for export in exports)


def _made() -> Mapping[str, Sequence[Export]]:
    """Return the exports of the chosen edition, and the bundles, which hold all editions."""
    project_id, shelf = str(state.project_id()), services.current().shelf
    head = services.current().store.head(project_id)
    whole = shelf.exports(project_id)
    edition = state.edition_id(head.book)
    return whole if edition == MAIN else shelf.exports(project_id, edition) | {BUNDLE: whole.get(BUNDLE, [])}


def _cards() -> None:
    project_id = state.project_id()
    assert project_id is not None
    active = _active()
    if st.session_state.get("exporting", False) != active:
        st.session_state["exporting"] = active
        st.rerun()
    head = services.current().store.head(project_id)
    found = _made()
    bare = not any(True for _page in head.book.plan.pages())
    for group, offers in OFFERS.items():
        st.subheader(_(group), anchor=False)
        listed = list(offers.items())
        for first in range(0, len(listed), COLUMNS):
            columns = st.columns(COLUMNS, gap="small")
            for column, (kind, offer) in zip(columns, listed[first : first + COLUMNS], strict=False):
                needs_pages = kind != BUNDLE and FORMATS[kind].needs_pages
                with column:
                    card(kind, offer, found.get(kind, []), head.rev, disabled=needs_pages and bare)


def _missing(book: Book) -> None:
    panels = list(book.plan.panels())
    bare = [panel for panel in panels if not book.picks.get(panel.id)]
    if bare:
        st.warning(
            ngettext(
                "{n} panel has no picture yet: it is exported as an empty frame with its words.",
                "{n} panels have no picture yet: they are exported as empty frames with their words.",
                len(bare),
            ),
            icon=":material/image_not_supported:",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Sketch them now"),
                icon=":material/draw:",
                key="export-sketch",
                on_click=start,
                args=(state.project_id(), [panel.id for panel in bare], RenderOptions("sketch")),
            )
            st.page_link("screens/render.py", label=_("Render them"), icon=":material/brush:")
    old = stale_panels(str(state.project_id()), book)
    if old:
        st.warning(
            ngettext(
                "{n} panel shows a picture of an earlier text.",
                "{n} panels show pictures of earlier texts.",
                len(old),
            ),
            icon=":material/history:",
        )
    sketches = _sketches(book)
    if sketches:
        st.info(
            ngettext(
                "{n} panel shows a storyboard sketch.", "{n} panels show storyboard sketches.", sketches
            ),
            icon=":material/draw:",
        )


def _sketches(book: Book) -> int:
    project_id = state.project_id()
    assert project_id is not None
    picked = services.current().pictures.picked(project_id, book)
    return sum(take.made_by == "sketch" for take in picked.values())


show()
