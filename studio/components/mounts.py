"""Register the inline browser components, once per process; each has a .js and a .css file beside this one.

Texts of users go to the browser as data and are shown by `textContent` only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


@cache
def component(name: str, root: str, *parts: str) -> Callable[..., Any]:
    """Return the mount function of a component whose root element has the class `root`.

    `parts` are further script files, put before its own. Its data goes as the one member of a tuple: in a
    bare dictionary Streamlit would look for tables, and load pandas for it.
    """
    here = Path(__file__).parent
    style = here / f"{name}.css"
    made: Callable[..., Any] = st.components.v2.component(
        f"kitsumy_{name}",
        html=_ROOTS[root],
        css=style.read_text("utf-8") if style.is_file() else None,
        js="\n".join((here / f"{part}.js").read_text("utf-8") for part in (*parts, name)),
    )

    def mount(*, data: Mapping[str, Any], **more: Any) -> Any:
        return made(data=(data,), **more)

    return mount


_ROOTS = {
    "page": '<figure class="page">\n<svg role="group"></svg>\n</figure>',
    "strip": '<nav class="strip">\n</nav>',
    "layouts": '<div class="layouts">\n</div>',
    "drawing": '<div class="drawing">\n</div>',
    "board": '<div class="board" role="group">\n</div>',
    "gallery": '<div class="gallery" role="group">\n</div>',
    "reader": '<section class="reader" tabindex="0">\n</section>',
    "none": "<span>\n</span>",
}


def fired(key: str, name: str) -> Any:
    """Return what a component's trigger carried; to be called in its callback."""
    return getattr(st.session_state.get(key), name, None)


def nothing() -> None:
    """Stand in for a callback: a component's value exists only where one is given."""
