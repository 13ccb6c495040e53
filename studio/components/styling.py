"""Fit the desk to narrow windows: the one place where the theme alone does not do."""

import streamlit as st

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


def two_sides() -> None:
    """Lay the page strip across the top of the desk where there is no room for three columns."""
    st.html(_DESK)
