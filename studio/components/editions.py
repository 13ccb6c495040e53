"""Add, change and delete the editions of a comic, and say how far each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from kitsumy_core.page.formats import FORMATS
from kitsumy_core.plan.book import MAIN, Book, Edition
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from studio import editing, services, state
from studio.components.edition_choice import edition_names
from studio.components.format_change import format_notice, laid_anew
from studio.components.story_form import DIRECTIONS, LANGUAGES, format_label, language_name
from studio.editing import changed, field_key, seed
from studio.texts import _, ngettext, plain
from studio.translations import standing_of

FORM = "edition-new"


def new_edition(book: Book) -> None:
    """Draw the form that adds an edition."""
    st.subheader(_("Add an edition"), anchor=False)
    st.caption(
        _(
            "An edition is this comic in another language, page format or reading direction. Pictures stay"
            " the same; balloons are fitted again, and what you place by hand counts for that edition alone."
        )
    )
    names = edition_names(book)
    with st.form(FORM, border=False):
        _choice("language", _("Language"), LANGUAGES, language_name)
        _choice("format", _("Page format"), tuple(FORMATS), format_label)
        _choice("direction", _("Reading direction"), tuple(DIRECTIONS), lambda code: _(DIRECTIONS[code]))
        st.selectbox(
            _("Begin with the words of"),
            list(names),
            format_func=lambda edition: names.get(edition, edition),
            key=f"{FORM}-from",
        )
        st.form_submit_button(
            _("Add the edition"), icon=":material/add:", type="primary", on_click=_add, key="edition-add"
        )


def _choice(name: str, label: str, options: tuple[str, ...], words: Callable[[str], str]) -> None:
    st.selectbox(
        label,
        options,
        index=None,
        format_func={option: words(option) for option in options}.__getitem__,
        placeholder=_("As in the comic"),
        key=f"{FORM}-{name}",
    )


def made_from(source: Edition, book: Book, edition_id: str, **own: str | None) -> Edition:
    """Return a new edition with the words and faces of another one.

    Placements and crops by hand come along where both have the same pages; else balloons are placed anew.
    """
    new = Edition(id=edition_id, texts=source.texts, fonts=source.fonts).but(**own)
    both = book.but(editions=(*book.editions, new))
    alike = (book.format(source.id), book.direction(source.id)) == (
        both.format(edition_id),
        both.direction(edition_id),
    )
    return new.but(placements=source.placements, crops=source.crops) if alike else new


def free_id(book: Book, language: str | None) -> str:
    """Return the id of a new edition: its language, numbered where that is taken."""
    stem = language or book.language()
    taken, wanted, number = {edition.id for edition in book.editions}, stem, 2
    while wanted in taken:
        wanted, number = f"{stem}-{number}", number + 1
    return wanted


def _add() -> None:
    book, held = editing.book(), st.session_state
    language, page_format, direction = (held.get(f"{FORM}-{n}") for n in ("language", "format", "direction"))
    source = book.edition(str(held.get(f"{FORM}-from") or MAIN))
    own = {"language": language or source.language, "format": page_format, "reading_direction": direction}
    edition = made_from(source, book, free_id(book, language), **own)
    if editing.commit(edit("add_edition", edition=edition)):
        state.choose_edition(edition.id)
        for name in ("language", "format", "direction"):
            held.pop(f"{FORM}-{name}", None)
    st.rerun()


def edition_list(book: Book) -> None:
    """Draw a card for every edition; the main one is set on the outline's tab."""
    more = [edition for edition in book.editions if edition.id != MAIN]
    nodes = [key_of("edition", edition.id) for edition in more]
    fields = ("title", "language", "format", "readingDirection")
    editing.forget_fields(nodes, {field_key(node, field) for node in nodes for field in fields})
    format_notice()
    names = edition_names(book)
    if not more:
        st.info(
            _(
                "So far there is the main edition alone: {name}. Add another one, and it will be listed here."
            ).format(name=plain(names[MAIN])),
            icon=":material/translate:",
        )
        return
    for edition in more:
        with st.container(
            border=True, gap="small", key=f"edition-card-{field_key('edition', edition.id)[2:]}"
        ):
            _card(book, edition, names[edition.id])


