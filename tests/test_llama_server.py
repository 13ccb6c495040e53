"""The planner against a real llama.cpp server with a tiny made-up model: structure, cuts, cancels."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kitsumy_core.cli import app
from kitsumy_core.errors import ModelAnswerError, ModelSetupError
from kitsumy_core.plan.files import read_plan
from kitsumy_core.planner import wire
from kitsumy_core.planner.llm.ask import Asker, Question
from kitsumy_core.planner.llm.connect import look_at, open_asker
from kitsumy_core.planner.llm.openai_chat import OpenAIChat
from kitsumy_core.planner.llm.seam import Message
from kitsumy_core.settings import load_settings
from tests.tiny_model import llama_server, write_model

pytestmark = pytest.mark.xdist_group("llama")
KEY = "test-key"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if find_spec("xllamacpp") is None:
        pytest.skip("no xllamacpp here")
    model = write_model(tmp_path_factory.mktemp("model") / "tiny.gguf")
    with llama_server(model, slots=2, keys=(KEY,)) as url:
        yield url


@pytest.fixture
def configured(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def question(schema: dict[str, Any], max_tokens: int = 4000) -> Question:
    told = (Message("system", "You plan comics."), Message("user", "Робот стереже маяк."))
    return Question(told, schema, max_tokens=max_tokens, temperature=0.9)


def busy(server: str) -> int:
    request = urllib.request.Request(
        server.removesuffix("/v1") + "/slots", headers={"Authorization": f"Bearer {KEY}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return sum(bool(slot["is_processing"]) for slot in json.load(answer))


def test_a_real_server_keeps_the_schema_of_a_page(server: str) -> None:
    async def run() -> Any:
        provider = OpenAIChat(server, KEY)
        answer = await Asker(provider, "tiny").ask(
            question(wire.page(3, ["char-1", "char-2"], ["Маяк"])), dict
        )
        await provider.aclose()
        return answer

    answer = asyncio.run(run())
    panels = answer.value["panels"]
    assert len(panels) == 3
    assert {panel["place"] for panel in panels} == {"Маяк"}
    assert all(set(panel["characters"]) <= {"char-1", "char-2"} for panel in panels)
    assert answer.usage.answer > 20
    assert answer.usage.prompt > 5


def test_a_real_cut_is_seen_as_one(server: str) -> None:
    async def run() -> None:
        provider = OpenAIChat(server, KEY)
        try:
            await Asker(provider, "tiny").ask(question(wire.page(5, ["char-1"], []), max_tokens=8), dict)
        finally:
            await provider.aclose()

    with pytest.raises(ModelAnswerError, match="llm-cut"):
        asyncio.run(run())


def test_cancelling_frees_the_server_at_once(server: str) -> None:
    endless = wire.thing(a=wire.many(wire.TEXT, 2000, 3000))

    async def run() -> float:
        provider = OpenAIChat(server, KEY)
        heard = asyncio.Event()
        asking = Asker(provider, "tiny").ask(question(endless, 12_000), dict, lambda text: heard.set())
        task = asyncio.create_task(asking)
        await asyncio.wait_for(heard.wait(), 20)
        assert await asyncio.to_thread(busy, server) == 1
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        while await asyncio.to_thread(busy, server):
            assert time.monotonic() - began < 5
            await asyncio.sleep(0.1)
        await provider.aclose()
        return time.monotonic() - began

    assert asyncio.run(run()) < 2


@pytest.mark.usefixtures("configured")
def test_settings_find_the_models_and_the_slots_of_a_real_server(server: str) -> None:
    where, names, width = asyncio.run(look_at(load_settings(None), "compatible"))
    assert (where, names, width) == (server, ["tiny"], 2)


def test_a_real_server_refuses_a_wrong_key(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    monkeypatch.setenv("KITSUMY_LLM_MODEL", "tiny")

    async def run() -> None:
        asker = await open_asker(load_settings(None), "compatible")
        try:
            await asker.ask(question(wire.thing(a=wire.TEXT)), dict)
        finally:
            await asker.provider.aclose()

    with pytest.raises(ModelSetupError, match="llm-key"):
        asyncio.run(run())


@pytest.mark.usefixtures("configured")
def test_the_command_plans_with_a_real_server(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    result = CliRunner().invoke(
        app, ["plan", "Робот стереже маяк.", "--max-pages", "1", "--planner", "compatible", "-o", str(file)]
    )
    assert result.exit_code == 0, result.output + result.stderr
    plan = read_plan(file.read_bytes()).plan
    assert len(list(plan.pages())) == 1
    assert all(panel.action for panel in plan.panels())
    assert plan.kitsumy.made_by is not None
    assert (plan.kitsumy.made_by.kind, plan.kitsumy.made_by.detail) == ("llm", "tiny")
    assert KEY not in result.output + result.stderr
