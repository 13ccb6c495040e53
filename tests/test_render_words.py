"""Whatever can go wrong with a picture, its words say what to do next, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kitsumy_core.messages import TEXTS, say

RENDER = Path(__file__).parents[1] / "kitsumy_core" / "render"
RAISED = re.compile(r'(?:\w+Error|Finding|Ending)\(\s*(?:False,\s*|"\w+",\s*)?"([a-z]+(?:-[a-z]+)+)"')
NAMED = re.compile(r'"((?:runpod|render)-[a-z-]+)"')
"""Codes in tables of what servers say."""

ADVICE = {
    "en": r"\b(Add|Check|Choose|Export|Free|Give|Install|Let|Look|Make|Mend|Raise|Remove|Render|See|Set|Start"
    r"|Take|Try|Use|Write|Copy|Bind|Known|draw one|try again|wait|Press)\b|\b(Is|In) “?\w+",
    "uk": r"[\w’]{3,}(те|іть)\b|Відомі|В ComfyUI|У ComfyUI",
}
NO_FAILURE = {
    *("runpod-ready", "runpod-ready-unpriced", "runpod-limited", "runpod-spent", "runpod-cold-start"),
    *("runpod-throttled", "runpod-busy-waiting", "runpod-silent"),
    "profile-value",  # it says what is possible
}


def codes() -> list[str]:
    found: set[str] = set()
    for file in RENDER.glob("*.py"):
        text = file.read_text("utf-8")
        found |= set(RAISED.findall(text))
        found |= set(NAMED.findall(text)) if "fail" in file.name or "wire" in file.name else set()
    return sorted(found & set(TEXTS) - NO_FAILURE)


def test_the_codes_of_renders_are_found() -> None:
    assert {"render-failed", "runpod-timed-out", "server-unreachable", "missing-resources"} <= set(codes())
    assert len(codes()) > 60


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_failure_of_a_render_says_what_to_do_next(language: str) -> None:
    silent = {
        code: text for code in codes() if not re.search(ADVICE[language], text := say(code, {}, language))
    }
    assert silent == {}
