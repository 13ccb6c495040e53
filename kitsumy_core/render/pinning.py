"""Bind jobs to one server: the one a character of the panel or sheet names, else the one of the workflow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kitsumy_core.errors import KitsumyError
from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.render.comfyui_http import address_of
from kitsumy_core.render.sheet import PREFIX
from kitsumy_core.store import NewJob, Store


def pinned(store: Store, wanted: Sequence[NewJob]) -> list[NewJob]:
    """Return the wishes with their servers. Raises NotFoundError for an unknown project."""
    books = {project_id: store.head(project_id).book for project_id in {w.project_id for w in wanted}}
    bound = store.workflow_servers()
    return [replace(wish, pinned=_server(books[wish.project_id], bound, wish)) for wish in wanted]


def _server(book: Book, bound: dict[str, str], wish: NewJob) -> str:
    if wish.request.backend != "comfyui":
        return ""
    found = find_panel(book.plan, wish.panel_id)
    shown = found[2].characters if found else (wish.panel_id.removeprefix(PREFIX),)
    cast = [book.plan.character(character) for character in shown]
    named = next((c.kitsumy.server for c in cast if c and c.kitsumy.server.strip()), "")
    return server_name(wish.pinned or named or bound.get(wish.request.workflow, ""))


def server_name(address: str) -> str:
    """Return the name by which the ledger knows a server; a text that is no address is its own name."""
    address = address.strip()
    if not address:
        return ""
    try:
        return address_of(address)[0]
    except KitsumyError:
        return address
