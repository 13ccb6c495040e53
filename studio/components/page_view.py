"""Show the drawn page under a transparent layer: choose a panel, move a balloon, its tail, a picture."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from kitsumy_core.page.document import Lettering, PanelBox
from kitsumy_core.page.handles import grip_of
from kitsumy_core.plan.book import MAIN, Book, Placement
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Page
from studio import editing, services, state
from studio.components.mounts import component, fired
from studio.components.words import kind_label
from studio.pictures import SCREEN
from studio.texts import _, short
from studio.urls import page_url, panel_url

_ART_WIDTH = 640


def page_view(book: Book, chapter: Chapter, page: Page) -> None:
    """Mount the page picture. Choosing a panel redraws the page's marks and the form, nothing else.

    The picture is begun to be drawn now: by the time the browser asks for it, it is well under way.
    """
    project_id = state.project_id()
    assert project_id is not None
    pictures = services.current().pictures
    edition = state.edition_id(book)
    pictures.ahead(project_id, book, chapter, page, SCREEN, edition)
    chosen = state.current_panel(page)
    chosen_id = chosen.id if chosen else ""
    box = pictures.page_box(project_id, book, chapter, page, edition)
    issues = services.current().issues.of(book)
    bad = {i for issue in issues if issue.severity == "error" for i in issue.ids}
    number = _("Page {number}").format(number=page.page_number)
    version, main = (pictures.version(book, chapter, page, one) for one in (edition, MAIN))
    panels = []
    for panel in sorted((panel for panel in box.panels if panel.id), key=lambda p: p.z):
        art = _art(book, project_id, panel, main) if panel.id == chosen_id else None
        panels.append(_panel(panel, panel.id in bad, panel.id == chosen_id, art))
    boxes = {panel.id: _box_of(panel) for panel in box.panels}
    component("page_view", "page", "page_moves", "page_crop")(
        key="page-view",
        data={
            "src": page_url(project_id, book, chapter, page, SCREEN, edition),
            "page": {"id": page.id, "v": version},
            "edition": edition,
            "alt": number,
            "label": _("{page}: choose a panel with the arrow keys").format(page=number),
            "width": round(box.trim.width, 1),
            "height": round(box.trim.height, 1),
            "panels": panels,
            "balloons": [_balloon(book, entry, boxes[entry.panel], chosen_id) for entry in box.lettering],
            "words": _words(),
        },
        on_picked_change=_picked,
        on_placed_change=_placed,
        on_cropped_change=_cropped,
        on_faced_change=_faced,
    )


def _panel(panel: PanelBox, bad: bool, is_chosen: bool, art: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": panel.id,
        "points": [[round(x, 1), round(y, 1)] for x, y in panel.shape.points],
        "box": _box_of(panel),
        "label": _("Panel {number}: {action}").format(number=panel.order, action=short(panel.alt, 120)),
        "selected": is_chosen,
        "mark": "error" if bad else "",
        "faces": _faces(panel) if is_chosen else [],
        "facesKnown": is_chosen and bool(panel.focus),
        "art": art,
    }


def _box_of(panel: PanelBox) -> list[float]:
    xs, ys = [x for x, _y in panel.shape.points], [y for _x, y in panel.shape.points]
    left, top = min(xs), min(ys)
    return [round(v, 1) for v in (left, top, max(xs) - left, max(ys) - top)]


def _faces(panel: PanelBox) -> list[dict[str, Any]]:
    """Return where the characters' faces are taken to be, in pixels of the page."""
    return [
        {"name": s.name, "x": s.bbox[0] + s.bbox[2] / 2, "y": s.bbox[1] + s.bbox[3] / 2,
         "rx": s.bbox[2] / 2, "ry": s.bbox[3] / 2}
        for s in panel.subjects
        if s.name
    ]  # fmt: skip


def _art(book: Book, project_id: str, panel: PanelBox, version: str) -> dict[str, Any] | None:
    """Return the panel's picture and the part of it that is shown, in shares."""
    use = panel.image
    if use is None:
        return None
    width, height = use.source or (use.crop.width, use.crop.height)
    return {
        "src": panel_url(project_id, panel.id, version, _ART_WIDTH),
        "width": width,
        "height": height,
        "crop": {
            "x": use.crop.x / width,
            "y": use.crop.y / height,
            "width": use.crop.width / width,
            "height": use.crop.height / height,
        },
        "hand": panel.id in book.edition(state.edition_id(book)).crops,
    }


