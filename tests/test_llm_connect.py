"""A key goes to the server it was meant for, and nowhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kitsumy_core import preferences
from kitsumy_core.doctor import examine
from kitsumy_core.errors import ModelSetupError
from kitsumy_core.messages import explain
from kitsumy_core.planner.llm.connect import (
    OPENAI,
    Connection,
    configured,
    connection,
    is_among,
    look_at,
    ollama_address,
    only_model,
    usual_width,
)
from kitsumy_core.planner.llm.http import checked_address, shown_address
from kitsumy_core.planner.llm.scripted import Scripted
from kitsumy_core.settings import Settings, load_settings
from tests.slot_server import SlotServer, served

KEY = "sk-very-secret-key-1234"


def settings(**environment: str) -> Settings:
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        for name, value in environment.items():
            context.setenv(name, value)
        return load_settings(None)


def way(kind: str, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Connection:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return connection(load_settings(None), kind)


def test_a_key_alone_means_openai_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    got = way("openai", monkeypatch, OPENAI_API_KEY=KEY)
    assert (got.address, got.key) == (OPENAI, KEY)
    assert KEY not in repr(got)


def test_key_and_address_of_the_environment_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    got = way("compatible", monkeypatch, OPENAI_API_KEY=KEY, OPENAI_BASE_URL="http://localhost:1234/v1/")
    assert (got.address, got.key) == ("http://localhost:1234/v1", KEY)


def test_a_key_of_the_environment_does_not_go_to_an_address_typed_into_a_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.update(tmp_path / "data", {"OPENAI_BASE_URL": "https://evil.example/v1"})
    got = way("compatible", monkeypatch, OPENAI_API_KEY=KEY)
    assert (got.address, got.key, got.key_is_kept_back) == ("https://evil.example/v1", "", True)
    assert way("openai", monkeypatch).key == ""


def test_a_typed_key_may_go_to_a_typed_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.update(
        tmp_path / "data", {"OPENAI_BASE_URL": "https://mine.example/v1", "OPENAI_API_KEY": KEY}
    )
    assert way("compatible", monkeypatch).key == KEY


@pytest.mark.parametrize(
    "address",
    ["http://api.openai.com/v1", "https://api.openai.com.evil.example/v1", "https://api.openai.com:8443/v1"],
)
def test_what_only_looks_like_openai_gets_no_key(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.update(tmp_path / "data", {"OPENAI_BASE_URL": address})
    assert way("compatible", monkeypatch, OPENAI_API_KEY=KEY).key == ""


def test_ollama_never_gets_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    got = way("ollama", monkeypatch, OPENAI_API_KEY=KEY, OLLAMA_HOST="box:11434")
    assert (got.address, got.key) == ("http://box:11434", "")


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("box", "http://box:11434"),
        ("http://box:8080", "http://box:8080"),
        ("https://ollama.example", "https://ollama.example"),
        ("[::1]:11434", "http://[::1]:11434"),
    ],
)
def test_what_ollamas_server_is_told_is_understood_by_its_client(said: str, asked: str) -> None:
    assert ollama_address(said) == asked


def test_what_is_configured_is_found_in_order() -> None:
    assert configured(settings()) == []
    assert configured(settings(OPENAI_API_KEY=KEY)) == ["openai"]
    assert configured(settings(OPENAI_BASE_URL="http://x/v1", OLLAMA_HOST="y")) == ["compatible", "ollama"]
    assert configured(settings(OPENAI_API_KEY=KEY, OPENAI_BASE_URL=OPENAI)) == ["openai"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("openai", "llm-key-missing"), ("compatible", "llm-address-missing"), ("x", "llm-kind")],
)
def test_what_is_missing_is_named(kind: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelSetupError) as caught:
        way(kind, monkeypatch)
    assert caught.value.error_code == code
    assert "?" not in explain(caught.value, "en")


@pytest.mark.parametrize("address", ["", "ftp://x", "http://", "http://x:99999", "http://[::1"])
def test_an_unusable_address_is_refused(address: str) -> None:
    with pytest.raises(ModelSetupError, match="llm-address"):
        checked_address(address, "OPENAI_BASE_URL")


def test_an_address_is_shown_without_its_password() -> None:
    assert shown_address("https://anna:secret@x.example:8443/v1?key=secret") == "https://x.example:8443/v1"


def test_the_only_model_of_a_server_is_taken_and_several_are_named() -> None:
    one, none = Scripted(lambda call: ""), Scripted(lambda call: "", models=())
    several = Scripted(lambda call: "", models=("a", "b"))
    assert asyncio.run(only_model(one)) == "script"
    for server, code in ((none, "llm-no-model"), (several, "llm-which-model")):
        with pytest.raises(ModelSetupError, match=code):
            asyncio.run(only_model(server))
    assert is_among("llama3", ["llama3:latest"])
    assert not is_among("llama", ["llama3:latest"])


def test_as_many_calls_as_the_server_has_slots() -> None:
    near, afar = Connection("compatible", "http://localhost:1/v1"), Connection("compatible", "https://x/v1")
    openai = Connection("openai", OPENAI)
    assert asyncio.run(usual_width(Scripted(lambda call: "", slots=3), afar)) == 3
    assert asyncio.run(usual_width(Scripted(lambda call: ""), near)) == 1
    assert asyncio.run(usual_width(Scripted(lambda call: ""), afar)) == 4
    assert asyncio.run(usual_width(Scripted(lambda call: ""), openai)) == 6


def test_a_model_that_is_not_there_is_named_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(SlotServer(2, 100)) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert asyncio.run(look_at(load_settings(None), "compatible")) == (url, ["scripted-model"], 2)
        monkeypatch.setenv("KITSUMY_LLM_MODEL", "gpt-99")
        with pytest.raises(ModelSetupError, match="llm-model-absent"):
            asyncio.run(look_at(load_settings(None), "compatible"))


def test_the_doctor_says_which_model_answers_and_which_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def found() -> dict[str, bool]:
        return {one.code: one.ok for one in examine(load_settings(None)) if one.code.startswith("llm")}

    assert found() == {"llm-not-configured": True}
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert found() == {"llm-unreachable": False}
    with served(SlotServer(1, 100)) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        assert found() == {"llm-ready": True}
