"""Head the page picture with its number and what can be done with the whole page."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.page.layouts import layouts_with
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, edit, fresh_ids
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Page, Panel
from studio import editing, services, state
from studio.components.layout_picker import name_of
from studio.components.page_strip import blank_page
from studio.components.styling import icon_button, icon_popover
from studio.texts import _, ngettext, plain


def exists(project_id: str) -> bool:
    """Tell whether the comic of the URL is there and not in the trash."""
    try:
        return services.current().store.project(project_id).trashed_at is None
    except KitsumyError:
        return False


def page_line(book: Book, chapter: Chapter, page: Page) -> None:
    """Draw the line above the page picture: where we are, add a panel, the page's menu."""
    total = sum(len(c.pages) for c in book.plan.chapters)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-line"):
        where = _("Page {number} of {total}").format(number=page.page_number, total=total)
        title = f" · {plain(chapter.title)}" if chapter.title else ""
        st.markdown(f"**{where}**{title}", width="stretch")
        st.caption(name_of(page.layout, book.plan.kitsumy.layouts))
        icon_button(
            "add_box",
            _("Add a panel to the page"),
            key="panel-add",
            on_click=_add_panel,
            args=(page,),
        )
        with icon_popover("more_vert", _("The page"), key="page-menu"):
            _menu(book, chapter, page)


def _add_panel(page: Page) -> None:
    panel = Panel(id=editing.mint())
    if editing.commit(edit("add_panel", page_id=page.id, panel=panel)):
        state.select(panel=panel.id)
    editing.redraw()


def _menu(book: Book, chapter: Chapter, page: Page) -> None:
    index = chapter.pages.index(page)
    following = chapter.pages[index + 1] if index + 1 < len(chapter.pages) else None
    node = key_of("page", page.id)
    _item(_("Add a page after this one"), "add", "page-add-after", _add_after(chapter, index))
    _item(_("Duplicate the page"), "content_copy", "page-twin", _twin(page))
    if index > 0:
        _item(
            _("Move the page earlier"),
            "arrow_upward",
            "page-earlier",
            edit("move_node", node=node, index=index - 1),
        )
    if following:
        _item(
            _("Move the page later"),
            "arrow_downward",
            "page-later",
            edit("move_node", node=node, index=index + 1),
        )
        joined = len(page.panels) + len(following.panels)
        layout = next(iter(layouts_with(joined)), page.layout)
        join = edit("join_pages", page_id=page.id, next_id=following.id, layout=layout)
        _item(_("Join with the next page"), "merge", "page-join", join)
    if len(page.panels) > 1:
        _item(
            ngettext("Split in two ({n} panel)", "Split in two ({n} panels)", len(page.panels)),
            "call_split",
            "page-split",
            _split(page),
        )
    _item(_("Delete the page (undo brings it back)"), "delete", "page-delete", edit("delete_node", node=node))


def _item(label: str, icon: str, key: str, wanted: Edit) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=key,
        type="tertiary",
        on_click=editing.do,
        args=(wanted,),
    )


def _add_after(chapter: Chapter, index: int) -> Edit:
    return edit("add_page", chapter_id=chapter.id, page=blank_page(), index=index + 1)


def _twin(page: Page) -> Edit:
    ids = fresh_ids("page", page, editing.mint)
    return edit("duplicate_node", node=key_of("page", page.id), new_ids=ids)


def _split(page: Page) -> Edit:
    at = (len(page.panels) + 1) // 2
    return edit(
        "split_page",
        page_id=page.id,
        at=at,
        new_id=editing.mint(),
        layout=next(iter(layouts_with(at)), page.layout),
        new_layout=next(iter(layouts_with(len(page.panels) - at)), page.layout),
    )
