"""Write the addresses of pictures. Ids are opaque and may hold anything, so they go quoted into the query."""

from __future__ import annotations

from urllib.parse import urlencode

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Chapter, Page
from studio import services


def page_url(project_id: str, book: Book, chapter: Chapter, page: Page, width: int) -> str:
    """Return the address of a page's picture; it is another one for every state of the page."""
    version = services.current().pictures.version(book, chapter, page)
    return _address("page", comic=project_id, id=page.id, v=version, w=width)


def page_address(project_id: str, width: int) -> str:
    """Return what the addresses of a comic's page pictures begin with; `id` and `v` of a page follow."""
    return _address("page", comic=project_id, w=width)


def panel_url(project_id: str, panel_id: str, version: str, width: int) -> str:
    """Return the address of what a panel shows now; `version` is that of its page."""
    return _address("panel", comic=project_id, id=panel_id, v=version, w=width)


def take_url(project_id: str, take_id: str, width: int) -> str:
    """Return the address of a take, which never changes."""
    return _address("take", comic=project_id, id=take_id, w=width)


def preview_url(project_id: str, job_id: str, version: int) -> str:
    """Return the address of a running job's newest preview."""
    return _address("preview", comic=project_id, id=job_id, v=version)


def _address(kind: str, **query: str | int) -> str:
    return f"/api/{kind}?{urlencode(query)}"
