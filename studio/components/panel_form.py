"""Edit the chosen panel as a form: what is seen, who is there, what is said."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import check_page
from kitsumy_core.plan.edits import batch, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Character, Dialogue, DialogueKit, Page, Panel
from kitsumy_core.planner.redo import Target
from studio import editing, state
from studio.components.ask_model import ask_model, locked_label
from studio.components.header import status_look
from studio.components.issue_list import issues_look
from studio.components.page_strip import marks_of, marks_shown
from studio.components.picture_details import picture_details
from studio.components.stale_note import stale_note
from studio.components.styling import icon_button, unseen
from studio.components.words import (
    CAMERAS,
    KINDS,
    MOODS,
    NARRATIONS,
    kind_label,
    narration_label,
    suggestions,
)
from studio.editing import seed
from studio.staleness import has_old_english
from studio.texts import _, plain


def changed(node: str, field: str) -> None:
    """Commit a field of the panel, and redraw the picture and what else looks otherwise now."""
    editing.save(node, field)
    book, project_id = editing.book(), state.project_id()
    found = state.current_page(book)
    assert project_id is not None
    if found is None:
        editing.redraw()
        return
    editing.redraw("picture", *_followers(book, found[1]))


def _followers(book: Book, page: Page) -> Iterator[str]:
    """Yield what looks otherwise after a change of a panel's field; such a change concerns its page alone."""
    issues = check_page(book.plan, page, "", editing.mint)
    if editing.shown("issues") != issues_look(issues, page.id):
        yield "issues"
    if state.has_notes() or editing.shown("status") != status_look():
        yield "status"
    if marks_shown(page.id) != marks_of(issues).get(page.id, (0, 0)):
        yield "strip"
    if st.session_state.get("board"):
        yield "board"
    panel = state.current_panel(page)
    if panel and editing.shown("english") != _has_old_english(panel):
        yield "editor"


def panel_form(book: Book, page: Page, panel: Panel) -> None:
    """Draw the form of one panel. Every widget commits one edit; nothing needs a save button."""
    node = key_of("panel", panel.id)
    editing.forget_fields([node, *(key_of("dialogue", line.id) for line in panel.dialogue)])
    number = page.panels.index(panel) + 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Panel {number}").format(number=number), anchor=False, width="stretch")
        ask_model(Target(kind="panel", id=panel.id), "panel", panel=panel, label=unseen(_("Ask the model")))
        _panel_buttons(page, panel, number - 1)
    stale_note(book, panel)
    st.text_area(
        locked_label(panel, "action", _("What is seen")),
        key=seed(node, "action", panel.action),
        height=104,
        placeholder=_("Who does what, where? Write it as the reader will see it."),
        on_change=changed,
        args=(node, "action"),
    )
    left, right = st.columns(2)
    with left:
        _free_choice(book, node, "camera", panel.camera, locked_label(panel, "camera", _("Camera")), CAMERAS)
        _free_choice(book, node, "location", panel.location, locked_label(panel, "location", _("Place")), ())
    with right:
        _free_choice(book, node, "mood", panel.mood, locked_label(panel, "mood", _("Mood")), MOODS)
        _text_line(node, "sfx", panel.sfx, locked_label(panel, "sfx", _("Sound effect")))
    _cast(book, node, panel)
    _dialogue(book, panel)
    _narration(node, panel)
    is_old = _has_old_english(panel)
    editing.shows("english", is_old)
    if is_old:
        st.caption(
            ":orange[:material/history:] "
            + _("“What is seen” changed after its English for the image model. Does that still fit?")
        )
    with st.expander(_("Picture details"), icon=":material/tune:", expanded=is_old):
        picture_details(node, panel, changed)


def _has_old_english(panel: Panel) -> bool:
    project_id = state.project_id()
    return project_id is not None and has_old_english(project_id, panel)


def _panel_buttons(page: Page, panel: Panel, index: int) -> None:
    node = key_of("panel", panel.id)
    icon_button(
        "arrow_upward",
        _("Move the panel earlier"),
        key="panel-earlier",
        disabled=index == 0,
        on_click=editing.do,
        args=(edit("move_node", node=node, index=index - 1),),
    )
    icon_button(
        "arrow_downward",
        _("Move the panel later"),
        key="panel-later",
        disabled=index == len(page.panels) - 1,
        on_click=editing.do,
        args=(edit("move_node", node=node, index=index + 1),),
    )
    icon_button(
        "content_copy",
        _("Duplicate the panel"),
        key="panel-twin",
        on_click=_duplicate,
        args=(panel,),
    )
    icon_button(
        "delete",
        _("Delete the panel (undo brings it back)"),
        key="panel-delete",
        on_click=editing.do,
        args=(edit("delete_node", node=node),),
    )


def _duplicate(panel: Panel) -> None:
    from kitsumy_core.plan.edits import fresh_ids

    ids = fresh_ids("panel", panel, editing.mint)
    if editing.commit(edit("duplicate_node", node=key_of("panel", panel.id), new_ids=ids)):
        state.select(panel=ids[panel.id])
    editing.redraw()


def _free_choice(book: Book, node: str, field: str, value: str, label: str, words: tuple[str, ...]) -> None:
    used = list(dict.fromkeys(getattr(p, field) for p in book.plan.panels()))
    options = suggestions(
        words, used=used, language=book.plan.kitsumy.language, studio_language=state.language()
    )
    key = seed(node, field, value or None)
    st.selectbox(
        label,
        options if value in options or not value else [value, *options],
        key=key,
        index=None,
        accept_new_options=True,
        placeholder=_("Choose or type"),
        format_func=str,
        on_change=changed,
        args=(node, field),
    )


