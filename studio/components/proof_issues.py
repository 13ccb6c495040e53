"""List all findings of the book by page; only the chosen one has buttons, which mend it or open its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from kitsumy_core.messages import say
from kitsumy_core.plan.check import Fix, Severity
from studio import editing, state
from studio.components.issue_list import ICONS, SHOWN_FIXES
from studio.components.mounts import component, fired
from studio.components.proof_facts import SEVERITIES, Finding, Sheet
from studio.components.proof_sheet import open_place
from studio.texts import _, ngettext, plain

REDRAWN = ("proof", "status")


def severity_count(severity: Severity, n: int) -> str:
    if severity == "error":
        return ngettext("{n} error", "{n} errors", n)
    if severity == "warning":
        return ngettext("{n} warning", "{n} warnings", n)
    return ngettext("{n} note", "{n} notes", n)


def proof_issues(
    findings: Sequence[Finding],
    sheets: Sequence[Sheet],
    chosen: Finding | None,
    picked: Callable[[str], None],
) -> None:
    """Draw the choice of severities, the chosen finding with its fixes, and the list."""
    st.subheader(_("Issues"), anchor=False)
    if not findings:
        st.caption(":green[:material/check_circle:] " + _("Nothing to mend in the whole book."))
        return
    wanted = _severities(findings)
    _chosen(chosen)
    _list([f for f in findings if f.severity in wanted], sheets, chosen, picked)


def _severities(findings: Sequence[Finding]) -> Sequence[str]:
    counts = Counter(finding.severity for finding in findings)
    there = [severity for severity in SEVERITIES if counts[severity]]
    picked = st.pills(
        _("Show only"),
        there,
        selection_mode="multi",
        default=[severity for severity in there if severity != "info"],
        format_func=lambda s: f"{ICONS[s]} {severity_count(s, counts[s])}",
        key="proof-severities",
        label_visibility="collapsed",
    )
    return [s for s in picked if s in there] or there


def _chosen(finding: Finding | None) -> None:
    if finding is None:
        st.caption(_("Choose an issue to see it on the sheet and mend it."))
        return
    with st.container(border=True, gap="small", key="proof-chosen"):
        st.markdown(f"{ICONS[finding.severity]} {plain(finding.text)}")
        with st.container(horizontal=True, gap="small"):
            if finding.page:
                st.button(
                    _("Open the place"),
                    icon=":material/arrow_forward:",
                    type="primary",
                    key="proof-open",
                    on_click=open_place,
                    args=(finding.page, finding.panel),
                )
            for n, fix in enumerate(finding.fixes[:SHOWN_FIXES]):
                _button(fix, n)
            if len(finding.fixes) > SHOWN_FIXES:
                with st.popover(_("More"), key="proof-fix-more"):
                    for n, fix in enumerate(finding.fixes[SHOWN_FIXES:], SHOWN_FIXES):
                        _button(fix, n)


def _button(fix: Fix, n: int) -> None:
    label = plain(say(fix.code, fix.params, state.language()))
    st.button(label, icon=":material/build:", key=f"proof-fix-{n}", on_click=_mend, args=(fix,))


def _mend(fix: Fix) -> None:
    editing.do(fix.edit, show=REDRAWN)


def _list(
    findings: Sequence[Finding],
    sheets: Sequence[Sheet],
    chosen: Finding | None,
    picked: Callable[[str], None],
) -> None:
    def row_picked() -> None:
        if key := fired("proof-list", "picked"):
            picked(str(key))

    names = {sheet.page.id: _("Page {number}").format(number=sheet.page.page_number) for sheet in sheets}
    groups: dict[str, list[dict[str, str]]] = {}
    for finding in findings:
        row = {"key": finding.key, "severity": finding.severity, "text": finding.text}
        groups.setdefault(finding.page, []).append(row | {"page": finding.page, "panel": finding.panel})
    component("proof_issues", "gallery")(
        key="proof-list",
        data={
            "label": _("Issues of the book"),
            "open": _("Open the place"),
            "severities": {"error": _("error"), "warning": _("warning"), "info": _("note")},
            "chosen": chosen.key if chosen else "",
            "groups": [
                {"title": names.get(page, _("The whole book")), "rows": rows} for page, rows in groups.items()
            ],
        },
        on_picked_change=row_picked,
        on_opened_change=_opened,
    )


def _opened() -> None:
    place = fired("proof-list", "opened")
    if isinstance(place, dict):
        open_place(str(place.get("page", "")), str(place.get("panel", "")))
