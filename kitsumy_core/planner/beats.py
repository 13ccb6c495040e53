"""Turn an idea into a plan to fill in, without AI: a beat sheet spread over pages, as questions.

The same idea always gives the same plan. Each beat takes its share of the pages; a page shows the beats that
fill a good part of it. The texts are in `beat_sheets`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kitsumy_core.errors import UsageError
from kitsumy_core.page.layouts import panel_count
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    CharacterKit,
    ComicPlan,
    MadeBy,
    Page,
    PageKit,
    Panel,
    PlanKit,
)
from kitsumy_core.planner.beat_sheets import (
    CAMERAS,
    HERO,
    LANGUAGES,
    OTHER,
    PLACES,
    QUOTED,
    THREE_ACTS,
    Beat,
    Pair,
    Placeholder,
    Sheet,
)
from kitsumy_core.planner.beat_sheets_short import GAG, KISHOTENKETSU
from kitsumy_core.render.styles import find_style

LEAST_PAGES, MOST_PAGES, DEFAULT_PAGES = 1, 20, 5
SHOWN = 0.18
"""A beat is shown on a page of which it takes more than this share."""
SHEETS: Mapping[str, Sheet] = {sheet.id: sheet for sheet in (THREE_ACTS, KISHOTENKETSU, GAG)}
TITLE_LENGTH, MENTION_LENGTH = 60, 70


def beats_plan(
    idea: str,
    *,
    style: str = "",
    max_pages: int = DEFAULT_PAGES,
    language: str = "uk",
    sheet: str = THREE_ACTS.id,
) -> ComicPlan:
    """Return a plan of exactly `max_pages` pages whose texts ask the writer what the beat needs.

    `style` is free text; the name of a style of ours also chooses that style. Texts are Ukrainian or English
    (for every other language). `sheet` is a key of SHEETS. Raises UsageError for an empty idea, an unknown
    sheet or a number of pages outside 1..20.
    """
    said = " ".join(idea.split())
    if not said:
        raise UsageError("idea-empty")
    if not LEAST_PAGES <= max_pages <= MOST_PAGES:
        raise UsageError("max-pages-range", given=max_pages, least=LEAST_PAGES, most=MOST_PAGES)
    if sheet not in SHEETS:
        raise UsageError("sheet-unknown", name=sheet, known=list(SHEETS))
    told = SHEETS[sheet]
    writer = _Writer(said, language)
    chapters = _chapters(told, writer, [_page_plan(told, number, max_pages) for number in range(max_pages)])
    title = shortened(said, TITLE_LENGTH)
    known_style = find_style(style)
    kit = PlanKit(
        language=language,
        idea=idea.strip(),
        made_by=MadeBy(kind="beats", detail=sheet),
        style_id=known_style.id if known_style else "",
    )
    return ComicPlan(
        title=title[:1].upper() + title[1:],
        style=style.strip(),
        characters=(writer.character("char-1", HERO), writer.character("char-2", OTHER)),
        chapters=chapters,
        kitsumy=kit,
    ).numbered()


def chapter_count(pages: int) -> int:
    """Return how many chapters a book of so many pages gets: 1 up to six pages, 4 from sixteen on."""
    return 1 + sum(pages >= first for first in (7, 11, 16))


def shortened(text: str, limit: int) -> str:
    """Return the text in at most `limit` letters, cut between words where that is possible."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip(" ,;:.—-") + "…"


class _Shown(NamedTuple):
    """A beat on a page, and the share of the page it takes."""

    beat: Beat
    share: float


def _page_plan(sheet: Sheet, number: int, pages: int) -> list[_Shown]:
    """Return the beats of a page (counted from 0) in story order."""
    total = sum(beat.weight for beat in sheet.beats)
    found: list[_Shown] = []
    end = 0.0
    for beat in sheet.beats:
        start, end = end, end + beat.weight / total * pages
        share = min(end, number + 1) - max(start, number)
        inside = start >= number and end <= number + 1 + 1e-9
        if share > SHOWN or inside:
            found.append(_Shown(beat, share))
    return found


