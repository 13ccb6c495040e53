"""Change the page format or the reading direction, and say which texts placed by hand no longer fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import streamlit as st

from kitsumy_core.page.compose import compose_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.refit import Misfit, newly_unfit
from kitsumy_core.plan.book import Book, lettering_ids
from kitsumy_core.plan.edits import batch, edit
from studio import editing, services, state
from studio.texts import _, ngettext, plain, short

_FOUND = "format-misfits"
_SHOWN = 6


class Unfit(NamedTuple):
    edition: str
    misfit: Misfit


def relay(node: str, field: str) -> None:
    """Commit a new format or direction; every page is laid anew, what was placed by hand stays put."""
    laid_anew(lambda: editing.save(node, field))


def laid_anew(change: Callable[[], object]) -> None:
    """Make a change of a format or direction, find what does not fit after it, and redraw."""
    before = editing.book()
    change()
    found = unfit(before, editing.book())
    st.session_state[_FOUND] = (state.project_id(), found) if found else None
    editing.redraw(*editing.EVERYTHING)


def unfit(before: Book, after: Book) -> list[Unfit]:
    """Return the texts whose place by hand fitted one book's pages and does not fit the other's.

    A change of the comic's own format concerns all editions that have none of their own.
    """
    relaid = [
        edition.id
        for edition in after.editions
        if (before.format(edition.id), before.direction(edition.id))
        != (after.format(edition.id), after.direction(edition.id))
    ]
    return [Unfit(edition, misfit) for edition in relaid for misfit in _unfit_in(before, after, edition)]


def _unfit_in(before: Book, after: Book, edition_id: str) -> Iterator[Misfit]:
    project_id = state.project_id()
    assert project_id is not None
    placed = set(after.edition(edition_id).placements)
    pictures = services.current().pictures
    for page in after.plan.pages():
        if not placed.intersection(i for panel in page.panels for i in lettering_ids(panel)):
            continue
        takes = pictures.chosen(project_id, after, page)
        number = page.page_number or 1
        old, new = (compose_page(book, edition_id, page, number, takes, measure) for book in (before, after))
        yield from newly_unfit(old, new)


def format_notice() -> None:
    """Name what no longer fits after the last change of format, with a way out."""
    kept = st.session_state.get(_FOUND)
    if not kept or kept[0] != state.project_id():
        return
    found: list[Unfit] = kept[1]
    with st.container(border=True, key="format-misfits"):
        st.markdown(
            ":material/help: "
            + ngettext(
                "{n} text placed by hand no longer fits. All others kept their places.",
                "{n} texts placed by hand no longer fit. All others kept their places.",
                len(found),
            )
        )
        for _edition, misfit in found[:_SHOWN]:
            st.caption(
                _("Page {number}: “{text}” {reason}").format(
                    number=misfit.number, text=plain(short(misfit.text, 60)), reason=_why(misfit)
                )
            )
        if len(found) > _SHOWN:
            st.caption(ngettext("and {n} more", "and {n} more", len(found) - _SHOWN))
        with st.container(horizontal=True, gap="small"):
            st.button(_("Place them automatically"), key="format-automatic", on_click=_automatic)
            st.button(_("Leave them"), key="format-leave", type="tertiary", on_click=_forget)


def _why(misfit: Misfit) -> str:
    return {
        "outside": _("leaves its panel"),
        "overlap": _("lies over another text"),
        "face": _("covers a face"),
    }[misfit.reason]


def _automatic() -> None:
    _project, found = st.session_state.pop(_FOUND)
    wish = (
        edit("place_balloon", lettering_id=misfit.lettering, placement=None, edition_id=edition)
        for edition, misfit in found
    )
    editing.do(batch(*wish))


def _forget() -> None:
    st.session_state.pop(_FOUND, None)
    editing.redraw("editor")
