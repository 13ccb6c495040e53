"""Edit what holds for the whole comic: title, idea, style, language, page format, reading direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from kitsumy_core.messages import N_
from kitsumy_core.page.formats import FORMATS
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import ComicPlan
from studio import editing, library, state
from studio.components.font_choice import edition_node, font_choices
from studio.components.format_change import format_notice, relay
from studio.components.style_cards import style_cards
from studio.editing import changed, seed
from studio.texts import _, ngettext

PLAN = "plan"
LANGUAGES = ("uk", "en", "pl", "de", "fr", "es", "it", "pt", "cs", "ro", "tr", "ja", "ko", "zh")
DIRECTIONS: Mapping[str, str] = {
    "ltr": N_("Left to right"),
    "rtl": N_("Right to left"),
    "ttb": N_("Top to bottom"),
}
FORMAT_NAMES: Mapping[str, str] = {
    "us-comic": N_("US comic"),
    "manga-b5": N_("Manga magazine, B5"),
    "b6": N_("Manga volume, B6"),
    "tankobon": N_("Tankōbon"),
    "a5": N_("A5"),
    "a4": N_("A4"),
    "album": N_("European album"),
    "square": N_("Square, for social networks"),
    "webtoon": N_("Webtoon, one long strip"),
}


def counts(book: Book) -> str:
    """Say how large the book is, in one line."""
    panels = list(book.plan.panels())
    lines = [line for panel in panels for line in panel.dialogue]
    words = sum(len(text.split()) for panel in panels for text in (panel.narrative, panel.sfx))
    words += sum(len(line.text.split()) for line in lines)
    return " · ".join(
        (
            ngettext("{n} chapter", "{n} chapters", len(book.plan.chapters)),
            ngettext("{n} page", "{n} pages", sum(1 for _page in book.plan.pages())),
            ngettext("{n} panel", "{n} panels", len(panels)),
            ngettext("{n} line of dialogue", "{n} lines of dialogue", len(lines)),
            ngettext("{n} word for the reader", "{n} words for the reader", words),
        )
    )


def story_form(book: Book) -> None:
    """Draw the form of the plan's own fields."""
    plan, kit = book.plan, book.plan.kitsumy
    editing.forget_fields([PLAN, edition_node(book)])
    directions = {code: _(name) for code, name in DIRECTIONS.items()}
    st.text_input(
        _("Title"),
        key=seed(PLAN, "title", plan.title),
        placeholder=_("What is the comic called?"),
        on_change=_title_changed,
    )
    st.text_area(
        _("Idea"),
        key=seed(PLAN, "kitsumy.idea", kit.idea),
        height=128,
        placeholder=_("What is it about? Who wants what, and what stands in the way?"),
        on_change=changed,
        args=(PLAN, "kitsumy.idea"),
    )
    _style(plan)
    _choice(_("Language of the comic"), "kitsumy.language", LANGUAGES, kit.language, language_name, changed)
    _choice(_("Page format"), "kitsumy.format", FORMATS, kit.format, format_label, relay)
    st.segmented_control(
        _("Reading direction"),
        list(DIRECTIONS),
        required=True,
        format_func=directions.__getitem__,
        key=seed(PLAN, "kitsumy.readingDirection", kit.reading_direction),
        on_change=relay,
        args=(PLAN, "kitsumy.readingDirection"),
    )
    format_notice()
    font_choices(book)


def _title_changed() -> None:
    """Commit the title, and redraw everything: it heads the screen."""
    editing.save(PLAN, "title")
    st.rerun()


def _style(plan: ComicPlan) -> None:
    """Draw the style: one of the list, words of one's own, or both together."""
    kit = plan.kitsumy
    styles = library.styles().all().values()
    names = {style.id: style.name_in(kit.language) for style in styles}
    if kit.style_id and kit.style_id not in names:
        names[kit.style_id] = kit.style_id
    st.selectbox(
        _("Style of the drawings"),
        list(names),
        index=None,
        format_func=lambda style: names.get(style, style),
        placeholder=_("None of the list"),
        key=seed(PLAN, "kitsumy.styleId", kit.style_id or None),
        on_change=changed,
        args=(PLAN, "kitsumy.styleId"),
    )
    words = _("Choose by picture")
    with st.popover(words, icon=":material/gallery_thumbnail:", key="style-by-picture", width=620):
        style_cards("story-styles", kit.style_id, _style_picked)
    st.text_area(
        _("Style in your own words"),
        key=seed(PLAN, "style", plan.style),
        height=72,
        placeholder=_("Ink, light, colours: how is it drawn?"),
        on_change=changed,
        args=(PLAN, "style"),
    )


def _style_picked(style_id: str) -> None:
    editing.commit(edit("set_field", node=PLAN, field="kitsumy.styleId", value=style_id))
    st.rerun()


def _choice(
    label: str,
    field: str,
    known: Iterable[str],
    value: str,
    name: Callable[[str], str],
    on_change: Callable[..., None],
) -> None:
    """Draw a choice among known values; one that is not known stays what it is."""
    names = {option: name(option) for option in (*known, value)}
    st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=seed(PLAN, field, value),
        on_change=on_change,
        args=(PLAN, field),
    )


def language_name(code: str) -> str:
    """Return the name of a language in the studio's language; an unknown code is its own name."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name(state.language())
    except (UnknownLocaleError, ValueError, TypeError):
        return code
    return name[:1].upper() + name[1:] if name else code


def format_label(format_id: str) -> str:
    """Return a format's name with its trim size; an unknown one is its own name."""
    known = FORMATS.get(format_id)
    if known is None:
        return format_id
    size = f"{known.trim.width:.0f} × {known.trim.height:.0f}"
    return _("{name} ({size} mm)").format(name=format_name(format_id), size=size)


def format_name(format_id: str) -> str:
    """Return a format's name; an unknown one is its own name."""
    return _(FORMAT_NAMES[format_id]) if format_id in FORMAT_NAMES else format_id
