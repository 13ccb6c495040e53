"""The one place for looks where the theme does not do: narrow windows, buttons, where the keyboard is."""

from typing import Any

import streamlit as st

_EVERYWHERE = """
<style>
button[kind^="primary"], button[data-testid^="stBaseButton-primary"] { color: light-dark(#ffffff, #171513); }
[data-testid="stButtonGroup"] button[data-selected] p { color: light-dark(#93290f, #f5a68d); }
.st-key-status-line { flex-wrap: nowrap; white-space: nowrap; }
.st-key-head > div:has(.st-key-status-line) { flex: 0 0 auto; width: auto; }
.st-key-head div:has(> .st-key-status-line) { width: auto; }
:is(a, button, summary, [role="tab"]):focus-visible, label:has(> span > input[role="switch"]:focus-visible) {
  outline: 2px solid light-dark(#b4371f, #e2714f); outline-offset: 1px;
}
[role="tab"]:focus-visible { outline-offset: -2px; }
[data-testid="stCaptionContainer"]:has(.stMarkdownColoredText) { opacity: 1; }
[data-testid="stCaptionContainer"]:has(.stMarkdownColoredText) > p {
  color: color-mix(in srgb, currentcolor 62%, transparent);
}
:is(button, a) [data-testid="stMarkdownContainer"]:has(> p > code:only-child) {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
[data-testid="stBaseButton-tertiary"]:has(code:only-child) { min-width: 1.75rem; margin-inline: -0.4rem; }
@media (max-width: 640px) { [data-testid="stButtonGroup"] > div { flex-wrap: wrap; overflow: visible; } }
</style>
"""

_DESK = """
<style>
@media (max-width: 1180px) {
  .st-key-desk [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"] .st-key-page-strip) {
    flex-wrap: wrap;
  }
  .st-key-desk [data-testid="stColumn"]:has(.st-key-page-strip) { flex: 1 1 100%; }
}
[data-testid="InputInstructions"] { display: none; }
</style>
"""


def looks_everywhere() -> None:
    """Mend what the theme cannot say: dark words on a light primary button, a mark where the keyboard is."""
    st.html(_EVERYWHERE)


def two_sides() -> None:
    """Lay the page strip across the top of the desk where there is no room for three columns."""
    st.html(_DESK)


def unseen(words: str) -> str:
    """Return a label for ears alone, for a button that shows an icon: code alone in a label is not drawn."""
    return "`{}`".format(words.replace("`", "'"))


def icon_button(icon: str, words: str, **more: Any) -> bool:
    """Draw a button that is an icon; its words are its name, and what it says when pointed at."""
    return st.button(unseen(words), icon=f":material/{icon}:", help=words, **more)


def icon_popover(icon: str, words: str, **more: Any) -> Any:
    """Draw a popover whose button is an icon with a name."""
    return st.popover(unseen(words), icon=f":material/{icon}:", help=words, **more)
