"""Turn ids and titles into file names that every system can hold, whatever is in them.

An id's name depends on the id alone, so that a later run finds the file again; two ids never share a name,
not even where the file system ignores case.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from kitsumy_core.plan.book import MAIN

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}\Z")
_MARKED = re.compile(r".*-[0-9a-f]{10}\Z")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
TITLE_BYTES = 120


def safe_id(node_id: str) -> str:
    """Return the file name (without ending) for a panel's id: itself if it is plain, else with a mark."""
    if _PLAIN.match(node_id) and not _MARKED.match(node_id) and node_id not in _DEVICES:
        return node_id
    mark = hashlib.sha256(node_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    stem = re.sub(r"[^a-z0-9_-]+", "-", node_id[:200].lower()).strip("-_")[:40].strip("-_")
    return f"{stem or 'panel'}-{mark}"


def file_title(title: str, otherwise: str = "comic") -> str:
    """Return a file name (without ending) for a title; letters of any script stay."""
    text = "".join(
        c for c in unicodedata.normalize("NFC", title) if unicodedata.category(c)[0] != "C" or c in "\n\t"
    )
    name = _cut(_FORBIDDEN.sub(" ", text).strip(" ."), TITLE_BYTES).strip(" .")
    if not name or name.split(".")[0].strip().lower() in _DEVICES:
        return otherwise
    return name.lstrip("-~") or otherwise


def edition_title(name: str, edition_id: str) -> str:
    """Return a name of files or a folder with the edition they are of; the main one goes without saying."""
    return name if edition_id == MAIN else "-".join(part for part in (name, safe_id(edition_id)) if part)


def _cut(text: str, limit: int) -> str:
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")
