"""Tell which panels show a picture of other words than today's."""

from __future__ import annotations

from kitsumy_core.errors import KitsumyError
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Panel
from kitsumy_core.render.shot import shot_of
from studio import services


def is_stale(project_id: str, book: Book, panel_id: str) -> bool:
    """Tell whether a panel's chosen take was made from another shot than today's, or is lost."""
    take_id, box = book.picks.get(panel_id), panel_box(book, panel_id)
    if not take_id or box is None:
        return False
    try:
        take = services.current().pictures.take(project_id, take_id)
    except KitsumyError:
        return True
    return take.shot is not None and take.shot != shot_of(book, panel_id, box)


def stale_panels(project_id: str, book: Book) -> list[str]:
    """Return all such panels in reading order."""
    return [panel.id for panel in book.plan.panels() if is_stale(project_id, book, panel.id)]


def has_old_english(project_id: str, panel: Panel) -> bool:
    """Tell whether what a panel shows was rewritten after its English for the image model was."""
    if not panel.kitsumy.action_en.strip():
        return False
    fields = ("action", "kitsumy.actionEn")
    revs = services.current().store.last_changes(project_id, key_of("panel", panel.id), fields)
    return revs.get("action", 0) > revs.get("kitsumy.actionEn", 0)
