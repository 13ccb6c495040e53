"""Bring a script into a plan: what is the same keeps its id, and with it renders and placed balloons.

Panels are matched by their words, in order first, then wherever they went; pages and chapters follow them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kitsumy_core.page.layouts import layouts_with
from kitsumy_core.plan.models import Chapter, Character, ComicPlan, Dialogue, DialogueKit, Page, Panel
from kitsumy_core.plan.script import NOBODY, Script, ScriptChapter, ScriptLine, ScriptPage, ScriptPanel
from kitsumy_core.plan.script_words import plain
from kitsumy_core.plan.wording import alike, words_of

Mint = Callable[[], str]
SAME_AT_LEAST, MOVED_AT_LEAST = 0.25, 0.5
"""Share of words that makes two panels one: in their order, and in another place."""
PLAIN_LAYOUT = "grid-2x2"


class _Cast(NamedTuple):
    """Who is called what in a script."""

    plan: ComicPlan
    by_name: dict[str, str]

    def id_of(self, name: str) -> str:
        """Return the id of a named character, or the name itself."""
        if name.startswith("@"):
            return name[1:].strip()
        if name in ("", NOBODY):
            return ""
        wanted = plain(name)
        if wanted in self.by_name:
            return self.by_name[wanted]
        parts = {c for known, c in self.by_name.items() if wanted in known.split()}
        return parts.pop() if len(parts) == 1 else name


def plan_of_script(script: Script, mint: Mint, language: str = "uk") -> ComicPlan:
    """Return a new plan: its cast is who is introduced or speaks."""
    names = {plain(name): name for name, _ in script.cast}
    for panel in script.panels():
        for name in (*(line.speaker for line in panel.dialogue), *(panel.characters or ())):
            if name and not name.startswith("@") and not any(plain(name) in known.split() for known in names):
                names.setdefault(plain(name), _as_name(name))
    about = {plain(name): text for name, text in script.cast}
    cast = tuple(
        Character(id=f"char-{n}", name=name, appearance=about.get(plain(name), ""))
        for n, name in enumerate(names.values(), 1)
    )
    empty = ComicPlan(characters=cast)
    empty = empty.but(kitsumy=empty.kitsumy.but(language=language))
    return with_script(empty, script, mint)


def with_script(plan: ComicPlan, script: Script, mint: Mint) -> ComicPlan:
    """Return the plan with what the script says; nodes that the script no longer has are gone."""
    cast = _Cast(plan, _names(plan))
    old, new = list(plan.panels()), list(script.panels())
    twins = _matched(old, new)
    home = {panel.id: page for page in plan.pages() for panel in page.panels}
    owner = {page.id: chapter for chapter in plan.chapters for page in chapter.pages}
    made: list[Chapter] = []
    taken: set[str] = set()
    at = 0
    for chapter in script.chapters:
        pages: list[Page] = []
        for page in chapter.pages:
            known = [twins.get(at + k) for k in range(len(page.panels))]
            at += len(page.panels)
            pages.append(_page(page, known, cast, script, mint, home, taken))
        made.append(_chapter(chapter, pages, plan, owner, mint, taken))
    changes = {"title": script.title, "style": script.style}
    return plan.but(
        chapters=tuple(made),
        characters=_introduced(cast, script),
        **{field: _kept(getattr(plan, field), text) for field, text in changes.items() if text},
    ).numbered()


def _names(plan: ComicPlan) -> dict[str, str]:
    counts = Counter(plain(c.name) for c in plan.characters)
    return {plain(c.name): c.id for c in plan.characters if c.name.strip() and counts[plain(c.name)] == 1}


def _as_name(name: str) -> str:
    return " ".join(w.capitalize() for w in name.split()) if name.isupper() else name


def _introduced(cast: _Cast, script: Script) -> tuple[Character, ...]:
    """Return the cast with what the script's own list of it says anew."""
    about = {cast.id_of(name): text for name, text in script.cast if text}
    return tuple(
        c.but(appearance=_kept(c.appearance, about[c.id])) if c.id in about else c
        for c in cast.plan.characters
    )


def _matched(old: Sequence[Panel], new: Sequence[ScriptPanel]) -> dict[int, Panel]:
    """Return the panel that each of the script's panels (by index) is."""
    before = [_said(panel.action, panel.narrative, (line.text for line in panel.dialogue)) for panel in old]
    after = [_said(panel.action, panel.narrative, (line.text for line in panel.dialogue)) for panel in new]
    score = [[_score(a, b) for b in before] for a in after]
    pairs = _in_order(score)
    left, right = set(range(len(new))) - {i for i, _ in pairs}, set(range(len(old))) - {j for _, j in pairs}
    moved = sorted(
        ((score[i][j], i, j) for i in left for j in right if score[i][j] >= MOVED_AT_LEAST), reverse=True
    )
    for _, i, j in moved:
        if i in left and j in right:
            pairs.append((i, j))
            left.discard(i)
            right.discard(j)
    if len(old) == len(new):
        pairs += [(i, i) for i in left & right]
    return {i: old[j] for i, j in pairs}


