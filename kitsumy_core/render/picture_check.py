"""Turn downloaded bytes into pictures: only whole images of known formats and bounded size."""

from __future__ import annotations

import io
import struct

from PIL import Image, UnidentifiedImageError

from kitsumy_core.errors import RenderFailedError
from kitsumy_core.render.backend import Picture

MAX_BYTES = 128 << 20
MAX_PIXELS = 80_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")


def picture_of(data: bytes, seed: int | None = None) -> Picture:
    """Return a picture of these encoded bytes. Raises RenderFailedError if they are no whole image, or
    too large.
    """
    if len(data) > MAX_BYTES:
        raise RenderFailedError("picture-too-large", bytes=len(data), most=MAX_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise RenderFailedError("picture-too-large", width=width, height=height, most=MAX_PIXELS)
            if image.format == "PNG":
                image.verify()
            else:
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RenderFailedError("picture-too-large", bytes=len(data), most=MAX_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise RenderFailedError("picture-broken", bytes=len(data), problem=type(error).__name__) from None
    return Picture(data, width, height, seed)
