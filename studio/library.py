"""Hand out the styles and levels of detail of the data folder that the services work with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kitsumy_core.render.profile_library import Profiles
from kitsumy_core.render.style_library import Styles
from studio import services


def styles() -> Styles:
    return _styles(services.current().settings.data_dir)


def profiles() -> Profiles:
    return _profiles(services.current().settings.data_dir)


@cache
def _styles(folder: Path) -> Styles:
    return Styles(folder)


@cache
def _profiles(folder: Path) -> Profiles:
    return Profiles(folder)
