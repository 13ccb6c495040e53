"""Show each page beside its script, its flaws and what was remarked about it: to go through on paper."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.store import Comment
from studio import services, state
from studio.components.mounts import component
from studio.components.proof_facts import Sheet, proof_of
from studio.components.proof_sheet import on_paper
from studio.components.reading import script
from studio.texts import _
from studio.urls import page_url

WIDTH = 640


def notes(project_id: str, book: Book) -> None:
    """Mount the pages of the book with what there is to say of each."""
    running = services.current()
    edition = state.edition_id(book)
    found = proof_of(project_id, book, running.issues.of(book), edition)
    comments = [c for c in running.store.comments(project_id) if not c.is_done]
    words = script(book, actions=True)
    by_number = [page for chapter in words["chapters"] for page in chapter["pages"]]
    st.html(on_paper("proof-notes"))
    component("proof_notes", "gallery")(
        key="proof-notes",
        data={
            "label": _("Pages with their script"),
            "title": words["title"],
            "print": _("Print"),
            "silent": words["silent"],
            "notes": _("Notes"),
            "pages": [
                _page(project_id, book, sheet, page, comments, edition)
                for sheet, page in zip(found.sheets, by_number, strict=True)
            ],
        },
    )


def _page(
    project_id: str, book: Book, sheet: Sheet, words: dict[str, Any], comments: list[Comment], edition: str
) -> dict[str, Any]:
    numbers = {panel.id: n for n, panel in enumerate(sheet.page.panels, 1)}
    said = [(numbers[c.panel_id], c.name or _("Somebody"), c.text) for c in comments if c.panel_id in numbers]
    return {
        "title": words["title"],
        "panels": words["panels"],
        "src": page_url(project_id, book, sheet.chapter, sheet.page, WIDTH, edition),
        "ratio": f"{sheet.box.trim.width} / {sheet.box.trim.height}",
        "flaws": [{"severity": f.severity, "text": f.text} for f in sheet.findings if f.severity != "info"],
        "comments": [
            {"panel": _("Panel {number}").format(number=number), "name": name, "text": text}
            for number, name, text in sorted(said)
        ],
    }
