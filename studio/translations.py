"""Tell how far the editions of a comic are, and which of their texts the main text has left behind."""

from __future__ import annotations

import threading
from collections import OrderedDict

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.editions import Origins, Standing, followed, origins_of, standing
from studio import services

_KEPT = 8
_known: OrderedDict[str, tuple[int, Origins]] = OrderedDict()
"""Origins by project, with the revision they were followed to: a comic's journal is read once."""
_lock = threading.Lock()


def standing_of(project_id: str, book: Book, edition_id: str) -> Standing:
    """Return how far an edition is; the first call for a comic reads its journal, later ones what is new."""
    return standing(book, edition_id, _origins(project_id))


def _origins(project_id: str) -> Origins:
    store = services.current().store
    with _lock:
        rev, origins = _known.pop(project_id, (0, Origins()))
        if rev == 0:
            rev, origins = 1, origins_of(store.book_at(project_id, 1))
        if newer := store.patches(project_id, rev):
            rev, origins = newer[-1][0], followed(origins, (patch for _rev, patch in newer))
        _known[project_id] = rev, origins
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return origins
