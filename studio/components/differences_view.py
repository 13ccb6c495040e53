"""Show how two books differ: what is on both sides, changed words marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.components.differences import Group
from studio.components.mounts import component
from studio.texts import _, ngettext

MOST = 400
"""Groups shown at once; a whole book that was rewritten is not read side by side on a screen."""


def differences_view(groups: Sequence[Group], *, left: str, right: str, key: str) -> None:
    """Mount the comparison, or say that there is none to make."""
    if not groups:
        st.success(_("No differences: both are the same."), icon=":material/check:")
        return
    rows = sum(len(group.rows) for group in groups)
    places = ngettext("{n} place", "{n} places", len(groups))
    differ = ngettext("{n} difference", "{n} differences", rows)
    st.caption(_("{differences} in {places}").format(differences=differ, places=places))
    component("differences", "gallery")(
        key=key,
        data={
            "left": left,
            "right": right,
            "label": _("Both texts side by side"),
            "tones": {"added": _("new"), "removed": _("gone"), "changed": ""},
            "groups": [_group(group) for group in groups[:MOST]],
        },
    )
    if len(groups) > MOST:
        st.caption(_("Only the first {n} places are shown.").format(n=MOST))


def _group(group: Group) -> dict[str, Any]:
    return {"place": group.place, "tone": group.tone, "rows": [row._asdict() for row in group.rows]}
