"""Scripted language models that plan a comic: good ones, and ones with every bad habit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from kitsumy_core.planner import words
from kitsumy_core.planner.llm.seam import Call

PLACES = ("Маяк", "Берег")


def asked_for(call: Call) -> str:
    """Return which prompt a call is: characters, structure, page, or another."""
    return call.name


def cast_answer() -> dict[str, Any]:
    people = [
        (
            "Олена",
            "доглядачка",
            "Woman of forty, short grey hair, scar on the chin",
            "жовтий плащ",
            "yellow raincoat",
        ),
        ("Тарас", "прибулець", "Boy of twelve, freckles, missing tooth", "синя куртка", "blue jacket"),
    ]
    return {
        "title": "Останній маяк",
        "style_en": "ink and wash",
        "characters": [
            {
                "name": name,
                "role": role,
                "appearance": f"{name} стоїть на вітрі",
                "look_en": look,
                "clothing": clothing,
                "clothing_en": english,
                "voice": "коротко",
            }
            for name, role, look, clothing, english in people
        ],
    }


def outline_answer(pages: int, chapters: int = 1) -> dict[str, Any]:
    layouts = ("big-top", "grid-2x2", "three-rows", "two-horizontal", "single")
    return {
        "places": [{"name": name, "look_en": f"{n} stone tower, wet grass"} for n, name in enumerate(PLACES)],
        "chapters": [{"title": f"Частина {n + 1}"} for n in range(chapters)],
        "pages": [
            {
                "chapter": 1 + n * chapters // pages,
                "beat": f"Подія {n + 1}",
                "layout": layouts[n % len(layouts)],
                "places": [PLACES[n % 2]],
                "characters": ["char-1", "char-2"],
                "enters": f"стан {n}",
                "leaves": f"стан {n + 1}",
            }
            for n in range(pages)
        ],
    }


def panel_answer(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "action": f"Олена піднімає ліхтар, кадр {number}",
        "action_en": f"A woman lifts a lantern, frame {number}",
        "shot": words.SHOTS[number % len(words.SHOTS)],
        "angle": "low angle",
        "place": "Маяк",
        "mood": "tense",
        "characters": ["char-1"],
        "dialogue": [{"speaker": "char-1", "kind": "whisper", "text": f"Хто там, {number}?"}],
        "caption": None,
        "sound": "гуп" if number == 1 else None,
    } | changes


def page_answer(panels: int) -> dict[str, Any]:
    return {"notes": "…", "panels": [panel_answer(n) for n in range(1, panels + 1)]}


def redo_answer(call: Call, **changes: Any) -> dict[str, Any]:
    """Rewrite everything a schema asks for: panels become funny, texts get a word before them."""
    assert call.schema is not None
    shape = call.schema["properties"]
    if not any(name.startswith("panel_") for name in shape):
        return {name: f"new {name}" for name in shape}
    fresh = panel_answer(9, action="Смішно!", action_en="Funny!", **changes)
    return {name: {field: fresh[field] for field in inner["properties"]} for name, inner in shape.items()}


def translation_answer(call: Call) -> dict[str, str]:
    told = call.messages[1].content
    return {key: f"EN {text}" for key, text in json.loads(told[told.rindex("{") :]).items()}


def numbers(call: Call) -> tuple[int, int]:
    """Return the number of the page a call is about and how many panels it wants."""
    found = re.search(
        r"Write page (\d+) of \d+: exactly (\d+) panel", call.messages[-1].content
    ) or re.search(r"Write page (\d+) of \d+: exactly (\d+) panel", call.messages[1].content)
    assert found
    return int(found[1]), int(found[2])


def planner(
    pages: int, *, chapters: int = 1, page: Callable[[int, int], Any] | None = None
) -> Callable[[Call], Any]:
    """Return a script that plans well; `page` may answer for single pages."""

    def script(call: Call) -> Any:
        kind = asked_for(call)
        if kind == "characters":
            return json.dumps(cast_answer(), ensure_ascii=False)
        if kind == "structure":
            return json.dumps(outline_answer(pages, chapters), ensure_ascii=False)
        if kind == "redo":
            return json.dumps(redo_answer(call), ensure_ascii=False)
        if kind == "translation":
            return json.dumps(translation_answer(call), ensure_ascii=False)
        number, panels = numbers(call)
        answer = page(number, panels) if page else None
        return json.dumps(page_answer(panels), ensure_ascii=False) if answer is None else answer

    return script
