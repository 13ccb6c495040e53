"""Say whether rented servers can be used, and how to set them up where they cannot."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.render.runpod_open import endpoints_of
from kitsumy_core.settings import Settings
from studio.texts import _


def is_set_up(settings: Settings, backend: str) -> bool:
    """Tell whether a backend has what it needs to be asked for pictures."""
    return backend != "runpod" or bool(settings.runpod_is_configured and endpoints_of(settings).all)


def say_how() -> None:
    """Draw the way from here to the settings of RunPod."""
    st.info(
        _("RunPod is not set up yet: enter your key and an endpoint on the Settings screen."),
        icon=":material/cloud_off:",
    )
    st.page_link("screens/settings.py", label=_("To the settings"), icon=":material/settings:")
