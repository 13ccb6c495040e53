"""Write the addresses of pictures. Ids are opaque and may hold anything, so they go quoted into the query."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from kitsumy_core.plan.book import MAIN
from studio import services

if TYPE_CHECKING:
    from kitsumy_core.plan.book import Book
    from kitsumy_core.plan.models import Chapter, Page
    from kitsumy_core.render.style_library import Styles
    from kitsumy_core.render.styles import Style


def page_url(
    project_id: str, book: Book, chapter: Chapter, page: Page, width: int, edition_id: str = MAIN
) -> str:
    """Return the address of a page's picture; it is another one for every state of the page."""
    version = services.current().pictures.version(book, chapter, page, edition_id)
    return _address("page", comic=project_id, id=page.id, v=version, w=width, **_edition(edition_id))


def page_address(project_id: str, width: int, edition_id: str = MAIN) -> str:
    """Return what the addresses of a comic's page pictures begin with; `id` and `v` of a page follow."""
    return _address("page", comic=project_id, w=width, **_edition(edition_id))


def _edition(edition_id: str) -> dict[str, str]:
    return {} if edition_id == MAIN else {"e": edition_id}


def panel_url(project_id: str, panel_id: str, version: str, width: int) -> str:
    """Return the address of what a panel shows now; `version` is that of its page."""
    return _address("panel", comic=project_id, id=panel_id, v=version, w=width)


def take_url(project_id: str, take_id: str, width: int) -> str:
    """Return the address of a take, which never changes."""
    return _address("take", comic=project_id, id=take_id, w=width)


def take_file_url(project_id: str, take_id: str) -> str:
    """Return the address of a take as a PNG file to keep."""
    return _address("take-file", comic=project_id, id=take_id)


def reference_url(project_id: str, image: str, width: int) -> str:
    """Return the address of a picture that characters of a comic are known by."""
    return _address("reference", comic=project_id, id=image, w=width)


def sample_url(styles: Styles, style: Style) -> str:
    """Return the address of a style's sample picture, "" where it has none."""
    file = styles.sample(style)
    return _address("style-sample", id=style.id, v=file.stat().st_mtime_ns) if file else ""


def preview_url(project_id: str, job_id: str, version: int) -> str:
    """Return the address of a running job's newest preview."""
    return _address("preview", comic=project_id, id=job_id, v=version)


def export_url(project_id: str, export_id: str) -> str:
    """Return the address of a finished export."""
    return _address("export", comic=project_id, id=export_id)


def news_url(project_id: str, tab: str) -> str:
    """Return the address of the line on which a tab hears what is new of its comic."""
    return _address("news", comic=project_id, tab=tab)


def _address(kind: str, **query: str | int) -> str:
    return f"/api/{kind}?{urlencode(query)}"
