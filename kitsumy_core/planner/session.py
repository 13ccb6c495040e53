"""Carry out one planning of the store: ask, keep every step, give signs of life, note how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from kitsumy_core.errors import KitsumyError, UsageError
from kitsumy_core.planner.keeping import StoredSteps
from kitsumy_core.planner.llm.ask import Asker
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.planner.making import Made, Watcher, make
from kitsumy_core.planner.stages import Brief, Prompts
from kitsumy_core.store import Run, Store

SIGN_OF_LIFE = 8.0
"""Seconds between two signs of life of who works on a planning."""

Opener = Callable[[], Awaitable[Asker]]


def claim(store: Store, run: Run, owner: str) -> None:
    """Make a run one's own, and running. Raises UsageError if somebody else is at it."""
    if not store.claim_run(run.id, owner, run.planner):
        raise UsageError("run-is-running")


async def carry_out(
    store: Store, run: Run, owner: str, open_asker: Opener, watcher: Watcher, prompts: Prompts | None = None
) -> Made:
    """Make the plan of a run that `owner` has claimed, or what is missing of it.

    Raises ModelError where cast or outline cannot be had. Cancelling leaves the run `cancelled` with all its
    finished steps.
    """
    signs = asyncio.create_task(_give_signs(store, run.id, owner))
    began = time.monotonic()
    asker: Asker | None = None
    made: Made | None = None
    failed: KitsumyError | None = None
    try:
        asker = await open_asker()
        made = await make(
            Brief.model_validate(run.brief),
            asker,
            StoredSteps(store, run.id),
            prompts=prompts,
            watcher=watcher,
        )
        return made
    except KitsumyError as error:
        failed = error
        raise
    finally:
        signs.cancel()
        with suppress(asyncio.CancelledError):
            await signs
        await asyncio.to_thread(
            _note_end, store, run.id, owner, made, failed, asker, time.monotonic() - began
        )
        if asker is not None:
            await asker.provider.aclose()


async def _give_signs(store: Store, run_id: str, owner: str) -> None:
    while True:
        await asyncio.sleep(SIGN_OF_LIFE)
        with suppress(KitsumyError):
            await asyncio.to_thread(store.beat_run, run_id, owner)


def _note_end(
    store: Store,
    run_id: str,
    owner: str,
    made: Made | None,
    failed: KitsumyError | None,
    asker: Asker | None,
    seconds: float,
) -> None:
    usage = made.usage if made else (failed.params.get("usage") if failed else None)
    first = next(iter(made.failed.values()), None) if made else failed
    store.end_run(
        run_id,
        owner,
        ("unfinished" if made.failed else "done") if made else "failed" if failed else "cancelled",
        model=asker.model if asker else "",
        usage=vars(usage) if isinstance(usage, Usage) else {},
        seconds=seconds,
        error=first,
    )
    if made and asker and made.seconds > 1 and made.usage.answer > 100:
        speed = round(made.usage.answer / made.seconds, 2)
        store.learn_model(asker.provider.server, asker.model, speed=speed)
