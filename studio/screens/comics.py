"""Show all comics as covers; begin one from a sample, a file or nothing; the trash."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.incoming import SCRIPT_SUFFIXES, read_incoming
from kitsumy_core.plan.models import ComicPlan, MadeBy, PlanKit
from kitsumy_core.store import Project
from studio import editing, services, state
from studio.components import header
from studio.components.styling import icon_popover
from studio.texts import _, ngettext, plain, short, when
from studio.urls import page_url

PAGES = "screens/pages.py"
SAMPLE_OF = {"uk": "jizhak", "en": "lighthouse"}
MAX_UPLOAD_MB = 200


def show() -> None:
    header.page_setup()
    store = services.current().store
    projects = store.projects()
    if not projects and not store.projects(trashed=True) and not st.session_state.get("welcomed"):
        st.session_state["welcomed"] = st.session_state["welcome"] = True
        _open_sample(SAMPLE_OF.get(state.language(), "jizhak"))
    if st.session_state.pop("go", None):
        st.switch_page(PAGES)
    if st.session_state.pop("go-plan", None):
        st.switch_page("screens/plan.py")
    header.title_row(_("Comics"))
    _new()
    if projects:
        with st.container(horizontal=True, gap="medium", key="covers"):
            for project in projects:
                _cover(project)
    else:
        st.info(
            _("No comics yet. Begin with a sample to see how it works, or with an empty one."),
            icon=":material/auto_stories:",
        )
    _trash(store.projects(trashed=True))


def _new() -> None:
    with st.container(horizontal=True, gap="small", key="new"):
        st.button(
            _("New comic"), icon=":material/add:", type="primary", key="new-empty", on_click=_create_empty
        )
        st.button(_("From an idea"), icon=":material/auto_awesome:", key="new-idea", on_click=_from_idea)
        with st.popover(_("From a sample"), icon=":material/lightbulb:", key="new-sample"):
            for name, file in pipeline.samples().items():
                st.button(
                    plain(_sample_title(file)), key=f"sample-{name}", on_click=_open_sample, args=(name,)
                )
        with st.popover(_("From a file"), icon=":material/upload_file:", key="new-file"):
            st.caption(
                _(
                    "A plan (.json), a script (.txt, .md, .fountain) "
                    "or a whole comic with its pictures (.kitsumy)."
                )
            )
            upload = st.session_state.setdefault("upload", 0)
            st.file_uploader(
                _("File"),
                type=["json", "kitsumy", *(suffix[1:] for suffix in SCRIPT_SUFFIXES)],
                max_upload_size=MAX_UPLOAD_MB,
                key=f"upload-{upload}",
                label_visibility="collapsed",
                on_change=_take_file,
                args=(f"upload-{upload}",),
            )


def _sample_title(file: Path) -> str:
    return read_plan(file.read_bytes()).plan.title


def _create(book: Book) -> None:
    store = services.current().store
    try:
        project = store.create(book, state.author())
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    _open(project.id)


def _open(project_id: str) -> None:
    state.open_project(project_id)
    st.session_state["go"] = True


def _create_empty() -> None:
    kit = PlanKit(language=state.language(), made_by=MadeBy(kind="hand"))
    _create(Book(plan=ComicPlan(title=_("Untitled comic"), kitsumy=kit)))


def _from_idea() -> None:
    state.close_project()
    st.session_state["go-plan"] = True


def _open_sample(name: str) -> None:
    _create(Book(plan=read_plan(pipeline.samples()[name].read_bytes()).plan))


def _take_file(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state["upload"] += 1
    store, data = services.current().store, file.getvalue()
    try:
        if data.startswith(b"PK"):
            _open(store.import_bundle(data, state.author()))
            return
        loaded = read_incoming(file.name, data, editing.mint)
    except KitsumyError as error:
        state.note(f"{short(file.name)}: {explain(error, state.language())}", "error")
        return
    for repair in loaded.repairs[:5]:
        state.note(editing.explained(repair.code, path=repair.path, **repair.params), "warning")
    _create(Book(plan=loaded.plan))


def _cover(project: Project) -> None:
    store = services.current().store
    with st.container(border=True, width=216, key=f"cover-{project.id}"):
        _cover_picture(project)
        st.markdown(f"**{plain(short(project.title, 48)) or _('Untitled')}**")
        facts = ngettext("{n} page", "{n} pages", project.pages)
        st.caption(f"{facts} · {when(project.updated)}")
        with st.container(horizontal=True, gap="small"):
            st.button(_("Open"), key=f"open-{project.id}", type="primary", on_click=_open, args=(project.id,))
            with icon_popover("more_horiz", _("More"), key=f"more-{project.id}"):
                st.text_input(
                    _("Title"),
                    value=project.title,
                    key=f"title-{project.id}",
                    on_change=_rename,
                    args=(project.id,),
                )
                st.button(
                    _("Duplicate"),
                    icon=":material/content_copy:",
                    key=f"twin-{project.id}",
                    on_click=_duplicate,
                    args=(project,),
                )
                st.button(
                    _("To the trash"),
                    icon=":material/delete:",
                    key=f"trash-{project.id}",
                    on_click=_do,
                    args=(store.trash, project.id),
                )


def _do(act: Callable[[str], object], project_id: str) -> None:
    """Do something with a comic; one that was deleted meanwhile in another tab is no reason to fail."""
    try:
        act(project_id)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def _purge(project_id: str) -> None:
    running = services.current()
    running.engine.cancel_all(project_id)
    running.store.purge(project_id)


def _cover_picture(project: Project) -> None:
    try:
        book = services.current().store.head(project.id).book
    except KitsumyError as error:
        st.error(plain(explain(error, state.language())))
        return
    for chapter in book.plan.chapters:
        for page in chapter.pages:
            url = page_url(project.id, book, chapter, page, 320)
            style = "width:100%;height:250px;object-fit:cover;object-position:top;border-radius:6px"
            st.html(f'<img src="{escape(url)}" alt="" loading="lazy" style="{style}">')
            return
    with st.container(height=250, border=False, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(":gray[:material/menu_book:]", text_alignment="center")


def _rename(project_id: str) -> None:
    title = st.session_state[f"title-{project_id}"]
    try:
        services.current().store.rename(project_id, title, state.author())
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def _duplicate(project: Project) -> None:
    title = _("{title} (copy)").format(title=project.title)
    store = services.current().store
    _do(lambda project_id: store.duplicate(project_id, state.author(), title), project.id)


def _trash(trashed: list[Project]) -> None:
    if not trashed:
        return
    store = services.current().store
    with st.expander(_("Trash ({n})").format(n=len(trashed)), icon=":material/delete:"):
        for project in trashed:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(project.title) or _("Untitled"), width="stretch")
                st.button(
                    _("Restore"), key=f"restore-{project.id}", on_click=_do, args=(store.restore, project.id)
                )
                st.button(
                    _("Delete for good"),
                    key=f"purge-{project.id}",
                    type="tertiary",
                    on_click=_do,
                    args=(_purge, project.id),
                )


show()
