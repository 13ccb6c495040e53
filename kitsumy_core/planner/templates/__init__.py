"""Read the prompts: files beside this one, or the writer's own in `prompts/` of the data folder.

A prompt is a Markdown file: its parameters as TOML between `+++` lines, then `# system` and `# user`.
`{{name}}` is replaced once, so that a story which itself holds such a mark changes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kitsumy_core.errors import InputError
from kitsumy_core.planner.llm.seam import Message

HERE = Path(__file__).parent
FOLDER = "prompts"
MOST_BYTES = 100_000
_FORM = re.compile(
    r"\A\+\+\+\n(?P<head>.*?)\n\+\+\+\n# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.S
)
_SLOT = re.compile(r"{{(\w+)}}")
_TAGS = re.compile(r"</?\s*user_\w+\s*/?>", re.I)


class Template(NamedTuple):
    """One prompt. `history` is how many pages before the one being written are told with their states."""

    name: str
    version: int
    temperature: float
    max_tokens: int
    history: int
    system: str
    user: str

    def filled(self, values: Mapping[str, str]) -> tuple[Message, Message]:
        """Return the messages. A mark that nobody fills stays empty."""

        def one(text: str) -> str:
            return _SLOT.sub(lambda slot: values.get(slot[1], ""), text).strip()

        return Message("system", one(self.system)), Message("user", one(self.user))

    @property
    def mark(self) -> str:
        """A short hash of everything that may change an answer."""
        return sha256(repr(tuple(self)).encode("utf-8", "replace")).hexdigest()[:16]


def load(name: str, folder: Path | None = None) -> Template:
    """Return a prompt, the writer's own version if there is one. Raises InputError."""
    own = folder / FOLDER / f"{name}.md" if folder else None
    file = own if own is not None and own.is_file() else HERE / f"{name}.md"
    return read(file, name)


def read(file: Path, name: str) -> Template:
    """Read one file. Raises InputError naming the file and what is wrong in it."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES).decode("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise InputError("template-damaged", file=str(file), problem=error.strerror or "") from error
    except UnicodeDecodeError:
        raise InputError("template-damaged", file=str(file), problem="UTF-8") from None
    parts = _FORM.match(text)
    if parts is None:
        raise InputError("template-damaged", file=str(file), problem="+++ … +++ # system … # user …")
    try:
        head: dict[str, Any] = tomllib.loads(parts["head"])
        return Template(
            name=name,
            version=int(head["version"]),
            temperature=min(2.0, max(0.0, float(head.get("temperature", 0.8)))),
            max_tokens=min(32_000, max(100, int(head["max_tokens"]))),
            history=min(20, max(0, int(head.get("history", 0)))),
            system=parts["system"],
            user=parts["user"],
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError("template-damaged", file=str(file), problem=str(error)) from None


def material(text: str, most: int = 4000) -> str:
    """Return a user's text as it goes between tags: none of our tags in it, not endless."""
    return _TAGS.sub("", text).strip()[:most]


def names() -> list[str]:
    """Return the prompts there are."""
    return sorted(file.stem for file in HERE.glob("*.md"))
