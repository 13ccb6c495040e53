"""Show the takes of the chosen panel: a strip, one of them large, and what can be done with it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import Panel
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.store import Take
from studio import editing, library, services, state
from studio.components import take_more
from studio.components.figures import decimal
from studio.components.mounts import component, fired
from studio.components.naming import backend_name, panel_name
from studio.components.render_choice import chosen_options
from studio.components.render_start import NEXT, again, submit, variants
from studio.components.style_form import set_sample
from studio.components.styling import icon_button, unseen
from studio.staleness import reasons_of, reasons_words, why_stale
from studio.texts import _, ngettext, plain, when
from studio.urls import take_file_url, take_url

LOOKED = "looked-take"
REDRAWN = ("board", "takes", "status")


def take_desk(project_id: str, book: Book, panel: Panel) -> None:
    """Draw the panel's takes; a click looks at one, nothing is chosen without being asked for."""
    st.subheader(panel_name(book, panel.id), anchor=False)
    st.caption(plain(panel.action))
    _stale_line(project_id, book, panel)
    takes = services.current().store.takes(project_id, panel.id)[::-1]
    if not takes:
        st.info(_("No pictures yet. Render this panel, or look at its live sketch."), icon=":material/brush:")
        return
    chosen = next((take for take in takes if take.id == book.picks.get(panel.id)), None)
    looked = next((take for take in takes if take.id == st.session_state.get(LOOKED)), None)
    looked = looked or chosen or takes[0]
    st.caption(
        ngettext(
            "{n} take; the ticked one is on the page.",
            "{n} takes; the ticked one is on the page.",
            len(takes),
        )
    )
    component("take_strip", "gallery", "walk")(
        key="takes",
        data={
            "items": [_strip_item(project_id, book, take, chosen, looked) for take in takes],
            "label": _("Takes of the panel"),
            "favourite": _("favourite"),
        },
        on_looked_change=_looked,
        on_picked_change=_picked,
    )
    _large(project_id, looked, chosen)
    _actions(project_id, book, looked, chosen)
    _made_from(looked)
    take_more.dialog(project_id, book)


def _stale_line(project_id: str, book: Book, panel: Panel) -> None:
    why = why_stale(project_id, book).get(panel.id, ())
    with st.container(horizontal=True, vertical_alignment="center", key="take-head"):
        if why:
            text = _("Changed since: {reasons}").format(reasons=reasons_words(why, 5))
            st.markdown(f":orange[:material/history:] {plain(text)}", width="stretch")
        else:
            st.space("stretch")
        st.button(
            _("Render this panel"),
            icon=":material/brush:",
            key="render-one",
            type="primary" if why else "secondary",
            on_click=_render_one,
            args=(project_id, panel.id),
        )


def _render_one(project_id: str, panel_id: str) -> None:
    options, count = chosen_options()
    book = services.current().store.head(project_id).book
    submit(project_id, variants(book, panel_id, options, count), NEXT)
    st.rerun()


def _strip_item(
    project_id: str, book: Book, take: Take, chosen: Take | None, looked: Take
) -> dict[str, object]:
    why = reasons_of(book, take)
    label = f"{backend_name(take.made_by)}, {when(take.created)}"
    if why:
        label += ". " + _("Changed since: {reasons}").format(reasons=reasons_words(why, 5))
    return {
        "id": take.id,
        "src": take_url(project_id, take.id, 240),
        "label": label,
        "caption": when(take.created),
        "chosen": take is chosen,
        "looked": take is looked,
        "favourite": take.favourite,
        "stale": bool(why),
        "aspect": f"{take.width} / {take.height}",
    }


def _large(project_id: str, looked: Take, chosen: Take | None) -> None:
    """Draw the looked-at take, under a slider with the chosen one where that is another and wanted."""
    wanted = chosen is not looked and st.session_state.get("take-compare", True)
    compared = chosen if wanted else None
    component("compare", "gallery")(
        key="take-large",
        data={
            "shown": {"src": take_url(project_id, looked.id, 960), "label": _("this take")},
            "other": {"src": take_url(project_id, compared.id, 960), "label": _("on the page")}
            if compared
            else None,
            "label": _("Compare the take on the page with this one"),
            "aspect": f"{looked.width} / {looked.height}",
        },
    )


