"""Put the issues of a plan into lines for people and programs, in a language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from kitsumy_core.messages import say
from kitsumy_core.plan.check import Issue, Severity
from kitsumy_core.plan.files import Repair


class IssueLine(BaseModel):
    """An issue as `kitsumy check --json` writes it. `path` is a JSON Pointer, "" for the whole plan."""

    model_config = ConfigDict(frozen=True)

    severity: Severity
    code: str
    path: str
    ids: tuple[str, ...] = ()
    """The nodes it is about, the nearest first."""
    params: dict[str, Any]
    message: str


def issue_lines(issues: Iterable[Issue], repairs: Iterable[Repair], language: str) -> Iterator[IssueLine]:
    """Yield what was repaired while reading, then the issues as they come."""
    for repair in repairs:
        made = repair.params.get("new") or repair.params.get("id")
        yield IssueLine(
            severity="warning" if repair.code == "id-repeated" else "info",
            code=repair.code,
            path=repair.path,
            ids=(str(made),) if made else (),
            params=repair.params,
            message=_line(repair.code, {**repair.params, "path": repair.path}, language),
        )
    for issue in issues:
        yield IssueLine(
            severity=issue.severity,
            code=issue.code,
            path=issue.path,
            ids=issue.ids,
            params=issue.params,
            message=_line(issue.code, issue.params, language),
        )


def _line(code: str, params: dict[str, Any], language: str) -> str:
    return " ".join(say(code, params, language).split())
