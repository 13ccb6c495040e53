"""Make another picture from a take: vary it, repaint a part, take its pose, enlarge it for print."""

from __future__ import annotations

import base64
import binascii
import time
from contextlib import suppress
from io import BytesIO

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import InputError, KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.book import Book
from kitsumy_core.render.translate import foreign_words
from kitsumy_core.render.workflow_edits import POSE_FINDERS
from kitsumy_core.store import Take
from studio import editing, services, state
from studio.components.mounts import component
from studio.components.render_choice import MOST_VARIANTS, chosen_options
from studio.components.render_start import NEXT, Wish, fresh_seed, submit
from studio.texts import _, ngettext
from studio.urls import take_url

OPEN = "take-more-of"
WAYS = ("vary", "repaint", "pose", "enlarge")
MOST_FACTOR = 4.0
MASK_BYTES = 8_000_000
PRINT_DPI = 300
POSE_KNOWN = "servers-find-poses"
POSE_KNOWN_FOR, POSE_ASKED_WITHIN = 60.0, 3.0


def open_for(take_id: str) -> None:
    st.session_state[OPEN] = take_id


def _close() -> None:
    st.session_state.pop(OPEN, None)


def dialog(project_id: str, book: Book) -> None:
    """Draw the dialog if a take is to be worked on."""
    take_id = st.session_state.get(OPEN)
    if not take_id:
        return
    try:
        take = services.current().store.take(project_id, take_id)
    except KitsumyError:
        _close()
        return
    st.dialog(_("Another picture from this one"), width="large", on_dismiss=_close)(_body)(book, take)


def _body(book: Book, take: Take) -> None:
    names = {
        "vary": _("Vary"),
        "repaint": _("Repaint a part"),
        "pose": _("Take the pose"),
        "enlarge": _("Enlarge for print"),
    }
    way = st.segmented_control(
        _("How"),
        WAYS,
        default="vary",
        required=True,
        format_func=lambda w: names[w],
        key="more-way",
        label_visibility="collapsed",
    )
    {"vary": _vary, "repaint": _repaint, "pose": _pose, "enlarge": _enlarge}[way or "vary"](book, take)


def _vary(book: Book, take: Take) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _picture(take)
    with right:
        st.caption(_("The new pictures keep what this one shows, as far as you say."))
        change = st.slider(_("How much may change, %"), 10, 95, 50, 5, key="more-change")
        words = _words(_("What to change"), _("at night, in the rain…"))
        count = _count()
        options = _options()._replace(source=take.image, denoise=change / 100, words=words)
        _go(take, options, count)


def _repaint(book: Book, take: Take) -> None:
    component("mask_brush", "gallery")(
        key="more-brush",
        data={
            "src": take_url(take.project_id, take.id, 1280),
            "width": take.width,
            "height": take.height,
            "words": {
                "size": _("Brush"),
                "erase": _("Rub out"),
                "undo": _("Back"),
                "clear": _("Clear"),
                "all": _("All of it"),
                "canvas": _("Paint over what is to be drawn anew. Keys: arrows move the brush, Space paints"),
            },
        },
        on_mask_change=lambda: None,
    )
    painted = str(getattr(st.session_state.get("more-brush"), "mask", "") or "")
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    with left:
        words = _words(_("What is there"), _("an open window"))
    with middle:
        change = st.slider(_("How much may change, %"), 20, 100, 85, 5, key="more-repaint")
    with right:
        count = _count()
    if not painted:
        st.caption(_("Paint over what is to be drawn anew."))
    options = _options()._replace(
        source=take.image, denoise=change / 100, words=words, size=(take.width, take.height)
    )
    _go(take, options, count, mask=painted, disabled=not painted)


def _pose(book: Book, take: Take) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with right:
        st.caption(_("The new picture shows the same pose with the words of the panel."))
        options = _options()
        if not _finds_poses(options.backend):
            st.warning(
                _(
                    "No node that finds the pose in a picture is known of this server: give it a drawing of"
                    " the pose (a skeleton on black), or add comfyui_controlnet_aux to the server."
                ),
                icon=":material/accessibility_new:",
            )
        given = st.file_uploader(
            _("A picture of another pose"), type=["png", "jpg", "jpeg", "webp"], key="more-pose"
        )
        count = _count()
        _go(take, options, count, pose=given.getvalue() if given else b"")
    with left:
        if given:
            st.image(given)
        else:
            _picture(take)


