"""Find the picture of each panel: a project's picks, or files named after the panels in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitsumy_core.commands.common import Source
from kitsumy_core.errors import InputError, KitsumyError, NotFoundError, StorageError
from kitsumy_core.export.metadata import facts_of_request, metadata_of
from kitsumy_core.export.names import safe_id
from kitsumy_core.export.renders import made_by
from kitsumy_core.page.compose import TakeImage, weighed

if TYPE_CHECKING:
    from PIL.Image import Image

    from kitsumy_core.store import Store

ENDINGS = ("png", "jpg", "jpeg", "webp")


class Artwork(NamedTuple):
    """The pictures by panel id, how to read one by its hash, and which could not be used."""

    takes: Mapping[str, TakeImage]
    read: Callable[[str], bytes]
    unusable: Mapping[str, KitsumyError]
    store: Store | None = None
    """Where they are from, if not from files."""

    def load(self, asset: str) -> Image | None:
        """Open a picture, or None if it is lost."""
        from kitsumy_core.page.art import opened

        try:
            return opened(self.read(asset))
        except (KitsumyError, OSError, SyntaxError, ValueError):
            return None

    def weighed(self) -> Mapping[str, TakeImage]:
        """Return the takes ready to be composed: with where their pictures are busy."""
        return weighed(self.takes, self._busyness)

    def _busyness(self, images: Sequence[str]) -> Mapping[str, bytes]:
        if self.store is not None:
            return self.store.busyness(images, self.load)
        from kitsumy_core.page.importance import busy_cells

        return {image: busy_cells(picture) for image in images if (picture := self.load(image))}


def artwork_of(source: Source, images: Path | None) -> Artwork:
    """Return the artwork of a book: from `images` if given, else a project's picks. Raises InputError."""
    if images is not None:
        return _from_folder(source, images)
    if source.store is not None:
        return _from_picks(source, source.store)
    return Artwork({}, _nothing, {})


def prompts_of(source: Source, art: Artwork) -> dict[str, str]:
    """Return the prompts of the pictures by panel: as the project knows them, or as their files say."""
    found: dict[str, str] = {}
    for panel_id, shown in art.takes.items():
        facts: Mapping[str, object] = {}
        take_id = source.book.picks.get(panel_id)
        with suppress(KitsumyError):
            if source.store is not None and take_id is not None:
                facts = facts_of_request(source.store.take(source.project_id, take_id).request)
            if not facts:
                facts = metadata_of(art.read(shown.sha256)) or {}
        if isinstance(prompt := facts.get("prompt"), str) and prompt:
            found[panel_id] = prompt
    return found


def _from_picks(source: Source, store: Store) -> Artwork:
    takes: dict[str, TakeImage] = {}
    unusable: dict[str, KitsumyError] = {}
    for panel in source.book.plan.panels():
        take_id = source.book.picks.get(panel.id)
        if take_id is None:
            continue
        try:
            take = store.take(source.project_id, take_id)
            store.images.get(take.image)
        except (NotFoundError, StorageError) as error:
            unusable[panel.id] = error
            continue
        takes[panel.id] = TakeImage(take.image, take.width, take.height, take.made_by)
    return Artwork(takes, store.images.get, unusable, store)


def _from_folder(source: Source, folder: Path) -> Artwork:
    if not folder.is_dir():
        raise InputError("images-not-found", folder=str(folder))
    makers = made_by(folder)
    files: dict[str, Path] = {}
    takes: dict[str, TakeImage] = {}
    unusable: dict[str, KitsumyError] = {}
    for panel in source.book.plan.panels():
        file = picture_file(folder, panel.id)
        if file is None:
            continue
        try:
            takes[panel.id] = take = _take(file, makers)
            files[take.sha256] = file
        except InputError as error:
            unusable[panel.id] = error
    return Artwork(takes, lambda sha: _read(files[sha]) if sha in files else _nothing(sha), unusable)


def picture_file(folder: Path, panel_id: str) -> Path | None:
    """Return the file of a panel's picture, PNG before JPEG before WebP."""
    files = (folder / f"{safe_id(panel_id)}.{ending}" for ending in ENDINGS)
    return next((file for file in files if file.is_file()), None)


def _take(file: Path, makers: Mapping[str, str]) -> TakeImage:
    from kitsumy_core.store.images import check_picture

    data = _read(file)
    facts = check_picture(data)
    sha = hashlib.sha256(data).hexdigest()
    return TakeImage(sha, facts.width, facts.height, makers.get(sha, ""))


def _read(file: Path) -> bytes:
    from kitsumy_core.store.images import MAX_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("picture-unreadable", file=str(file), problem=error.strerror or "") from error


def _nothing(sha: str) -> bytes:
    raise NotFoundError("image-not-found", image=sha)
