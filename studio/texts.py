"""Say things in the session's language, and make any text harmless inside Markdown."""

from __future__ import annotations

import re
from datetime import datetime

from kitsumy_core import messages
from studio import state

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")


def _(text: str) -> str:
    """Translate a text of the studio."""
    return messages.catalogue(state.language()).gettext(text)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a text that depends on a number, and put the number in as {n}."""
    return messages.catalogue(state.language()).ngettext(singular, plural, n).format(n=n)


def plain(text: str) -> str:
    """Escape a text of a user, model or server, so that Markdown and labels show it as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def short(text: str, most: int = 60) -> str:
    """Cut a text at a word, with an ellipsis."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rsplit(" ", 1)[0] + "…"


def when(moment: datetime) -> str:
    """Write a moment as people do: the time today, else the day."""
    from babel.dates import format_date, format_time

    local = moment.astimezone()
    if local.date() == datetime.now(local.tzinfo).date():
        return str(format_time(local, "short", locale=state.language()))
    return str(format_date(local, "d MMM", locale=state.language()))
