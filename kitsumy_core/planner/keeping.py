"""Keep steps and what is known of models in the store: the store's blocking calls go to threads."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from kitsumy_core.errors import KitsumyError
from kitsumy_core.planner.llm.facts import Facts, facts_from
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.store import Store


class StoredSteps:
    """The steps of one planning (`making.Steps`)."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store, self._run = store, run_id

    async def load(self, step: str, key: str) -> dict[str, Any] | None:
        return await asyncio.to_thread(self._store.step_answer, self._run, step, key)

    async def save(self, step: str, key: str, answer: dict[str, Any], usage: Usage, seconds: float) -> None:
        await asyncio.to_thread(
            self._store.keep_step,
            self._run,
            step,
            key=key,
            answer=answer,
            usage=vars(usage),
            seconds=seconds,
        )

    async def failed(self, step: str, error: KitsumyError) -> None:
        await asyncio.to_thread(self._store.keep_step, self._run, step, error=error)


class StoredFacts:
    """What is known of models (`facts.Memory`). Read once, kept in memory, written beside the loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], Facts] = {}

    def facts(self, server: str, model: str) -> Facts:
        if (server, model) not in self._known:
            self._known[server, model] = facts_from(self._store.model_facts(server, model)[0])
        return self._known[server, model]

    def learn(self, server: str, model: str, facts: Facts) -> None:
        self._known[server, model] = facts
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._write(server, model, facts)
        else:
            loop.run_in_executor(None, self._write, server, model, facts)

    def _write(self, server: str, model: str, facts: Facts) -> None:
        with suppress(KitsumyError):  # what cannot be kept is learned again
            self._store.learn_model(server, model, facts.as_json())

    def forget(self) -> None:
        """Read everything anew."""
        self._known.clear()
