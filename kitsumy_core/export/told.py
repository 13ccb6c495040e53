"""Say what a page's file tells of itself: title, page, how it was made, and prompts where that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitsumy_core.export.comic import Comic
from kitsumy_core.page.document import PageBox


def page_facts(comic: Comic, number: int, page: PageBox) -> Mapping[str, Any] | None:
    """Return what a page's PNG carries (`metadata.with_metadata`), None where nothing is to be told."""
    if not comic.metadata:
        return None
    document = comic.document
    shown = [(panel, document.asset(panel.image.asset)) for panel in page.panels if panel.image]
    makers = sorted({asset.made_by for _panel, asset in shown if asset and asset.made_by})
    facts: dict[str, Any] = {
        "title": comic.plan.title,
        "page": number,
        "pages": len(document.pages),
        "madeBy": {"plan": document.meta.made_by, "pictures": makers},
    }
    prompts = {panel.id: comic.prompts[panel.id] for panel, _asset in shown if panel.id in comic.prompts}
    return facts | ({"prompts": prompts} if prompts else {})
