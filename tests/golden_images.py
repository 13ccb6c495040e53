"""Compare a drawing with a stored one, with some tolerance; KITSUMY_GOLDEN=1 stores it instead."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

FOLDER = Path(__file__).parent / "golden"
STORING = os.environ.get("KITSUMY_GOLDEN") == "1"


def check_golden(image: Image.Image, name: str) -> None:
    """Fail if a drawing differs from the stored one by more than smoothing of edges."""
    path = FOLDER / f"{name}.png"
    if STORING:
        path.parent.mkdir(exist_ok=True)
        image.quantize(64).save(path, optimize=True)
        return
    with Image.open(path) as stored:
        wanted = stored.convert("RGB")
    assert image.size == wanted.size
    difference = ImageChops.difference(image, wanted).convert("L").filter(ImageFilter.MinFilter(3))
    assert ImageStat.Stat(difference).mean[0] < 0.25, f"{name} looks different"
