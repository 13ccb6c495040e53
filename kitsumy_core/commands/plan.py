"""Draft a plan from an idea."""

from __future__ import annotations

import re
from pathlib import Path

from kitsumy_core.commands.common import Desk, give
from kitsumy_core.errors import UsageError

PLANNERS = ("beats", "openai", "ollama", "compatible")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\Z")


def run(
    desk: Desk, idea: str, style: str, max_pages: int, language: str, planner: str, out: Path | None
) -> None:
    """Write the plan to `out`, or to stdout. Raises UsageError, StorageError."""
    from kitsumy_core.plan.files import write_plan
    from kitsumy_core.planner.beats import beats_plan

    if planner not in PLANNERS:
        raise UsageError("planner-unknown", name=planner, known=list(PLANNERS))
    if planner != "beats":
        raise UsageError("planner-not-configured", name=planner)
    if not _LANGUAGE.match(language):
        raise UsageError("language-invalid", given=language)
    made = beats_plan(_typed(idea), style=_typed(style), max_pages=max_pages, language=language)
    text = write_plan(made)
    if out is None:
        give(text.rstrip("\n"))
    else:
        from kitsumy_core.export.files import write_file

        write_file(out, text.encode())
        give(str(out))
    panels = sum(1 for _ in made.panels())
    desk.tell("drafted-without-ai", pages=len(list(made.pages())), panels=panels)


def _typed(argument: str) -> str:
    """Return an argument as UTF-8 text, which a terminal set to something else hands over as raw bytes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
