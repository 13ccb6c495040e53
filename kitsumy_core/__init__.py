"""Everything of Kitsumy Studio that is no screen; `pipeline` is the place to begin reading.

from kitsumy_core import generate_image, generate_batch
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kitsumy_core.generate import generate_batch, generate_image

__all__ = ["generate_batch", "generate_image"]


def __getattr__(name: str) -> Any:
    """Load what makes images only where it is asked for: the command line starts without it."""
    if name in __all__:
        from kitsumy_core import generate

        return getattr(generate, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
