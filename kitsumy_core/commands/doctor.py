"""Write what `doctor` found, as lines or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from kitsumy_core.commands.common import FAILED, FINE, Desk, give
from kitsumy_core.doctor import Diagnosis, examine, is_well

MARKS = {(True, True): "ok", (True, False): "ok", (False, True): "FAIL", (False, False): "note"}


def run(desk: Desk, as_json: bool) -> int:
    """Write the findings to stdout; return 1 if something that is needed fails."""
    found = examine(desk.settings, environment())
    if as_json:
        give(json.dumps([_as_json(desk, one) for one in found], ensure_ascii=False, indent=2, default=str))
    else:
        for one in found:
            give(f"{MARKS[one.ok, one.needed]:<5}{desk.words(one.code, **one.params)}")
    well = is_well(found)
    desk.tell("doctor-well" if well else "doctor-ill", n=sum(1 for d in found if d.needed and not d.ok))
    return FINE if well else FAILED


def environment(env_file: Path = Path(".env")) -> Mapping[str, str]:
    """Return the environment with the names that only the `.env` file has."""
    from dotenv import dotenv_values

    written = {name: value or "" for name, value in dotenv_values(env_file).items()}
    return written | dict(os.environ)


def _as_json(desk: Desk, one: Diagnosis) -> dict[str, object]:
    return {
        "ok": one.ok,
        "needed": one.needed,
        "code": one.code,
        "params": dict(one.params),
        "message": desk.words(one.code, **one.params),
    }
