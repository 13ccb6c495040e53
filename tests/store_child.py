"""Commit edits in a loop and print each acknowledged one: the process that the kill tests kill.

Arguments: data folder, project, author, panel, how many (0 = until killed).
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.stores import field


def main(folder: str, project: str, author: str, panel_id: str, times: str) -> None:
    store = Store.open(Settings(data_dir=Path(folder)))
    numbers = range(int(times)) if int(times) else count()
    for number in numbers:
        text = f"{author} {number}"
        done = store.commit(project, field(text, node=f"panel:{panel_id}"), author)
        sys.stdout.write(f"{done.rev} {text}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
