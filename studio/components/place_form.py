"""Edit the chosen place as a form: its name, its look for the image model, the panels set there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, batch, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Location
from studio import editing
from studio.components import cast_delete
from studio.components.appearances import appearances
from studio.components.cast_cards import action, choose, reorder
from studio.components.cast_facts import Use, uses_of_place
from studio.editing import changed, seed
from studio.texts import _, ngettext


def place_form(book: Book, place: Location) -> None:
    """Draw the form of one place."""
    node = key_of("location", place.id)
    editing.forget_fields([node])
    _buttons(book, place)
    st.text_input(
        _("Name"),
        key=seed(node, "name", place.name),
        on_change=changed,
        args=(node, "name"),
    )
    st.text_area(
        _("Look in English (for the image model)"),
        key=seed(node, "look", place.look),
        height=116,
        placeholder=_("Walls, light, what stands where; the same in every picture"),
        on_change=changed,
        args=(node, "look"),
    )
    st.markdown("**" + _("Where it is used") + "**")
    uses = uses_of_place(book.plan, place)
    if not uses:
        st.caption(_("Nowhere yet. Write its name as the place of a panel on the Pages screen."))
        return
    appearances(uses, _("only named"))
    loose = [use for use in uses if not use.main]
    if loose:
        _link_offer(place, loose)


def _link_offer(place: Location, loose: Sequence[Use]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="place-link-row"):
        st.caption(
            ngettext(
                "{n} panel names this place without being linked to it: its look is not used there.",
                "{n} panels name this place without being linked to it: its look is not used there.",
                len(loose),
            )
        )
        st.button(
            _("Link them"),
            icon=":material/link:",
            key="place-link",
            on_click=editing.do,
            args=(batch(*links(place.id, loose)),),
        )


def links(place_id: str, uses: Sequence[Use]) -> list[Edit]:
    """Return the edits that link panels to a place; "" unlinks them."""
    return [
        edit("set_field", node=key_of("panel", use.panel.id), field="kitsumy.locationId", value=place_id)
        for use in uses
    ]


def add_place(book: Book, name: str) -> None:
    """Add a place, link the panels that already name it, and choose it."""
    place = Location(id=f"loc-{editing.mint()}", name=" ".join(name.split()))
    uses = uses_of_place(book.plan, place)
    if editing.commit(batch(edit("add_location", location=place), *links(place.id, uses))):
        choose("location", place.id)


def _buttons(book: Book, place: Location) -> None:
    places, own = book.plan.kitsumy.locations, place.id
    index = places.index(place)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key="place-head"):
        action(_("Earlier"), "arrow_back", "place-earlier", index > 0, reorder, "location", own, index - 1)
        last = index == len(places) - 1
        action(_("Later"), "arrow_forward", "place-later", not last, reorder, "location", own, index + 1)
        action(_("Delete"), "delete", "place-delete", True, cast_delete.ask, "location", own)
