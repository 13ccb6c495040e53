"""Name panels and backends as writers know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitsumy_core.messages import say
from kitsumy_core.plan.book import Book
from kitsumy_core.render.sheet import PREFIX
from studio import state
from studio.texts import _, plain


def panel_name(book: Book, panel_id: str) -> str:
    """Return "page 2, panel 3" for a panel's id, or whose reference sheet it is."""
    if panel_id.startswith(PREFIX):
        character = book.plan.character(panel_id.removeprefix(PREFIX))
        return _("Reference sheet: {name}").format(name=character.name if character else "…")
    for page in book.plan.pages():
        for number, panel in enumerate(page.panels, 1):
            if panel.id == panel_id:
                return _("Page {page}, panel {panel}").format(page=page.page_number, panel=number)
    return _("A deleted panel")


def server_label(name: str) -> str:
    """Return a server's address as people say it: without http://, which would also make it a link."""
    return name.removeprefix("http://").replace("://", " ")


def in_words(code: str, params: Mapping[str, Any]) -> str:
    """Say a code harmlessly inside Markdown; addresses of servers do not become links."""
    return plain(say(code, params, state.language()).replace("http://", ""))


def backend_name(kind: str) -> str:
    """Return a backend's name in words."""
    return {"sketch": _("storyboard sketch"), "comfyui": "ComfyUI", "runpod": "RunPod"}.get(kind, kind)