def _text_line(node: str, field: str, value: str, label: str, placeholder: str = "") -> None:
    st.text_input(
        label,
        key=seed(node, field, value),
        placeholder=placeholder,
        on_change=changed,
        args=(node, field),
    )


def _cast(book: Book, node: str, panel: Panel) -> None:
    names = distinct_names(book)
    unknown = [c for c in panel.characters if c not in names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names or unknown:
            st.pills(
                locked_label(panel, "characters", _("Who is seen")),
                [*names, *unknown],
                selection_mode="multi",
                format_func=lambda c: plain(names.get(str(c), str(c))),
                key=seed(node, "characters", list(panel.characters)),
                on_change=changed,
                args=(node, "characters"),
            )
        else:
            st.caption(_("The comic has no characters yet."))
        with (
            st.popover(_("New character"), icon=":material/person_add:", key="cast-new"),
            st.form("cast-form", border=False, clear_on_submit=True),
        ):
            st.text_input(_("Name"), key="cast-name", max_chars=80)
            st.form_submit_button(_("Add to the panel"), on_click=_add_character, args=(panel,))


def distinct_names(book: Book) -> dict[str, str]:
    """Return a name for every character's id, no two alike: a choice is told apart by what it shows."""
    found: dict[str, str] = {}
    for character in book.plan.characters:
        name, number = character.name or character.id, 2
        while name in found.values():
            name, number = f"{character.name or character.id} ({number})", number + 1
        found[character.id] = name
    return found


def _add_character(panel: Panel) -> None:
    name = str(st.session_state["cast-name"]).strip()
    if not name:
        return
    person = Character(id=f"char-{editing.mint()}", name=name)
    seen = edit(
        "set_field",
        node=key_of("panel", panel.id),
        field="characters",
        value=[*panel.characters, person.id],
    )
    editing.do(batch(edit("add_character", character=person), seen))


def _dialogue(book: Book, panel: Panel) -> None:
    st.markdown("**" + locked_label(panel, "dialogue", _("Dialogue")) + "**")
    names = distinct_names(book)
    for index, line in enumerate(panel.dialogue):
        with st.container(border=True, gap="small", key=f"line-{index}"):
            _line(names, panel, line, index)
    st.button(
        _("Add a line"),
        icon=":material/add_comment:",
        key="line-add",
        on_click=_add_line,
        args=(panel,),
    )


def _line(names: dict[str, str], panel: Panel, line: Dialogue, index: int) -> None:
    node = key_of("dialogue", line.id)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _who_and_how(names, line, node)
        st.space("stretch")
        _line_button("arrow_upward", _("Move the line up"), f"up-{index}", node, index - 1, index > 0)
        last = index == len(panel.dialogue) - 1
        _line_button("arrow_downward", _("Move the line down"), f"down-{index}", node, index + 1, not last)
        icon_button(
            "close",
            _("Delete the line"),
            key=f"line-delete-{index}",
            on_click=editing.do,
            args=(edit("delete_node", node=node),),
            type="tertiary",
        )
    st.text_area(
        _("Words"),
        key=seed(node, "text", line.text),
        height=72,
        placeholder=_("What is said"),
        label_visibility="collapsed",
        on_change=changed,
        args=(node, "text"),
    )


def _who_and_how(names: dict[str, str], line: Dialogue, node: str) -> None:
    """Draw the choice of a line's speaker and of its balloon."""
    speakers = [*names, *([line.character] if line.character and line.character not in names else [])]
    st.selectbox(
        _("Speaker"),
        speakers,
        index=None,
        format_func=lambda c: names.get(c, c),
        key=seed(node, "character", line.character or None),
        placeholder=_("Who?"),
        label_visibility="collapsed",
        on_change=changed,
        args=(node, "character"),
        width=122,
    )
    st.selectbox(
        _("Kind of balloon"),
        list(KINDS),
        format_func=kind_label,
        key=seed(node, "kitsumy.kind", line.kitsumy.kind),
        label_visibility="collapsed",
        on_change=changed,
        args=(node, "kitsumy.kind"),
        width=106,
    )


def _line_button(icon: str, label: str, key: str, node: str, index: int, able: bool) -> None:
    icon_button(
        icon,
        label,
        key=f"line-{key}",
        disabled=not able,
        on_click=editing.do,
        args=(edit("move_node", node=node, index=max(0, index)),),
        type="tertiary",
    )


def _add_line(panel: Panel) -> None:
    said = {line.character for line in panel.dialogue}
    silent = [c for c in panel.characters if c not in said]
    speaker = next(iter([*silent, *panel.characters]), "")
    line = Dialogue(character=speaker, text="", kitsumy=DialogueKit(id=editing.mint()))
    if editing.commit(edit("add_dialogue", panel_id=panel.id, line=line)):
        editing.focus(key_of("dialogue", line.id), "text")
    editing.redraw(*editing.EVERYTHING, "autosave")


def _narration(node: str, panel: Panel) -> None:
    left, right = st.columns([3, 1.3])
    with left:
        st.text_area(
            locked_label(panel, "narrative", _("Caption")),
            key=seed(node, "narrative", panel.narrative),
            height=72,
            placeholder=_("The storyteller’s words, or none"),
            on_change=changed,
            args=(node, "narrative"),
        )
    with right:
        st.selectbox(
            _("Kind of caption"),
            list(NARRATIONS),
            format_func=narration_label,
            key=seed(node, "kitsumy.narrativeKind", panel.kitsumy.narrative_kind),
            on_change=changed,
            args=(node, "kitsumy.narrativeKind"),
        )