def _balloon(book: Book, entry: Lettering, box: list[float], chosen_id: str) -> dict[str, Any]:
    hand = book.edition(state.edition_id(book)).placements.get(entry.id)
    grip = grip_of(entry)
    return {
        "id": entry.id,
        "panel": entry.panel,
        "kind": entry.kind,
        "box": box,
        "x": entry.shape.cx,
        "y": entry.shape.cy,
        "rx": entry.shape.rx,
        "ry": entry.shape.ry,
        "rotation": entry.shape.rotation,
        "path": grip.path,
        "tail": [round(v, 1) for v in grip.tail] if grip.tail else None,
        "locked": entry.locked,
        "active": entry.panel == chosen_id,
        "hand": hand.model_dump(mode="json", by_alias=True, exclude_none=True) if hand else None,
        "label": f"{kind_label(entry.kind)}: {short(' '.join(entry.text.lines), 80)}",
    }


def _words() -> dict[str, str]:
    return {
        "movable": _("text that can be moved"),
        "how": _("Drag it, or move it with the arrow keys; Alt and arrows move its tail; Delete: automatic"),
        "tools": _("Picture and balloon"),
        "tail": _("Whom the tail points to: drag it"),
        "wider": _("Drag to make it wider or narrower"),
        "turn": _("Drag to turn it"),
        "size": _("Drag to change its size"),
        "turnLeft": _("Turn to the left (Shift+R)"),
        "turnRight": _("Turn to the right (R)"),
        "smaller": _("Smaller (−)"),
        "larger": _("Larger (+)"),
        "bendUp": _("Bend upwards (B)"),
        "bendDown": _("Bend downwards (Shift+B)"),
        "automatic": _("Place it automatically again (Delete)"),
        "crop": _("Move the picture inside its frame (C)"),
        "cropAll": _("Show the picture as it was cropped automatically"),
        "cropHow": _(
            "Drag or use the arrow keys to move the picture, + and − to come nearer; Enter keeps it"
        ),
        "faces": _("Show where the faces are (F): tails point there, balloons stay off"),
        "facesAuto": _("Let the places of faces be estimated again"),
        "facesHow": _("Drag each name onto its face, or use the arrow keys; Enter keeps it"),
        "cropKeep": _("Keep"),
        "cropLeave": _("Leave it as it was"),
    }


def _picked() -> None:
    panel_id = fired("page-view", "picked")
    if panel_id:
        state.select(panel=str(panel_id))
        editing.redraw("picture", "editor")


def _placed() -> None:
    event = fired("page-view", "placed")
    if isinstance(event, dict):
        place(str(event.get("id", "")), str(event.get("panel", "")), event.get("place"))


def place(lettering_id: str, panel_id: str, wanted: Any) -> None:
    """Commit a placement made by hand (None = automatic again) and choose its panel."""
    try:
        placement = Placement.model_validate(wanted) if wanted is not None else None
    except ValidationError:
        return
    edition = state.edition_id(editing.book())
    wish = edit("place_balloon", lettering_id=lettering_id, placement=placement, edition_id=edition)
    editing.commit(wish, burst=f"place.{edition}.{lettering_id}")
    before = state.current_panel_id()
    state.select(panel=panel_id)
    editing.redraw("picture", "strip", "issues", "status", *(("editor",) if before != panel_id else ()))


def _cropped() -> None:
    event = fired("page-view", "cropped")
    if not isinstance(event, dict):
        return
    field = f"crops.{event.get('panel', '')}"
    node = key_of("edition", state.edition_id(editing.book()))
    wish = edit("set_field", node=node, field=field, value=event.get("crop"))
    editing.commit(wish, burst=f"{node}.{field}")
    editing.redraw("picture", "strip", "issues", "status")


def _faced() -> None:
    """Commit where the faces of a panel are, in shares of its picture; None = estimated again."""
    event = fired("page-view", "faced")
    if not isinstance(event, dict):
        return
    node = key_of("panel", str(event.get("panel", "")))
    wish = edit("set_field", node=node, field="kitsumy.focus", value=event.get("focus"))
    editing.commit(wish, burst=f"{node}.focus")
    editing.redraw("preview", "status")
