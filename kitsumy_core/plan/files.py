"""Read a plan from JSON bytes of any Kitsumy tool, repairing what is clear, and write it back.

What is wrong gets a PlanFileError that names the place; what could be repaired is reported as an issue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import ValidationError

from kitsumy_core.errors import PlanFileError
from kitsumy_core.plan.models import SCHEMA_VERSION, Chapter, Character, ComicPlan, Page, Panel

MAX_BYTES = 20_000_000
MAX_DEPTH = 60


class Repair(NamedTuple):
    """Something put right while reading: a code, the JSON Pointer, and facts for its message."""

    code: str
    path: str
    params: dict[str, Any]


class Loaded(NamedTuple):
    plan: ComicPlan
    repairs: tuple[Repair, ...]


def read_plan(data: bytes) -> Loaded:
    """Turn a file's bytes into a plan. Raises PlanFileError; never more than `MAX_BYTES`."""
    return plan_from_json(read_json(data))


def read_json(data: bytes) -> Any:
    """Parse JSON strictly: UTF-8, no NaN, not too large, not too deep. Raises PlanFileError."""
    if len(data) > MAX_BYTES:
        raise PlanFileError("plan-too-large", size=len(data), limit=MAX_BYTES, path="")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanFileError("plan-not-text", position=error.start, path="") from None
    _refuse_depth(text)
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_safe_int)
    except json.JSONDecodeError as error:
        code = "plan-empty" if not text.strip() else "plan-not-json"
        raise PlanFileError(code, line=error.lineno, column=error.colno, path="") from None
    except RecursionError:
        raise PlanFileError("plan-too-deep", limit=MAX_DEPTH, path="") from None


def plan_from_json(value: Any) -> Loaded:
    """Turn parsed JSON into a plan with unique ids and clear speakers. Raises PlanFileError."""
    if not isinstance(value, dict):
        raise PlanFileError("plan-not-object", found=type(value).__name__, path="")
    if not {"title", "chapters", "characters"} & value.keys():
        raise PlanFileError("plan-not-a-plan", keys=", ".join(list(value)[:5]), path="")
    kit = value.get("kitsumy")
    version = kit.get("schemaVersion") if isinstance(kit, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise PlanFileError(
            "plan-newer", version=version, known=SCHEMA_VERSION, path="/kitsumy/schemaVersion"
        )
    try:
        plan = ComicPlan.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PlanFileError(
            "plan-wrong-type",
            path=pointer(first["loc"]),
            expected=first["type"].removesuffix("_type"),
            found=type(first["input"]).__name__,
            more=error.error_count() - 1,
        ) from None
    return _repaired(plan)


def write_plan(plan: ComicPlan) -> str:
    """Return the plan as exchange JSON, indented by two, with a newline at the end."""
    return json.dumps(plan_to_json(plan), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plan_to_json(plan: ComicPlan) -> dict[str, Any]:
    """Return the exchange JSON: positions and page numbers derived, our schema version named."""
    written: dict[str, Any] = plan.numbered().model_dump(mode="json")
    kit = written.get("kitsumy", {})
    if isinstance(kit, dict):
        written["kitsumy"] = {"schemaVersion": SCHEMA_VERSION} | kit
    return written


def pointer(parts: Any) -> str:
    """Return a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _refuse_constant(name: str) -> Any:
    raise PlanFileError("plan-not-a-number", value=name, path="")


def _safe_int(digits: str) -> int | float:
    return int(digits) if len(digits) < 40 else float(digits[:300])


def _refuse_depth(text: str) -> None:
    depth = 0
    inside = escaped = False
    for char in text:
        if inside:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                inside = False
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise PlanFileError("plan-too-deep", limit=MAX_DEPTH, path="")
        elif char in "]}":
            depth -= 1


def _repaired(plan: ComicPlan) -> Loaded:
    work = _Repairs()
    cast = tuple(
        c.but(id=work.id(c.id, f"char-{n}", f"/characters/{n - 1}")) for n, c in enumerate(plan.characters, 1)
    )
    work.cast = cast
    chapters = tuple(
        _chapter(chapter, f"ch{n}", f"/chapters/{n - 1}", work) for n, chapter in enumerate(plan.chapters, 1)
    )
    places = tuple(
        x.but(id=work.id(x.id, f"loc-{n}", f"/kitsumy/locations/{n - 1}"))
        for n, x in enumerate(plan.kitsumy.locations, 1)
    )
    kit = plan.kitsumy.but(locations=places) if places else plan.kitsumy
    made = plan.but(characters=cast, chapters=chapters, kitsumy=kit).numbered()
    return Loaded(made, tuple(work.reports))


def _chapter(chapter: Chapter, pattern: str, path: str, work: _Repairs) -> Chapter:
    own = work.id(chapter.id, pattern, path)
    pages = tuple(
        _page(page, f"{own}-p{n}", f"{path}/pages/{n - 1}", work) for n, page in enumerate(chapter.pages, 1)
    )
    return chapter.but(id=own, pages=pages)


def _page(page: Page, pattern: str, path: str, work: _Repairs) -> Page:
    own = work.id(page.id, pattern, path)
    panels = tuple(
        _panel(panel, f"{own}-pan{n}", f"{path}/panels/{n - 1}", work)
        for n, panel in enumerate(page.panels, 1)
    )
    return page.but(id=own, panels=panels)


def _panel(panel: Panel, pattern: str, path: str, work: _Repairs) -> Panel:
    own = work.id(panel.id, pattern, path)
    lines = []
    for n, line in enumerate(panel.dialogue):
        place = f"{path}/dialogue/{n}"
        line_id = work.id(line.id, f"{own}-d{n + 1}", place, quiet=True)
        kit = line.kitsumy if line.kitsumy.id == line_id else line.kitsumy.but(id=line_id)
        lines.append(line.but(character=work.speaker(line.character, f"{place}/character"), kitsumy=kit))
    seen = (work.speaker(name, f"{path}/characters/{i}") for i, name in enumerate(panel.characters))
    return panel.but(id=own, dialogue=tuple(lines), characters=tuple(dict.fromkeys(seen)))


class _Repairs:
    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.cast: tuple[Character, ...] = ()
        self.reports: list[Repair] = []

    def id(self, given: str, pattern: str, path: str, quiet: bool = False) -> str:
        if given and given not in self.taken:
            self.taken.add(given)
            return given
        made = next(x for x in _numbered(pattern) if x not in self.taken)
        self.taken.add(made)
        if given:
            self.reports.append(Repair("id-repeated", path, {"id": given, "new": made}))
        elif not quiet:
            self.reports.append(Repair("id-missing", path, {"new": made}))
        return made

    def speaker(self, value: str, path: str) -> str:
        """Return a character's id for its id or, where it is clear, its name."""
        if not value or any(c.id == value for c in self.cast):
            return value
        same = [c for c in self.cast if c.name.strip().casefold() == value.strip().casefold()]
        if len(same) != 1:
            return value
        self.reports.append(Repair("name-made-id", path, {"name": value, "id": same[0].id}))
        return same[0].id


def _numbered(pattern: str) -> Iterator[str]:
    yield pattern
    n = 2
    while True:
        yield f"{pattern}-{n}"
        n += 1
