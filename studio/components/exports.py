"""Make the files that the Export screen offers, in the background, and hand over what is finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import IO, Literal, NamedTuple

import streamlit as st

from kitsumy_core.errors import NotFoundError
from kitsumy_core.export.archive import write_archive
from kitsumy_core.export.comic import Comic, Watch
from kitsumy_core.export.formats import FORMATS, Format
from kitsumy_core.export.lost import LostPictures, named
from kitsumy_core.export.metadata import facts_of_request
from kitsumy_core.export.names import edition_title, file_title
from kitsumy_core.export.shelf import Export, Note, Wish
from kitsumy_core.messages import N_, say
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.editions import in_edition
from studio import services, state
from studio.components.styling import icon_button
from studio.texts import _, plain, when
from studio.urls import export_url

BUNDLE = "bundle"
SAYS_KEY = "export-says"
Says = Literal["page", "prompts", "nothing"]
Make = Callable[[IO[bytes], Watch], Sequence[Note]]


class Offer(NamedTuple):
    """A format as a writer chooses it."""

    title: str
    text: str
    icon: str


OFFERS: Mapping[str, Mapping[str, Offer]] = {
    N_("To read and share"): {
        "cbz": Offer(
            N_("Comic book archive (CBZ)"),
            N_("For comic readers: all pages with title, characters and reading direction."),
            ":material/menu_book:",
        ),
        "pdf-screen": Offer(
            N_("PDF for the screen"),
            N_("One small file that opens everywhere; words can be searched."),
            ":material/picture_as_pdf:",
        ),
        "epub": Offer(
            N_("E-book (EPUB)"),
            N_("Fixed layout for e-book shops and readers, with descriptions read aloud."),
            ":material/auto_stories:",
        ),
        "web": Offer(
            N_("Web page"),
            N_("A folder with a reader: open it from disk or put it on any site."),
            ":material/language:",
        ),
        "webtoon": Offer(
            N_("Webtoon slices"),
            N_("Panels one below another, lettered anew for a phone, 800 pixels wide."),
            ":material/smartphone:",
        ),
    },
    N_("To print"): {
        "pdf": Offer(
            N_("PDF for print"),
            N_("With bleed and trim marked, lettering as sharp type, colours in RGB."),
            ":material/print:",
        ),
        "png": Offer(
            N_("Page images, PNG"),
            N_("Every page at print size (300 dpi) in one ZIP, without loss."),
            ":material/image:",
        ),
        "jpg": Offer(
            N_("Page images, JPEG"),
            N_("Every page at print size in one ZIP, a fraction of the bytes."),
            ":material/photo_library:",
        ),
        "webp": Offer(
            N_("Page images, WebP"),
            N_("Every page at print size in one ZIP, smaller still; for sites and apps."),
            ":material/photo_size_select_large:",
        ),
    },
    N_("To work on"): {
        "psd": Offer(
            N_("Photoshop (PSD)"),
            N_("Layers for art, borders and balloons; words stay text. Fonts come along."),
            ":material/layers:",
        ),
        "ora": Offer(
            N_("OpenRaster (ORA)"),
            N_("The same layers for Krita, MyPaint and others."),
            ":material/brush:",
        ),
        "svg": Offer(
            N_("Vector pages (SVG)"),
            N_("For Inkscape and browsers: balloons as paths, words as text, in layers."),
            ":material/shape_line:",
        ),
        "desu": Offer(
            N_("Manga Editor Desu"),
            N_("A project for the editor in the browser, with panels and live text."),
            ":material/dashboard_customize:",
        ),
        "editor": Offer(
            N_("Editor files (JSON)"),
            N_("The composed comic and Fabric.js pages, for programs."),
            ":material/data_object:",
        ),
    },
    N_("The words, and everything"): {
        "docx": Offer(
            N_("Script (Word)"),
            N_("Pages, panels and numbered lines, for an artist or an editor."),
            ":material/description:",
        ),
        "script": Offer(N_("Script (text)"), N_("The same script as plain text."), ":material/notes:"),
        "plan": Offer(
            N_("Plan (JSON)"), N_("The story alone, for any Kitsumy tool."), ":material/account_tree:"
        ),
        BUNDLE: Offer(
            N_("Everything (.kitsumy)"),
            N_("The whole comic with its history and all pictures; opens in another studio."),
            ":material/inventory_2:",
        ),
    },
}


def begin(kind: str) -> None:
    """Begin an export of the comic as it stands; the screen follows it."""
    project_id = state.project_id()
    assert project_id is not None
    head = services.current().store.head(project_id)
    edition = MAIN if kind == BUNDLE else state.edition_id(head.book)
    services.current().shelf.submit(_wish(kind, project_id, head.rev, head.book, edition))


def _wish(kind: str, project_id: str, rev: int, book: Book, edition: str) -> Wish:
    says = state_says()
    if kind == BUNDLE:
        name = f"{file_title(book.plan.title)}.kitsumy"
        return Wish(project_id, kind, name, "application/zip", rev, _bundle(project_id))
    book = in_edition(book, edition)
    title = edition_title(file_title(book.plan.title), edition)
    made = FORMATS[kind]
    packed = made.files is not None
    name = f"{title}-{kind}.zip" if packed else f"{title}{made.suffix}.{made.ending}"
    mime = "application/zip" if packed else MIMES.get(made.ending, "application/octet-stream")

    def make(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        lost = LostPictures(_comic(project_id, book, made.needs_pages, says))
        _write(file, made, lost.comic, watch)
        places = lost.places
        return (
            [Note(code="export-lost", params={"n": len(places), "panels": named(places)})] if places else []
        )

    return Wish(project_id, kind, name, mime, rev, make, edition)


MIMES = {
    "json": "application/json",
    "cbz": "application/vnd.comicbook+zip",
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}


def _bundle(project_id: str) -> Make:
    def make(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        del watch
        missing = services.current().store.export_bundle(project_id, file).missing
        params = {"n": len(missing), "images": list(missing[:12])}
        return [Note(code="bundle-images-missing", params=params)] if missing else []

    return make


def state_says() -> Says:
    """Return what the writer wants told inside of PNG pages."""
    chosen: Says = st.session_state.get(SAYS_KEY) or "page"
    return chosen


def says_choice() -> None:
    """Let the writer choose what the files of PNG pages tell of themselves."""
    names = {
        "page": _("Title, page and how it was made"),
        "prompts": _("And the prompts of the pictures"),
        "nothing": _("Nothing"),
    }
    st.selectbox(
        _("Told inside the files"),
        list(names),
        format_func=lambda says: names[says],
        key=SAYS_KEY,
        help=_("It cannot be seen in the picture; programs can read it."),
    )


def _comic(project_id: str, book: Book, composed: bool, says: Says) -> Comic:
    running = services.current()
    takes = running.pictures.chosen(project_id, book)
    document = running.pictures.document(project_id, book) if composed else ComicDocument()
    prompts = _prompts(project_id, book) if says == "prompts" else {}
    return Comic(
        *(document, book, takes, running.pictures.load, running.store.images.get),
        metadata=says != "nothing",
        prompts=prompts,
    )


def _prompts(project_id: str, book: Book) -> dict[str, str]:
    found: dict[str, str] = {}
    for panel_id, take_id in book.picks.items():
        with suppress(NotFoundError):
            facts = facts_of_request(services.current().pictures.take(project_id, take_id).request)
            if facts.get("prompt"):
                found[panel_id] = facts["prompt"]
    return found


def _write(file: IO[bytes], made: Format, comic: Comic, watch: Watch) -> None:
    if made.write is not None:
        made.write(file, comic, watch)
        return
    assert made.files is not None
    write_archive(file, made.files(comic, watch))


def card(kind: str, offer: Offer, found: Sequence[Export], rev: int, disabled: bool) -> None:
    """Show a format: make it, watch it being made, take it away."""
    running = services.current().shelf
    newest = found[0] if found else None
    ready = next((export for export in found if export.state == "done"), None)
    with st.container(border=True, key=f"export-{kind}", gap="small", height="stretch"):
        st.markdown(f"{offer.icon} **{_(offer.title)}**")
        st.caption(_(offer.text))
        if kind == "png":
            says_choice()
        if newest is not None and newest.active:
            _progress(newest)
            return
        if newest is not None and newest.state == "failed" and newest.error is not None:
            told = say(newest.error.code, newest.error.params, state.language())
            st.markdown(f":red[:material/error:] {plain(told)}")
        for note in ready.notes if ready else ():
            st.markdown(f":orange[:material/warning:] {plain(say(note.code, note.params, state.language()))}")
        st.space("stretch")  # the buttons of a row are level, however long the texts above them
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if ready is not None:
                st.html(_link(ready), width="content")
            st.button(
                _("Make again") if ready else _("Make"),
                key=f"make-{kind}",
                icon=":material/refresh:" if ready else ":material/play_arrow:",
                on_click=begin,
                args=(kind,),
                disabled=disabled,
            )
            if ready is not None:
                icon_button(
                    "delete",
                    _("Delete this file from the studio"),
                    key=f"remove-{kind}",
                    type="tertiary",
                    on_click=running.remove,
                    args=(ready.id,),
                )
        if ready is not None:
            made = f"{_size(ready.size)} · {when(ready.created)}"
            older = " · " + _("the comic has changed since") if ready.rev != rev else ""
            st.caption(plain(made) + older)


def _progress(export: Export) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if export.state == "queued":
            st.progress(0.0, text=_("Waiting for its turn"))
        elif export.total > 1:
            number = min(export.done + 1, export.total)
            text = _("Page {n} of {total}").format(n=number, total=export.total)
            st.progress(export.done / export.total, text=text)
        else:
            st.progress(0.0, text=_("At work"))
        st.button(
            _("Cancel"),
            key=f"cancel-{export.kind}",
            icon=":material/close:",
            on_click=services.current().shelf.cancel,
            args=(export.id,),
        )


def _link(export: Export) -> str:
    address, label = escape(export_url(export.project_id, export.id)), escape(_("Download"))
    return f'<a class="take-away" href="{address}" download="{escape(export.name)}">{label}</a>{_STYLE}'


_STYLE = """<style>
a.take-away { display: inline-flex; align-items: center; min-height: 2.5rem; padding: 0 1rem;
  border-radius: .7rem; background: var(--st-primary-color, #b4371f); color: #fff !important;
  text-decoration: none; font-weight: 600; white-space: nowrap; }
a.take-away:hover { filter: brightness(1.1); }
a.take-away:focus-visible { outline: 3px solid #4b87e8; outline-offset: 2px; }
</style>"""


def _size(size: int) -> str:
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f} " + _("MB")
    return f"{max(1, round(size / 1000))} " + _("kB")
