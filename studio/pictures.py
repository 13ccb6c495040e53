"""Draw pages and takes for the screen, from the same document that is exported, and keep what was drawn.

A panel without a chosen take shows a live storyboard sketch, labelled as such; exports leave it empty.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING, Any

from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError, NotFoundError, StorageError
from kitsumy_core.geometry import Size
from kitsumy_core.page.art import opened
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.compose import WAY, TakeImage, compose_page, weighed
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.formats import format_of
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.models import Chapter, Page
from kitsumy_core.render.request import SketchRequest
from kitsumy_core.render.shot import shot_of
from kitsumy_core.store import Store, Take

if TYPE_CHECKING:
    from kitsumy_core.render.sketching.frame import Frame

LIVE = "sketch-"
"""Asset ids of live sketches start so; the rest is the key of what they show: other words, same picture."""

SKETCH_SIDE = 720
"""The longest side of a live sketch; most are drawn at the size in which the page picture shows them."""
SCREEN = 960
"""Width in pixels of the page picture on the screen."""
JPEG_QUALITY = 88
LARGE = 640
"""Pages drawn at this width or more are remembered for a while: thumbnails are made from them."""


class Pictures:
    """Page pictures, thumbnails and takes as JPEG bytes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jpegs = DrawCache(96 << 20)
        self._drawn = DrawCache(128 << 20)
        self._art = DrawCache(256 << 20)
        self._large = DrawCache(48 << 20)
        self._wished: dict[tuple[str, str, int, str], str] = {}
        self._ahead = ThreadPoolExecutor(2, thread_name_prefix="kitsumy-draw")
        self._boxes, self._frames, self._shown, self._takes, self._digests, self._busy = (
            DrawCache(most) for most in (600, 2000, 4000, 4000, 6000, 4000)
        )

    def version(self, book: Book, chapter: Chapter, page: Page, edition_id: str = MAIN) -> str:
        """Return a short hash of everything that the picture of a page depends on."""
        plan, edition = book.plan, book.edition(edition_id)
        picks = "|".join(f"{panel.id}={book.picks.get(panel.id, '')}" for panel in page.panels)
        parts = (
            WAY,
            self._digest(page, page.model_dump_json),
            self._digest(plan.characters, lambda: "".join(c.model_dump_json() for c in plan.characters)),
            self._digest(plan.kitsumy, plan.kitsumy.model_dump_json),
            self._digest(edition, edition.model_dump_json),
            chapter.kitsumy.model_dump_json(),
            plan.style,
            picks,
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def page_box(
        self, project_id: str, book: Book, chapter: Chapter, page: Page, edition_id: str = MAIN
    ) -> PageBox:
        """Return the composed page as the screen shows it: live sketches where no take is chosen."""

        def composed() -> PageBox:
            takes = self.chosen(project_id, book, page) | self._sketches(book, page)
            return compose_page(book, edition_id, page, page.page_number or 1, takes, measure)

        key = (project_id, page.id, self.version(book, chapter, page, edition_id))
        return self._boxes.once(key, composed)

    def page_jpeg(
        self,
        project_id: str,
        book: Book,
        chapter: Chapter,
        page: Page,
        width: int,
        edition_id: str = MAIN,
    ) -> bytes:
        """Return the page as a JPEG of this width in pixels."""
        state = (project_id, page.id, self.version(book, chapter, page, edition_id))

        def drawn() -> bytes:
            large: Image.Image | None = self._large.get(state)
            if large is not None and large.width > width:
                return _jpeg(_at_most(large, width))
            box = self.page_box(project_id, book, chapter, page, edition_id)
            image = pipeline.draw(box, self.load, width / box.trim.width, self._drawn)
            if width >= LARGE:
                self._large.put(state, image, _weight(image))
            return _jpeg(image)

        return self._jpegs.once((*state, width), drawn, len)

    def ahead(
        self,
        project_id: str,
        book: Book,
        chapter: Chapter,
        page: Page,
        width: int,
        edition_id: str = MAIN,
    ) -> Future[None] | None:
        """Begin to draw a page that a browser is about to ask for; one that is out of date by then is not.

        Returns what ends when it is drawn; None where it was begun before.
        """
        place = (project_id, page.id, width, edition_id)
        version = self.version(book, chapter, page, edition_id)
        if self._wished.get(place) == version:
            return None
        if len(self._wished) > 1000:
            self._wished.clear()
        self._wished[place] = version

        def draw() -> None:
            if self._wished.get(place) == version:
                with suppress(KitsumyError, OSError):  # the request meets it again, and answers
                    self.page_jpeg(project_id, book, chapter, page, width, edition_id)

        try:
            return self._ahead.submit(draw)
        except RuntimeError:  # the studio is closing
            return None

    def close(self) -> None:
        """Finish what is being drawn ahead, and begin nothing more."""
        self._ahead.shutdown(cancel_futures=True)

    def take_jpeg(self, project_id: str, take_id: str, width: int) -> bytes:
        """Return a take as a JPEG at most this wide. Raises NotFoundError."""
        return self.image_jpeg(self.take(project_id, take_id).image, width)

    def image_jpeg(self, image: str, width: int) -> bytes:
        """Return an image of the store as a JPEG at most this wide. Raises NotFoundError."""
        key = ("take", image, width)
        return self._jpegs.once(key, lambda: _jpeg(_at_most(self._image(image), width)), len)

    def panel_jpeg(self, project_id: str, book: Book, panel_id: str, width: int) -> bytes:
        """Return what a panel shows now, its take or its live sketch, as a JPEG at most this wide."""
        if take_id := book.picks.get(panel_id):
            return self.take_jpeg(project_id, take_id, width)
        sketch = self._sketch(book, panel_id)
        if sketch is None:
            raise NotFoundError("panel-not-found", panel=panel_id)
        image = self.load(sketch.sha256)
        assert image is not None
        return _jpeg(_at_most(image, width))

    def take(self, project_id: str, take_id: str) -> Take:
        return self._takes.once((project_id, take_id), lambda: self._store.take(project_id, take_id))

    def chosen(self, project_id: str, book: Book, page: Page | None = None) -> dict[str, TakeImage]:
        """Return the chosen takes of a page, or of the whole book, by panel id, ready to be composed."""
        return weighed(self.picked(project_id, book, page), self._busyness)

    def picked(self, project_id: str, book: Book, page: Page | None = None) -> dict[str, TakeImage]:
        """Return the chosen takes by panel id as the store knows them, without a look at their pictures."""
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

    def document(self, project_id: str, book: Book, edition_id: str = MAIN) -> ComicDocument:
        """Return the composed book as it is exported: a panel without a take is an empty frame."""
        return pipeline.compose_book(book, self.chosen(project_id, book), edition_id)

    def load(self, asset: str) -> Image.Image | None:
        """Open the image of an asset, or None if it is lost."""
        try:
            return self._sketch_image(asset) if asset.startswith(LIVE) else self._image(asset)
        except (NotFoundError, StorageError, OSError):
            return None

    def _sketch_image(self, asset: str) -> Image.Image:
        from kitsumy_core.render.sketch import draw_frame

        frame = self._shown.get(asset)
        if frame is None:
            raise NotFoundError("image-not-found", image=asset)
        return self._art.once(asset, lambda: draw_frame(frame), _weight)

    def _image(self, sha: str) -> Image.Image:
        return self._art.once(sha, lambda: opened(self._store.images.get(sha)), _weight)

    def _busyness(self, images: Sequence[str]) -> dict[str, bytes]:
        known = {image: cells for image in images if (cells := self._busy.get(image)) is not None}
        new = self._store.busyness([image for image in images if image not in known], self.load)
        for image, cells in new.items():
            self._busy.put(image, cells, 1)
        return known | new

    def _sketches(self, book: Book, page: Page) -> dict[str, TakeImage]:
        bare = [panel.id for panel in page.panels if not book.picks.get(panel.id)]
        sketches = ((panel_id, self._sketch(book, panel_id)) for panel_id in bare)
        return {panel_id: sketch for panel_id, sketch in sketches if sketch}

    def _sketch(self, book: Book, panel_id: str) -> TakeImage | None:
        box = panel_box(book, panel_id) or Size(1024, 768)
        shot = shot_of(book, panel_id, box)
        if shot is None:
            return None
        trim = format_of(book.format()).trim_px
        side = min(SKETCH_SIDE, max(SKETCH_SIDE // 3, ceil(max(box) * SCREEN / trim.width)))
        request = pipeline.sketch_request(shot, side)
        asset, frame = self._frames.once(request, lambda: _read(request))
        self._shown.put(asset, frame, 1)
        return TakeImage(asset, request.width, request.height, "sketch")

    def _digest(self, value: Any, write: Callable[[], str]) -> str:
        known: tuple[Any, str] | None = self._digests.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        digest = hashlib.sha256(write().encode()).hexdigest()
        self._digests.put(id(value), (value, digest), 1)
        return digest


def _read(request: SketchRequest) -> tuple[str, Frame]:
    """Return the asset id of a live sketch and what is to be drawn."""
    from kitsumy_core.render.sketch import frame_key, read_frame

    frame = read_frame(request)
    return LIVE + frame_key(frame), frame


def _weight(image: Image.Image) -> int:
    return image.width * image.height * 3


def _at_most(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), reducing_gap=2.0)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
