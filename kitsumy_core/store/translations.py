"""Keep what texts of plans are in English, by the text itself: translated once, and corrected by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, delete, insert, select, true

from kitsumy_core.store.change import Part, now, storable
from kitsumy_core.store.tables import translations

HAND = "hand"
_AT_ONCE = 400


class Translations(Part):
    """The same words are translated once, in whatever project they stand."""

    def translations(self, texts: Iterable[str], language: str) -> dict[str, str]:
        """Return the English of those texts that are known in this language."""
        keys = {text: _key(text, language) for text in texts}
        found: dict[str, str] = {}
        with self.database.read() as connection:
            for some in _parts(list(keys.values())):
                query = select(translations.c.key, translations.c.english).where(translations.c.key.in_(some))
                found |= {row.key: row.english for row in connection.execute(query)}
        return {text: found[key] for text, key in keys.items() if key in found}

    def corrected(self, texts: Iterable[str], language: str) -> set[str]:
        """Return those of the texts whose English was written by hand."""
        keys = {_key(text, language): text for text in texts}
        found: set[str] = set()
        with self.database.read() as connection:
            for some in _parts(list(keys)):
                by_hand = translations.c.made_by == HAND
                query = select(translations.c.key).where(translations.c.key.in_(some), by_hand)
                found.update(keys[key] for key in connection.execute(query).scalars())
        return found

    def keep_translations(self, english: Mapping[str, str], language: str, made_by: str = HAND) -> None:
        """Store translations by their source texts. What was written by hand is changed by hand alone."""
        wanted = {_key(text, language): (text, words) for text, words in english.items() if words.strip()}
        with self.database.write() as connection:
            for some in _parts(list(wanted)):
                old = translations.c.key.in_(some)
                if made_by != HAND:
                    kept = select(translations.c.key).where(old, translations.c.made_by == HAND)
                    for key in connection.execute(kept).scalars():
                        del wanted[key]
                connection.execute(delete(translations).where(old, _mine(made_by)))
            for key, (text, words) in wanted.items():
                row = {"key": key, "language": language, "made_by": made_by, "updated": now()}
                row |= {"source": storable(text), "english": storable(words.strip())}
                connection.execute(insert(translations).values(**row))

    def forget_translation(self, text: str, language: str) -> None:
        """Let a text be translated anew."""
        with self.database.write() as connection:
            connection.execute(delete(translations).where(translations.c.key == _key(text, language)))


def _mine(made_by: str) -> ColumnElement[bool]:
    return true() if made_by == HAND else translations.c.made_by != HAND


def _key(text: str, language: str) -> str:
    return hashlib.sha256(f"{language}\n{text.strip()}".encode("utf-8", "surrogatepass")).hexdigest()


def _parts(keys: list[str]) -> Iterable[list[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
