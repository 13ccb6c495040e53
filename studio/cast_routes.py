"""Draw a storyboard portrait of a character, or an empty frame of a place, and serve it to the browser."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kitsumy_core.errors import StoreError
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Character, Location
from kitsumy_core.render.request import SketchRequest
from kitsumy_core.render.shot import CastMember, Part, Shot
from studio import services
from studio.pictures import JPEG_QUALITY, kept


class View(NamedTuple):
    """How one kind of subject is framed; sides in pixels."""

    camera: str
    width: int
    height: int


VIEWS = {"character": View("close-up", 320, 300), "location": View("wide shot", 480, 320)}
LONGEST = 2000
"""Letters of a text that a portrait is read from."""

_drawn = DrawCache(24 << 20)
_KEEP = {"Cache-Control": "private, max-age=31536000, immutable"}
_ASK = {"Cache-Control": "no-store"}


def portrait_url(project_id: str, book: Book, subject: Character | Location) -> str:
    """Return the address of a portrait; it is another one for every state of its subject."""
    kind = "character" if isinstance(subject, Character) else "location"
    version = _version(_request(book, subject))
    query = urlencode({"comic": project_id, "kind": kind, "id": subject.id, "v": version})
    return f"/api/portrait?{query}"


async def portrait(request: Request) -> Response:
    """Answer with the portrait as it is now; only the address of today's state may be kept."""
    from studio.routes import may_see

    project_id, kind, subject_id, version = (
        request.query_params.get(name, "") for name in ("comic", "kind", "id", "v")
    )
    if not await asyncio.to_thread(may_see, request, project_id):
        return Response(status_code=404)
    return await asyncio.to_thread(_answer, project_id, kind, subject_id, version)


def _answer(project_id: str, kind: str, subject_id: str, version: str) -> Response:
    try:
        book = services.current().store.head(project_id).book
    except StoreError:
        return Response(status_code=404)
    plan = book.plan
    subject = plan.character(subject_id) if kind == "character" else plan.location(subject_id)
    if subject is None or kind not in VIEWS:
        return Response(status_code=404)
    wanted = _request(book, subject)
    now = _version(wanted)
    data = kept(_drawn, now, lambda: _jpeg(wanted), len)
    return Response(data, media_type="image/jpeg", headers=_KEEP if version == now else _ASK)


def _request(book: Book, subject: Character | Location) -> SketchRequest:
    plan = book.plan
    view = VIEWS["character" if isinstance(subject, Character) else "location"]
    shot = Shot(
        panel_id=subject.id,
        camera=Part(text=view.camera),
        cast=(_member(subject),) if isinstance(subject, Character) else (),
        place=Part(text=subject.name[:LONGEST]) if isinstance(subject, Location) else Part(),
        place_look=Part(text=subject.look[:LONGEST]) if isinstance(subject, Location) else Part(),
        style=Part(text=plan.style[:LONGEST]),
        width=view.width,
        height=view.height,
        language=plan.kitsumy.language,
    )
    return SketchRequest(shot=shot, width=view.width, height=view.height)


def _member(character: Character) -> CastMember:
    look = character.kitsumy.look or character.appearance
    return CastMember(
        id=character.id,
        name=Part(text=character.name[:LONGEST]),
        role=character.role[:LONGEST],
        look=Part(text=look[:LONGEST]),
        clothing=Part(text=character.clothing[:LONGEST]),
        seed=character.seed,
    )


def _version(request: SketchRequest) -> str:
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()[:16]


def _jpeg(request: SketchRequest) -> bytes:
    from kitsumy_core.render.sketch import draw_sketch

    out = io.BytesIO()
    draw_sketch(request).save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


ROUTES = [Route("/api/portrait", portrait)]
