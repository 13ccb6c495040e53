"""Say where a plan may read badly: too many words, one shot over and over, a place nobody was shown.

None of it is wrong, so nothing here is an error. Limits are those of the trade (words a page and a panel,
after Weisinger and Moore) and what was measured for Ukrainian. `detect`, which tells a language, comes from
outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from math import log2
from typing import NamedTuple

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Fix, Issue, Severity
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, ComicPlan, Page, Panel
from kitsumy_core.plan.wording import alike, foreign_letters, is_wrong_script, mixed_words, words_of
from kitsumy_core.render.camera import read_camera

Detect = Callable[[str, Sequence[str]], str]
"""Returns the likeliest of some languages for a text."""

PAGE_WORDS, PAGE_CHARACTERS = 190, 1200
PANEL_SHARE = 210
"""Words that n panels share: 210 / n each."""
MOST_BALLOONS = 3
CAPTION_CHARACTERS, SFX_CHARACTERS = 160, 12
SAME_SHOTS, FEWEST_BITS, FLAT_FROM = 3, 1.0, 4
"""So many panels running may not share a shot; so varied (entropy in bits) must a page of `FLAT_FROM` be."""
ALIKE, LOOK_BACK = 0.6, 6
"""Two actions that share more of their words (Jaccard) say the same; compared are the last few panels."""
CARRIED = 0.12
"""What a page leaves and the next one enters share at least so much of their words."""
ENOUGH_LETTERS = 40
"""Fewer letters do not tell a language."""
LANGUAGES = ("uk", "en", "ru", "pl", "de", "fr", "es")
SILENT_MOST, SILENT_FROM = 0.6, 6
WIDE = ("wide", "extreme-wide", "full")


class Place(NamedTuple):
    """A panel and where it stands in the book and in the exchange JSON."""

    chapter: Chapter
    page: Page
    panel: Panel
    number: int
    path: str


def quality(book: Book, detect: Detect) -> list[Issue]:
    """Return what may be better in the writing of a book, page after page, then what concerns all of it."""
    plan, issues = book.plan, list[Issue]()
    places = list(_places(plan))
    for _, group in groupby(places, key=lambda place: place.page.id):
        on_page = list(group)
        issues += _page_words(on_page)
        for place in on_page:
            issues += _panel_words(place)
            issues += _scripts(book, place)
        issues += _page_shots(on_page)
        issues += _language(book, on_page, detect)
    issues += _runs(places)
    issues += _new_places(plan, places)
    issues += _repeated(places)
    issues += _carried(plan)
    issues += _silence(places)
    issues += _bible(plan, places)
    return issues


def _places(plan: ComicPlan) -> Iterator[Place]:
    for c, chapter in enumerate(plan.chapters):
        for p, page in enumerate(chapter.pages):
            for n, panel in enumerate(page.panels):
                yield Place(chapter, page, panel, n + 1, f"/chapters/{c}/pages/{p}/panels/{n}")


def _issue(
    code: str,
    place: Place,
    field: str = "",
    severity: Severity = "warning",
    *,
    fixes: Sequence[Fix] = (),
    **params: object,
) -> Issue:
    path = f"{place.path}/{field}" if field else place.path
    known = {"page": place.page.page_number or 0, "panel": place.number}
    ids = (place.panel.id, place.page.id)
    return Issue(code=code, severity=severity, path=path, ids=ids, params=known | params, fixes=tuple(fixes))


def _page_issue(
    code: str, place: Place, severity: Severity = "warning", *, fixes: Sequence[Fix] = (), **params: object
) -> Issue:
    path = place.path.rpartition("/panels/")[0]
    known: dict[str, object] = {"page": place.page.page_number or 0}
    return Issue(
        code=code,
        severity=severity,
        path=path,
        ids=(place.page.id,),
        params=known | params,
        fixes=tuple(fixes),
    )


def texts_of(panel: Panel) -> tuple[str, ...]:
    """Return what is read in a panel: its caption and its lines."""
    return tuple(text for text in (panel.narrative, *(line.text for line in panel.dialogue)) if text.strip())


def _page_words(places: Sequence[Place]) -> Iterator[Issue]:
    texts = [text for place in places for text in texts_of(place.panel)]
    words, characters = sum(len(t.split()) for t in texts), sum(len(t.strip()) for t in texts)
    if words > PAGE_WORDS or characters > PAGE_CHARACTERS:
        yield _page_issue("page-wordy", places[0], words=words, characters=characters)
    for place in places:
        here = sum(len(text.split()) for text in texts_of(place.panel))
        most = PANEL_SHARE // len(places)
        if here > most:
            yield _issue("panel-wordy", place, words=here, most=most)


def _panel_words(place: Place) -> Iterator[Issue]:
    panel = place.panel
    if len(panel.dialogue) > MOST_BALLOONS:
        yield _issue("balloons-many", place, "dialogue", balloons=len(panel.dialogue), most=MOST_BALLOONS)
    if len(panel.narrative) > CAPTION_CHARACTERS:
        yield _issue("caption-long", place, "narrative", characters=len(panel.narrative))
    if len(panel.sfx) > SFX_CHARACTERS:
        yield _issue("sfx-long", place, "sfx", "info", characters=len(panel.sfx))


def _scripts(book: Book, place: Place) -> Iterator[Issue]:
    panel, language = place.panel, book.plan.kitsumy.language
    for i, line in enumerate(panel.dialogue):
        if mixed := mixed_words(line.text):
            yield _issue("word-mixed", place, f"dialogue/{i}/text", word=mixed[0])
        elif is_wrong_script(line.text, language) or foreign_letters(line.text, language):
            yield _issue(
                "language-other", place, f"dialogue/{i}/text", language=language, text=line.text[:40]
            )
    if is_wrong_script(panel.kitsumy.action_en, "en"):
        yield _issue("english-wanted", place, "kitsumy/actionEn")


def _language(book: Book, places: Sequence[Place], detect: Detect) -> Iterator[Issue]:
    language = book.plan.kitsumy.language
    text = " ".join(text for place in places for text in texts_of(place.panel))
    if sum(c.isalpha() for c in text) < ENOUGH_LETTERS or is_wrong_script(text, language):
        return
    found = detect(text, tuple(dict.fromkeys((language, *LANGUAGES))))
    if found != language:
        yield _page_issue("page-language-other", places[0], language=language, found=found)


def shot_of(panel: Panel) -> tuple[str, str] | None:
    """Return framing and angle of a panel, or None where the writer named no camera."""
    if not panel.camera.strip():
        return None
    camera = read_camera(panel.camera)
    return camera.framing, camera.angle


def _page_shots(places: Sequence[Place]) -> Iterator[Issue]:
    shots = [shot for place in places if (shot := shot_of(place.panel))]
    if len(shots) < FLAT_FROM or len(shots) < len(places):
        return
    shares = [shots.count(shot) / len(shots) for shot in set(shots)]
    if -sum(share * log2(share) for share in shares) < FEWEST_BITS:
        yield _page_issue("shots-flat", places[0], "info", shots=len(set(shots)), panels=len(shots))


def _runs(places: Sequence[Place]) -> Iterator[Issue]:
    for shot, group in groupby(places, key=lambda place: shot_of(place.panel)):
        run = list(group)
        if shot is not None and len(run) >= SAME_SHOTS:
            yield _issue(
                "shot-again", run[SAME_SHOTS - 1], "camera", count=len(run), camera=run[0].panel.camera
            )


def _new_places(plan: ComicPlan, places: Sequence[Place]) -> Iterator[Issue]:
    """Where the story first stays at a place, one of its first panels there shows it; a glimpse need not."""
    seen: set[str] = set()
    for name, group in groupby(places, key=lambda place: _where(plan, place)):
        stay = list(group)
        new = bool(name) and name not in seen
        seen.add(name)
        if not new or len(stay) == 1:
            continue
        shots = [shot_of(place.panel) for place in stay[:3]]
        if all(shot is not None and shot[0] not in WIDE for shot in shots):
            words = stay[0].panel.location or name
            yield _issue("place-not-shown", stay[0], "camera", "info", location=words)


def _where(plan: ComicPlan, place: Place) -> str:
    known = place.panel.kitsumy.location_id
    location = plan.location(known) if known else None
    return " ".join((location.name if location else place.panel.location).casefold().split())


def _repeated(places: Sequence[Place]) -> Iterator[Issue]:
    for n, place in enumerate(places):
        words = words_of(place.panel.action)
        for before in places[max(0, n - LOOK_BACK) : n]:
            if len(words) >= 3 and alike(words, words_of(before.panel.action)) > ALIKE:
                yield _issue(
                    "action-again",
                    place,
                    "action",
                    other_page=before.page.page_number or 0,
                    other_panel=before.number,
                )
                break


def _carried(plan: ComicPlan) -> Iterator[Issue]:
    """What a page leaves and the next one enters speak of the same things, where both are written down."""
    pages = [
        (f"/chapters/{c}/pages/{p}", page)
        for c, chapter in enumerate(plan.chapters)
        for p, page in enumerate(chapter.pages)
    ]
    for (_, before), (path, page) in pairwise(pages):
        left, entered = before.kitsumy.leaves, page.kitsumy.enters
        if left.strip() and entered.strip() and alike(words_of(left), words_of(entered)) < CARRIED:
            take_over = edit("set_field", node=key_of("page", page.id), field="kitsumy.enters", value=left)
            yield Issue(
                code="state-jumps",
                severity="warning",
                path=f"{path}/kitsumy/enters",
                ids=(page.id, before.id),
                params={"page": page.page_number or 0, "left": left[:80], "entered": entered[:80]},
                fixes=(Fix(code="take-over-state", edit=take_over),),
            )


def _silence(places: Sequence[Place]) -> Iterator[Issue]:
    if len(places) < SILENT_FROM:
        return
    silent = sum(not texts_of(place.panel) for place in places)
    if silent == 0 or silent / len(places) > SILENT_MOST:
        code = "silence-none" if silent == 0 else "silence-much"
        yield Issue(code=code, severity="info", path="", params={"silent": silent, "panels": len(places)})


def _bible(plan: ComicPlan, places: Sequence[Place]) -> Iterator[Issue]:
    for n, character in enumerate(plan.characters):
        path, name = f"/characters/{n}", character.name
        seen = sum(character.id in place.panel.characters for place in places)
        if seen == 1 and len(places) >= SILENT_FROM:
            yield Issue(
                code="character-once", severity="info", path=path, ids=(character.id,), params={"name": name}
            )
        if is_wrong_script(character.kitsumy.look, "en"):
            yield Issue(
                code="look-english-wanted",
                severity="warning",
                path=f"{path}/kitsumy/look",
                ids=(character.id,),
                params={"name": name},
            )
    for n, location in enumerate(plan.kitsumy.locations):
        if is_wrong_script(location.look, "en"):
            yield Issue(
                code="look-english-wanted",
                severity="warning",
                path=f"/kitsumy/locations/{n}/look",
                ids=(location.id,),
                params={"name": location.name},
            )
