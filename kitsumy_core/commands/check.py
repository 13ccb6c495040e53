"""Check a plan and list its issues."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

from kitsumy_core.commands.common import FAILED, FINE, Desk, give, opened
from kitsumy_core.export.issues import IssueLine, issue_lines
from kitsumy_core.language import detect
from kitsumy_core.plan.check import check
from kitsumy_core.plan.quality import quality


def run(desk: Desk, plan: str, as_json: bool) -> int:
    """Write the issues to stdout; return 1 if one of them is an error. Raises InputError, StoreError."""
    with opened(plan, desk.settings) as source:
        issues = check(source.book, mint=lambda: uuid4().hex[:12])
        issues += quality(source.book, detect)
        lines = list(issue_lines(issues, source.repairs, desk.language))
    if as_json:
        give(json.dumps([line.model_dump(mode="json") for line in lines], ensure_ascii=False, indent=2))
    else:
        for line in lines:
            give(f"{line.severity}\t{line.path or '/'}\t{line.message} [{line.code}]")
        desk.tell("checked", **count(lines))
    return FAILED if any(line.severity == "error" for line in lines) else FINE


def count(lines: Sequence[IssueLine]) -> dict[str, int]:
    """Return how many issues there are of each severity."""
    kinds = {"error": "errors", "warning": "warnings", "info": "notes"}
    return {name: sum(line.severity == kind for line in lines) for kind, name in kinds.items()}
