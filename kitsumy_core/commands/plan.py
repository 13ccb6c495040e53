"""Draft a plan from an idea: with a language model, or without AI."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from kitsumy_core.commands.common import FAILED, FINE, Desk, give
from kitsumy_core.errors import KitsumyError, StorageError, UsageError

if TYPE_CHECKING:
    from kitsumy_core.plan.models import ComicPlan
    from kitsumy_core.planner.making import Made
    from kitsumy_core.planner.normal import Cast, Outline, PageDetail
    from kitsumy_core.planner.stages import Brief
    from kitsumy_core.store import Store

PLANNERS = ("beats", "openai", "ollama", "compatible")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\Z")


def run(
    desk: Desk,
    idea: str,
    style: str,
    max_pages: int,
    language: str,
    planner: str,
    out: Path | None,
    sheet: str = "three-acts",
) -> int:
    """Write the plan to `out`, or to stdout; return the exit code: 1 where pages are missing.

    Without a planner the first configured language model is asked, or none. Raises UsageError, StorageError,
    ModelError.
    """
    from kitsumy_core.planner.beats import beats_plan

    planner = planner or _usual(desk)
    if planner not in PLANNERS:
        raise UsageError("planner-unknown", name=planner, known=list(PLANNERS))
    if not _LANGUAGE.match(language):
        raise UsageError("language-invalid", given=language)
    idea, style = _typed(idea), _typed(style)
    if planner != "beats":
        return _with_model(desk, idea, style, max_pages, language, planner, out)
    made = beats_plan(idea, style=style, max_pages=max_pages, language=language, sheet=sheet)
    _write(made, out)
    desk.tell("drafted-without-ai", pages=len(list(made.pages())), panels=len(list(made.panels())))
    return FINE


def _usual(desk: Desk) -> str:
    from kitsumy_core.planner.llm.connect import configured

    return next(iter(configured(desk.settings)), "beats")


def _write(plan: ComicPlan, out: Path | None) -> None:
    from kitsumy_core.plan.files import write_plan

    text = write_plan(plan)
    if out is None:
        give(text.rstrip("\n"))
        return
    from kitsumy_core.export.files import write_file

    try:
        write_file(out, text.encode())
    except StorageError:
        give(text.rstrip("\n"))  # a plan may have cost money: it is not lost with a folder
        raise
    give(str(out))


def _with_model(
    desk: Desk, idea: str, style: str, max_pages: int, language: str, planner: str, out: Path | None
) -> int:
    import asyncio

    from kitsumy_core.planner.llm.connect import connection
    from kitsumy_core.planner.llm.http import shown_address
    from kitsumy_core.planner.making import plan_of
    from kitsumy_core.planner.rules import LEAST_PAGES, MOST_PAGES
    from kitsumy_core.planner.stages import Brief
    from kitsumy_core.store import Store

    if not idea.strip():
        raise UsageError("idea-empty")
    if not LEAST_PAGES <= max_pages <= MOST_PAGES:
        raise UsageError("max-pages-range", given=max_pages, least=LEAST_PAGES, most=MOST_PAGES)
    way = connection(desk.settings, planner)
    if way.key_is_kept_back:
        desk.tell("llm-key-kept-back", server=shown_address(way.address))
    brief = Brief(idea=idea.strip(), style=style, max_pages=max_pages, language=language)
    store = Store.open(desk.settings)
    try:
        made, model = asyncio.run(_made(desk, store, brief, planner))
    finally:
        store.close()
    plan = plan_of(brief, made.cast, made.outline, made.pages, model)
    _write(plan, out)
    spent = {"calls": made.usage.calls, "tokens": made.usage.prompt + made.usage.answer}
    desk.tell(
        "planned-with", model=model, pages=len(list(plan.pages())), panels=len(list(plan.panels())), **spent
    )
    if made.failed:
        first = next(iter(made.failed.values()))
        desk.tell("plan-unfinished", pages=list(made.failed), problem=desk.explain(first))
        return FAILED
    return FINE


async def _made(desk: Desk, store: Store, brief: Brief, planner: str) -> tuple[Made, str]:
    from kitsumy_core.planner.estimate import estimate
    from kitsumy_core.planner.keeping import StoredFacts
    from kitsumy_core.planner.llm.ask import Asker
    from kitsumy_core.planner.llm.connect import open_asker
    from kitsumy_core.planner.session import carry_out, claim
    from kitsumy_core.planner.stages import Prompts

    wanted = brief.model_dump(mode="json")
    run = store.unfinished_run(wanted) or store.new_run(wanted, "command", planner=planner)
    done = sum(step.state == "done" for step in store.steps(run.id))
    if done:
        desk.tell("planning-resumed", done=done)
    else:
        about = estimate(brief.max_pages)
        desk.tell("planning-estimate", calls=about.calls, tokens=about.tokens)
    asked: list[Asker] = []

    async def opener() -> Asker:
        asked.append(await open_asker(desk.settings, planner, StoredFacts(store)))
        return asked[0]

    prompts = Prompts.load(desk.settings.data_dir)
    owner = uuid4().hex
    claim(store, run, owner)
    made = await carry_out(store, run, owner, opener, _Teller(desk), prompts)
    return made, asked[0].model


class _Teller:
    """Says on stderr how far a planning is."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._total, self._done = desk, 0, 0

    def began(self, step: str) -> None:
        """The end of a step is what is told."""

    def hear(self, step: str, text: str) -> None:
        """A terminal shows whole steps."""

    async def cast(self, cast: Cast) -> None:
        self._desk.tell("planning-cast", names=[person.name for person in cast.characters])

    async def outline(self, outline: Outline, cast: Cast) -> None:
        self._total = len(outline.pages)
        self._desk.tell("planning-outline", pages=self._total)

    async def page(self, number: int, detail: PageDetail) -> None:
        self._done += 1
        self._desk.tell("planning-page", n=number, done=self._done, total=self._total)

    async def page_failed(self, number: int, error: KitsumyError) -> None:
        self._desk.tell("planning-page-failed", n=number, problem=self._desk.explain(error))


def _typed(argument: str) -> str:
    """Return an argument as UTF-8 text, which a terminal set to something else hands over as raw bytes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
