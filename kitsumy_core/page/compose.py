"""Turn a book into composed pages: frames, crops of the chosen images, lettering. Pure: no image is opened.

Takes come keyed by panel id, the picked one each; text widths come from `measure` (see `page.fonts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kitsumy_core.geometry import Polygon, Rect, Size
from kitsumy_core.page.busy import Busy
from kitsumy_core.page.document import (
    Asset,
    Border,
    Box,
    ComicDocument,
    ImageUse,
    Lettering,
    Meta,
    PageBox,
    PanelBox,
    PixelCrop,
    Shape,
    Subject,
)
from kitsumy_core.page.faces import FACES
from kitsumy_core.page.fitting import Measure
from kitsumy_core.page.layouts import LayoutPanel
from kitsumy_core.page.lettering import Setting, Words, letter_panel
from kitsumy_core.page.rooms import kept_free, room_for_words
from kitsumy_core.page.sizes import PageFrames, page_frames
from kitsumy_core.page.staging import mouth_of, subject_boxes
from kitsumy_core.plan.book import Book, Edition, narration_id, sfx_id
from kitsumy_core.plan.models import Crop, Page, Panel

WAY = "2"
"""Another one where the same book and takes are composed otherwise: addresses of pictures change with it."""
DEFAULT_FOCUS = (0.5, 0.42)
_BORDER_POINTS = 1.2


class TakeImage(NamedTuple):
    """The chosen image of a panel: its SHA-256 in the image store, size in pixels, kind of backend."""

    sha256: str
    width: int
    height: int
    made_by: str = ""
    busy: bytes = b""
    """Where it is busy, a map of `page.busy`."""

    @property
    def has_a_say(self) -> bool:
        """Tell whether words make way for what it shows.

        A sketch has no say: its lines are not those of the picture to come, and its faces are known anyway.
        """
        return self.made_by != "sketch"


def weighed(
    takes: Mapping[str, TakeImage], maps: Callable[[Sequence[str]], Mapping[str, bytes]]
) -> dict[str, TakeImage]:
    """Return takes with where they are busy; `maps` gives what is known of images by their SHA-256."""
    found = maps(sorted({take.sha256 for take in takes.values() if take.has_a_say}))
    return {key: take._replace(busy=found.get(take.sha256, b"")) for key, take in takes.items()}


def compose(book: Book, edition_id: str, takes: Mapping[str, TakeImage], measure: Measure) -> ComicDocument:
    """Return the composed comic of an edition."""
    pages = tuple(
        compose_page(book, edition_id, page, number, takes, measure)
        for number, page in enumerate(book.plan.pages(), 1)
    )
    return document_of(book, edition_id, pages, takes)


def document_of(
    book: Book, edition_id: str, pages: Sequence[PageBox], takes: Mapping[str, TakeImage]
) -> ComicDocument:
    """Return a document around pages that are already composed: meta, fonts and the assets they use."""
    plan, edition = book.plan, book.edition(edition_id)
    alts = {panel.id: panel.action for panel in plan.panels()}
    used = {p.image.asset: p.id for page in pages for p in page.panels if p.image and p.id in takes}
    faces = dict.fromkeys(entry.text.font for page in pages for entry in page.lettering)
    return ComicDocument(
        meta=Meta(
            title=edition.title or plan.title,
            language=book.language(edition_id),
            reading_direction=book.direction(edition_id),
            format=book.format(edition_id),
            made_by=plan.kitsumy.made_by.kind if plan.kitsumy.made_by else "hand",
        ),
        fonts=tuple(FACES[face].font for face in faces if face in FACES),
        assets=tuple(_asset(takes[panel_id], alts.get(panel_id, "")) for panel_id in used.values()),
        pages=tuple(pages),
    )


def _asset(take: TakeImage, alt: str) -> Asset:
    return Asset(
        id=take.sha256,
        sha256=take.sha256,
        width=take.width,
        height=take.height,
        alt=alt,
        made_by=take.made_by,
    )


def compose_page(
    book: Book,
    edition_id: str,
    page: Page,
    number: int,
    takes: Mapping[str, TakeImage],
    measure: Measure,
) -> PageBox:
    """Return one composed page.

    A page with fewer panels than its layout shows the frames left over empty (id ""); one with more is drawn
    in plain rows. Both are said in `notes`.
    """
    return composed_in(book, edition_id, page, number, page_frames(book, edition_id, page), takes, measure)


def composed_in(
    book: Book,
    edition_id: str,
    page: Page,
    number: int,
    frames: PageFrames,
    takes: Mapping[str, TakeImage],
    measure: Measure,
) -> PageBox:
    """Return a page composed in given frames."""
    boxes: list[PanelBox] = []
    lettering: list[Lettering] = []
    for index, (polygon, slot) in enumerate(zip(frames.polygons, frames.panels, strict=True)):
        panel = page.panels[index] if index < len(page.panels) else None
        if panel is None:
            boxes.append(_frame(Panel(), index + 1, polygon, slot, frames, None))
            continue
        take, box = takes.get(panel.id), Rect.around(polygon)
        use = _image_use(book, edition_id, panel, box, take)
        faces = _faces(panel, box, use, take)
        boxes.append(_frame(panel, index + 1, polygon, slot, frames, use, _subjects(book, panel, faces)))
        busy = _busy(box, use, take)
        letters = _lettering(book, edition_id, panel, frames, index, faces, busy, measure)
        lettering += [entry.but(order=len(lettering) + n) for n, entry in enumerate(letters, 1)]
    return PageBox(
        id=page.id,
        number=number,
        trim=Box(width=frames.trim.width, height=frames.trim.height),
        bleed=round(frames.format.px(frames.format.bleed), 2),
        safe=round(frames.format.px(frames.format.safe), 2),
        spread=frames.spread,
        template=page.layout,
        gutter=(round(frames.gutter[0], 2), round(frames.gutter[1], 2)),
        panels=tuple(boxes),
        lettering=tuple(lettering),
        notes=frames.notes,
    )


def _frame(
    panel: Panel,
    order: int,
    polygon: Polygon,
    slot: LayoutPanel,
    frames: PageFrames,
    use: ImageUse | None,
    subjects: Sequence[Subject] = (),
) -> PanelBox:
    return PanelBox(
        id=panel.id,
        order=order,
        z=slot.z,
        shape=Shape(points=tuple((round(p.x, 2), round(p.y, 2)) for p in polygon)),
        border=Border(width=round(frames.format.points_px(_BORDER_POINTS), 2) if slot.border else 0),
        bleed=slot.bleed,
        image=use,
        focus=panel.kitsumy.focus,
        subjects=tuple(subjects),
        alt=panel.action,
    )


def _subjects(book: Book, panel: Panel, faces: Sequence[Rect]) -> list[Subject]:
    """Return the faces, and what else is marked, with the names of their characters."""
    cast = [(found.name if (found := book.plan.character(c)) else c) for c in panel.characters]
    marked = len(panel.kitsumy.focus)
    made = []
    for index, face in enumerate(faces):
        shown = (round(face.x0, 1), round(face.y0, 1), round(face.width, 1), round(face.height, 1))
        mouth = mouth_of(face) if index < len(cast) else None
        made.append(
            Subject(
                name=cast[index] if index < len(cast) else "",
                bbox=shown,
                mouth=(round(mouth.x, 1), round(mouth.y, 1)) if mouth else None,
                known=marked >= len(cast) or index >= len(cast),
            )
        )
    return made


def _image_use(
    book: Book, edition_id: str, panel: Panel, box: Rect, take: TakeImage | None
) -> ImageUse | None:
    if take is None or take.width <= 0 or take.height <= 0:
        return None
    crop = book.edition(edition_id).crops.get(panel.id) or panel.kitsumy.crop
    image = Size(take.width, take.height)
    window = _grown(crop, image, box.size.aspect) if crop else cover(image, box.size.aspect, _focus(panel))
    return ImageUse(
        asset=take.sha256,
        source=(take.width, take.height),
        crop=PixelCrop(x=window.x0, y=window.y0, width=window.width, height=window.height),
    )


def _focus(panel: Panel) -> tuple[float, float]:
    points = panel.kitsumy.focus
    if not points:
        return DEFAULT_FOCUS
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def cover(image: Size, aspect: float, focus: tuple[float, float]) -> Rect:
    """Return the largest part of an image (pixels) with an aspect, around a focus given in shares of it."""
    width = min(image.width, image.height * aspect)
    return _clamped(image, Size(width, width / aspect), (focus[0] * image.width, focus[1] * image.height))


def _grown(crop: Crop, image: Size, aspect: float) -> Rect:
    """Return a hand crop grown to the aspect of its box, as far as the image allows."""
    width, height = crop.width * image.width, crop.height * image.height
    centre = ((crop.x + crop.width / 2) * image.width, (crop.y + crop.height / 2) * image.height)
    width = max(width, height * aspect, 1.0)
    width = min(width, image.width, image.height * aspect)
    return _clamped(image, Size(width, width / aspect), centre)


def _clamped(image: Size, size: Size, centre: tuple[float, float]) -> Rect:
    x = min(max(0.0, centre[0] - size.width / 2), image.width - size.width)
    y = min(max(0.0, centre[1] - size.height / 2), image.height - size.height)
    return Rect(round(x, 3), round(y, 3), round(x + size.width, 3), round(y + size.height, 3))


def _lettering(
    book: Book,
    edition_id: str,
    panel: Panel,
    frames: PageFrames,
    index: int,
    faces: Sequence[Rect],
    busy: Busy | None,
    measure: Measure,
) -> list[Lettering]:
    edition, language = book.edition(edition_id), book.language(edition_id)
    polygon = frames.polygons[index]
    setting = Setting(
        polygon=polygon,
        faces=tuple(faces),
        solids=tuple(kept_free(frames, index)),
        known=len(panel.kitsumy.focus) >= max(1, len(panel.characters)),
        language=language,
        mirrored=book.direction(edition_id) == "rtl",
        size=frames.format.points_px(frames.format.type_points),
        size_min=frames.format.points_px(frames.format.type_points_min),
        placements=edition.placements,
        room=room_for_words(frames, polygon),
        busy=busy,
    )
    return letter_panel(panel.id, texts_of(book, edition, panel), setting, measure)


def _busy(box: Rect, use: ImageUse | None, take: TakeImage | None) -> Busy | None:
    """Return where the picture in a panel's box is busy, seen through the crop."""
    if use is None or take is None or not take.busy or not take.has_a_say:
        return None
    return Busy(take.busy, _shown(use.crop, take), box)


