"""Draw a storyboard portrait of a character, or an empty frame of a place."""

from __future__ import annotations

import hashlib
import io
from typing import NamedTuple
from urllib.parse import urlencode

from kitsumy_core.errors import NotFoundError
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Character, Location
from kitsumy_core.render.request import SketchRequest
from kitsumy_core.render.shot import CastMember, Part, Shot
from studio.pictures import JPEG_QUALITY


class View(NamedTuple):
    """How one kind of subject is framed; sides in pixels."""

    camera: str
    width: int
    height: int


VIEWS = {"character": View("close-up", 320, 300), "location": View("wide shot", 480, 320)}
LONGEST = 2000
"""Letters of a text that a portrait is read from."""

_drawn = DrawCache(24 << 20)


def portrait_url(project_id: str, book: Book, subject: Character | Location) -> str:
    """Return the address of a portrait; it is another one for every state of its subject."""
    kind = "character" if isinstance(subject, Character) else "location"
    version = _version(_request(book, subject))
    query = urlencode({"comic": project_id, "kind": kind, "id": subject.id, "v": version})
    return f"/api/portrait?{query}"


def portrait_jpeg(book: Book, kind: str, subject_id: str) -> tuple[bytes, str]:
    """Return the portrait of a character or location as a JPEG, and its version. Raises NotFoundError."""
    plan = book.plan
    subject = plan.character(subject_id) if kind == "character" else plan.location(subject_id)
    if subject is None or kind not in VIEWS:
        raise NotFoundError("image-not-found", image=subject_id)
    wanted = _request(book, subject)
    version = _version(wanted)
    return _drawn.once(version, lambda: _jpeg(wanted), len), version


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
