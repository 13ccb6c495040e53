"""Mark texts for the catalogues."""

from __future__ import annotations

Text = str | tuple[str, str]
"""A text, or its singular and plural, chosen by the param `n`."""


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark a text for the catalogue without translating it here."""
    return text
