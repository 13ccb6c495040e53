"""What `kitsumy render` does about descriptions in another language, with a model and without it."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.cli_runs import a_file, renders, run
from tests.comfyui_server import ComfyUIDouble
from tests.llm_servers import HEAD, event, raw_server


@contextmanager
def a_translating_server() -> Iterator[str]:
    """Serve a language model, on a loop of its own, that answers whatever it is asked with numbered words."""
    told = json.dumps({f"t{n}": f"English {n}" for n in range(1, 17)})
    parts = [HEAD, event(told, "stop"), b"data: [DONE]\n\n"]

    async def serve() -> None:
        async with raw_server(parts) as (url, _seen):
            address.put(url)
            await asyncio.to_thread(stop.wait)

    address, stop = SimpleQueue[str](), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield address.get(timeout=10)
    finally:
        stop.set()
        thread.join()


def test_a_language_model_puts_descriptions_into_english_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    wanted = ("render", file, "--out", out, "--panels", "ch1-p1-pan1")
    with ComfyUIDouble() as server:
        monkeypatch.setenv("COMFYUI_HOSTS", server.url)
        monkeypatch.setenv("KITSUMY_LLM_MODEL", "m")
        monkeypatch.setenv("KITSUMY_LLM_CONCURRENCY", "1")
        with a_translating_server() as url:
            monkeypatch.setenv("OPENAI_BASE_URL", url)
            assert run(*wanted).exit_code == 0
        prompt = renders(out)["ch1-p1-pan1"]["metadata"]["prompt"]
        assert "English 1" in prompt
        assert not re.search("[а-яіїє]", prompt)
        assert run(*wanted).stdout == "", "what is translated is kept"
        file.write_text(file.read_text("utf-8").replace("відчиняє двері", "зачиняє вікно"), "utf-8")
        gone = run("render", file, "--out", out, "--panels", "ch1-p1-pan1")
        assert gone.exit_code == 0, "without the model the words go as they are"
        assert "127.0.0.1" in gone.stderr
