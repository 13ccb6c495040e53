"""Build store, engine and pictures once per process, and run the engine on one background event loop.

The server imports this before it listens, so what is heavy is imported where it is used: it is loaded, and
the services are built, while the browser fetches the page.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kitsumy_core.errors import KitsumyError, UsageError
from kitsumy_core.messages import DEFAULT_LANGUAGE, explain

if TYPE_CHECKING:
    from kitsumy_core.export.shelf import Shelf
    from kitsumy_core.render.backend import Backend
    from kitsumy_core.render.engine import Engine
    from kitsumy_core.render.library import Workflows
    from kitsumy_core.render.pool import Place
    from kitsumy_core.settings import Settings
    from kitsumy_core.store import Store
    from studio.checking import Issues
    from studio.news import Newsroom
    from studio.pictures import Pictures
    from studio.planning import Planner
    from studio.wishes import Wishes


class Background:
    """One asyncio event loop on a thread of its own, for everything that talks to servers."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="kitsumy-loop", daemon=True)
        self._thread.start()

    def start(self, work: Any) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Cancel what runs, let it put things in order, and end the loop."""
        with suppress(TimeoutError):
            self.start(_cancel_all()).result(timeout=STOP_WITHIN)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=STOP_WITHIN)
        if not self._thread.is_alive():
            self.loop.close()


STOP_WITHIN = 10.0


async def _cancel_all() -> None:
    """Cancel what runs, and what that begins while it puts things in order."""
    while others := [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()


@dataclass(frozen=True)
class Services:
    """What screens and routes work with."""

    settings: Settings
    store: Store
    engine: Engine
    pictures: Pictures
    workflows: Workflows
    background: Background
    planner: Planner
    issues: Issues
    wishes: Wishes
    shelf: Shelf
    news: Newsroom

    def stop(self) -> None:
        """End exports, leave running jobs to the next start, close the loop and the store."""
        self.shelf.stop()
        self.engine.stop()
        self.background.close()
        self.pictures.close()
        self.store.close()


AT_START = ("data_dir", "database_url", "images_url")
"""Settings that say where data is: they are read at start alone."""

_lock = threading.Lock()
_running: Services | None = None


def begin() -> None:
    """Start the services on a thread of their own; the process ends with words if they cannot be started."""
    threading.Thread(target=_begin, name="kitsumy-start", daemon=True).start()


FIRST = ("studio.components.page_view", "studio.components.panel_form", "studio.components.layout_picker",
         "studio.components.page_strip", "studio.components.panel_board", "kitsumy_core.render.sketch",
         "kitsumy_core.page.draw", "kitsumy_core.plan.incoming", "babel.dates", "numpy",
         "PIL.JpegImagePlugin")  # fmt: skip
"""What the first screen needs (numpy is for Streamlit, to show an icon), loaded while nobody waits for it."""


def _begin() -> None:
    language = DEFAULT_LANGUAGE
    try:
        from kitsumy_core.settings import load_settings

        settings = load_settings()
        language = settings.language or language
        start(settings)
    except KitsumyError as error:
        sys.stderr.write(explain(error, language) + "\n")
        sys.stderr.flush()
        os._exit(2 if isinstance(error, UsageError) else 1)
    for module in FIRST:
        import_module(module)


def start(settings: Settings | None = None) -> Services:
    """Start the services, or return those that run. Raises KitsumyErrors of the settings and the store."""
    global _running  # noqa: PLW0603  (one per process by design; Streamlit has no place of its own for it)
    with _lock:
        if _running is None:
            from kitsumy_core.settings import load_settings

            _running = _build(settings or load_settings())
        return _running


def current() -> Services:
    """Return the running services; a script run without our server (a test) starts them."""
    return _running or start()


def apply(settings: Settings) -> None:
    """Let changed settings take effect from the next job on; places of data need a restart and stay."""
    global _running  # noqa: PLW0603
    with _lock:
        if _running is None:
            return
        kept = {field: getattr(_running.settings, field) for field in AT_START}
        fresh = settings.model_copy(update=kept)
        _running = replace(_running, settings=fresh)
        running = _running
    from kitsumy_core.render.pool import places

    running.engine.arrange(places(fresh), _opener(fresh, running.store, running.workflows))


def stop() -> None:
    global _running  # noqa: PLW0603
    with _lock:
        if _running is not None:
            _running.stop()
        _running = None


def _opener(settings: Settings, store: Store, workflows: Workflows) -> Callable[[Place], Backend]:
    from kitsumy_core import pipeline
    from kitsumy_core.render.remote_ids import LedgerIds

    return lambda place: pipeline.open_backend(
        place.kind,
        settings,
        workflows=workflows,
        load_image=store.images.get,
        server=place.server,
        remote_ids=LedgerIds(store),
    )


def _is_there(store: Store, project_id: str) -> bool:
    from kitsumy_core.errors import NotFoundError

    try:
        store.project(project_id)
    except NotFoundError:
        return False
    return True


def _build(settings: Settings) -> Services:
    from kitsumy_core.export.shelf import Shelf
    from kitsumy_core.render.engine import Engine
    from kitsumy_core.render.library import Workflows
    from kitsumy_core.render.pool import places
    from kitsumy_core.store import Store
    from studio.checking import Issues
    from studio.news import Newsroom
    from studio.pictures import Pictures
    from studio.planning import Planner
    from studio.wishes import Wishes

    store = Store.open(settings)
    workflows = Workflows(settings.data_dir / "workflows")
    engine = Engine(store, _opener(settings, store, workflows), places(settings))
    background = Background()
    background.start(engine.run())
    shelf = Shelf(settings.data_dir / "exports")
    shelf.clear_away(lambda project_id: _is_there(store, project_id))
    planner = Planner(store, background.start, lambda: current().settings)
    return Services(
        settings,
        store,
        engine,
        Pictures(store),
        workflows,
        background,
        planner,
        Issues(),
        Wishes(planner, background.start),
        shelf,
        Newsroom(),
    )
