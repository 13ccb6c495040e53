"""Check the whole book at a glance: every page on one sheet, everything that is to be mended beside it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kitsumy_core.plan.book import Book
from studio import editing, services, state
from studio.components import header
from studio.components.comments import book_comments, open_count
from studio.components.empty import no_pages
from studio.components.opening import opened_comic
from studio.components.proof_facts import SEVERITIES, Finding, Proof, Sheet, proof_of
from studio.components.proof_issues import proof_issues, severity_count
from studio.components.proof_notes import notes
from studio.components.proof_sheet import OVERLAYS, SIZES, overlay_label, proof_sheet, size_label
from studio.components.reader import reader
from studio.texts import _, ngettext

FILTERS = ("all", "issues", "bare", "changed")
_SIDE = """
<style>
@media (min-width: 1000px) {
  [data-testid="stColumn"]:has(> * .st-key-proof-side) {
    position: sticky; top: 4rem; align-self: flex-start; }
}
@media (max-width: 999px) {
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-proof-side) {
    flex-direction: column-reverse; }
  [data-testid="stColumn"]:has(> * :is(.st-key-proof-side, .st-key-proof-pages)) {
    width: 100%; flex: 1 1 100%; }
}
</style>
"""


def chosen_of(findings: Sequence[Finding]) -> Finding | None:
    wanted = st.session_state.get("proof-chosen-issue")
    return next((finding for finding in findings if finding.key == wanted), None)


def choose(key: str) -> None:
    st.session_state["proof-chosen-issue"] = key
    editing.redraw("proof")


@st.fragment(key="proof")
def proof() -> None:
    project_id, book = state.project_id(), editing.book()
    assert project_id is not None
    view = _view(project_id)
    if view == "sheet":
        _sheet(project_id, book)
    elif view == "read":
        reader(book)
    elif view == "notes":
        notes(project_id, book)
    else:
        book_comments(book)


def _view(project_id: str) -> str:
    """Let the writer choose how to look at the whole book."""
    waiting = open_count(services.current().store.comments(project_id))
    names = {
        "sheet": _("All pages"),
        "read": _("Reading"),
        "notes": _("Pages with their script"),
        "comments": _("Comments") + (f" ({waiting})" if waiting else ""),
    }
    view = st.segmented_control(
        _("View"),
        list(names),
        default="sheet",
        required=True,
        format_func=lambda v: names[v],
        key="proof-view",
        label_visibility="collapsed",
    )
    return view or "sheet"


def _sheet(project_id: str, book: Book) -> None:
    issues = services.current().issues
    all_issues = [*issues.of(book), *issues.of_writing(book)]
    with st.spinner(_("Putting the pages together…")):
        found = proof_of(project_id, book, all_issues, state.edition_id(book))
    chosen = chosen_of(found.findings)
    _summary(found)
    which, show, size = _tools(found.sheets)
    left, right = st.columns([3.1, 1.15], gap="medium")
    with left, st.container(key="proof-pages"):
        shown = [sheet for sheet in found.sheets if _passes(sheet, which)]
        if shown:
            proof_sheet(book, shown, chosen, show, size, _heading(book, found), choose)
        else:
            st.info(_("No page is like that."), icon=":material/check_circle:")
    with right, st.container(key="proof-side"):
        proof_issues(found.findings, found.sheets, chosen, choose)


def _tools(sheets: Sequence[Sheet]) -> tuple[str, Sequence[str], str]:
    """Let the writer choose which pages are shown, what is drawn over them, and how large they are."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="proof-tools"):
        which = _filter(sheets)
        show = st.pills(
            _("Show on the pages"),
            OVERLAYS,
            selection_mode="multi",
            default=["order", "issues"],
            format_func=overlay_label,
            key="proof-overlays",
        )
        size = st.segmented_control(
            _("Size"), list(SIZES), default="medium", required=True, format_func=size_label, key="proof-size"
        )
    return which, show, size or "medium"


def _filter(sheets: Sequence[Sheet]) -> str:
    names = {
        "all": _("All"),
        "issues": _("With issues"),
        "bare": _("Not rendered"),
        "changed": _("Changed since"),
    }
    counts = {which: sum(_passes(sheet, which) for sheet in sheets) for which in FILTERS}
    chosen = st.segmented_control(
        _("Pages"),
        FILTERS,
        default="all",
        required=True,
        format_func=lambda which: f"{names[which]} ({counts[which]})",
        key="proof-filter",
    )
    return chosen or "all"


def _passes(sheet: Sheet, which: str) -> bool:
    return {
        "all": True,
        "issues": any(finding.severity != "info" for finding in sheet.findings),
        "bare": bool(sheet.bare),
        "changed": bool(sheet.changed),
    }[which]


def _facts(found: Proof) -> list[tuple[str, str]]:
    """Return the summary: each fact with the colour of its badge."""
    panels = sum(len(sheet.page.panels) for sheet in found.sheets)
    bare = sum(len(sheet.bare) for sheet in found.sheets)
    sketched = sum(len(sheet.sketched) for sheet in found.sheets)
    wrong = sum(sheet.is_miscounted for sheet in found.sheets)
    done = panels - bare
    facts = [
        (ngettext("{n} page", "{n} pages", len(found.sheets)), "gray"),
        (ngettext("{n} panel", "{n} panels", panels), "gray"),
        (_("{n} rendered").format(n=done), "green" if done else "gray"),
    ]
    if sketched:
        facts.append((ngettext("{n} of them a sketch", "{n} of them sketches", sketched), "blue"))
    if bare:
        facts.append((_("{n} not rendered").format(n=bare), "violet"))
    if wrong:
        text = ngettext("{n} page with a wrong panel count", "{n} pages with a wrong panel count", wrong)
        facts.append((text, "red"))
    colours = {"error": "red", "warning": "orange", "info": "gray"}
    for severity in SEVERITIES:
        if n := sum(finding.severity == severity for finding in found.findings):
            facts.append((severity_count(severity, n), colours[severity]))
    return facts


def _summary(found: Proof) -> None:
    with st.container(horizontal=True, gap="small", key="proof-summary"):
        for text, colour in _facts(found):
            st.badge(text, color=colour)  # type: ignore[arg-type]


def _heading(book: Book, found: Proof) -> str:
    """Return the line that stands above the sheet on paper."""
    return " · ".join([book.plan.title or _("Untitled"), *(text for text, _colour in _facts(found))])


def show() -> None:
    book = opened_comic()
    if book is None:
        return
    if not any(True for _page in book.plan.pages()):
        no_pages(book)
        return
    st.html(_SIDE)
    proof()
    header.watch()


show()
