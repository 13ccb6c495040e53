"""Read a composed comic from JSON: today's form, or an older one brought up to it. Unknown keys are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from kitsumy_core.errors import PlanFileError
from kitsumy_core.page.document import FORMAT, VERSION, ComicDocument

Json = dict[str, Any]

MIGRATIONS: Mapping[int, Callable[[Json], Json]] = {}
"""What turns a document of major version n into one of n + 1. Within a major version keys are only added."""

_MAJOR = int(VERSION.partition(".")[0])


def read_document(value: Any) -> ComicDocument:
    """Return the document that parsed JSON holds.

    Raises PlanFileError: `document-other` for JSON of another kind, `document-newer` for a major version this
    program does not know, `document-damaged` with the place of the first value that cannot be.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise PlanFileError("document-other", path="/format")
    found = re.match(r"(\d{1,6})\.", str(value.get("version", "")))
    if found is None:
        raise PlanFileError("document-damaged", path="/version", problem="")
    major = int(found[1])
    if major > _MAJOR:
        raise PlanFileError("document-newer", path="/version", version=value["version"], known=VERSION)
    while major < _MAJOR:
        value = MIGRATIONS[major](value)
        major += 1
    try:
        return ComicDocument.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = "".join(f"/{part}" for part in first["loc"])
        raise PlanFileError("document-damaged", path=path, problem=first["msg"]) from None
