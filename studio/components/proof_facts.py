"""Gather what the proof sheet shows: composed pages, findings, which panels have no picture or an old one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kitsumy_core.messages import say
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.layouts import Layout, panel_count
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.check import Fix, Issue, Severity
from kitsumy_core.plan.models import Chapter, Page
from studio import services, state
from studio.staleness import stale_panels

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One problem in words, with its place; `page` and `panel` are ids, "" where it has none."""

    key: str
    severity: Severity
    text: str
    page: str = ""
    panel: str = ""
    fixes: tuple[Fix, ...] = ()
    areas: tuple[tuple[tuple[int, int], ...], ...] = ()
    """Where it is to be seen: polygons in pixels of the page."""


@dataclass(frozen=True)
class Sheet:
    """One page of the sheet. `bare`, `sketched` and `changed` are ids of panels."""

    chapter: Chapter
    page: Page
    box: PageBox
    findings: Sequence[Finding] = ()
    bare: frozenset[str] = frozenset()
    sketched: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    own: Mapping[str, Layout] = field(default_factory=dict)

    @property
    def room(self) -> int | None:
        """Return how many panels the layout has room for, None if there is no such layout."""
        return panel_count(self.page.layout, self.own)

    @property
    def is_miscounted(self) -> bool:
        return self.room != len(self.page.panels)


@dataclass(frozen=True)
class Proof:
    """The whole book as the screen shows it; findings without a page come first."""

    sheets: Sequence[Sheet]
    findings: Sequence[Finding] = field(default_factory=list)


def proof_of(project_id: str, book: Book, issues: Sequence[Issue], edition_id: str = MAIN) -> Proof:
    """Return the facts of all pages. The first call composes every page, later ones none."""
    pictures = services.current().pictures
    pages = [(chapter, page) for chapter in book.plan.chapters for page in chapter.pages]
    boxes = [pictures.page_box(project_id, book, chapter, page, edition_id) for chapter, page in pages]
    found = sorted(_findings(book, issues, boxes, edition_id), key=lambda f: SEVERITIES.index(f.severity))
    takes = pictures.picked(project_id, book)
    changed = set(stale_panels(project_id, book))
    sheets = []
    for (chapter, page), box in zip(pages, boxes, strict=True):
        ids = [panel.id for panel in page.panels]
        sheets.append(
            Sheet(
                chapter,
                page,
                box,
                [finding for finding in found if finding.page == page.id],
                frozenset(i for i in ids if i not in takes),
                frozenset(i for i in ids if i in takes and takes[i].made_by == "sketch"),
                frozenset(changed.intersection(ids)),
                book.plan.kitsumy.layouts,
            )
        )
    general = [finding for finding in found if not finding.page]
    return Proof(sheets, [*general, *(finding for sheet in sheets for finding in sheet.findings)])


def _findings(
    book: Book, issues: Sequence[Issue], boxes: Sequence[PageBox], edition_id: str
) -> Iterator[Finding]:
    page_of = {panel.id: page.id for page in book.plan.pages() for panel in page.panels}
    pages = {page.id for page in book.plan.pages()}
    yield from (_finding(issue, page_of, pages) for issue in issues)
    for box in boxes:
        for flaw in services.current().issues.of_page(book, box, edition_id):
            found = _finding(flaw.issue, page_of, pages)
            yield replace(found, areas=tuple(tuple((round(x), round(y)) for x, y in a) for a in flaw.areas))


def _finding(issue: Issue, page_of: Mapping[str, str], pages: Collection[str]) -> Finding:
    panel = next((i for i in issue.ids if i in page_of), "")
    page = page_of.get(panel) or next((i for i in issue.ids if i in pages), "")
    text = say(issue.code, issue.params, state.language())
    return Finding(f"{issue.code}{issue.path}", issue.severity, text, page, panel, issue.fixes)
