"""Tell which of some languages a text is most likely written in."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

_lock = threading.Lock()


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def detect(text: str, languages: Sequence[str]) -> str:
    """Return the likeliest of `languages` (ISO 639-1 codes); texts under some 40 letters are guesses."""
    with _lock:
        identifier = _identifier()
        identifier.set_languages(None)
        identifier.set_languages(set(languages) & set(identifier.labels))
        return str(identifier.classify(text)[0])
