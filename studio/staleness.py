"""Tell which panels show a picture of other words than today's, and why."""

from __future__ import annotations

from collections import OrderedDict
from typing import get_args

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Panel
from kitsumy_core.render.staleness import Reason, What, drawn_by, reasons
from kitsumy_core.store import Take
from studio import services
from studio.texts import _, short

LOST = Reason(what="lost")
_KEPT = 6
_known: OrderedDict[tuple[str, int], tuple[Book, dict[str, tuple[Reason, ...]]]] = OrderedDict()
"""By project and the book's identity; the book is kept too, so that no other takes its identity."""


def why_stale(project_id: str, book: Book) -> dict[str, tuple[Reason, ...]]:
    """Return, by panel in reading order, why the chosen takes of a book do not show today's plan."""
    key = (project_id, id(book))
    known = _known.get(key)
    if known is not None and known[0] is book:
        return known[1]
    found = {panel.id: why for panel in book.plan.panels() if (why := why_panel(project_id, book, panel.id))}
    _known[key] = (book, found)
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return found


def why_panel(project_id: str, book: Book, panel_id: str) -> tuple[Reason, ...]:
    """Return why a panel's chosen take does not show today's plan."""
    take_id = book.picks.get(panel_id)
    if not take_id:
        return ()
    try:
        take = services.current().pictures.take(project_id, take_id)
    except KitsumyError:
        return (LOST,)
    return reasons_of(book, take)


def reasons_of(book: Book, take: Take) -> tuple[Reason, ...]:
    """Return why a take of a panel, chosen or not, does not show today's plan."""
    return reasons(take.shot, pipeline.shot_in(book, take.panel_id), drawn_by(take.made_by))


def stale_panels(project_id: str, book: Book) -> list[str]:
    """Return all such panels in reading order."""
    return list(why_stale(project_id, book))


def reason_words(reason: Reason) -> str:
    """Return a reason as it stands on a badge: “Marcus: clothing”."""
    what = _whats()[reason.what]
    return f"{short(reason.who, 24)}: {what}" if reason.who else what


def reasons_words(found: tuple[Reason, ...], most: int = 3) -> str:
    """Return several reasons in one line."""
    said = [reason_words(reason) for reason in found[:most]]
    more = len(found) - most
    return ", ".join(said) + (f" +{more}" if more > 0 else "")


def _whats() -> dict[str, str]:
    names = {
        "camera": _("camera"),
        "action": _("what is seen"),
        "place": _("place"),
        "mood": _("mood"),
        "style": _("style"),
        "prompt": _("prompt"),
        "negative": _("what to avoid"),
        "seed": _("seed"),
        "shape": _("shape of the panel"),
        "speakers": _("who talks"),
        "cast": _("who is seen"),
        "name": _("name"),
        "look": _("look"),
        "clothing": _("clothing"),
        "wording": _("wording"),
        "references": _("reference sheet"),
        "loras": _("LoRAs"),
        "lost": _("the picture is lost"),
    }
    assert set(names) >= {what for part in get_args(What) for what in get_args(part) or (part,)}
    return names


def has_old_english(project_id: str, panel: Panel) -> bool:
    """Tell whether what a panel shows was rewritten after its English for the image model was."""
    if not panel.kitsumy.action_en.strip():
        return False
    fields = ("action", "kitsumy.actionEn")
    revs = services.current().store.last_changes(project_id, key_of("panel", panel.id), fields)
    return revs.get("action", 0) > revs.get("kitsumy.actionEn", 0)
