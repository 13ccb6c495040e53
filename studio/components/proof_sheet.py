"""Show every page on one sheet, with a drawn overlay of what is to be checked; a click opens the place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from kitsumy_core.geometry import Rect
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.plan.book import Book
from studio import state
from studio.components.layout_picker import layout_title
from studio.components.mounts import component, fired
from studio.components.proof_facts import Finding, Sheet
from studio.texts import _, ngettext, short
from studio.urls import page_url

OVERLAYS = ("order", "issues", "pictures", "lettering", "safe", "bleed")
SIZES = {"small": 240, "medium": 320, "large": 640}
"""How large a page is shown, and the width in pixels of its picture."""

PAGES = "screens/pages.py"


def on_paper(key: str) -> str:
    """Return the styles that let a print of the screen hold one component alone."""
    return _ON_PAPER.replace("KEY", f".st-key-{key}")


_ON_PAPER = """
<style>
@media print {
  @page { size: A4 landscape; margin: 9mm; }
  header, [data-testid="stHeader"], [data-testid="stToast"], [data-testid="stSidebar"] {
    display: none !important; }
  [data-testid="stMainBlockContainer"] { padding: 0 !important; }
  [data-testid="stMainBlockContainer"]
    :is([data-testid="stElementContainer"], [data-testid="stColumn"], [data-testid="stLayoutWrapper"],
        [data-testid="stVerticalBlock"], [data-testid="stHorizontalBlock"])
    :not(:has(KEY), KEY, KEY *) { display: none !important; }
  :is(html, body, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"]) {
    background: #fff !important; color: #000 !important; }
}
</style>
"""


def overlay_label(overlay: str) -> str:
    return {
        "order": _("Order of panels"),
        "issues": _("Issues"),
        "pictures": _("Pictures"),
        "lettering": _("Balloons"),
        "safe": _("Safe area"),
        "bleed": _("Bleed"),
    }[overlay]


def size_label(size: str) -> str:
    return {"small": _("Small"), "medium": _("Medium"), "large": _("Large")}[size]


def proof_sheet(
    book: Book,
    sheets: Sequence[Sheet],
    chosen: Finding | None,
    show: Collection[str],
    size: str,
    heading: str,
    picked: Callable[[str], None],
) -> None:
    """Mount the sheet; `picked` takes the key of a finding whose mark was clicked."""
    project_id = state.project_id()
    assert project_id is not None
    st.html(on_paper("proof-sheet"))

    def mark_picked() -> None:
        if key := fired("proof-sheet", "picked"):
            picked(str(key))

    component("proof_sheet", "gallery")(
        key="proof-sheet",
        data={
            "label": _("All pages"),
            "heading": heading,
            "print": _("Print"),
            "opens": _("Enter or a click opens it"),
            "empty": _("empty"),
            "size": size,
            "show": list(show),
            "legend": _legend(show),
            "chosen": {"page": chosen.page, "panel": chosen.panel, "key": chosen.key} if chosen else None,
            "pages": [_page(project_id, book, sheet, SIZES[size]) for sheet in sheets],
        },
        on_opened_change=_opened,
        on_picked_change=mark_picked,
    )


def _legend(show: Collection[str]) -> list[dict[str, str]]:
    """Return what the colours of the chosen overlays mean."""
    meanings = (
        ("order", "order", _("reading order of panels")),
        ("issues", "error", _("error")),
        ("issues", "warning", _("warning")),
        ("pictures", "bare", _("not rendered")),
        ("pictures", "changed", _("changed since it was rendered")),
        ("pictures", "sketch", _("storyboard sketch")),
        ("lettering", "lettering", _("reading order of texts")),
        ("safe", "safe", _("safe area: no text outside")),
        ("bleed", "bleed", _("bleed: cut off after printing")),
    )
    return [{"kind": kind, "text": text} for overlay, kind, text in meanings if overlay in show]


def _page(project_id: str, book: Book, sheet: Sheet, width: int) -> dict[str, Any]:
    page, box = sheet.page, sheet.box
    first = sheet.chapter.pages[0].id == page.id
    grave = sum(finding.severity != "info" for finding in sheet.findings)
    number = _("Page {number}").format(number=page.page_number)
    panels = ngettext("{n} panel", "{n} panels", len(page.panels))
    label = f"{number}: {panels}"
    if grave:
        label += ", " + ngettext("{n} issue", "{n} issues", grave)
    return {
        "id": page.id,
        "number": page.page_number,
        "chapter": (sheet.chapter.title or sheet.chapter.id) if first else "",
        "src": page_url(project_id, book, sheet.chapter, page, width, state.edition_id(book)),
        "label": label,
        "layout": layout_title(page.layout, sheet.own),
        "count": panels,
        "wrong": _miscount(sheet),
        "issues": grave,
        "mark": "error" if any(f.severity == "error" for f in sheet.findings) else "warning" if grave else "",
        "first": sheet.findings[0].key if sheet.findings else "",
        "width": box.trim.width,
        "height": box.trim.height,
        "bleed": box.bleed,
        "safe": box.safe,
        "panels": [_panel(sheet, panel) for panel in sorted(box.panels, key=lambda p: (p.z, p.order))],
        "lettering": [_lettering(entry) for entry in box.lettering],
        "flaws": [
            {"points": area, "mark": finding.severity, "issue": finding.key, "text": finding.text}
            for finding in sheet.findings
            for area in finding.areas
        ],
    }


def _miscount(sheet: Sheet) -> str:
    if not sheet.is_miscounted:
        return ""
    have = len(sheet.page.panels)
    if sheet.room is None:
        return _("unknown layout")
    return _("{panels} of {room} panels").format(panels=have, room=sheet.room)


def _panel(sheet: Sheet, panel: PanelBox) -> dict[str, Any]:
    mine = [f for f in sheet.findings if panel.id and f.panel == panel.id and f.severity != "info"]
    return {
        "id": panel.id,
        "order": panel.order,
        "points": [[round(x), round(y)] for x, y in panel.shape.points],
        "centre": _centre(panel, sheet.box),
        "label": _("Panel {number}: {action}").format(number=panel.order, action=short(panel.alt, 120)),
        "picture": _picture(sheet, panel.id),
        "mark": mine[0].severity if mine else "",
        "issue": mine[0].key if mine else "",
        "text": "\n".join(finding.text for finding in mine),
    }


def _centre(panel: PanelBox, box: PageBox) -> list[int]:
    """Return the middle of the part of a panel that is inside the trim."""
    page = Rect(0, 0, box.trim.width, box.trim.height)
    around = Rect.around(panel.shape.points)
    middle = (around.intersection(page) or around).centre
    return [round(middle.x), round(middle.y)]


def _picture(sheet: Sheet, panel_id: str) -> str:
    if panel_id in sheet.bare:
        return "bare"
    if panel_id in sheet.changed:
        return "changed"
    return "sketch" if panel_id in sheet.sketched else ""


def _lettering(entry: Lettering) -> dict[str, Any]:
    shape = entry.shape
    return {
        "order": entry.order,
        "round": entry.kind not in ("narration", "place", "spokenOff", "sfx"),
        "box": [round(v) for v in (shape.cx, shape.cy, shape.rx, shape.ry)],
        "overflow": entry.overflow,
    }


def _opened() -> None:
    place = fired("proof-sheet", "opened")
    if isinstance(place, dict):
        open_place(str(place.get("page", "")), str(place.get("panel", "")))


def open_place(page: str, panel: str) -> None:
    """Show a page and panel on the Pages screen; the last thing of a callback."""
    state.select(page=page, panel=panel or None)
    st.switch_page(PAGES)
