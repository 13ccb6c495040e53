"""Edit the chosen character as a form: who it is, how it looks, where it appears."""

from __future__ import annotations

from secrets import randbelow

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import batch, edit, fresh_ids
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Character
from kitsumy_core.planner.redo import Target
from studio import editing
from studio.components import cast_delete
from studio.components.appearances import appearances
from studio.components.ask_model import ask_model
from studio.components.bound import server_choice
from studio.components.cast_cards import action, choose, reorder
from studio.components.cast_facts import uses_of_character
from studio.components.character_pictures import character_pictures
from studio.components.font_choice import character_font, edition_node
from studio.editing import changed, seed
from studio.texts import _, plain, short

SEEDS = 2**32
LARGEST_SEED = 2**53 - 1
"""What a number field of a browser can hold."""


def new_character(name: str, role: str = "") -> Character:
    """Return a character with a fresh id and seed."""
    return Character(id=f"char-{editing.mint()}", name=name, role=role, seed=randbelow(SEEDS))


def character_form(book: Book, character: Character) -> None:
    """Draw the form of one character. Every widget commits one edit."""
    node = key_of("character", character.id)
    chapters = book.plan.chapters
    clothing = (key_of("chapter", chapter.id) for chapter in chapters)
    editing.forget_fields([node, edition_node(book), *clothing])
    _buttons(book, character)
    left, right = st.columns([2, 3])
    with left:
        _line(node, "name", character.name, _("Name"))
    with right:
        _line(node, "role", character.role, _("Role"), _("heroine, her brother, the keeper…"))
    _area(
        node, "appearance", character.appearance, _("Appearance"), _("Age, build, face, hair, one odd thing")
    )
    _area(node, "clothing", character.clothing, _("Clothing"), _("What they usually wear"))
    _outfits(chapters, character)
    _area(
        node,
        "kitsumy.look",
        character.kitsumy.look,
        _("Look in English (for the image model)"),
        _("The same in every picture; empty = the appearance above"),
        116,
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="character-seed"):
        _seed(node, character)
    character_pictures(book, character)
    _line(
        node,
        "kitsumy.voice",
        character.kitsumy.voice,
        _("Voice"),
        _("How they talk: short, formal, with a stammer"),
    )
    character_font(book, character.id)
    server_choice(node, character)
    st.markdown("**" + _("Where they appear") + "**")
    uses = uses_of_character(book.plan, character.id)
    if uses:
        appearances(uses, _("speaks, not seen"))
    else:
        st.caption(_("Nowhere yet. Put them into a panel on the Pages screen."))


def _line(node: str, field: str, value: str, label: str, placeholder: str = "") -> None:
    st.text_input(
        label,
        key=seed(node, field, value),
        placeholder=placeholder,
        on_change=changed,
        args=(node, field),
    )


def _area(node: str, field: str, value: str, label: str, placeholder: str, height: int = 92) -> None:
    st.text_area(
        label,
        key=seed(node, field, value),
        height=height,
        placeholder=placeholder,
        on_change=changed,
        args=(node, field),
    )


def _buttons(book: Book, character: Character) -> None:
    cast, own = book.plan.characters, character.id
    index = cast.index(character)
    ids = fresh_ids("character", character, editing.mint)
    with st.container(horizontal=True, horizontal_alignment="right", gap="small", key="character-head"):
        ask_model(Target(kind="character", id=own), "character")
        action(
            _("Earlier"), "arrow_back", "character-earlier", index > 0, reorder, "character", own, index - 1
        )
        last = index == len(cast) - 1
        action(_("Later"), "arrow_forward", "character-later", not last, reorder, "character", own, index + 1)
        action(_("Duplicate"), "content_copy", "character-twin", True, _duplicate, character, ids)
        action(_("Delete"), "delete", "character-delete", True, cast_delete.ask, "character", own)


