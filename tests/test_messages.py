"""Every text is translated, with the same placeholders, and every code has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kitsumy_core.errors import EditError, KitsumyError
from kitsumy_core.messages import LOCALE, TEXTS, explain, languages, say
from tests.catalogues import ROOT, catalogue, collected, is_translated

PLACEHOLDER = re.compile(r"{(\w+)}")
CATALOGUES = sorted(LOCALE.glob("*.po"))


def test_the_studio_speaks_ukrainian_first_and_english() -> None:
    assert languages()[:1] == ["uk"]
    assert "en" in languages()


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda f: f.stem)
def test_every_text_of_the_program_is_translated(file: Path) -> None:
    known = catalogue(file)
    missing = []
    for message in collected():
        found = known.get(message.id) if message.id else None
        if message.id and (found is None or not is_translated(found)):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda f: f.stem)
def test_a_translation_has_the_placeholders_of_its_text_and_nothing_is_left_over(file: Path) -> None:
    wanted = {m.id if isinstance(m.id, str) else m.id[0] for m in collected() if m.id}
    for message in catalogue(file):
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        assert first in wanted, f"nobody says {first!r} any more"
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(first)), text


def test_plurals_follow_the_rules_of_the_language() -> None:
    from kitsumy_core.messages import catalogue as translations

    words = [translations("uk").ngettext("{n} page", "{n} pages", n) for n in (1, 3, 5, 21)]
    assert words[0] == words[3]
    assert len({*words}) == 3


def test_an_error_is_explained_with_its_facts_in_both_languages() -> None:
    error = EditError("edit-unknown", kind="panel", id="x-1")
    for language in ("uk", "en"):
        assert "x-1" in explain(error, language)
    assert explain(error, "uk") != explain(error, "en")


def test_an_unknown_code_shows_its_facts_instead_of_nothing() -> None:
    assert say("never-heard-of", {"file": "a.json"}) == "never-heard-of: file a.json"


def test_every_code_in_the_source_has_words() -> None:
    raised = re.compile(r"\b\w*Error\(\s*\"([a-z][a-z0-9-]+)\"")
    made = re.compile(
        r"\b(?:_issue|_fix|Repair|Finding)\(\s*(?:ok=\w+,\s*)?(?:True,|False,)?\s*\"([a-z][a-z0-9-]+)\""
    )
    codes = {
        code
        for file in (ROOT / "kitsumy_core").rglob("*.py")
        for pattern in (raised, made)
        for code in pattern.findall(file.read_text("utf-8"))
    }
    assert len(codes) > 30
    assert sorted(codes - TEXTS.keys()) == []


def test_every_kind_of_error_has_words_of_its_own() -> None:
    def below(kind: type[KitsumyError]) -> set[type[KitsumyError]]:
        return {kind}.union(*(below(k) for k in kind.__subclasses__()))

    assert sorted(k.code for k in below(KitsumyError) if k.code not in TEXTS) == []
