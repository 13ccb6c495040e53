"""List the problems of a page beside it, each with its fixes as buttons."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.messages import say
from kitsumy_core.plan.check import Fix, Issue
from studio import editing, state
from studio.components.ask_model import mend_button
from studio.texts import _, plain

ICONS = {
    "error": ":red[:material/error:]",
    "warning": ":orange[:material/warning:]",
    "info": ":material/info:",
}
SHOWN_FIXES = 3


def issues_look(issues: list[Issue], page_id: str) -> object:
    """Return what the list of a page's issues looks like; one with fixes is like no other."""
    mine = [issue for issue in issues if page_id in issue.ids]
    if any(issue.fixes for issue in mine):
        return object()
    return [(issue.code, str(issue.params)) for issue in mine]


def issue_list(issues: list[Issue], page_id: str) -> None:
    """Draw the issues that concern a page, the gravest first."""
    mine = [issue for issue in issues if page_id in issue.ids]
    editing.shows("issues", issues_look(issues, page_id))
    if not mine:
        st.caption(":green[:material/check_circle:] " + _("Nothing to mend on this page."))
        return
    order = ("error", "warning", "info")
    for n, issue in enumerate(sorted(mine, key=lambda i: order.index(i.severity))):
        with st.container(border=True, gap="small", key=f"issue-{n}"):
            st.markdown(f"{ICONS[issue.severity]} {plain(say(issue.code, issue.params, state.language()))}")
            if issue.fixes:
                _fixes(issue.fixes, n)
            mend_button(issue, str(n))


def _fixes(fixes: tuple[Fix, ...], n: int) -> None:
    with st.container(horizontal=True, gap="small"):
        for i, fix in enumerate(fixes[:SHOWN_FIXES]):
            _button(fix, f"fix-{n}-{i}")
        if len(fixes) > SHOWN_FIXES:
            with st.popover(_("More"), key=f"fix-more-{n}"):
                for i, fix in enumerate(fixes[SHOWN_FIXES:], SHOWN_FIXES):
                    _button(fix, f"fix-{n}-{i}")


def _button(fix: Fix, key: str) -> None:
    label = plain(say(fix.code, fix.params, state.language()))
    st.button(
        label, key=key, on_click=editing.do, args=(fix.edit,), icon=":material/build:", type="secondary"
    )
