"""The plan as a comic script: what a script says, and a plan written out as one.

    # Title
    PAGE 1 (4 panels) [grid-2x2]
    Panel 1
    Place: Lighthouse
    Mara opens the door.
    MARA (whisper): Is anybody here?
    SFX: CREAK

A backslash at the end of a line keeps the break; one at its beginning says that the line is only text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitsumy_core.plan.models import Character, ComicPlan, Dialogue, DialogueKind, NarrativeKind, Panel
from kitsumy_core.plan.script_lines import is_only_text, read_line
from kitsumy_core.plan.script_words import EN, Wording, plain, wording

INDENT = "    "
NOBODY = "?"
"""Stands for a speaker whom nobody has named yet."""


@dataclass(frozen=True)
class ScriptLine:
    speaker: str
    text: str
    kind: DialogueKind = "speech"


@dataclass(frozen=True)
class ScriptPanel:
    """What a script says of a panel. `fields` holds location, camera and mood where the script has them."""

    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    characters: tuple[str, ...] | None = None
    """Names, None where the script does not say who is in the frame."""
    dialogue: tuple[ScriptLine, ...] = ()
    narrative: str = ""
    narrative_kind: NarrativeKind = "narration"
    sfx: str = ""


@dataclass(frozen=True)
class ScriptPage:
    panels: tuple[ScriptPanel, ...] = ()
    layout: str = ""


@dataclass(frozen=True)
class ScriptChapter:
    title: str = ""
    pages: tuple[ScriptPage, ...] = ()


@dataclass(frozen=True)
class Script:
    """A whole script. `cast` holds name and description of who is introduced; `labels` the labels it uses."""

    title: str = ""
    style: str = ""
    cast: tuple[tuple[str, str], ...] = ()
    chapters: tuple[ScriptChapter, ...] = ()
    labels: frozenset[str] = frozenset()

    def panels(self) -> Iterator[ScriptPanel]:
        for chapter in self.chapters:
            for page in chapter.pages:
                yield from page.panels


def write_script(plan: ComicPlan) -> str:
    """Return the plan as a script in its own language; `read_script` understands every line of it."""
    words = wording(plan.kitsumy.language)
    lines = [f"# {_one_line(plan.title)}" if plan.title.strip() else "#"]
    if plan.style.strip():
        lines.append(f"{words.style}: {_one_line(plan.style)}")
    if plan.kitsumy.made_by and plan.kitsumy.made_by.kind == "beats":
        lines += ["", words.without_ai]
    if plan.characters:
        lines += ["", words.cast]
        lines += [_introduced(plan, character) for character in plan.characters]
    number = 0
    for n, chapter in enumerate(plan.chapters, 1):
        lines += ["", f"{words.chapter} {n}. {_one_line(chapter.title)}".rstrip()]
        for page in chapter.pages:
            number += 1
            layout = f" [{page.layout}]" if page.layout else ""
            lines += ["", f"{words.page} {number} ({words.panel_count(len(page.panels))}){layout}"]
            for k, panel in enumerate(page.panels, 1):
                lines += ["", f"{words.panel} {k}", *_panel(plan, panel, words)]
    return "\n".join(lines) + "\n"


def speaker_name(plan: ComicPlan, character_id: str) -> str:
    """Return how a script names a speaker: in capitals, or as "@id" where the name alone would not do."""
    if not character_id.strip():
        return NOBODY
    character = plan.character(character_id)
    name = _one_line(character.name.upper() if character else character_id)
    twins = sum(plain(c.name) == plain(name) for c in plan.characters)
    return name if twins == (character is not None) and _is_safe(name) else f"@{character_id}"


def _is_safe(name: str) -> bool:
    """Tell whether a line of this speaker would be read as one."""
    read = read_line(f"{name} ({EN.kinds['off']}): …")
    return name[:1] not in ("@", NOBODY) and read.kind == "speech" and read.name == name


def _introduced(plan: ComicPlan, character: Character) -> str:
    name = _frame_name(plan, character)
    return f"{name} — {_one_line(character.appearance)}" if character.appearance.strip() else name


def _panel(plan: ComicPlan, panel: Panel, words: Wording) -> Iterator[str]:
    for label, text in (
        (words.place, panel.location),
        (words.camera, panel.camera),
        (words.mood, panel.mood),
    ):
        if text.strip():
            yield f"{label}: {_one_line(text)}"
    known = [plan.character(c) for c in panel.characters]
    names = [
        speaker_name(plan, c) if found is None else _frame_name(plan, found)
        for c, found in zip(panel.characters, known, strict=True)
    ]
    yield f"{words.characters}: {', '.join(names)}".rstrip()
    if panel.action.strip():
        yield from _text(panel.action)
    if panel.narrative.strip():
        yield from _labelled(words.captions[panel.kitsumy.narrative_kind], panel.narrative)
    for line in panel.dialogue:
        yield from _spoken(plan, line, words)
    if panel.sfx.strip():
        yield from _labelled(words.sfx, panel.sfx)


def _frame_name(plan: ComicPlan, character: Character) -> str:
    name = _one_line(character.name)
    twins = sum(plain(c.name) == plain(name) for c in plan.characters)
    return name if twins == 1 and _is_safe(name) and not set(",—–") & set(name) else f"@{character.id}"


def _spoken(plan: ComicPlan, line: Dialogue, words: Wording) -> Iterator[str]:
    kind = words.kinds.get(line.kitsumy.kind, "")
    name = speaker_name(plan, line.character)
    yield from _labelled(f"{name} ({kind})" if kind else name, line.text)


def _labelled(label: str, text: str) -> Iterator[str]:
    lines = list(_broken(text)) or ["\\"]
    yield f"{label}: {lines[0]}"
    yield from (INDENT + _escaped(line) for line in lines[1:])


def _text(text: str) -> Iterator[str]:
    yield from (_escaped(line) for line in _broken(text))


def _escaped(line: str) -> str:
    return line if is_only_text(line) else f"\\{line}"


def _broken(text: str) -> Iterator[str]:
    """Yield the lines of a text, each but the last with a backslash that keeps the break."""
    parts = [_one_line(part) for part in text.strip().splitlines()]
    yield from (part + "\\" for part in parts[:-1])
    yield from parts[-1:]


def _one_line(text: str) -> str:
    """Return a text on one line; backslashes at its end are doubled, since one alone means a break."""
    line = " ".join(text.split())
    return line + "\\" * (len(line) - len(line.rstrip("\\")))
