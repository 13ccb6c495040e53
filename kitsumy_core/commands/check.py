"""Check a plan and list its issues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from kitsumy_core.commands.common import FAILED, FINE, Desk, Source, give, opened
from kitsumy_core.plan.check import Severity


class IssueLine(BaseModel):
    """An issue as `kitsumy check --json` writes it. `path` is a JSON Pointer into the plan."""

    severity: Severity
    code: str
    path: str
    ids: list[str]
    params: dict[str, Any]
    message: str


def run(desk: Desk, plan: str, as_json: bool) -> int:
    """Write the issues to stdout; return 1 if one of them is an error. Raises InputError, StoreError."""
    with opened(plan, desk.settings) as source:
        lines = list(issue_lines(desk, source))
    if as_json:
        give(json.dumps([line.model_dump(mode="json") for line in lines], ensure_ascii=False, indent=2))
    else:
        for line in lines:
            give(f"{line.severity}\t{line.path or '/'}\t{line.message} [{line.code}]")
        desk.tell("checked", **count(lines))
    return FAILED if any(line.severity == "error" for line in lines) else FINE


def count(lines: list[IssueLine]) -> dict[str, int]:
    """Return how many issues there are of each severity."""
    kinds = {"error": "errors", "warning": "warnings", "info": "notes"}
    return {name: sum(line.severity == kind for line in lines) for kind, name in kinds.items()}


def issue_lines(desk: Desk, source: Source) -> Iterator[IssueLine]:
    """Yield what was repaired while reading, then the issues in reading order."""
    from uuid import uuid4

    from kitsumy_core.plan.check import check

    for repair in source.repairs:
        severity: Severity = "warning" if repair.code == "id-repeated" else "info"
        params = {**repair.params, "path": repair.path}
        yield IssueLine(
            severity=severity,
            code=repair.code,
            path=repair.path,
            ids=[repair.params[key] for key in ("new", "id") if key in repair.params][:1],
            params=repair.params,
            message=desk.words(repair.code, **params),
        )
    for issue in check(source.book, mint=lambda: uuid4().hex[:12]):
        yield IssueLine(
            severity=issue.severity,
            code=issue.code,
            path=issue.path,
            ids=list(issue.ids),
            params=issue.params,
            message=desk.words(issue.code, **issue.params),
        )
