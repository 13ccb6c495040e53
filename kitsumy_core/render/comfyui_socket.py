"""Listen to one ComfyUI server: a websocket whose reader never stops, and what it heard about each job."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from kitsumy_core.render.backend import Progress
from kitsumy_core.render.comfyui_wire import Message, read_frame, read_message, steps_of

_STRANGERS = 32
_MAX_MESSAGE = 64 << 20
_FEATURES = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


class Watch:
    """What was heard about one job so far. News only wakes the waiter: a slow one never holds the reader
    up.
    """

    def __init__(self) -> None:
        self.started = False
        self.ended = False
        self.steps: tuple[int, int] | None = None
        self.preview: bytes | None = None
        self.heard_at = time.monotonic()
        self.queue_moved = False
        self._news = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait for news, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()

    def wake(self) -> None:
        self._news.set()

    def hear(self, message: Message) -> None:
        self.heard_at = time.monotonic()
        if message.type == "executing" and "node" in message.data and message.data["node"] is None:
            self.ended = True
        self.started = True
        self.steps = steps_of(message) or self.steps
        self._news.set()

    def see(self, image: bytes) -> None:
        self.preview, self.heard_at = image, time.monotonic()
        self._news.set()

    def progress(self) -> Progress:
        """Return how far a started job is, with the newest preview."""
        if self.steps is None:
            return Progress("loading", preview=self.preview)
        return Progress("sampling", *self.steps, preview=self.preview)


class Connection:
    """One open websocket under a client id of its own. Never reconnected: a new one is opened instead."""

    def __init__(self, socket: ClientConnection, client_id: str) -> None:
        self.client_id = client_id
        self._socket = socket
        self._watches: dict[str, Watch] = {}
        self._strangers: dict[str, Watch] = {}
        self._executing: Watch | None = None
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, url: str, headers: Mapping[str, str], *, within: float, use_proxy: bool
    ) -> Connection | None:
        """Open a websocket and announce what we understand; None if the server does not take one."""
        client_id = str(uuid.uuid4())
        try:
            socket = await connect(
                f"{url}?clientId={client_id}",
                additional_headers=headers,
                open_timeout=within,
                close_timeout=1,
                ping_timeout=60,
                compression=None,
                max_size=_MAX_MESSAGE,
                proxy=True if use_proxy else None,
            )
            await socket.send(_FEATURES)
        except (OSError, WebSocketException, TimeoutError, EOFError):
            return None
        return cls(socket, client_id)

    @property
    def alive(self) -> bool:
        return not self._reader.done()

    @contextmanager
    def watching(self, prompt_id: str) -> Iterator[Watch]:
        """Collect what is heard about a job, from before its number is known to the server."""
        watch = self._watches[prompt_id] = self._watch_of(prompt_id)
        self._strangers.pop(prompt_id, None)
        try:
            yield watch
        finally:
            self._watches.pop(prompt_id, None)
            if self._executing is watch:
                self._executing = None

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()

    async def _read(self) -> None:
        try:
            async for received in self._socket:
                if isinstance(received, str):
                    self._on_text(received)
                else:
                    self._on_frame(bytes(received))
        except (OSError, WebSocketException, EOFError):
            pass
        finally:
            for watch in self._watches.values():
                watch.wake()

    def _on_text(self, text: str) -> None:
        message = read_message(text)
        if message is None:
            return
        if message.type == "status":
            for watch in self._watches.values():
                watch.queue_moved = True
                if not watch.started:
                    watch.wake()
        elif message.prompt_id:
            watch = self._watch_of(message.prompt_id)
            watch.hear(message)
            self._executing = None if watch.ended else watch

    def _watch_of(self, prompt_id: str) -> Watch:
        """Return the job's watch; what is heard about an unknown job is kept a while, in case it becomes
        ours.
        """
        if watch := self._watches.get(prompt_id) or self._strangers.get(prompt_id):
            return watch
        if len(self._strangers) >= _STRANGERS:
            self._strangers.pop(next(iter(self._strangers)))
        return self._strangers.setdefault(prompt_id, Watch())

    def _on_frame(self, data: bytes) -> None:
        frame = read_frame(data)
        if frame is None:
            return
        watch = self._executing if frame.prompt_id is None else self._watches.get(frame.prompt_id)
        if watch is not None:
            watch.see(frame.image)
