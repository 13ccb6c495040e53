"""Read a plan from JSON bytes of any Kitsumy tool, repairing what is clear, and write it back.

What is wrong gets a PlanFileError that names the place; what could be repaired is reported as an issue.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

from pydantic import ValidationError

from kitsumy_core.errors import PlanFileError
from kitsumy_core.plan.clean import MAX_DEPTH, MAX_DIGITS, mended, pointer
from kitsumy_core.plan.models import (
    SCHEMA_VERSION,
    Chapter,
    Character,
    ComicPlan,
    Page,
    Panel,
    is_location,
)

MAX_BYTES = 20_000_000


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
    return plan_from_json(_parsed(data))


def read_json(data: bytes) -> Any:
    """Parse JSON strictly: UTF-8, finite numbers, not too large, not too deep. Raises PlanFileError.

    Half a surrogate pair, as a cut emoji leaves it, becomes U+FFFD.
    """
    return mended(_parsed(data))[0]


def _parsed(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise PlanFileError("plan-too-large", size=len(data), limit=MAX_BYTES, path="")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlanFileError("plan-not-text", position=error.start, path="") from None
    _refuse_depth(text)
    try:
        return json.loads(text, parse_constant=_refuse_number, parse_int=_whole, parse_float=_finite)
    except json.JSONDecodeError as error:
        code = "plan-empty" if not text.strip() else "plan-not-json"
        raise PlanFileError(code, line=error.lineno, column=error.colno, path="") from None
    except RecursionError:
        raise PlanFileError("plan-too-deep", limit=MAX_DEPTH, path="") from None


def _json_name(value: object) -> str:
    """Return what JSON calls a value of this kind."""
    return _JSON_NAMES.get(type(value).__name__, "object")


_JSON_NAMES = {"NoneType": "null", "list": "array", "str": "string", "bool": "true/false"} | dict.fromkeys(
    ("int", "float"), "number"
)


def plan_from_json(value: Any) -> Loaded:
    """Turn parsed JSON into a plan with unique ids and clear speakers. Raises PlanFileError."""
    value, broken = mended(value)
    if not isinstance(value, dict):
        raise PlanFileError("plan-not-object", found=_json_name(value), path="")
    if not {"title", "chapters", "characters"} & value.keys():
        raise PlanFileError("plan-not-a-plan", keys=", ".join(list(value)[:5]), path="")
    kit = value.get("kitsumy")
    if isinstance(kit, dict):
        _refuse_newer(kit.get("schemaVersion"))
        value = value | {"kitsumy": _with_location_ids(kit)}
    try:
        plan = ComicPlan.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PlanFileError(
            "plan-wrong-type",
            path=pointer(first["loc"]),
            expected=first["type"].removesuffix("_type"),
            found=_json_name(first["input"]),
            more=error.error_count() - 1,
        ) from None
    _refuse_newer(plan.kitsumy.schema_version)
    return _repaired(plan, [Repair("text-mended", path, {}) for path in broken])


def _refuse_newer(version: Any) -> None:
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise PlanFileError(
            "plan-newer", version=version, known=SCHEMA_VERSION, path="/kitsumy/schemaVersion"
        )


def _with_location_ids(kit: dict[str, Any]) -> dict[str, Any]:
    """Give locations that lack nothing but an id an empty one, which is then repaired like any other."""
    places = kit.get("locations")
    if not isinstance(places, list):
        return kit

    def named(place: Any) -> Any:
        if isinstance(place, dict) and place.get("id") is None and is_location(place | {"id": ""}):
            return place | {"id": ""}
        return place

    return kit | {"locations": [named(place) for place in places]}


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


def _refuse_number(value: str) -> Any:
    raise PlanFileError("plan-not-a-number", value=value[:40], path="")


def _finite(digits: str) -> float:
    value = float(digits)
    return value if math.isfinite(value) else _refuse_number(digits)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise PlanFileError("plan-wrong-type", path="", expected="number", found=f"{digits[:12]}…", more=0)
    return int(digits)


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


def _repaired(plan: ComicPlan, reports: list[Repair]) -> Loaded:
    work = _Repairs(reports)
    cast = tuple(
        c.but(id=work.id(c.id, f"char-{n}", f"/characters/{n - 1}")) for n, c in enumerate(plan.characters, 1)
    )
    work.know(cast)
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
    def __init__(self, reports: list[Repair]) -> None:
        self.reports = reports
        self.taken: set[str] = set()
        self.cast: set[str] = set()
        self.ids_by_name: dict[str, list[str]] = {}
        self.tries: dict[str, int] = {}

    def know(self, cast: tuple[Character, ...]) -> None:
        for character in cast:
            self.cast.add(character.id)
            self.ids_by_name.setdefault(_spoken(character.name), []).append(character.id)

    def id(self, given: str, pattern: str, path: str, quiet: bool = False) -> str:
        if given and given not in self.taken:
            self.taken.add(given)
            return given
        made = self._fresh(pattern)
        self.taken.add(made)
        if given:
            self.reports.append(Repair("id-repeated", path, {"id": given, "new": made}))
        elif not quiet:
            self.reports.append(Repair("id-missing", path, {"new": made}))
        return made

    def _fresh(self, pattern: str) -> str:
        while True:
            n = self.tries[pattern] = self.tries.get(pattern, 0) + 1
            made = pattern if n == 1 else f"{pattern}-{n}"
            if made not in self.taken:
                return made

    def speaker(self, value: str, path: str) -> str:
        """Return a character's id for its id or, where it is clear, its name."""
        if not value or value in self.cast:
            return value
        same = self.ids_by_name.get(_spoken(value), [])
        if len(same) != 1:
            return value
        self.reports.append(Repair("name-made-id", path, {"name": value, "id": same[0]}))
        return same[0]


def _spoken(name: str) -> str:
    return name.strip().casefold()
