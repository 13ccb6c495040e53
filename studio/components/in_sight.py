"""Tell the engine which page the writer looks at, so that its pictures are made first."""

from __future__ import annotations

from studio import editing, services, state


def look_at_page() -> None:
    """Let waiting pictures of the open page go before others of its comic."""
    project_id, book = state.project_id(), editing.book()
    found = state.current_page(book)
    if project_id is not None and found is not None:
        services.current().engine.look_at(project_id, [panel.id for panel in found[1].panels])
