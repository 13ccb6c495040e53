"""Start the studio: Streamlit in a process of its own, with our configuration wherever it is started from."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, NoReturn

from kitsumy_core.commands.common import FAILED, FINE, Desk
from kitsumy_core.commands.doctor import environment
from kitsumy_core.errors import UsageError

SCRIPT, CONFIG = "asgi.py", Path(".streamlit") / "config.toml"


class Launch(NamedTuple):
    """How the studio's process is started. `folder` None = where the user is."""

    command: list[str]
    folder: Path | None
    environment: dict[str, str]


def run(desk: Desk, port: int | None, headless: bool) -> int:
    """Run the studio until it ends. Raises UsageError if it is not installed."""
    launch = plan_launch(desk, studio_folder(), port, headless)
    if os.name == "posix":
        _become(launch)
    with subprocess.Popen(launch.command, cwd=launch.folder, env=launch.environment) as process:
        try:
            return FINE if process.wait() == FINE else FAILED
        except KeyboardInterrupt:
            process.wait()  # the terminal interrupted the child as well, which closes its services first
            raise


def _become(launch: Launch) -> NoReturn:
    """Turn this process into the studio's, so that every signal reaches it and none is left behind."""
    sys.stdout.flush()
    sys.stderr.flush()
    if launch.folder is not None:
        os.chdir(launch.folder)
    os.execve(launch.command[0], launch.command, launch.environment)


def studio_folder() -> Path:
    """Return the folder of the studio's code. Raises UsageError."""
    spec = find_spec("studio")
    places = [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]
    places.append(Path(__file__).parents[2] / "studio")
    for place in places:
        if (place / SCRIPT).is_file():
            return place
    raise UsageError("studio-missing")


def plan_launch(desk: Desk, studio: Path, port: int | None, headless: bool) -> Launch:
    """Return the command. An installed studio has its configuration beside its script, where Streamlit looks.

    In a checkout it is one folder up: then the process starts there, and what the user's own folder decides
    (the `.env` file, relative paths) goes along in the environment.
    """
    command = [sys.executable, "-m", "streamlit", "run", str(studio / SCRIPT)]
    command += ["--server.port", str(port)] if port else []
    command += ["--server.headless", "true"] if headless else []
    names = dict(environment())
    names["PYTHONPATH"] = os.pathsep.join(filter(None, (str(studio.parent), names.get("PYTHONPATH"))))
    if (studio / CONFIG).is_file() or not (studio.parent / CONFIG).is_file():
        return Launch(command, None, names)
    names["KITSUMY_DATA_DIR"] = str(desk.settings.data_dir.absolute())
    return Launch(command, studio.parent, names)