def _card(book: Book, edition: Edition, name: str) -> None:
    node, is_shown = key_of("edition", edition.id), state.edition_id(book) == edition.id
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(name)}**", width="stretch")
        if is_shown:
            st.badge(_("shown on all screens"), icon=":material/visibility:", color="green")
    _progress(book, edition)
    left, right = st.columns(2)
    with left:
        st.text_input(
            _("Title"),
            key=seed(node, "title", edition.title),
            placeholder=book.plan.title,
            on_change=changed,
            args=(node, "title"),
        )
        _field(node, "format", edition.format, _("Page format"), tuple(FORMATS), format_label)
    with right:
        _field(node, "language", edition.language, _("Language"), LANGUAGES, language_name)
        _field(
            node,
            "readingDirection",
            edition.reading_direction,
            _("Reading direction"),
            tuple(DIRECTIONS),
            lambda code: _(DIRECTIONS[code]),
        )
    with st.container(horizontal=True, gap="small"):
        _buttons(book, edition, is_shown)


def _field(
    node: str,
    field: str,
    value: str | None,
    label: str,
    options: tuple[str, ...],
    words: Callable[[str], str],
) -> None:
    options = options if value in options or not value else (value, *options)
    st.selectbox(
        label,
        options,
        index=None,
        format_func={option: words(option) for option in options}.__getitem__,
        placeholder=_("As in the comic"),
        key=seed(node, field, value),
        on_change=_chosen,
        args=(node, field),
    )


def _chosen(node: str, field: str) -> None:
    """Commit a choice (none = as in the comic); another format or direction lays the pages anew."""
    value = st.session_state.get(field_key(node, field))
    wish = edit("set_field", node=node, field=field, value=value or None)
    if field == "language":
        editing.commit(wish)
        st.rerun()
    laid_anew(lambda: editing.commit(wish))


def _progress(book: Book, edition: Edition) -> None:
    found = standing_of(str(state.project_id()), book, edition.id)
    if not found.total:
        st.caption(_("The comic has no words yet."))
        return
    is_other = book.language(edition.id) != book.language()
    said = [ngettext("{n} text of its own", "{n} texts of its own", found.done)]
    if is_other:
        st.progress(found.done / found.total)
        said = [_("{n} of {total} texts translated").format(n=found.done, total=found.total)]
    if is_other and found.missing:
        said.append(ngettext("{n} is missing", "{n} are missing", len(found.missing)))
    if found.old:
        older = ngettext(
            "{n} is older than the main text", "{n} are older than the main text", len(found.old)
        )
        said.append(f":orange[:material/history: {older}]")
    st.caption(" · ".join(said))


def _buttons(book: Book, edition: Edition, is_shown: bool) -> None:
    if not is_shown:
        st.button(
            _("Show it"),
            icon=":material/visibility:",
            key=f"edition-show-{edition.id}",
            on_click=_show,
            args=(edition.id,),
        )
    if services.current().wishes.way() is not None and book.language(edition.id) != book.language():
        _translate_buttons(book, edition)
    st.space("stretch")
    st.button(
        _("Delete"),
        icon=":material/delete:",
        key=f"edition-delete-{edition.id}",
        type="tertiary",
        help=_("Its words and placements go with it; undo brings them back."),
        on_click=_delete,
        args=(edition.id,),
    )


def _translate_buttons(book: Book, edition: Edition) -> None:
    found, language = standing_of(str(state.project_id()), book, edition.id), book.language(edition.id)
    st.button(
        _("Translate what is missing"),
        icon=":material/translate:",
        key=f"edition-translate-{edition.id}",
        disabled=not found.missing,
        on_click=_translate,
        args=(edition.id, language, {}),
    )
    if found.old:
        st.button(
            _("Translate what is missing or old"),
            icon=":material/history:",
            key=f"edition-again-{edition.id}",
            help=_("Older texts are translated again; undo brings them back."),
            on_click=_translate,
            args=(edition.id, language, {key: edition.texts[key] for key in found.old}),
        )


def _show(edition_id: str) -> None:
    state.choose_edition(edition_id)
    st.rerun()


def _translate(edition_id: str, language: str, old: Mapping[str, str]) -> None:
    project_id = state.project_id()
    assert project_id is not None
    services.current().wishes.translate(project_id, state.author(), language, edition_id, old)
    st.rerun()


def _delete(edition_id: str) -> None:
    editing.commit(edit("delete_edition", edition_id=edition_id))
    st.rerun()
