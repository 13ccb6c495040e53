"""Serve pictures to the browser: pages, takes and live previews, each only to who may see the project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from kitsumy_core.errors import KitsumyError, NotFoundError, StoreError
from kitsumy_core.plan.book import MAIN
from studio import services

if TYPE_CHECKING:
    from kitsumy_core.store import Head

WIDTHS = (96, 160, 240, 320, 480, 640, 960, 1280, 1600, 1988)
"""Widths that are drawn; a wish is rounded up to one of them, so that nobody fills the cache with sizes."""

_KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}
_ASK = {"Cache-Control": "no-store"}


def may_see(request: HTTPConnection, project_id: str) -> bool:
    """Tell whether this viewer may see a project. On a studio of one's own machine everybody is its owner."""
    del request
    try:
        services.current().store.project(project_id)
    except KitsumyError:
        return False
    return True


async def page(request: Request) -> Response:
    """Draw a page of the edition `e`; `v` makes the address of each state of a page its own."""
    project_id, page_id = _query(request, "comic"), _query(request, "id")
    edition = _query(request, "e") or MAIN

    def draw() -> Response:
        pictures, head = services.current().pictures, _head(project_id)
        if edition != MAIN and all(one.id != edition for one in head.book.editions):
            raise NotFoundError("edition-unknown", name=edition, known=[])
        for chapter in head.book.plan.chapters:
            for found in chapter.pages:
                if found.id == page_id:
                    data = pictures.page_jpeg(project_id, head.book, chapter, found, _width(request), edition)
                    same = pictures.version(head.book, chapter, found, edition) == _query(request, "v")
                    return _jpeg(data, same)
        raise NotFoundError("page-not-found", page=page_id)

    return await _answer(request, project_id, draw)


async def panel(request: Request) -> Response:
    """Draw what a panel shows now: its take, or its live sketch."""
    project_id, panel_id = _query(request, "comic"), _query(request, "id")

    def draw() -> Response:
        from kitsumy_core.plan.book import find_panel

        pictures, head = services.current().pictures, _head(project_id)
        found = find_panel(head.book.plan, panel_id)
        if found is None:
            raise NotFoundError("panel-not-found", panel=panel_id)
        data = pictures.panel_jpeg(project_id, head.book, panel_id, _width(request))
        return _jpeg(data, pictures.version(head.book, found[0], found[1]) == _query(request, "v"))

    return await _answer(request, project_id, draw)


async def take(request: Request) -> Response:
    project_id, take_id = _query(request, "comic"), _query(request, "id")

    def draw() -> Response:
        return _jpeg(services.current().pictures.take_jpeg(project_id, take_id, _width(request)), True)

    return await _answer(request, project_id, draw)


async def reference(request: Request) -> Response:
    """Return a picture that a character of the comic is known by, and no other image of the store."""
    project_id, image = _query(request, "comic"), _query(request, "id")

    def draw() -> Response:
        cast = _head(project_id).book.plan.characters
        if not any(image in character.kitsumy.references for character in cast):
            raise NotFoundError("image-not-found", image=image)
        return _jpeg(services.current().pictures.image_jpeg(image, _width(request)), True)

    return await _answer(request, project_id, draw)


async def style_sample(request: Request) -> Response:
    """Return the sample picture of a style; styles belong to the studio, not to a comic."""

    def find() -> Response:
        from studio import library

        styles = library.styles()
        style = styles.get(_query(request, "id"))
        file = styles.sample(style) if style else None
        return _jpeg(file.read_bytes(), True) if file else Response(status_code=404)

    try:
        return await asyncio.to_thread(find)
    except OSError:
        return Response(status_code=404)


async def take_file(request: Request) -> Response:
    """Return a take as a PNG file with our metadata inside; with `bare` without any."""
    project_id, take_id = _query(request, "comic"), _query(request, "id")

    def write() -> Response:
        from kitsumy_core.export.metadata import facts_of_request, with_metadata
        from kitsumy_core.export.names import safe_id
        from kitsumy_core.export.renders import as_png
        from kitsumy_core.render.backend import Picture

        store = services.current().store
        found = store.take(project_id, take_id)
        picture = Picture(store.images.get(found.image), found.width, found.height)
        facts = None if _query(request, "bare") else facts_of_request(found.request)
        data = with_metadata(as_png(picture), facts)
        name = f"{safe_id(found.panel_id)}-{found.created:%Y%m%d-%H%M%S}.png"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="image/png", headers=headers | _KEEP)

    return await _answer(request, project_id, write)