def _duplicate(character: Character, ids: dict[str, str]) -> None:
    """Copy a character; the second half of a double click brings the same ids and does nothing."""
    if editing.book().plan.character(ids[character.id]) is not None:
        return
    twin = key_of("character", ids[character.id])
    wanted = batch(
        edit("duplicate_node", node=key_of("character", character.id), new_ids=ids),
        edit("set_field", node=twin, field="name", value=_("{name} (copy)").format(name=character.name)),
        edit("set_field", node=twin, field="seed", value=randbelow(SEEDS)),
        edit("set_field", node=twin, field="kitsumy.seedLocked", value=False),
    )
    if editing.commit(wanted):
        choose("character", ids[character.id])
    editing.redraw()


def _seed(node: str, character: Character) -> None:
    locked, value = character.kitsumy.seed_locked, character.seed
    if value is not None and not 0 <= value <= LARGEST_SEED:
        st.text_input(_("Seed"), str(value), disabled=True, key="seed-odd", width=190)
    else:
        st.number_input(
            _("Seed"),
            value=None,
            min_value=0,
            max_value=LARGEST_SEED,
            step=1,
            key=seed(node, "seed", value),
            placeholder=_("none"),
            help=_("The same seed gives the same face; pictures of other seeds differ."),
            disabled=locked,
            on_change=_set_seed,
            args=(node,),
            width=190,
        )
    st.button(
        _("Draw a seed") if value is None else _("Draw another"),
        icon=":material/casino:",
        key="seed-draw",
        disabled=locked,
        on_click=editing.do,
        args=(edit("set_field", node=node, field="seed", value=randbelow(SEEDS)),),
    )
    st.toggle(
        _("Locked"),
        key=seed(node, "kitsumy.seedLocked", locked),
        help=_("Keeps the seed from being changed by mistake."),
        disabled=value is None,
        on_change=changed,
        args=(node, "kitsumy.seedLocked", editing.EVERYTHING),
    )


def _set_seed(node: str) -> None:
    value = st.session_state[editing.field_key(node, "seed")]
    editing.do(edit("set_field", node=node, field="seed", value=value))


def _outfits(chapters: tuple[Chapter, ...], character: Character) -> None:
    field = f"kitsumy.clothing.{character.id}"
    changes = [c for c in chapters if c.kitsumy.clothing.get(character.id)]
    label = _("Clothing by chapter") + (f" ({len(changes)})" if changes else "")
    box = st.expander(label, icon=":material/checkroom:", key="outfits", on_change="rerun")
    if not box.open:
        return
    with box:
        begun = st.session_state.get("outfit-begun")
        shown = [c for c in chapters if c in changes or (character.id, c.id) == begun]
        for chapter in shown:
            node = key_of("chapter", chapter.id)
            st.text_area(
                plain(_chapter_name(chapters, chapter)),
                key=seed(node, field, chapter.kitsumy.clothing.get(character.id, "")),
                height=72,
                placeholder=_("As everywhere"),
                on_change=changed,
                args=(node, field),
            )
        others = {c.id: short(_chapter_name(chapters, c)) for c in chapters if c not in shown}
        if others:
            st.selectbox(
                _("Other clothes in a chapter"),
                list(others),
                index=None,
                format_func=lambda chapter_id: others.get(chapter_id, chapter_id),
                placeholder=_("Choose a chapter"),
                key=f"outfit-add-{len(shown)}",
                on_change=_begin_outfit,
                args=(character.id, f"outfit-add-{len(shown)}"),
            )
        elif not chapters:
            st.caption(_("There are no chapters yet."))


def _begin_outfit(character_id: str, key: str) -> None:
    st.session_state["outfit-begun"] = (character_id, st.session_state[key])


def _chapter_name(chapters: tuple[Chapter, ...], chapter: Chapter) -> str:
    number = _("Chapter {number}").format(number=chapters.index(chapter) + 1)
    return f"{number}: {chapter.title}" if chapter.title else number