def _said(action: str, narrative: str, lines: Iterable[str]) -> frozenset[str]:
    return words_of(" ".join((action, narrative, *lines)))


def _score(one: frozenset[str], other: frozenset[str]) -> float:
    if not one and not other:
        return SAME_AT_LEAST
    return alike(one, other)


def _in_order(score: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the pairs (new, old) that keep their order and have most words in common."""
    rows, columns = len(score), len(score[0]) if score else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            same = score[i][j] + best[i + 1][j + 1] if score[i][j] >= SAME_AT_LEAST else 0.0
            best[i][j] = max(same, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if score[i][j] >= SAME_AT_LEAST and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _page(
    page: ScriptPage,
    known: Sequence[Panel | None],
    cast: _Cast,
    script: Script,
    mint: Mint,
    home: dict[str, Page],
    taken: set[str],
) -> Page:
    panels = tuple(
        _panel(panel, twin, cast, script, mint) for panel, twin in zip(page.panels, known, strict=True)
    )
    homes = Counter(home[twin.id].id for twin in known if twin is not None)
    old = next((p for p in homes if p not in taken), None)
    base = next((p for p in home.values() if p.id == old), None) or Page(id=mint())
    taken.add(base.id)
    layout = page.layout or base.layout
    if not page.layout and len(base.panels) != len(panels):
        layout = next(iter(layouts_with(len(panels))), layout or PLAIN_LAYOUT)
    return base.but(layout=layout or PLAIN_LAYOUT, panels=panels)


def _chapter(
    chapter: ScriptChapter,
    pages: Sequence[Page],
    plan: ComicPlan,
    owner: dict[str, Chapter],
    mint: Mint,
    taken: set[str],
) -> Chapter:
    homes = Counter(owner[page.id].id for page in pages if page.id in owner)
    names = [c.id for c in plan.chapters if plain(c.title) == plain(chapter.title)]
    old = next(
        (c for c in (*names, *(h for h, _ in homes.most_common())) if f"chapter {c}" not in taken), None
    )
    base = next((c for c in plan.chapters if c.id == old), None) or Chapter(id=mint())
    taken.add(f"chapter {base.id}")
    return base.but(
        title=_kept(base.title, chapter.title) if chapter.title else base.title, pages=tuple(pages)
    )


def _panel(panel: ScriptPanel, twin: Panel | None, cast: _Cast, script: Script, mint: Mint) -> Panel:
    base = twin or Panel(id=mint())
    said = dict(panel.fields)
    changes: dict[str, object] = {
        field: _kept(getattr(base, field), said.get(field, ""))
        for field in ("location", "camera", "mood")
        if field in said or field in script.labels
    }
    speakers = [cast.id_of(line.speaker) for line in panel.dialogue if line.kind not in ("off", "radio")]
    if panel.characters is not None:
        changes["characters"] = tuple(cast.id_of(name) for name in panel.characters)
    elif twin is None:
        changes["characters"] = tuple(dict.fromkeys(c for c in speakers if cast.plan.character(c)))
    kit = base.kitsumy
    if panel.narrative and panel.narrative_kind != kit.narrative_kind:
        kit = kit.but(narrative_kind=panel.narrative_kind)
    return base.but(
        action=_kept(base.action, panel.action),
        narrative=_kept(base.narrative, panel.narrative),
        sfx=_kept(base.sfx, panel.sfx),
        dialogue=_lines(panel.dialogue, base.dialogue, cast, mint),
        kitsumy=kit,
        **changes,
    )


def _kept(before: str, after: str) -> str:
    """Return the text as it was where only its white space differs: a script does not keep that."""
    return before if before.split() == after.split() else after


def _lines(
    lines: Sequence[ScriptLine], known: Sequence[Dialogue], cast: _Cast, mint: Mint
) -> tuple[Dialogue, ...]:
    """Return the lines; the same words, else words alike, else the same place, keep their id."""
    free = list(known)
    found: dict[int, Dialogue] = {}
    tests: tuple[Callable[[int, ScriptLine, Dialogue], bool], ...] = (
        lambda n, line, old: (
            line.text.split() == old.text.split() and cast.id_of(line.speaker) == old.character
        ),
        lambda n, line, old: line.text.split() == old.text.split(),
        lambda n, line, old: alike(words_of(line.text), words_of(old.text)) >= MOVED_AT_LEAST,
        lambda n, line, old: n < len(known) and known[n] is old and cast.id_of(line.speaker) == old.character,
    )
    for same in tests:
        for n, line in enumerate(lines):
            twin = next((old for old in free if same(n, line, old)), None) if n not in found else None
            if twin is not None:
                found[n] = twin
                free.remove(twin)
    made = []
    for n, line in enumerate(lines):
        base = found.get(n) or Dialogue(kitsumy=DialogueKit(id=mint()))
        kit = base.kitsumy if base.kitsumy.kind == line.kind else base.kitsumy.but(kind=line.kind)
        made.append(
            base.but(character=cast.id_of(line.speaker), text=_kept(base.text, line.text), kitsumy=kit)
        )
    return tuple(made)
