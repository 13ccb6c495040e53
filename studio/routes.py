"""Serve pictures to the browser: pages, takes and live previews, each only to who may see the project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kitsumy_core.errors import KitsumyError, NotFoundError
from kitsumy_core.store import Head
from studio import services

WIDTHS = (96, 160, 240, 320, 480, 640, 960, 1280, 1600, 1988)
"""Widths that are drawn; a wish is rounded up to one of them, so that nobody fills the cache with sizes."""

_KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}
_ASK = {"Cache-Control": "no-store"}


def may_see(request: Request, project_id: str) -> bool:
    """Tell whether this viewer may see a project. On a studio of one's own machine everybody is its owner."""
    del request
    try:
        services.current().store.project(project_id)
    except KitsumyError:
        return False
    return True


async def page(request: Request) -> Response:
    """Draw a page; `version` in the path makes the address of each state of a page its own."""
    project_id, page_id = request.path_params["project"], request.path_params["page"]
    wanted = request.path_params["version"]

    def draw() -> Response:
        pictures, head = services.current().pictures, _head(project_id)
        for chapter in head.book.plan.chapters:
            for found in chapter.pages:
                if found.id == page_id:
                    data = pictures.page_jpeg(project_id, head.book, chapter, found, _width(request))
                    same = pictures.version(head.book, chapter, found) == wanted
                    return Response(data, media_type="image/jpeg", headers=_KEEP if same else _ASK)
        raise NotFoundError("page-not-found", page=page_id)

    return await _answer(request, project_id, draw)


async def take(request: Request) -> Response:
    project_id, take_id = request.path_params["project"], request.path_params["take"]

    def draw() -> Response:
        data = services.current().pictures.take_jpeg(project_id, take_id, _width(request))
        return Response(data, media_type="image/jpeg", headers=_KEEP)

    return await _answer(request, project_id, draw)


async def panel(request: Request) -> Response:
    project_id, panel_id = request.path_params["project"], request.path_params["panel"]

    def draw() -> Response:
        book = _head(project_id).book
        data = services.current().pictures.panel_jpeg(project_id, book, panel_id, _width(request))
        return Response(data, media_type="image/jpeg", headers=_KEEP)

    return await _answer(request, project_id, draw)


async def preview(request: Request) -> Response:
    """Return the newest preview of a running job."""
    project_id, job_id = request.path_params["project"], request.path_params["job"]

    def find() -> Response:
        running = services.current()
        if running.store.job(job_id).project_id != project_id:
            raise NotFoundError("job-not-found", job=job_id)
        live = running.engine.live(job_id)
        if live is None or live.progress.preview is None:
            raise NotFoundError("preview-not-found", job=job_id)
        data = live.progress.preview
        mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return Response(data, media_type=mime, headers=_ASK)

    return await _answer(request, project_id, find)


def _head(project_id: str) -> Head:
    return services.current().store.head(project_id)


async def _answer(request: Request, project_id: str, make: Callable[[], Response]) -> Response:
    if not await asyncio.to_thread(may_see, request, project_id):
        return Response(status_code=404)
    try:
        return await asyncio.to_thread(make)
    except NotFoundError:
        return Response(status_code=404)


def _width(request: Request) -> int:
    try:
        wanted = int(request.query_params.get("w", "640"))
    except ValueError:
        wanted = 640
    return next((width for width in WIDTHS if width >= wanted), WIDTHS[-1])


ROUTES = [
    Route("/api/page/{project}/{page}/{version}.jpg", page),
    Route("/api/panel/{project}/{panel}/{version}.jpg", panel),
    Route("/api/take/{project}/{take}.jpg", take),
    Route("/api/preview/{project}/{job}", preview),
]
