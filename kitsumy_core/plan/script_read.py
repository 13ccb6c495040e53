"""Read a comic script as people write them: headings in any case, labels, screenplay cues, wrapped lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitsumy_core.errors import PlanFileError
from kitsumy_core.plan.files import MAX_BYTES
from kitsumy_core.plan.models import DialogueKind, NarrativeKind
from kitsumy_core.plan.script import NOBODY, Script, ScriptChapter, ScriptLine, ScriptPage, ScriptPanel
from kitsumy_core.plan.script_lines import Line, read_cue, read_line
from kitsumy_core.plan.script_words import DIALOGUE_KINDS, NARRATIVE_KINDS, kind_called


@dataclass
class _Text:
    """Words that may go on in the next line; a backslash at the end of one keeps the break."""

    parts: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.parts.append(line.strip())

    def goes_on(self) -> bool:
        """Tell whether the last line ended with the mark of a kept break."""
        return bool(self.parts) and _ending(self.parts[-1])[1]

    def __str__(self) -> str:
        text, broken = "", False
        for part in self.parts:
            line, breaks = _ending(part)
            text += ("\n" if broken else " " if text else "") + line
            broken = breaks
        return text.strip()


def _ending(line: str) -> tuple[str, bool]:
    """Return a line without its mark of a break, and whether there was one; two backslashes are one."""
    bare = line.rstrip("\\")
    count = len(line) - len(bare)
    return bare + "\\" * (count // 2), count % 2 == 1


@dataclass
class _Speech:
    speaker: str
    kind: DialogueKind
    text: _Text


@dataclass
class _Panel:
    action: _Text = field(default_factory=_Text)
    fields: dict[str, _Text] = field(default_factory=dict)
    dialogue: list[_Speech] = field(default_factory=list)
    captions: list[_Text] = field(default_factory=list)
    caption_kind: NarrativeKind = "narration"
    sfx: list[_Text] = field(default_factory=list)

    def done(self) -> ScriptPanel:
        frame = self.fields.get("characters")
        names = tuple(n.strip() for n in str(frame).split(",") if n.strip()) if frame is not None else None
        action = " ".join(filter(None, (str(self.fields.get("action", "")), str(self.action))))
        return ScriptPanel(
            action=action,
            fields=tuple((k, str(v)) for k, v in self.fields.items() if k not in ("characters", "action")),
            characters=names,
            dialogue=tuple(ScriptLine(s.speaker, str(s.text), s.kind) for s in self.dialogue),
            narrative="\n".join(map(str, self.captions)),
            narrative_kind=self.caption_kind,
            sfx=" ".join(map(str, self.sfx)),
        )


@dataclass
class _Page:
    layout: str = ""
    panels: list[_Panel] = field(default_factory=list)


@dataclass
class _Chapter:
    title: str = ""
    pages: list[_Page] = field(default_factory=list)


class _Reader:
    """Goes down a script line by line. `open` is the text that further lines belong to."""

    def __init__(self) -> None:
        self.title, self.style = _Text(), _Text()
        self.cast: list[tuple[str, str]] = []
        self.chapters: list[_Chapter] = []
        self.labels: set[str] = set()
        self.open: _Text | None = None
        self.in_cast = self.in_cue = False

    def read(self, lines: list[str]) -> None:
        for n, raw in enumerate(lines):
            following = lines[n + 1] if n + 1 < len(lines) else ""
            self.take(raw, read_line(raw), following)

    def take(self, raw: str, line: Line, following: str) -> None:
        if line.kind == "blank":
            self.open, self.in_cue = None, False
        elif line.kind in ("page", "panel", "chapter", "cast"):
            self.heading(line)
        elif self.in_cast and not self.chapters:
            self.introduce(raw, line)
        elif not self.chapters:
            self.preface(line)
        elif line.kind == "text":
            self.text(raw, line, following)
        else:
            self.label(line)

    def heading(self, line: Line) -> None:
        self.open, self.in_cue = None, False
        self.in_cast = line.kind == "cast" and not self.chapters
        if line.kind == "chapter":
            self.chapters.append(_Chapter(line.text))
        elif line.kind == "page":
            if not self.chapters:
                self.chapters.append(_Chapter())
            self.chapters[-1].pages.append(_Page(line.text))
        elif line.kind == "panel":
            self.page().panels.append(_Panel())
            if line.text:
                rest = read_line(line.text)
                self.label(rest) if rest.kind not in ("text", "blank") else self.text(line.text, rest, "")

    def introduce(self, raw: str, line: Line) -> None:
        """Take a line of the cast: a name, and after a dash or colon what there is to know."""
        text = raw.strip().lstrip("-*• ").strip()
        name, dash, about = text.partition(" — ")
        if not dash:
            name, dash, about = text.partition(" – ") if " – " in text else text.partition(":")
        self.cast.append((name.strip(" *_"), about.strip(" *_")))

    def preface(self, line: Line) -> None:
        if line.kind == "style":
            self.style.add(line.text)
        elif line.kind in ("title", "text") and not self.title.parts:
            self.title.add(line.text)

    def label(self, line: Line) -> None:
        panel, self.in_cue = self.panel(), False
        self.open = text = _Text()
        if line.kind == "speech":
            kind = kind_called(DIALOGUE_KINDS, line.remark) or "speech"
            panel.dialogue.append(_Speech("" if line.name == NOBODY else line.name, kind, text))
        elif line.kind == "caption":
            panel.caption_kind = kind_called(NARRATIVE_KINDS, line.remark) or panel.caption_kind
            panel.captions.append(text)
        elif line.kind == "sfx":
            panel.sfx.append(text)
        else:
            name = line.name if line.kind == "field" else {"scene": "location"}.get(line.kind, "action")
            self.labels.add(name)
            text = self.open = panel.fields.setdefault(name, text)
        if line.text:
            text.add(line.text)
        self.in_cue = not line.text and line.kind in ("speech", "caption", "sfx")

    def text(self, raw: str, line: Line, following: str) -> None:
        goes_on = self.open is not None and (raw[:1] in " \t" or self.in_cue or self.open.goes_on())
        spoken = self.panel().dialogue
        remark = line.text.startswith("(") and line.text.endswith(")")
        if self.in_cue and remark and spoken and spoken[-1].text is self.open and not self.open.parts:
            speech = spoken[-1]
            speech.kind = kind_called(DIALOGUE_KINDS, line.text) or speech.kind
        elif goes_on and self.open is not None:
            self.open.add(line.text)
        elif (cue := read_cue(raw)) and following.strip():
            self.label(cue)
        else:
            action = self.panel().action
            if self.open is not action and action.parts and not action.goes_on():
                action.parts[-1] += "\\"
            action.add(line.text)
            self.open = action

    def page(self) -> _Page:
        if not self.chapters:
            self.chapters.append(_Chapter())
        pages = self.chapters[-1].pages
        if not pages:
            pages.append(_Page())
        return pages[-1]

    def panel(self) -> _Panel:
        panels = self.page().panels
        if not panels:
            panels.append(_Panel())
        return panels[-1]


def decode_script(data: bytes) -> str:
    """Return a script file's text: UTF-8, UTF-16 with its mark, or Windows-1251. Raises PlanFileError."""
    if len(data) > MAX_BYTES:
        raise PlanFileError("plan-too-large", size=len(data), limit=MAX_BYTES, path="")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise PlanFileError("script-not-text", path="")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", "replace")


def read_script(text: str) -> Script:
    """Read a script. Raises PlanFileError for a text in which no page or panel is told from the rest."""
    reader = _Reader()
    reader.read(text.splitlines())
    chapters = tuple(
        ScriptChapter(
            chapter.title,
            tuple(ScriptPage(tuple(p.done() for p in page.panels), page.layout) for page in chapter.pages),
        )
        for chapter in reader.chapters
    )
    if not any(chapter.pages for chapter in chapters):
        raise PlanFileError("script-without-pages", path="")
    return Script(
        title=str(reader.title),
        style=str(reader.style),
        cast=tuple(reader.cast),
        chapters=chapters,
        labels=frozenset(reader.labels),
    )
