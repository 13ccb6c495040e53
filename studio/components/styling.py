"""The one place for looks where the theme alone does not do: narrow windows, primary buttons, the head."""

import streamlit as st

from studio import state
from studio.texts import _

_BUTTONS = """
<style>
button[kind^="primary"], button[data-testid^="stBaseButton-primary"] { color: light-dark(#ffffff, #171513); }
.st-key-status-line { flex-wrap: nowrap; white-space: nowrap; }
.st-key-head > div:has(.st-key-status-line) { flex: 0 0 auto; width: auto; }
.st-key-head div:has(> .st-key-status-line) { width: auto; }
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


_UPLOADER = """
<style>
[data-testid="stFileUploaderDropzone"] button p { font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: "%s"; font-size: 0.9rem; }
[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
</style>
"""
"""Streamlit's own words on file pickers are English whatever language the studio speaks."""


def readable_buttons() -> None:
    """Write dark on primary buttons in the dark theme: its primary colour is light, for words have it too."""
    st.html(_BUTTONS)
    if state.language() != "en":
        st.html(_UPLOADER % _("Choose a file"))


def two_sides() -> None:
    """Lay the page strip across the top of the desk where there is no room for three columns."""
    st.html(_DESK)
