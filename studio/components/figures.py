"""Write times, money and memory as people do, in the session's language."""

from __future__ import annotations

from babel.numbers import format_decimal

from studio import state
from studio.texts import _


def clock(seconds: float) -> str:
    """Write a span of time as a clock does: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """Write about how long something takes, in a unit that suits it."""
    if seconds < 90:
        return _("{n} s").format(n=max(1, round(seconds)))
    if seconds < 5400:
        return _("{n} min").format(n=round(seconds / 60))
    return _("{n} h").format(n=decimal(seconds / 3600))


def money(usd: float) -> str:
    """Write an amount of US dollars, for Markdown; small ones with more digits, or they read as nothing."""
    digits = "0.00" if usd >= 0.1 or usd == 0 else "0.0000"
    amount = format_decimal(usd, digits, locale=state.language(), decimal_quantization=True)
    return f"\\${amount}" if state.language() == "en" else f"{amount} \\$"


def decimal(number: float) -> str:
    """Write a number with at most one digit behind the language's decimal mark."""
    return str(format_decimal(round(number, 1), locale=state.language()))


def gigabytes(size: float) -> str:
    return decimal(size / 2**30)