def _chapters(sheet: Sheet, writer: _Writer, pages: Sequence[Sequence[_Shown]]) -> tuple[Chapter, ...]:
    starts = _chapter_starts(sheet, len(pages))
    names = sheet.chapter_names[len(starts)]
    chapters = []
    for number, start in enumerate(starts):
        chapter_id = f"ch{number + 1}"
        until = starts[number + 1] if number + 1 < len(starts) else len(pages)
        made = (
            writer.page(f"{chapter_id}-p{n}", shown, whole_book=len(pages) == 1)
            for n, shown in enumerate(pages[start:until], 1)
        )
        chapters.append(Chapter(id=chapter_id, title=writer.text(names[number]), pages=tuple(made)))
    return tuple(chapters)


def _chapter_starts(sheet: Sheet, pages: int) -> list[int]:
    total = sum(beat.weight for beat in sheet.beats)
    before = 0.0
    begins: dict[str, int] = {}
    for beat in sheet.beats:
        begins[beat.id] = round(before / total * pages)
        before += beat.weight
    return [begins[beat_id] for beat_id in sheet.chapter_starts[chapter_count(pages)]]


class _Writer:
    """Writes pages one after the other: remembers which questions, cameras and layouts were used."""

    def __init__(self, idea: str, language: str) -> None:
        self._language = LANGUAGES.get(language.partition("-")[0].lower(), LANGUAGES["en"])
        mention = shortened(idea, MENTION_LENGTH).rstrip(".…") + ("…" if len(idea) > MENTION_LENGTH else "")
        self._mention = self.text(QUOTED).replace("{idea}", mention)
        self._seed = int.from_bytes(hashlib.sha256(idea.encode("utf-8", "replace")).digest()[:4], "big")
        self._asked: dict[str, int] = {}
        self._camera = self._layout = ""

    def text(self, pair: Pair) -> str:
        return pair[self._language]

    def character(self, character_id: str, who: Placeholder) -> Character:
        seed = (self._seed + int(character_id[-1]) * 7919) % 100_000
        return Character(
            id=character_id,
            name=self.text(who.name),
            appearance=self.text(who.appearance).replace("{idea}", self._mention),
            clothing=self.text(who.clothing),
            role=self.text(who.role),
            seed=seed,
            kitsumy=CharacterKit(),
        )

    def page(self, page_id: str, shown: Sequence[_Shown], *, whole_book: bool) -> Page:
        layout = "grid-2x2" if whole_book else self._next_layout(shown)
        room = panel_count(layout) or 1
        self._layout = layout
        panels = (self._panel(f"{page_id}-pan{n}", beat) for n, beat in enumerate(_spread(shown, room), 1))
        names = " · ".join(self.text(one.beat.name) for one in shown)
        return Page(id=page_id, layout=layout, panels=tuple(panels), kitsumy=PageKit(beat=names))

    def _next_layout(self, shown: Sequence[_Shown]) -> str:
        main = max(shown, key=lambda one: (round(one.share, 6), -one.beat.rank)).beat
        offset = self._seed % len(main.layouts)
        suits = (*main.layouts[offset:], *main.layouts[:offset], "grid-2x2", "action")
        wanted = min(len(shown), 4)
        fits = [name for name in suits if (panel_count(name) or 0) >= wanted]
        return next(name for name in fits if name != self._layout)

    def _panel(self, panel_id: str, beat: Beat) -> Panel:
        turn = self._asked.get(beat.id, 0)
        self._asked[beat.id] = turn + 1
        question = self.text(beat.questions[turn % len(beat.questions)])
        cameras = [beat.cameras[(turn + step) % len(beat.cameras)] for step in range(2)]
        self._camera = cameras[0] if cameras[0] != self._camera else cameras[1]
        camera = CAMERAS[self._camera]
        return Panel(
            id=panel_id,
            characters=("char-1", "char-2")[: camera.people],
            action=f"{self._mention} {question} {self.text(camera.asks)}",
            location=self.text(PLACES[beat.place]),
            mood=self.text(beat.mood),
            camera=self.text(camera.words),
        )


def _spread(shown: Sequence[_Shown], room: int) -> list[Beat]:
    """Return the beat of each panel: the weightiest beats where there is no room for all."""
    if len(shown) >= room:
        kept = sorted(shown, key=lambda one: one.beat.rank)[:room]
        return [one.beat for one in shown if one in kept]
    counts = [1] * len(shown)
    for _ in range(room - len(shown)):
        hungriest = max(range(len(shown)), key=lambda i: shown[i].share / counts[i])
        counts[hungriest] += 1
    return [one.beat for one, count in zip(shown, counts, strict=True) for _ in range(count)]