def _finds_poses(backend: str) -> bool:
    """Tell whether the servers surely turn a picture into a drawing of its pose; asked once a minute."""
    asked, known = st.session_state.get(POSE_KNOWN, ({}, 0.0)), time.monotonic()
    answers, at = asked
    if backend not in answers or known - at > POSE_KNOWN_FOR:
        running = services.current()
        found: frozenset[str] | None = None
        with suppress(TimeoutError, KitsumyError):
            found = running.background.start(running.engine.nodes(backend)).result(timeout=POSE_ASKED_WITHIN)
        answers = {**answers, backend: bool(found and set(POSE_FINDERS) & found)}
        st.session_state[POSE_KNOWN] = (answers, known)
    return bool(answers[backend])


def _enlarge(book: Book, take: Take) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _picture(take)
    with right:
        box = panel_box(book, take.panel_id)
        short = max(box.width / take.width, box.height / take.height) if box else 1.0
        have = round(PRINT_DPI / short)
        if short <= 1:
            st.success(_("Sharp enough for print: {dpi} dpi.").format(dpi=have), icon=":material/print:")
        else:
            st.warning(
                _("Printed it would have {dpi} dpi; {wanted} are sharp.").format(dpi=have, wanted=PRINT_DPI),
                icon=":material/print:",
            )
        usual = min(MOST_FACTOR, max(1.5, round(short * 2 + 0.49) / 2))
        factor = st.slider(_("How many times larger"), 1.5, MOST_FACTOR, usual, 0.5, key="more-factor")
        size = (round(take.width * factor), round(take.height * factor))
        st.caption(f"{take.width} × {take.height} → {size[0]} × {size[1]}")
        _go(take, _options()._replace(source=take.image, upscale=factor, size=size), 1)


def _picture(take: Take) -> None:
    component("compare", "gallery")(
        key="more-picture",
        data={
            "shown": {"src": take_url(take.project_id, take.id, 960), "label": _("this take")},
            "other": None,
            "label": "",
            "aspect": f"{take.width} / {take.height}",
        },
    )


def _words(label: str, example: str) -> str:
    """Ask for words in any language; say where nobody is there to put them into English."""
    words = st.text_input(label, key="more-words", placeholder=example, max_chars=400).strip()
    language = editing.book().plan.kitsumy.language
    if foreign_words([words], language) and pipeline.open_translator(services.current().settings) is None:
        told = _("Image models read English, and no language model is set up to translate this.")
        st.markdown(f":small[:orange[:material/translate: {told}]]")
    return words


def _count() -> int:
    return int(
        st.number_input(_("Variants"), min_value=1, max_value=MOST_VARIANTS, value=1, key="more-variants")
    )


def _options() -> RenderOptions:
    """Return how such pictures are made: as chosen above, on a server in any case."""
    options, _count = chosen_options()
    return options if options.backend != "sketch" else options._replace(backend="comfyui", profile="final")


def _go(
    take: Take,
    options: RenderOptions,
    count: int,
    mask: str = "",
    pose: bytes | None = None,
    disabled: bool = False,
) -> None:
    st.button(
        ngettext("Render {n} picture", "Render {n} pictures", count),
        type="primary",
        icon=":material/brush:",
        key="more-go",
        disabled=disabled,
        on_click=_submit,
        args=(take, options, count, mask, pose),
    )


def _submit(take: Take, options: RenderOptions, count: int, mask: str, pose: bytes | None) -> None:
    images = services.current().store.images
    try:
        if mask:
            options = options._replace(mask=images.put(mask_picture(mask, (take.width, take.height))))
        if pose is not None:
            options = options._replace(control=images.put_foreign(pose)[0] if pose else take.image)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        st.rerun()
    wishes = [Wish(take.panel_id, options._replace(seed=fresh_seed())) for _number in range(count)]
    _close()
    submit(take.project_id, wishes, NEXT)
    st.rerun()


def mask_picture(address: str, size: tuple[int, int]) -> bytes:
    """Return a painted mask (a data URL from the browser) as a black and white PNG of this size.

    Raises InputError for anything else.
    """
    from PIL import Image

    from kitsumy_core.store.images import check_picture

    head, comma, written = address.partition(",")
    if head != "data:image/png;base64" or not comma or len(written) > MASK_BYTES:
        raise InputError("picture-unknown-format", known="PNG")
    try:
        data = base64.b64decode(written, validate=True)
    except binascii.Error:
        raise InputError("picture-damaged", problem="base64") from None
    check_picture(data)
    out = BytesIO()
    with Image.open(BytesIO(data)) as picture:
        mask = picture.convert("L").resize(size).point(lambda light: 255 if light >= 128 else 0)
        mask.save(out, "PNG")
    return out.getvalue()
