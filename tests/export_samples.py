"""A small comic for export tests: many kinds of lettering, a lost picture, empty panels, a sketch."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from kitsumy_core.errors import NotFoundError
from kitsumy_core.export.comic import Comic
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Dialogue,
    DialogueKit,
    Page,
    Panel,
    PlanKit,
)

TITLE = "Маяк & <ґанок>"
HOSTILE = "</script><img src=x onerror=alert(1)>"
LOST = "f" * 64


def said(line_id: str, text: str, kind: str = "speech", who: str = "char-1") -> Dialogue:
    return Dialogue(character=who, text=text, kitsumy=DialogueKit(id=line_id, kind=kind))


def picture(seed: int, size: tuple[int, int] = (450, 360)) -> bytes:
    """Return a picture of soft colour with hard-edged shapes, so that a wrong crop or place shows."""
    image = Image.merge(
        "RGB", [Image.linear_gradient("L").resize(size).rotate(90 * (seed + i)) for i in range(3)]
    )
    draw = ImageDraw.Draw(image)
    w, h = size
    draw.ellipse((w * 0.3, h * 0.3, w * 0.7, h * 0.8), fill=(200, 60 * (seed % 4), 40))
    draw.rectangle((w * 0.1, h * 0.1, w * 0.25, h * 0.4), fill=(20, 90, 40 * (seed % 5)))
    target = BytesIO()
    image.save(target, "JPEG" if seed == 2 else "PNG")
    return target.getvalue()


def a_plan(direction: str = "ltr", made_by: object = None) -> ComicPlan:
    """Return a plan of two chapters, a slanted page and a grid."""
    cast = (Character(id="char-1", name="Марко"), Character(id="char-2", name=f"Зоя {HOSTILE}"))
    first = (
        Panel(
            id="p0", characters=("char-1", "char-2"), action=f"Ліхтар {HOSTILE}",
            narrative="Ніч. Маяк мовчить.",
            dialogue=(
                said("d0", "Це ще що за мара? Пригаси світло!"), said("d1", "Тихо…", "whisper", "char-2"),
            ),
        ),
        Panel(id="p1", characters=("char-1",), dialogue=(said("d2", "Хтось ходить нагорі.", "thought"),)),
        Panel(
            id="p2", characters=("char-1",), sfx="Гуп!",
            dialogue=(said("d3", "Це вітер. Завжди це вітер."), said("d4", "Тримай ліхтар вище!")),
        ),
        Panel(
            id="p3", action="Сліди на сходах", dialogue=(said("d5", "А сліди — босі.", "shout", "char-2"),),
        ),
        Panel(id="p4", characters=("char-1",), dialogue=(said("d6", "Маяк № 7, ціна 5 ₴", "radio"),)),
    )  # fmt: skip
    second = tuple(Panel(id=f"q{n}", action="Море", dialogue=(said(f"e{n}", "Слухай."),)) for n in range(4))
    chapters = (
        Chapter(id="c1", title="Перший", pages=(Page(id="pg1", layout="action", panels=first),)),
        Chapter(id="c2", title="Другий", pages=(Page(id="pg2", layout="grid-2x2", panels=second),)),
    )
    kit = PlanKit(format="b6", reading_direction=direction, idea="Казка про маяк", made_by=made_by)
    return ComicPlan(title=TITLE, characters=cast, chapters=chapters, kitsumy=kit).numbered()


@lru_cache(maxsize=4)
def a_comic(direction: str = "ltr") -> Comic:
    """Return the comic: p1 is a sketch, p3 and q1..q3 have no picture, q0's picture is lost."""
    book = Book(plan=a_plan(direction))
    files, takes = {}, {}
    for seed, panel in enumerate(("p0", "p1", "p2", "p4")):
        data = picture(seed)
        name = hashlib.sha256(data).hexdigest()
        files[name] = data
        takes[panel] = TakeImage(name, 450, 360, "sketch" if panel == "p1" else "comfyui")
    takes["q0"] = TakeImage(LOST, 450, 360, "comfyui")

    def read(asset: str) -> bytes:
        if asset not in files:
            raise NotFoundError("image-not-found", image=asset)
        return files[asset]

    def load(asset: str) -> Image.Image | None:
        return Image.open(BytesIO(files[asset])).convert("RGB") if asset in files else None

    return Comic(compose(book, "main", takes, measure), book, takes, load, read)
