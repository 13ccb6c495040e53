"""Take the comic away: plan, page images, CBZ, or everything in one bundle; say what is missing before."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.book import Book
from studio import services, state
from studio.components import header
from studio.components.exports import EXPORTS, make
from studio.components.opening import opened_comic
from studio.components.render_choice import start
from studio.staleness import stale_panels
from studio.texts import _, ngettext


def show() -> None:
    book, project_id = opened_comic(), state.project_id()
    if book is None or project_id is None:
        return
    st.header(_("Export"), anchor=False)
    _missing(book)
    left, right = st.columns(2, gap="medium")
    for n, (kind, (title, text, icon)) in enumerate(EXPORTS.items()):
        with (left, right)[n % 2], st.container(border=True, key=f"export-{kind}"):
            st.markdown(f"{icon} **{_(title)}**")
            st.caption(_(text))
            made = make(kind, project_id, book)
            st.download_button(
                _("Download"),
                data=made.data,
                file_name=made.name,
                mime=made.mime,
                key=f"download-{kind}",
                type="primary" if kind == "cbz" else "secondary",
                icon=":material/download:",
                on_click="ignore",
                disabled=made.needs_pages and not any(True for _page in book.plan.pages()),
            )
    header.watch()


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
    chosen = services.current().pictures.chosen(project_id, book)
    return sum(take.made_by == "sketch" for take in chosen.values())


show()
