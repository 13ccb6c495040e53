"""Keep images under their SHA-256: in a local folder, or in whatever KITSUMY_IMAGES_URL names."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from errno import ENOSPC
from pathlib import Path
from typing import NamedTuple

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from kitsumy_core.errors import InputError, NotFoundError, StorageError, UsageError
from kitsumy_core.settings import Settings

FOLDER = "images"
MAX_PIXELS = 80_000_000
MAX_BYTES = 100_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

_SHA = re.compile(r"[0-9a-f]{64}\Z")


class PictureFacts(NamedTuple):
    """What a picture from outside turned out to be; size in pixels."""

    width: int
    height: int
    mime: str


class StoredImage(NamedTuple):
    image: str
    size: int
    modified: datetime


class ImageStore:
    """Content-addressed images. A written image is whole or not there; a read one is what was written."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def open(cls, settings: Settings) -> ImageStore:
        """Open the folder or bucket. Raises UsageError for a URL that cannot be used, StorageError."""
        if settings.images_url is None:
            folder = settings.data_dir / FOLDER
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StorageError("no-permission", where=str(folder)) from error
            return cls(LocalStore(folder), folder)
        try:
            return cls(from_url(settings.images_url))
        except (BaseError, ValueError) as error:
            problem = type(error).__name__
            raise UsageError("setting-invalid", name="KITSUMY_IMAGES_URL", problem=problem) from error

    def put(self, data: bytes) -> str:
        """Store bytes and return their SHA-256 (hex); storing the same again mends a damaged copy."""
        image = hashlib.sha256(data).hexdigest()
        with _translated(image):
            obstore.put(self._store, _key(image), data)
            if self._folder is not None:
                _flush(self._folder / _key(image))
        return image

    def put_foreign(self, data: bytes) -> tuple[str, PictureFacts]:
        """Check and store a picture that somebody gave us. Raises InputError, StorageError."""
        facts = check_picture(data)
        return self.put(data), facts

    def get(self, image: str) -> bytes:
        """Return an image's bytes, verified. Raises NotFoundError, StorageError when they are damaged."""
        with _translated(image):
            data = bytes(obstore.get(self._store, _key(image)).bytes())
        if hashlib.sha256(data).hexdigest() != image:
            raise StorageError("image-damaged", image=image)
        return data

    def has(self, image: str) -> bool:
        """Tell whether there is such an image, without reading it."""
        try:
            with _translated(image):
                obstore.head(self._store, _key(image))
        except NotFoundError:
            return False
        return True

    def list(self) -> Iterator[StoredImage]:
        """Yield every image, in no order."""
        with _translated(""):
            for chunk in obstore.list(self._store):
                for meta in chunk:
                    name = meta["path"].rpartition("/")[2]
                    if _SHA.match(name):
                        yield StoredImage(name, meta["size"], meta["last_modified"])

    def delete(self, image: str) -> None:
        """Delete an image; one that is not there is fine."""
        try:
            with _translated(image):
                obstore.delete(self._store, _key(image))
        except NotFoundError:
            return


def check_picture(data: bytes) -> PictureFacts:
    """Decode a picture wholly, within bounds. Raises InputError with what is wrong with it."""
    from PIL import Image, UnidentifiedImageError

    if len(data) > MAX_BYTES:
        raise InputError("picture-too-large", size=len(data), limit=MAX_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise InputError("picture-too-many-pixels", width=width, height=height, limit=MAX_PIXELS)
            picture.load()
            return PictureFacts(width, height, Image.MIME[picture.format or ""])
    except UnidentifiedImageError:
        raise InputError("picture-unknown-format", known=", ".join(FORMATS)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError("picture-too-many-pixels", width=0, height=0, limit=MAX_PIXELS) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InputError("picture-damaged", problem=str(error)[:200]) from None


def check_hash(image: str) -> str:
    """Return a SHA-256 in hex as it is. Raises NotFoundError for anything else, such as a path."""
    if not _SHA.match(image):
        raise NotFoundError("image-not-found", image=image[:80])
    return image


def _key(image: str) -> str:
    check_hash(image)
    return f"{image[:2]}/{image[2:4]}/{image}"


def _flush(file: Path) -> None:
    """Put a new file on the disk itself: a take that cost money must outlive a power cut."""
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(image: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError("image-not-found", image=image) from error
    except (BaseError, OSError) as error:
        told = str(error)
        if "StorageFull" in told or "os error 28" in told or getattr(error, "errno", None) == ENOSPC:
            raise StorageError("disk-full", where="images") from error
        if "PermissionDenied" in type(error).__name__ or "os error 13" in told:
            raise StorageError("no-permission", where="images") from error
        raise StorageError("images-failed", image=image, problem=told.partition("\n")[0][:200]) from error