def _actions(project_id: str, book: Book, take: Take, chosen: Take | None) -> None:
    is_chosen = chosen is not None and take.id == chosen.id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="take-actions"):
        st.button(
            _("On the page") if is_chosen else _("Put on the page"),
            icon=":material/check:",
            key="take-pick",
            type="secondary" if is_chosen else "primary",
            disabled=is_chosen,
            on_click=pick,
            args=(take.panel_id, take.id),
        )
        icon_button(
            "star" if take.favourite else "star_border",
            _("No favourite any more") if take.favourite else _("Favourite: it is kept when you clear up"),
            key="take-favourite",
            on_click=_favour,
            args=(project_id, take.id, not take.favourite),
        )
        if chosen is not None and not is_chosen:
            st.toggle(_("Compare"), value=True, key="take-compare")
        _again_buttons(project_id, take)
        if is_chosen:
            icon_button(
                "hide_image",
                _("Show none of them"),
                key="pick-none",
                type="tertiary",
                on_click=pick,
                args=(take.panel_id, None),
            )


def _again_buttons(project_id: str, take: Take) -> None:
    """Draw what makes another of a take, and what takes it away as a file."""
    st.button(
        _("Make another from it"),
        icon=":material/auto_fix_high:",
        key="take-more",
        on_click=take_more.open_for,
        args=(take.id,),
    )
    icon_button(
        "replay",
        _("Render again exactly"),
        key="take-again",
        disabled=take.request is None,
        on_click=_again,
        args=(take,),
    )
    download = _("Download as PNG, with prompt and seed inside")
    st.link_button(
        unseen(download),
        take_file_url(project_id, take.id),
        icon=":material/download:",
        help=download,
        key="take-file",
    )


def _made_from(take: Take) -> None:
    """Say what a take was made from."""
    facts = [backend_name(take.made_by), f"{take.width} × {take.height}"]
    request = take.request
    if take.seed is not None:
        facts.append(_("seed {seed}").format(seed=take.seed))
    if isinstance(request, DiffusionRequest):
        facts += [request.workflow, ngettext("{n} step", "{n} steps", request.steps)]
    if take.seconds:
        facts.append(_("{seconds} s").format(seconds=decimal(take.seconds)))
    st.caption(plain(" · ".join(facts)))
    if not isinstance(request, DiffusionRequest):
        return
    box = st.expander(_("What it was made from"), icon=":material/info:", key="take-facts", on_change="rerun")
    if not box.open:
        return
    with box:
        st.code(request.prompt, language=None, wrap_lines=True)
        if request.negative:
            st.caption(_("To avoid: {words}").format(words=plain(request.negative)))
        if request.loras:
            names = ", ".join(f"{lora.name} {lora.strength:g}" for lora in request.loras)
            st.caption(_("LoRAs: {names}").format(names=plain(names)))
        style = library.styles().get(take.shot.style_id) if take.shot else None
        if style:
            st.button(
                _("Make it the sample of “{style}”").format(style=plain(style.name_in(state.language()))),
                icon=":material/palette:",
                key="take-sample",
                type="tertiary",
                on_click=_sample,
                args=(style.id, take.image),
            )


def look_at(panel_id: str, take_id: str) -> None:
    """Turn to a take of a panel; what shows it has to be redrawn."""
    st.session_state[LOOKED] = take_id
    state.select(panel=panel_id)


def _looked() -> None:
    if take_id := fired("takes", "looked"):
        st.session_state[LOOKED] = str(take_id)


def _picked() -> None:
    take_id, panel_id = str(fired("takes", "picked") or ""), st.session_state.get("panel")
    if not take_id:
        return
    st.session_state[LOOKED] = take_id
    project_id = state.project_id()
    assert project_id is not None
    take = services.current().store.take(project_id, take_id)
    pick(take.panel_id if take else panel_id, take_id)


def pick(panel_id: Any, take_id: str | None) -> None:
    """Put a take on the page, or none."""
    editing.do(edit("pick_take", panel_id=panel_id, take_id=take_id), show=REDRAWN)


def _favour(project_id: str, take_id: str, favourite: bool) -> None:
    services.current().store.set_favourite(project_id, take_id, favourite)
    editing.redraw("takes", "history")


def _sample(style_id: str, image: str) -> None:
    set_sample(style_id, services.current().store.images.get(image))
    editing.redraw("status")


def _again(take: Take) -> None:
    again(take)
    st.rerun()
