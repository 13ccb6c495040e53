"""Draw pages and takes for the screen, from the same document that is exported, and keep what was drawn.

A panel without a chosen take shows a live storyboard sketch, labelled as such; exports leave it empty.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.geometry import Size
from kitsumy_core.page.compose import TakeImage, compose_page
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.models import Chapter, Page
from kitsumy_core.render.request import SketchRequest, request_key
from kitsumy_core.render.shot import shot_of
from kitsumy_core.store import Store, Take

LIVE = "sketch-"
"""Asset ids of live sketches start so; the rest is the key of the sketch's request."""

SKETCH_SIDE = 720
JPEG_QUALITY = 88
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keep the most recently used values up to a total weight. Safe for many threads."""

    def __init__(self, most: int, weigh: Callable[[V], int] = lambda value: 1) -> None:
        self._most, self._weigh = most, weigh
        self._values: OrderedDict[K, V] = OrderedDict()
        self._total, self._lock = 0, threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: K, value: V) -> V:
        with self._lock:
            if key in self._values:
                self._total -= self._weigh(self._values.pop(key))
            self._values[key] = value
            self._total += self._weigh(value)
            while self._total > self._most and len(self._values) > 1:
                self._total -= self._weigh(self._values.popitem(last=False)[1])
        return value


class Pictures:
    """Page pictures, thumbnails and takes as JPEG bytes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pages: Recent[tuple[Any, ...], bytes] = Recent(96 << 20, len)
        self._boxes: Recent[tuple[Any, ...], PageBox] = Recent(600)
        self._art: Recent[str, Image.Image] = Recent(256 << 20, lambda image: image.width * image.height * 3)
        self._requests: Recent[str, SketchRequest] = Recent(4000)
        self._takes: Recent[tuple[str, str], Take] = Recent(4000)
        self._digests: Recent[int, tuple[Any, str]] = Recent(6000)

    def version(self, book: Book, chapter: Chapter, page: Page) -> str:
        """Return a short hash of everything that the picture of a page depends on."""
        plan = book.plan
        picks = "|".join(f"{panel.id}={book.picks.get(panel.id, '')}" for panel in page.panels)
        parts = (
            self._digest(page, page.model_dump_json),
            self._digest(plan.characters, lambda: "".join(c.model_dump_json() for c in plan.characters)),
            self._digest(plan.kitsumy, plan.kitsumy.model_dump_json),
            self._digest(book.editions, lambda: "".join(e.model_dump_json() for e in book.editions)),
            chapter.kitsumy.model_dump_json(),
            plan.style,
            picks,
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def page_box(self, project_id: str, book: Book, chapter: Chapter, page: Page) -> PageBox:
        """Return the composed page as the screen shows it: live sketches where no take is chosen."""
        key = (project_id, page.id, self.version(book, chapter, page))
        known = self._boxes.get(key)
        if known is not None:
            return known
        takes = self.chosen(project_id, book, page) | self._sketches(book, page)
        box = compose_page(book, MAIN, page, page.page_number or 1, takes, measure)
        return self._boxes.put(key, box)

    def page_jpeg(self, project_id: str, book: Book, chapter: Chapter, page: Page, width: int) -> bytes:
        """Return the page as a JPEG of this width in pixels."""
        key = (project_id, page.id, self.version(book, chapter, page), width)
        known = self._pages.get(key)
        if known is not None:
            return known
        box = self.page_box(project_id, book, chapter, page)
        image = pipeline.draw(box, self.load, width / box.trim.width)
        return self._pages.put(key, _jpeg(image))

    def take_jpeg(self, project_id: str, take_id: str, width: int) -> bytes:
        """Return a take as a JPEG at most this wide. Raises NotFoundError."""
        take = self.take(project_id, take_id)
        key = ("take", take.image, width)
        known = self._pages.get(key)
        if known is not None:
            return known
        image = self._art_of(take.image)
        if image.width > width:
            image = image.resize((width, max(1, round(image.height * width / image.width))), reducing_gap=2.0)
        return self._pages.put(key, _jpeg(image))

    def panel_jpeg(self, project_id: str, book: Book, panel_id: str, width: int) -> bytes:
        """Return what a panel shows now, its take or its live sketch, as a JPEG at most this wide."""
        if take_id := book.picks.get(panel_id):
            return self.take_jpeg(project_id, take_id, width)
        sketch = self._sketch(book, panel_id)
        if sketch is None:
            raise NotFoundError("panel-not-found", panel=panel_id)
        image = self.load(sketch.sha256)
        assert image is not None
        return _jpeg(
            image.resize((width, max(1, round(image.height * width / image.width))), reducing_gap=2.0)
        )

    def take(self, project_id: str, take_id: str) -> Take:
        known = self._takes.get((project_id, take_id))
        return known or self._takes.put((project_id, take_id), self._store.take(project_id, take_id))

    def chosen(self, project_id: str, book: Book, page: Page | None = None) -> dict[str, TakeImage]:
        """Return the chosen takes of a page, or of the whole book, by panel id."""
        panels = page.panels if page else tuple(book.plan.panels())
        found: dict[str, TakeImage] = {}
        for panel in panels:
            if take_id := book.picks.get(panel.id):
                try:
                    take = self.take(project_id, take_id)
                except NotFoundError:
                    continue
                found[panel.id] = TakeImage(take.image, take.width, take.height, take.made_by)
        return found

    def document(self, project_id: str, book: Book) -> ComicDocument:
        """Return the composed book as it is exported: a panel without a take is an empty frame."""
        return pipeline.compose_book(book, self.chosen(project_id, book))

    def load(self, asset: str) -> Image.Image | None:
        """Open the image of an asset, or None if it is lost."""
        known = self._art.get(asset)
        if known is not None:
            return known
        if asset.startswith(LIVE):
            request = self._requests.get(asset)
            if request is None:
                return None
            from kitsumy_core.render.sketch import draw_sketch

            return self._art.put(asset, draw_sketch(request))
        try:
            return self._art_of(asset)
        except (NotFoundError, StorageError):
            return None

    def _art_of(self, sha: str) -> Image.Image:
        known = self._art.get(sha)
        if known is not None:
            return known
        with Image.open(io.BytesIO(self._store.images.get(sha))) as image:
            return self._art.put(sha, image.convert("RGB"))

    def _sketches(self, book: Book, page: Page) -> dict[str, TakeImage]:
        bare = [panel.id for panel in page.panels if not book.picks.get(panel.id)]
        sketches = ((panel_id, self._sketch(book, panel_id)) for panel_id in bare)
        return {panel_id: sketch for panel_id, sketch in sketches if sketch}

    def _sketch(self, book: Book, panel_id: str) -> TakeImage | None:
        box = panel_box(book, panel_id) or Size(1024, 768)
        shot = shot_of(book, panel_id, box)
        if shot is None:
            return None
        request = pipeline.sketch_request(shot, SKETCH_SIDE)
        asset = LIVE + request_key(request)
        self._requests.put(asset, request)
        return TakeImage(asset, request.width, request.height, "sketch")

    def _digest(self, value: Any, write: Callable[[], str]) -> str:
        known = self._digests.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        digest = hashlib.sha256(write().encode()).hexdigest()
        self._digests.put(id(value), (value, digest))
        return digest


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
