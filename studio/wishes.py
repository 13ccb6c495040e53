"""Ask a model for changes of an open comic in the background: proposals and translations."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import uuid4

from kitsumy_core.errors import KitsumyError, UsageError
from kitsumy_core.plan.edits import edit
from kitsumy_core.planner import templates
from kitsumy_core.planner.llm.ask import Asker
from kitsumy_core.planner.llm.connect import configured
from kitsumy_core.planner.redo import Target, propose
from kitsumy_core.planner.translation import NONE, edition_edits, translate_page, untranslated
from kitsumy_core.store import Head
from studio.planning import Planner


@dataclass(frozen=True)
class Doing:
    """Something a model is working on for a comic. `about` says what, as a proposal's does."""

    id: str
    project_id: str
    about: Mapping[str, Any]
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Failed:
    project_id: str
    about: Mapping[str, Any]
    error: KitsumyError


class _Into(NamedTuple):
    """Where translated texts go, whose they are, and their step of undo."""

    edition: str
    language: str
    old: Mapping[str, str]
    model: str = ""
    burst: str = ""


class Wishes:
    """All wishes of this process. What comes of them is in the store."""

    def __init__(self, planner: Planner, start: Callable[[Any], Future[Any]]) -> None:
        self._planner, self._start, self._store = planner, start, planner.store
        self._doing: dict[str, Doing] = {}
        self._futures: dict[str, Future[Any]] = {}
        self._failed: list[Failed] = []
        self._lock = threading.Lock()

    def way(self) -> str | None:
        """Return the kind of model that is asked, None if none is configured."""
        return next(iter(configured(self._planner.settings())), None)

    def doing(self, project_id: str) -> list[Doing]:
        return [one for one in list(self._doing.values()) if one.project_id == project_id]

    def failures(self, project_id: str) -> list[Failed]:
        """Return what failed since this was asked last, once."""
        with self._lock:
            mine = [one for one in self._failed if one.project_id == project_id]
            self._failed = [one for one in self._failed if one.project_id != project_id]
        return mine

    def cancel(self, doing_id: str) -> None:
        future = self._futures.get(doing_id)
        if future is not None:
            future.cancel()

    def rewrite(
        self, project_id: str, author: str, target: Target, wish: str, *, over_hand: bool = False
    ) -> None:
        """Ask for a proposal; it will be among the store's open ones."""
        about = {"target": target.model_dump(mode="json"), "wish": wish}
        self._begin(project_id, about, lambda doing: self._propose(doing, author, target, wish, over_hand))

    def translate(
        self,
        project_id: str,
        author: str,
        language: str,
        edition_id: str = "",
        old: Mapping[str, str] = NONE,
    ) -> None:
        """Translate what an edition has no words for; "" = the edition that is called after the language.

        `old` words, by lettering id, are translated again, unless somebody changes them meanwhile.
        """
        into = _Into(edition_id or language, language, old)
        about = {"language": language, "edition": into.edition}
        self._begin(project_id, about, lambda doing: self._translate(doing, author, into))

    def _begin(
        self, project_id: str, about: Mapping[str, Any], work: Callable[[Doing], Coroutine[Any, Any, None]]
    ) -> None:
        doing = Doing(uuid4().hex, project_id, about)
        self._doing[doing.id] = doing
        self._futures[doing.id] = self._start(self._carried_out(doing, work))

    async def _carried_out(self, doing: Doing, work: Callable[[Doing], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(doing)
        except KitsumyError as error:
            with self._lock:
                self._failed.append(Failed(doing.project_id, doing.about, error))
        finally:
            self._doing.pop(doing.id, None)
            self._futures.pop(doing.id, None)

    async def _asker(self) -> Asker:
        way = self.way()
        if way is None:
            raise UsageError("llm-not-configured")
        asker: Asker = await self._planner.open_asker(way)
        return asker

    async def _propose(self, doing: Doing, author: str, target: Target, wish: str, over_hand: bool) -> None:
        head: Head = await asyncio.to_thread(self._store.head, doing.project_id)
        kept = () if over_hand else await asyncio.to_thread(self._store.handwritten, doing.project_id)
        template = await asyncio.to_thread(templates.load, "redo", self._planner.settings().data_dir)
        asker = await self._asker()
        try:
            made = await propose(
                head.book, target, wish, asker, kept=kept, mint=lambda: uuid4().hex[:12], template=template
            )
        finally:
            await asker.provider.aclose()
        if not made.parts:
            raise UsageError("nothing-changed")
        about = {**doing.about, "model": asker.model, "usage": vars(made.usage)}
        await asyncio.to_thread(
            self._store.add_proposal, doing.project_id, author, head.rev, about, made.parts
        )

    async def _translate(self, doing: Doing, author: str, into: _Into) -> None:
        store, project_id = self._store, doing.project_id
        head: Head = await asyncio.to_thread(store.head, project_id)
        pages = [
            page for page in head.book.plan.pages() if untranslated(head.book, page, into.edition, into.old)
        ]
        template = await asyncio.to_thread(templates.load, "translate", self._planner.settings().data_dir)
        asker = await self._asker()
        into = into._replace(model=asker.model, burst=f"translate-{doing.id}")
        turn = asyncio.Lock()  # the first page that is done adds the edition

        async def one(page: Any) -> None:
            got = await translate_page(
                head.book, page, into.edition, into.language, asker, template, into.old
            )
            async with turn:
                await asyncio.to_thread(self._put_in, project_id, author, into, got.texts)
            now = self._doing.get(doing.id, doing)
            self._doing[doing.id] = replace(now, done=now.done + 1, total=len(pages))

        try:
            done = await asyncio.gather(*(one(page) for page in pages), return_exceptions=True)
        finally:
            await asker.provider.aclose()
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed

    def _put_in(self, project_id: str, author: str, into: _Into, texts: Mapping[str, str]) -> None:
        head = self._store.head(project_id)
        edits = edition_edits(head.book, into.edition, into.language, texts, into.old)
        if edits:
            wanted = edit("write_draft", edits=edits, source=into.model)
            self._store.commit(project_id, wanted, author, base_rev=head.rev, burst=into.burst)
