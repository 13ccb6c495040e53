"""Texts go to image models in English: translated once by a language model, or as they are, and said so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kitsumy_core.cli import app
from kitsumy_core.messages import say
from kitsumy_core.plan.files import write_plan
from kitsumy_core.planner.llm.seam import Call
from tests.comfyui_server import ComfyUIDouble
from tests.samples import a_plan
from tests.slot_server import SlotServer, served


def in_english(call: Call) -> str:
    """Answer as a model does that writes the number of the text in place of its words."""
    found = re.search(r"\{.*\}", call.messages[-1].content, re.DOTALL)
    assert found
    return json.dumps({key: f"english of {key}" for key in json.loads(found[0])})


def prompts(server: ComfyUIDouble) -> list[str]:
    return [call.body["prompt"]["6"]["inputs"]["text"] for call in server.received if call.path == "/prompt"]


def test_a_model_puts_every_text_into_english_once_and_its_absence_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(write_plan(a_plan(1)), "utf-8")
    wanted = ["render", str(file), "--panels", "ch1-p1-pan1", "--profile", "mid", "--out"]
    model = SlotServer(2, 100_000, script=lambda call: 401)
    with ComfyUIDouble() as server, served(model) as address:
        monkeypatch.setenv("COMFYUI_HOSTS", server.url)
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        refused = CliRunner().invoke(app, [*wanted, str(tmp_path / "refused")])
        assert refused.exit_code == 0, refused.stderr
        assert say("translation-failed", {"problem": ""}, "uk").strip() in refused.stderr
        model.script = in_english
        for folder in ("one", "two"):
            assert CliRunner().invoke(app, [*wanted, str(tmp_path / folder)]).exit_code == 0
        assert model.calls == ["translation"] * 2, "refused, asked; the second run knows the words"
        as_it_is, translated, again = prompts(server)
    assert "Марко відчиняє" in as_it_is
    assert translated == again
    assert "english of t" in translated.lower()
    assert not re.search("[а-яіїєґ]", translated.lower())
