"""Collect the texts of the program from its source, and bring the catalogues up to date (run as a module)."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kitsumy_core.messages import LOCALE

ROOT = Path(__file__).parents[1]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def collected() -> Catalog:
    """Return every text that the program can say, in English, with where it is used."""
    catalogue = Catalog(project="Kitsumy Studio", charset="utf-8")
    for folder in ("kitsumy_core", "studio"):
        found = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS, comment_tags=())
        for name, _line, text, _comments, _context in found:
            catalogue.add(text, locations=[(f"{folder}/{name}", 0)])
    return catalogue


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.stem)


def is_translated(message: Message) -> bool:
    """Tell whether a text has words in every one of its forms."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(forms) and not message.fuzzy


def main() -> None:
    wanted = collected()
    for file in sorted(LOCALE.glob("*.po")):
        known = catalogue(file)
        known.update(wanted, no_fuzzy_matching=True)
        known.obsolete.clear()
        out = BytesIO()
        write_po(
            out, known, width=110, sort_output=True, omit_header=False, include_lineno=False, no_location=True
        )
        file.write_bytes(out.getvalue())
        missing = [m for m in known if m.id and not is_translated(m)]
        sys.stdout.write(f"{file.name}: {len(known)} texts, {len(missing)} without translation\n")


if __name__ == "__main__":
    main()
