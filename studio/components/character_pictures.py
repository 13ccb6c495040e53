"""Edit how image models get to know a character: reference sheet, LoRAs, workflow, server, wording."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.pipeline import RenderOptions, shot_in
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character
from kitsumy_core.render.loras import CHARACTER_STRENGTHS
from kitsumy_core.render.sheet import sheet_id
from kitsumy_core.render.staleness import drawn_by, reasons
from kitsumy_core.store import Take
from studio import editing, services, state
from studio.components.mounts import component, fired
from studio.components.naming import backend_name
from studio.components.render_start import NEXT, Wish, fresh_seed, submit
from studio.editing import changed, seed
from studio.staleness import reasons_words
from studio.texts import _, plain, when
from studio.urls import reference_url, take_url

FIELD = "kitsumy.references"
SHEETS = 12
"""Rendered sheets that are offered, the newest first."""


def character_pictures(book: Book, character: Character) -> None:
    """Draw what is for image models; closed until it is wanted."""
    box = st.expander(
        _("For image models"), icon=":material/brush:", key="character-pictures", on_change="rerun"
    )
    if not box.open:
        return
    node = key_of("character", character.id)
    with box:
        _sheet(book, character)
        st.divider()
        _loras(node, character)
        _workflow(node, character)
        _wording(node, character)


def _sheet(book: Book, character: Character) -> None:
    """Draw the pictures that show the character, and how to get more."""
    project_id = state.project_id()
    assert project_id is not None
    st.markdown("**" + _("Reference sheet") + "**")
    references = character.kitsumy.references
    if references:
        items = [_reference_item(project_id, n, image) for n, image in enumerate(references)]
        component("gallery", "gallery", "walk")(
            key="references",
            data={
                "items": items,
                "label": _("Pictures of the character"),
                "size": "8rem",
            },
            on_picked_change=_chosen_reference,
        )
        _reference_buttons(character)
    else:
        st.caption(
            _("Workflows that take pictures of characters keep the face by it. Render one or upload it.")
        )
    _new_sheet(project_id, character)
    ticking = 2.0 if _under_way(project_id, character) else None
    st.fragment(_sheets, run_every=ticking)(project_id, character.id)


def _reference_item(project_id: str, number: int, image: str) -> dict[str, Any]:
    name = _("the sheet") if number == 0 else _("picture {number}").format(number=number + 1)
    return {
        "id": image,
        "src": reference_url(project_id, image, 320),
        "label": name,
        "caption": name,
        "selected": st.session_state.get("reference") == image,
        "aspect": "4 / 3",
    }


def _chosen_reference() -> None:
    st.session_state["reference"] = fired("references", "picked")
    editing.redraw("editor")


def _reference_buttons(character: Character) -> None:
    images, chosen = character.kitsumy.references, st.session_state.get("reference")
    if chosen not in images:
        return
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Make it the sheet"),
            icon=":material/vertical_align_top:",
            key="reference-first",
            disabled=images[0] == chosen,
            on_click=_set_references,
            args=(character.id, (chosen, *(image for image in images if image != chosen))),
        )
        st.button(
            _("Remove"),
            icon=":material/close:",
            key="reference-remove",
            on_click=_set_references,
            args=(character.id, tuple(image for image in images if image != chosen)),
        )


def _set_references(character_id: str, images: tuple[str, ...]) -> None:
    node = key_of("character", character_id)
    editing.do(edit("set_field", node=node, field=FIELD, value=list(images)))


def _new_sheet(project_id: str, character: Character) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        workflow = st.selectbox(
            _("Workflow of the sheet"),
            services.current().workflows.names(),
            index=None,
            placeholder=_("As the character’s"),
            key="sheet-workflow",
            width=200,
        )
        st.button(
            _("Render a sheet"),
            icon=":material/brush:",
            key="sheet-render",
            on_click=_render_sheet,
            args=(project_id, character.id, workflow or ""),
        )
        with st.popover(_("Upload"), icon=":material/upload:", key="sheet-upload"):
            key = f"sheet-file-{len(character.kitsumy.references)}"
            st.file_uploader(
                _("A picture of the character"),
                type=["png", "jpg", "jpeg", "webp"],
                key=key,
                on_change=_uploaded,
                args=(character.id, key),
            )


def _render_sheet(project_id: str, character_id: str, workflow: str) -> None:
    rented = services.current().settings
    backend: Any = "comfyui"
    if rented.runpod_api_key is not None and not rented.comfyui_is_configured:
        backend = "runpod"
    options = RenderOptions(backend, "direct_final", workflow, seed=fresh_seed())
    submit(project_id, [Wish(sheet_id(character_id), options)], NEXT)
    editing.redraw("editor", "status")


def _uploaded(character_id: str, key: str) -> None:
    given, character = st.session_state.get(key), editing.book().plan.character(character_id)
    if given is None or character is None:
        return
    try:
        image, _facts = services.current().store.images.put_foreign(given.getvalue())
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        editing.redraw("status")
        return
    _set_references(character_id, tuple(dict.fromkeys((*character.kitsumy.references, image))))


def _under_way(project_id: str, character: Character) -> bool:
    jobs = services.current().store.jobs(project_id, "queued", "running")
    return any(job.panel_id == sheet_id(character.id) for job in jobs)


def _sheets(project_id: str, character_id: str) -> None:
    """Show rendered sheets; a click makes one the character's."""
    book = editing.book()
    character = book.plan.character(character_id)
    if character is None:
        return
    waiting = _under_way(project_id, character)
    if waiting:
        st.caption(":material/hourglass_top: " + _("It is being drawn; the Render screen shows how far."))
    elif st.session_state.pop("sheet-waited", False):
        st.rerun()
    st.session_state["sheet-waited"] = waiting
    takes = services.current().store.takes(project_id, sheet_id(character_id))[::-1][:SHEETS]
    fresh = [take for take in takes if take.image not in character.kitsumy.references]
    if not fresh:
        return
    st.caption(_("Rendered sheets: a click takes one."))
    component("gallery", "gallery", "walk")(
        key="sheets",
        data={
            "items": [_sheet_item(project_id, book, take) for take in fresh],
            "label": _("Rendered sheets"),
            "size": "11rem",
        },
        on_picked_change=_took_sheet,
    )


