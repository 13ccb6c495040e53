"""Plan wished-for pictures, put their words into English where that goes, and queue what is not there yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import uuid4

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError, NotFoundError
from kitsumy_core.messages import explain, say
from kitsumy_core.pipeline import Planned, RenderOptions
from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.render.planning import Materials, refine_source
from kitsumy_core.render.profiles import RANDOM
from kitsumy_core.render.prompt import PromptWarning
from kitsumy_core.render.request import DiffusionRequest, SketchRequest, request_key
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.translate import known_english, translated
from kitsumy_core.store import NewJob, Take
from studio import library, services, state
from studio.components.naming import panel_name
from studio.texts import _

SEEDS = 2**32
NEXT = 10
"""Priority of a single picture that the writer asked for and looks at."""
TRANSLATION_TIME = 90.0


class Wish(NamedTuple):
    """A picture of a panel, and how."""

    panel_id: str
    options: RenderOptions


def submit(project_id: str, wishes: Sequence[Wish], priority: int = 0) -> None:
    """Queue the wishes and say what became of them in the status line."""
    running = services.current()
    book, batch = running.store.head(project_id).book, uuid4().hex
    try:
        english = _english(book, wishes)
        using = materials(english)
        planned = [(wish, plan(project_id, book, wish, using)) for wish in wishes]
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    wanted = [
        NewJob(
            project_id,
            wish.panel_id,
            wish.options.profile,
            made.request,
            made.shot,
            state.author(),
            priority=priority,
            batch_id=batch,
        )
        for wish, made in planned
        if not _is_there(project_id, book, wish.panel_id, made.request)
    ]
    if not wanted:
        state.note(_("Nothing changed: these pictures are there already."))
    running.engine.submit(wanted)
    for text in warnings_in_words(book, ((wish.panel_id, made.warnings) for wish, made in planned)):
        state.note(text, "warning")


def again(take: Take) -> None:
    """Queue the very request of a take once more, past the cache."""
    if take.request is None or take.shot is None:
        return
    profile = "final"
    job = NewJob(
        take.project_id,
        take.panel_id,
        profile,
        take.request,
        take.shot,
        state.author(),
        priority=NEXT,
        anew=True,
    )
    try:
        services.current().engine.submit([job])
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")


def materials(english: Mapping[str, str]) -> Materials:
    """Return what pictures are planned with just now."""
    workflows = services.current().workflows
    return pipeline.materials(workflows, library.styles().all(), library.profiles().all(), english)


def plan(project_id: str, book: Book, wish: Wish, using: Materials) -> Planned:
    """Return the shot and request of a wish. Raises KitsumyErrors."""
    options = _refined(project_id, book, wish.panel_id, _seeded(book, *wish))
    return pipeline.planned(book, wish.panel_id, options, using=using)


def variants(book: Book, panel_id: str, options: RenderOptions, count: int) -> list[Wish]:
    """Return wishes for several pictures that differ by their seeds; a single one has the panel's own."""
    if count <= 1 or options.backend == "sketch":
        return [Wish(panel_id, options)]
    first = options if options.seed is None and not book.picks.get(panel_id) else _fresh(options)
    return [Wish(panel_id, first), *(Wish(panel_id, _fresh(options)) for _more in range(count - 1))]


def shots_of(book: Book, panel_ids: Iterable[str]) -> list[Shot]:
    return [shot for panel_id in panel_ids if (shot := pipeline.shot_in(book, panel_id))]


def warnings_in_words(
    book: Book, found: Iterable[tuple[str, Sequence[PromptWarning]]], most: int = 6
) -> list[str]:
    """Return each kind of warning once, with the panels it is about."""
    grouped: dict[tuple[str, str], tuple[Mapping[str, Any], dict[str, None]]] = {}
    for panel_id, warnings in found:
        for warning in warnings:
            alike = (warning.code, repr(sorted(warning.params.items())))
            grouped.setdefault(alike, (warning.params, {}))[1][panel_id] = None
    said = []
    for (code, _alike), (params, panel_ids) in sorted(grouped.items()):
        names = [panel_name(book, panel_id) for panel_id in panel_ids]
        rest = len(names) - most
        listed = "; ".join(names[:most]) + (f" +{rest}" if rest > 0 else "")
        said.append(say(code, {**params, "panels": listed}, state.language()))
    return said


def _english(book: Book, wishes: Sequence[Wish]) -> dict[str, str]:
    """Return the English of what the panels say, translated now where there is somebody to do it."""
    if all(wish.options.backend == "sketch" for wish in wishes):
        return {}
    running = services.current()
    shots, styles = shots_of(book, dict.fromkeys(wish.panel_id for wish in wishes)), library.styles().all()
    words = [wish.options.words for wish in wishes]
    translator = pipeline.open_translator(running.settings)
    if translator is None:
        return known_english(shots, running.store, styles, words)
    try:
        work = running.background.start(translated(shots, running.store, translator, styles, words))
        return dict(work.result(timeout=TRANSLATION_TIME))
    except (KitsumyError, TimeoutError, asyncio.CancelledError) as error:
        reason = explain(error, state.language()) if isinstance(error, KitsumyError) else _("No answer.")
        state.note(_("Some texts could not be translated: {reason}").format(reason=reason), "warning")
        return known_english(shots, running.store, styles, words)


def fresh_seed() -> int:
    return uuid4().int % SEEDS


def _fresh(options: RenderOptions) -> RenderOptions:
    return options._replace(seed=fresh_seed())


def _seeded(book: Book, panel_id: str, options: RenderOptions) -> RenderOptions:
    """Draw the seed of a panel whose author wants a random one."""
    found = find_panel(book.plan, panel_id)
    if options.seed is None and found and found[2].kitsumy.seed == RANDOM:
        return _fresh(options)
    return options


def _refined(project_id: str, book: Book, panel_id: str, options: RenderOptions) -> RenderOptions:
    """Let a refining profile start from the chosen take, if that shows today's shot less finely."""
    take_id, profile = book.picks.get(panel_id), library.profiles().all().get(options.profile)
    if options.backend == "sketch" or options.source or not (take_id and profile):
        return options
    with suppress(NotFoundError):
        take = services.current().pictures.take(project_id, take_id)
        today = pipeline.shot_in(book, panel_id)
        return options._replace(source=refine_source(take.shot, take.request, take.image, today, profile))
    return options


def _is_there(project_id: str, book: Book, panel_id: str, request: SketchRequest | DiffusionRequest) -> bool:
    """Tell whether a panel shows the picture of this very request."""
    take_id = book.picks.get(panel_id)
    with suppress(NotFoundError):
        return bool(take_id) and services.current().pictures.take(
            project_id, str(take_id)
        ).request_key == request_key(request)
    return False
