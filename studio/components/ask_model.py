"""Offer to let the language model rewrite something: a wish in one's own words, and what must stay."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.messages import N_
from kitsumy_core.plan.check import Issue
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Panel
from kitsumy_core.planner.redo import Target, target_of_issue
from studio import editing, services, state
from studio.editing import seed
from studio.texts import _

MOST_LETTERS = 300
FIELD_NAMES = {
    "action": N_("What is seen"),
    "camera": N_("Camera"),
    "location": N_("Place"),
    "mood": N_("Mood"),
    "characters": N_("Who is seen"),
    "dialogue": N_("Dialogue"),
    "narrative": N_("Caption"),
    "sfx": N_("Sound effect"),
}
CHARACTER_NAMES = {
    "role": N_("Role"),
    "appearance": N_("Appearance"),
    "clothing": N_("Clothing"),
    "look_en": N_("Look in English"),
    "voice": N_("Voice"),
}
WIRE_NAMES = {
    "action": ("action", "action_en"),
    "camera": ("shot", "angle"),
    "location": ("place",),
    "mood": ("mood",),
    "characters": ("characters",),
    "dialogue": ("dialogue",),
    "narrative": ("caption",),
    "sfx": ("sound",),
}


def ask_model(target: Target, key: str, *, panel: Panel | None = None, label: str | None = None) -> None:
    """Draw the button; what is behind it is drawn while it is open, so that it costs nothing closed."""
    turn = int(st.session_state.get(f"ask-turn-{key}", 0))  # another key: closed again
    with st.popover(
        _("Ask the model") if label is None else label,
        icon=":material/auto_awesome:",
        key=f"ask-{key}-{turn}",
        help=_("Ask the model to rewrite this"),
        on_change="rerun",
    ) as shelf:
        if not shelf.open:
            return
        if services.current().wishes.way() is None:
            st.caption(_("No language model is connected yet: the Settings screen says how."))
        else:
            _wish(target, key)
        if panel is not None:
            locks(panel)


def _wish(target: Target, key: str) -> None:
    """Draw what is wished for, which fields, and the button that sends it."""
    st.text_input(
        _("Your wish"),
        key=f"wish-{key}",
        max_chars=MOST_LETTERS,
        placeholder=_("For example: make it funnier"),
    )
    names = {"panel": FIELD_NAMES, "character": CHARACTER_NAMES}.get(target.kind)
    if names:
        st.pills(
            _("Only these fields (none = all)"),
            list(names),
            selection_mode="multi",
            format_func={field: _(name) for field, name in names.items()}.__getitem__,
            key=f"wish-only-{key}",
        )
    st.checkbox(
        _("Also rewrite what was written by hand"),
        key=f"wish-hand-{key}",
        help=_("Otherwise your own words stay; locked fields stay in any case."),
    )
    st.button(
        _("Propose"),
        icon=":material/auto_awesome:",
        type="primary",
        key=f"wish-go-{key}",
        on_click=_ask,
        args=(target, key),
    )
    st.caption(_("You see the proposal beside what is there before anything changes."))


def _field_name(field: str) -> str:
    return _(FIELD_NAMES.get(field, field))


def locks(panel: Panel) -> None:
    """Let the writer lock fields of a panel against rewriting."""
    node = key_of("panel", panel.id)
    st.pills(
        ":material/lock: " + _("Locked: never rewritten"),
        list(FIELD_NAMES),
        selection_mode="multi",
        format_func=_field_name,
        key=seed(node, "kitsumy.locked", [f for f in panel.kitsumy.locked if f in FIELD_NAMES]),
        on_change=editing.changed,
        args=(node, "kitsumy.locked", ("editor", "status")),
    )


def locked_label(panel: Panel, field: str, label: str) -> str:
    """Return a field's label, with a lock where the field is locked."""
    return f":material/lock: {label}" if field in panel.kitsumy.locked else label


def _ask(target: Target, key: str) -> None:
    chosen, session = st.session_state.get(f"wish-only-{key}") or (), st.session_state
    fields = tuple(name for field in chosen for name in WIRE_NAMES.get(field, (field,)))
    wish, over_hand = str(session[f"wish-{key}"] or "").strip(), bool(session[f"wish-hand-{key}"])
    session[f"wish-{key}"] = ""
    session[f"ask-turn-{key}"] = int(session.get(f"ask-turn-{key}", 0)) + 1
    _send(target.but(fields=fields) if fields else target, wish, over_hand)


def _send(target: Target, wish: str, over_hand: bool) -> None:
    project_id = state.project_id()
    assert project_id is not None
    services.current().wishes.rewrite(project_id, state.author(), target, wish, over_hand=over_hand)
    st.rerun()


def mend_button(issue: Issue, key: str) -> None:
    """Offer that the model mends an issue, where it can."""
    if services.current().wishes.way() is None:
        return
    target = target_of_issue(editing.book(), issue.ids)
    if target is None:
        return
    st.button(
        _("Let the model mend it"),
        icon=":material/auto_awesome:",
        key=f"mend-{key}",
        type="tertiary",
        on_click=_mend,
        args=(target, issue),
    )


def _mend(target: Target, issue: Issue) -> None:
    from kitsumy_core.messages import say

    problem = " ".join(say(issue.code, issue.params, "en").split())
    _send(target, f"Mend this problem and change nothing else: {problem}", True)
