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

from kitsumy_core.errors import InputError, StorageError
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
    file = file_of(name, folder)
    return parse(_text(file), name, str(file))


def file_of(name: str, folder: Path | None = None) -> Path:
    """Return the file of a prompt that is in force."""
    own = own_file(name, folder) if folder else None
    return own if own is not None and own.is_file() else HERE / f"{name}.md"


def own_file(name: str, folder: Path) -> Path:
    """Return where the writer's own version of a prompt is, or would be. Raises InputError."""
    if name not in names():
        raise InputError("template-damaged", file=name, problem="?")
    return folder / FOLDER / f"{name}.md"


def keep(name: str, folder: Path, text: str) -> Template:
    """Make a text the writer's own version of a prompt. Raises InputError if it is none, StorageError."""
    file = own_file(name, folder)
    made = parse(text, name, f"{name}.md")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError("no-permission", where=str(file)) from error
    return made


def forget(name: str, folder: Path) -> None:
    """Go back to the prompt that ships. Raises StorageError."""
    file = own_file(name, folder)
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError("no-permission", where=str(file)) from error


def text_of(name: str, folder: Path | None = None) -> str:
    """Return the whole text of a prompt that is in force. Raises InputError."""
    return _text(file_of(name, folder))


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES).decode("utf-8").replace("\r\n", "\n")
    except OSError as error:
        raise InputError("template-damaged", file=str(file), problem=error.strerror or "") from error
    except UnicodeDecodeError:
        raise InputError("template-damaged", file=str(file), problem="UTF-8") from None


def parse(text: str, name: str, shown: str) -> Template:
    """Read a prompt. Raises InputError naming it as `shown`, and what is wrong in it."""
    parts = _FORM.match(text.replace("\r\n", "\n"))
    if parts is None:
        raise InputError("template-damaged", file=shown, problem="+++ … +++ # system … # user …")
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
        raise InputError("template-damaged", file=shown, problem=str(error)) from None


def material(text: str, most: int = 4000) -> str:
    """Return a user's text as it goes between tags: none of our tags in it, not endless."""
    return _TAGS.sub("", text).strip()[:most]


def names() -> list[str]:
    """Return the prompts there are."""
    return sorted(file.stem for file in HERE.glob("*.md"))