async def preview(request: Request) -> Response:
    """Return the newest preview of a running job."""
    project_id, job_id = _query(request, "comic"), _query(request, "id")

    def find() -> Response:
        running = services.current()
        if running.store.job(job_id).project_id != project_id:
            raise NotFoundError("job-not-found", job=job_id)
        live = running.engine.live(job_id)
        if live is None or live.progress.preview is None:
            raise NotFoundError("preview-not-found")
        data = live.progress.preview
        mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return Response(data, media_type=mime, headers=_ASK)

    return await _answer(request, project_id, find)


async def portrait(request: Request) -> Response:
    """Draw a character or a place as it is now; only the address of today's state may be kept."""
    project_id, kind, subject_id, version = (_query(request, name) for name in ("comic", "kind", "id", "v"))

    def draw() -> Response:
        from studio.portraits import portrait_jpeg

        data, now = portrait_jpeg(_head(project_id).book, kind, subject_id)
        return _jpeg(data, version == now)

    return await _answer(request, project_id, draw)


async def export(request: Request) -> Response:
    """Hand out a finished export under its own name."""
    project_id, export_id = _query(request, "comic"), _query(request, "id")

    def find() -> Response:
        shelf = services.current().shelf
        found = shelf.export(export_id)
        if found.project_id != project_id:
            raise NotFoundError("export-not-found")
        path = shelf.file(export_id)
        return FileResponse(path, media_type=found.mime, filename=found.name, headers=_ASK)

    return await _answer(request, project_id, find)


async def news(socket: WebSocket) -> None:
    """Tell a tab what it does not show yet of its comic, until it hangs up."""
    project_id, tab = _query(socket, "comic"), _query(socket, "tab")
    running = await asyncio.to_thread(services.current)
    await socket.accept()

    with running.news.line(project_id, tab) as line:
        hung_up = asyncio.ensure_future(socket.receive())
        hung_up.add_done_callback(lambda _: line.tell(None))
        try:
            while (told := await line.hear()) is not None:
                if told := told or await asyncio.to_thread(running.news.look, running.store, project_id, tab):
                    await socket.send_json(told)
        except (WebSocketDisconnect, RuntimeError):
            pass  # gone while something was said
        finally:
            hung_up.cancel()


def _query(request: HTTPConnection, name: str) -> str:
    return request.query_params.get(name, "")


def _jpeg(data: bytes, is_final: bool) -> Response:
    """Answer with a picture; one whose address names another state of it must not be kept by the browser."""
    return Response(data, media_type="image/jpeg", headers=_KEEP if is_final else _ASK)


def _head(project_id: str) -> Head:
    return services.current().store.head(project_id)


async def _answer(request: Request, project_id: str, make: Callable[[], Response]) -> Response:
    def answer() -> Response:
        if not may_see(request, project_id):
            return Response(status_code=404)
        try:
            return make()
        except (StoreError, OSError):  # lost, damaged, or no picture at all
            return Response(status_code=404)

    return await asyncio.to_thread(answer)


def _width(request: Request) -> int:
    try:
        wanted = int(request.query_params.get("w", "640"))
    except ValueError:
        wanted = 640
    return next((width for width in WIDTHS if width >= wanted), WIDTHS[-1])


async def first_screen(request: Request) -> Response:
    """Lead /comics, which the other screens' addresses suggest, to where the first screen lives."""
    return RedirectResponse(f"/?{request.url.query}")


ROUTES = [
    Route("/comics", first_screen),
    Route("/api/page", page),
    Route("/api/panel", panel),
    Route("/api/take", take),
    Route("/api/take-file", take_file),
    Route("/api/reference", reference),
    Route("/api/style-sample", style_sample),
    Route("/api/preview", preview),
    Route("/api/portrait", portrait),
    Route("/api/export", export),
    WebSocketRoute("/api/news", news),
]
