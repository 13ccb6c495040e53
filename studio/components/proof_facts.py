"""Gather what the proof sheet shows: composed pages, findings, which panels have no picture or an old one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kitsumy_core.messages import say
from kitsumy_core.page.document import Lettering, PageBox
from kitsumy_core.page.layouts import Layout, panel_count
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Fix, Issue, Severity
from kitsumy_core.plan.models import Chapter, Page
from studio import services, state
from studio.staleness import stale_panels
from studio.texts import _

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


def proof_of(project_id: str, book: Book, issues: Sequence[Issue]) -> Proof:
    """Return the facts of all pages. The first call composes every page, later ones none."""
    pictures = services.current().pictures
    pages = [(chapter, page) for chapter in book.plan.chapters for page in chapter.pages]
    boxes = [pictures.page_box(project_id, book, chapter, page) for chapter, page in pages]
    found = sorted(_findings(book, issues, boxes), key=lambda f: SEVERITIES.index(f.severity))
    takes = pictures.chosen(project_id, book)
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


def _findings(book: Book, issues: Sequence[Issue], boxes: Sequence[PageBox]) -> Iterator[Finding]:
    page_of = {panel.id: page.id for page in book.plan.pages() for panel in page.panels}
    pages = {page.id for page in book.plan.pages()}
    for issue in issues:
        panel = next((i for i in issue.ids if i in page_of), "")
        page = page_of.get(panel) or next((i for i in issue.ids if i in pages), "")
        yield Finding(
            f"{issue.code}{issue.path}",
            issue.severity,
            say(issue.code, issue.params, state.language()),
            page,
            panel,
            issue.fixes,
        )
    for box in boxes:
        numbers = {panel.id: panel.order for panel in box.panels}
        for entry in box.lettering:
            yield from _lettering(box, entry, numbers)


def _lettering(box: PageBox, entry: Lettering, numbers: Mapping[str, int]) -> Iterator[Finding]:
    place = {"page": box.number, "panel": numbers.get(entry.panel, 0)}
    if entry.overflow:
        text = _("Page {page}, panel {panel}: a text does not fit, even set as small as may be.")
        yield Finding(f"overflow/{entry.id}", "warning", text.format(**place), box.id, entry.panel)
    elif box.bleed and _is_unsafe(box, entry):
        text = _("Page {page}, panel {panel}: a text lies outside the safe area and may be cut off in print.")
        yield Finding(f"unsafe/{entry.id}", "warning", text.format(**place), box.id, entry.panel)


def _is_unsafe(box: PageBox, entry: Lettering) -> bool:
    """Tell whether the words of a balloon or caption reach beyond the safe area; a sound may run out."""
    if entry.kind == "sfx":
        return False
    shape = entry.shape
    return not (
        box.safe - 1 <= shape.cx - shape.rx
        and shape.cx + shape.rx <= box.trim.width - box.safe + 1
        and box.safe - 1 <= shape.cy - shape.ry
        and shape.cy + shape.ry <= box.trim.height - box.safe + 1
    )
