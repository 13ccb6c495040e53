"""Start processes fast, to be killed: one that has imported everything, and forks whoever is asked for.

Reads JSON lines {"run": "server" | "engine", ...} and answers each with the new process's id.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_job import Patience
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.pool import Place
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.comfyui_scenarios import load
from tests.comfyui_server import ComfyUIDouble, Ticket

TEMPO = Tempo(
    idle_look=0.1,
    lease=0.7,
    beat=0.15,
    probe=0.3,
    probe_failed=(0.1, 0.2),
    failover=30.0,
    backoff=(0.0,) * 20,
)


class OnDisk(dict[tuple[str, str], bytes]):
    """The output folder of a server, which outlives it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __setitem__(self, key: tuple[str, str], data: bytes) -> None:
        part = self.folder / f"{key[1]}.part"
        part.write_bytes(data)
        part.rename(self.folder / Path(key[1]).name)

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        file = self.folder / Path(key[1]).name
        return file.read_bytes() if file.is_file() else default


class Mortal(ComfyUIDouble):
    """A server that writes down what it was sent, and takes its time."""

    def __init__(self, port: int, folder: Path, seconds: float) -> None:
        super().__init__()
        self._port, self.seconds, self.log = port, seconds, folder / "began.log"
        self.files = OnDisk(folder)

    async def _run(self, ticket: Ticket) -> None:
        with self.log.open("a") as log:
            log.write(f"{ticket.id}\n")
        await asyncio.sleep(self.seconds)
        if not ticket.interrupted:
            await super()._run(ticket)


def serve(wish: dict[str, Any]) -> None:
    Mortal(wish["port"], Path(wish["folder"]), wish["seconds"]).start()
    threading.Event().wait()


def work(wish: dict[str, Any]) -> None:
    url = wish["database"]
    settings = Settings(data_dir=Path(wish["data"]), database_url=SecretStr(url) if url else None)
    store = Store.open(settings)
    patience = Patience(stalled=20.0, unreachable=1.0, lost=1.5)

    def opener(place: Place) -> ComfyUIBackend:
        return ComfyUIBackend(place.server, load, lambda key: b"", patience=patience)

    places = [Place("comfyui", url) for url in wish["servers"]]
    asyncio.run(Engine(store, opener, places, TEMPO).run())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        wish = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with Path(wish.get("log", os.devnull)).open("ab") as log:
                os.dup2(log.fileno(), 1)
            try:
                {"server": serve, "engine": work}[wish["run"]](wish)
            finally:
                os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