def _sheet_item(project_id: str, book: Book, take: Take) -> dict[str, Any]:
    why = reasons(take.shot, shot_in(book, take.panel_id), drawn_by(take.made_by))
    caption = f"{backend_name(take.made_by)} · {when(take.created)}"
    return {
        "id": f"{take.panel_id}\n{take.image}",
        "src": take_url(project_id, take.id, 480),
        "label": caption,
        "caption": caption,
        "selected": False,
        "badge": reasons_words(why, 1),
        "mark": "stale" if why else "",
        "aspect": f"{take.width} / {take.height}",
    }


def _took_sheet() -> None:
    panel_id, _sep, image = str(fired("sheets", "picked") or "").partition("\n")
    for character in editing.book().plan.characters:
        if image and sheet_id(character.id) == panel_id:
            _set_references(character.id, (image, *character.kitsumy.references))


def _loras(node: str, character: Character) -> None:
    st.markdown("**" + _("LoRAs") + "**")
    usual = " / ".join(f"{strength:g}" for strength in CHARACTER_STRENGTHS)
    text = _("Small models that know this character. Strength left empty: {usual} for 1, 2, more of them.")
    st.caption(text.format(usual=usual))
    own = character.kitsumy.loras
    frame = pd.DataFrame(
        {
            "name": pd.Series([lora.name for lora in own], dtype="str"),
            "strength": pd.Series([lora.strength for lora in own], dtype="float"),
            "url": pd.Series([lora.url or "" for lora in own], dtype="str"),
        }
    )
    edited = st.data_editor(
        frame,
        key=f"loras-{character.id}-{hash(own) % 10**8}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "name": st.column_config.TextColumn(_("File name"), required=True),
            "strength": st.column_config.NumberColumn(
                _("Strength"), min_value=-2.0, max_value=2.0, step=0.05
            ),
            "url": st.column_config.TextColumn(_("Address, for servers that fetch it")),
        },
    )
    wanted = _lora_rows(edited)
    if wanted != _lora_rows(frame):
        editing.commit(edit("set_field", node=node, field="kitsumy.loras", value=wanted))
        editing.redraw(*editing.EVERYTHING)


def _lora_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for row in frame.to_dict("records"):
        name, strength, url = (row.get(key) for key in ("name", "strength", "url"))
        if not isinstance(name, str) or not name.strip():
            continue
        made: dict[str, Any] = {"name": name.strip()}
        if strength is not None and not pd.isna(strength):
            made["strength"] = round(float(strength), 3)
        if isinstance(url, str) and url.strip():
            made["url"] = url.strip()
        rows.append(made)
    return rows


def _workflow(node: str, character: Character) -> None:
    left, right = st.columns(2)
    with left:
        _choice(
            node,
            "kitsumy.workflow",
            character.kitsumy.workflow,
            _("Workflow of panels with this character"),
            services.current().workflows.names(),
        )
    with right:
        _choice(
            node,
            "kitsumy.server",
            character.kitsumy.server,
            _("Only on this server"),
            list(services.current().settings.comfyui_hosts),
        )


def _choice(node: str, field: str, value: str, label: str, known: list[str]) -> None:
    st.selectbox(
        label,
        known if not value or value in known else [value, *known],
        index=None,
        placeholder=_("Any"),
        key=seed(node, field, value or None),
        on_change=changed,
        args=(node, field),
    )


def _wording(node: str, character: Character) -> None:
    st.text_area(
        _("Wording in prompts (in English)"),
        key=seed(node, "kitsumy.wording", character.kitsumy.wording),
        height=72,
        placeholder="mrk_man, {look}, wearing {clothing}",
        help=plain(
            _("{name}, {look}, {clothing} stand for the form’s texts. Empty: “Name: look, wearing clothing”.")
        ),
        on_change=changed,
        args=(node, "kitsumy.wording"),
    )
