"""Keep the ids of a paid server in the ledger, on the attempts they were given for."""

from __future__ import annotations

import asyncio

from kitsumy_core.store import Store


class LedgerIds:
    """The `RemoteIds` of a backend: what `keep` was told is on disk when it returns."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, job_id: str, remote_id: str) -> None:
        await asyncio.to_thread(self._store.keep_remote_id, job_id, remote_id)

    async def find(self, job_id: str) -> str | None:
        return await asyncio.to_thread(self._store.remote_id, job_id)

    async def others(self, job_id: str) -> int | None:
        return await asyncio.to_thread(self._store.sharing, job_id)
