"""Hold the drawing styles: data that add words, LoRAs and a workflow to what a picture is made from.

A style is a file (see `kitsumy_core/styles/README.md`): those that ship, and the writer's own in the data
folder, which come before a shipped one of the same id.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from kitsumy_core.errors import InputError
from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.request import LoraUse

SHIPPED_FOLDER = Path(__file__).parents[1] / "styles"
FOLDER = "styles"
MAX_BYTES = 200_000
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")


class Style(Frozen):
    """One way to draw. `title` maps languages to names; `workflow` and `loras` are used where given."""

    id: str
    title: Mapping[str, str]
    prompt: str
    negative: str = ""
    loras: tuple[LoraUse, ...] = ()
    workflow: str = ""
    cinematic: bool = False
    """Whether the cinematic LoRA comes after those of the characters."""
    sample: str = ""
    """File name of a picture beside the style's file."""

    def is_called(self, name: str) -> bool:
        """Say whether a name, in any language and case, is this style's."""
        return name.strip().casefold() in {self.id.casefold(), *(t.casefold() for t in self.title.values())}

    def name_in(self, language: str) -> str:
        """Return the title in a language, else in English, else the id."""
        return self.title.get(language) or self.title.get("en") or self.id


def read_style(file: Path) -> Style:
    """Return the style of a file. Raises InputError for one that is none."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputError("style-unreadable", file=file.name, problem=f"> {MAX_BYTES}")
        written = tomllib.loads(file.read_text("utf-8"))
        style = Style.model_validate(written | {"id": file.stem})
    except OSError as error:
        raise InputError("style-unreadable", file=file.name, problem=error.strerror or "") from error
    except ValidationError as error:
        first = error.errors()[0]
        problem = ".".join(str(part) for part in first["loc"]) + ": " + first["msg"]
        raise InputError("style-unreadable", file=file.name, problem=problem) from error
    except ValueError as error:  # not TOML, not UTF-8
        raise InputError("style-unreadable", file=file.name, problem=str(error)[:200]) from error
    return style if Path(style.sample).name == style.sample else style.but(sample="")


def styles_in(folder: Path) -> tuple[dict[str, Style], list[InputError]]:
    """Return the styles of a folder by id, and what is wrong with files that hold none."""
    found: dict[str, Style] = {}
    wrong: list[InputError] = []
    for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            found[file.stem] = read_style(file)
        except InputError as error:
            wrong.append(error)
    return found, wrong


def is_style_id(text: str) -> bool:
    """Tell whether a text can be the id, and so the file name, of a style."""
    return bool(_ID.match(text))


STYLES: Mapping[str, Style] = MappingProxyType(styles_in(SHIPPED_FOLDER)[0])
"""The styles that ship."""


def find_style(name: str, styles: Iterable[Style] | None = None) -> Style | None:
    """Return the style with this id or title (in any language and case), or None."""
    known = STYLES.values() if styles is None else styles
    return next((style for style in known if style.is_called(name)), None) if name.strip() else None