def _shown(crop: PixelCrop, take: TakeImage) -> Rect:
    """Return which part of a picture its crop shows, in shares of it."""
    return Rect(
        crop.x / take.width, crop.y / take.height,
        (crop.x + crop.width) / take.width, (crop.y + crop.height) / take.height,
    )  # fmt: skip


def _faces(panel: Panel, box: Rect, use: ImageUse | None, take: TakeImage | None) -> list[Rect]:
    """Return what lettering leaves free, in pixels of the page: subjects seen through the crop."""
    if use is None or take is None:
        return [_placed(box, share) for share in subject_boxes(panel, box.size.aspect)]
    shown = _shown(use.crop, take)
    boxes = []
    for share in subject_boxes(panel, take.width / take.height):
        a, b = shown.share_of((share.x0, share.y0)), shown.share_of((share.x1, share.y1))
        boxes.append(_placed(box, Rect(a.x, a.y, b.x, b.y)))
    return boxes


def _placed(box: Rect, share: Rect) -> Rect:
    a, b = box.at((share.x0, share.y0)), box.at((share.x1, share.y1))
    return Rect(a.x, a.y, b.x, b.y)


def texts_of(book: Book, edition: Edition, panel: Panel) -> list[Words]:
    """Return the texts of a panel in reading order, in the words and faces of the edition."""
    figures = {character: index for index, character in reversed([*enumerate(panel.characters)])}
    translated, fonts = edition.texts, edition.fonts
    texts = []
    if panel.narrative:
        key, kind = narration_id(panel.id), panel.kitsumy.narrative_kind
        texts.append(
            Words(key, kind, translated.get(key, panel.narrative), face=_face(fonts, kind, "narration"))
        )
    for number, line in enumerate(panel.dialogue, 1):
        key = line.id or f"{panel.id}/dialogue-{number}"
        speaker = book.plan.character(line.character)
        name = (speaker.name if speaker else "") or line.character
        face = _face(
            fonts, line.character, line.kitsumy.kind, "" if line.kitsumy.kind == "shout" else "speech"
        )
        figure = figures.get(line.character)
        texts.append(Words(key, line.kitsumy.kind, translated.get(key, line.text), name, figure, face))
    if panel.sfx:
        key = sfx_id(panel.id)
        texts.append(Words(key, "sfx", translated.get(key, panel.sfx), face=_face(fonts, "sfx")))
    return texts


def _face(fonts: Mapping[str, str], *roles: str) -> str:
    """Return the first face that was chosen for one of these, "" if none was."""
    return next((fonts[role] for role in roles if fonts.get(role) in FACES), "")
