"""Edit the levels of detail: how many steps, how large, whether one refines a lower take."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.render.profile_library import DENOISE, SCALE, STEPS
from kitsumy_core.render.profiles import PROFILES, Profile
from studio import library, state
from studio.texts import _

N = "profiles-n"


def profile_table() -> None:
    """Draw the table; a change is saved at once."""
    st.subheader(_("Levels of detail"), anchor=False)
    st.caption(
        _("A level that refines starts from the chosen take of a lower one and changes that share of it.")
    )
    profiles, language = library.profiles(), state.language()
    known = profiles.all()
    frame = pd.DataFrame(
        {
            "title": [p.title.get(language) or p.id for p in known.values()],
            "steps": [p.steps for p in known.values()],
            "scale": [p.scale for p in known.values()],
            "refine": [p.refine for p in known.values()],
            "denoise": [p.denoise for p in known.values()],
        }
    )
    edited = st.data_editor(
        frame,
        key=f"profiles-{st.session_state.get(N, 0)}",
        hide_index=True,
        width=760,
        column_config={
            "title": st.column_config.TextColumn(_("Level"), required=True),
            "steps": st.column_config.NumberColumn(
                _("Steps"), min_value=STEPS[0], max_value=STEPS[1], step=1
            ),
            "scale": _number(_("Size of the sides"), SCALE, 0.05, "× %.2f"),
            "refine": st.column_config.CheckboxColumn(_("Refines")),
            "denoise": _number(_("Share of change"), DENOISE, 0.05),
        },
    )
    wanted = {
        profile.id: _profile(profile, language, row)
        for profile, row in zip(known.values(), edited.to_dict("records"), strict=True)
    }
    if wanted != known:
        _save(wanted)
    if any(profile != PROFILES.get(name) for name, profile in known.items()):
        st.button(_("As they were"), icon=":material/restart_alt:", key="profiles-reset", on_click=_reset)


def _number(label: str, limits: tuple[float, float], step: float, shown: str | None = None) -> Any:
    return st.column_config.NumberColumn(
        label, min_value=limits[0], max_value=limits[1], step=step, format=shown
    )


def _profile(profile: Profile, language: str, row: dict[Hashable, Any]) -> Profile:
    def number(name: str, usual: float) -> float:
        value = row.get(name)
        return usual if not isinstance(value, (int, float)) or pd.isna(value) else float(value)

    title = str(row.get("title") or "").strip() or profile.id
    shown = profile.title.get(language) or profile.id
    return profile.but(
        title=profile.title if title == shown else {**profile.title, language: title},
        steps=int(number("steps", profile.steps)),
        scale=number("scale", profile.scale),
        refine=bool(row.get("refine")),
        denoise=number("denoise", profile.denoise),
    )


def _save(wanted: dict[str, Profile]) -> None:
    try:
        library.profiles().save(wanted)
    except KitsumyError as error:
        st.error(explain(error, state.language()), icon=":material/error:")
        return
    st.session_state[N] = st.session_state.get(N, 0) + 1
    st.rerun()


def _reset() -> None:
    try:
        library.profiles().save(dict(PROFILES))
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
    st.session_state[N] = st.session_state.get(N, 0) + 1
