"""Choose which panels to render and how, and start: with the checks that matter before anything is queued."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain, say
from kitsumy_core.pipeline import BackendName, RenderOptions
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue
from kitsumy_core.render.profiles import Profile
from kitsumy_core.render.prompt import PromptWarning
from kitsumy_core.render.translate import NOT_ENGLISH, known_english
from studio import library, services, state
from studio.components.english import EDITED, words_button
from studio.components.forecast import about
from studio.components.naming import backend_name
from studio.components.render_start import (
    Wish,
    fresh_seed,
    materials,
    plan,
    shots_of,
    submit,
    variants,
    warnings_in_words,
)
from studio.components.rented import is_set_up, say_how
from studio.staleness import stale_panels
from studio.texts import _, ngettext, plain

VARIANTS = "render-variants"
MOST_VARIANTS = 8
SCOPES = ("missing", "changed", "page", "all", "hand")


def scope_label(scope: str) -> str:
    return {
        "missing": _("Not rendered"),
        "changed": _("Changed since"),
        "page": _("This page"),
        "all": _("All"),
        "hand": _("By hand"),
    }[scope]


def panels_in(scope: str, project_id: str, book: Book) -> list[str]:
    """Return the ids of the panels of a scope, in reading order."""
    everything = [panel.id for panel in book.plan.panels()]
    if scope == "missing":
        return [panel_id for panel_id in everything if not book.picks.get(panel_id)]
    if scope == "changed":
        return stale_panels(project_id, book)
    if scope == "page":
        found = state.current_page(book)
        return [panel.id for panel in found[1].panels] if found else []
    if scope == "hand":
        chosen = st.session_state.get("by_hand", set())
        return [panel_id for panel_id in everything if panel_id in chosen]
    return everything


def choice(project_id: str, book: Book, issues: list[Issue]) -> None:
    """Draw the choice of panels and backend, and the button that starts."""
    counts = {scope: len(panels_in(scope, project_id, book)) for scope in SCOPES}
    default = "missing" if counts["missing"] else "page"
    scope = st.segmented_control(
        _("Which panels"),
        SCOPES,
        default=default,
        required=True,
        format_func=lambda s: f"{scope_label(s)} ({counts[s]})",
        key="render-scope",
    )
    panel_ids = panels_in(scope or default, project_id, book)
    options = _options()
    _warn(issues, panel_ids)
    if options.backend != "sketch":
        _warn_of_words(project_id, book, panel_ids, options)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _go_label(len(panel_ids), scope or default),
            type="primary",
            icon=":material/brush:",
            key="render-go",
            disabled=not panel_ids or not is_set_up(services.current().settings, options.backend),
            on_click=start,
            args=(project_id, panel_ids, options),
        )
        st.caption(_about_time(project_id, options, len(panel_ids) * variant_count()))


def _options() -> RenderOptions:
    with st.container(horizontal=True, vertical_alignment="bottom", key="render-options"):
        backend = st.segmented_control(
            _("Drawn by"),
            ("sketch", "comfyui", "runpod"),
            default="sketch",
            required=True,
            format_func=lambda b: {"sketch": _("Storyboard sketch")}.get(b, backend_name(b)),
            key="render-backend",
        )
        if backend is None or backend == "sketch":
            return RenderOptions("sketch")
        profiles = library.profiles().all()
        profile = st.selectbox(
            _("Detail"),
            list(profiles),
            index=min(2, len(profiles) - 1),
            format_func=lambda p: _profile_label(profiles, p),
            key="render-profile",
            width=170,
        )
        workflow = st.selectbox(
            _("Workflow"),
            services.current().workflows.names(),
            index=None,
            placeholder=_("As the plan says"),
            key="render-workflow",
            width=190,
        )
        st.number_input(
            _("Variants"),
            min_value=1,
            max_value=MOST_VARIANTS,
            value=1,
            key=VARIANTS,
            width=120,
            help=_("Several pictures of each panel with different seeds, to choose from."),
        )
        st.toggle(_("New variant"), key="render-variant", help=_("Another random seed: a different picture"))
        st.button(
            _("Test the server"), icon=":material/lan:", key="render-test", on_click=_test, args=(backend,)
        )
    if not is_set_up(services.current().settings, backend):
        say_how()
    _findings(backend)
    return RenderOptions(cast("BackendName", backend), profile or "final", workflow or "")


def chosen_options() -> tuple[RenderOptions, int]:
    """Return how the writer renders just now, as the choice at the top says, and how many variants."""
    chosen = st.session_state
    backend: BackendName = chosen.get("render-backend") or "sketch"
    if backend == "sketch":
        return RenderOptions("sketch"), 1
    seed = fresh_seed() if chosen.get("render-variant") else None
    profile, workflow = chosen.get("render-profile") or "final", chosen.get("render-workflow") or ""
    return RenderOptions(backend, profile, workflow, seed=seed), variant_count()


def _profile_label(profiles: Mapping[str, Profile], name: str) -> str:
    return profiles[name].title.get(state.language(), name) if name in profiles else name


def variant_count() -> int:
    """Return how many pictures of each panel are wished for."""
    sketch = st.session_state.get("render-backend", "sketch") == "sketch"
    return 1 if sketch else int(st.session_state.get(VARIANTS) or 1)


def _go_label(panels: int, scope: str) -> str:
    """Say on the button what it does: how many panels, how many pictures."""
    if scope == "changed" and panels:
        text = ngettext("Render what changed: {n} panel", "Render what changed: {n} panels", panels)
    else:
        text = ngettext("Render {n} panel", "Render {n} panels", panels)
    return text + (f" × {count}" if (count := variant_count()) > 1 else "")


def start(project_id: str, panel_ids: list[str], options: RenderOptions) -> None:
    """Queue these panels, with as many variants as are wished for."""
    book = services.current().store.head(project_id).book
    if options.backend != "sketch" and st.session_state.get("render-variant"):
        options = options._replace(seed=fresh_seed())
    submit(
        project_id,
        [wish for panel_id in panel_ids for wish in variants(book, panel_id, options, variant_count())],
    )


def _test(kind: str) -> None:
    running = services.current()

    async def look() -> list[Any]:
        backend = pipeline.open_backend(kind, running.settings, workflows=running.workflows)
        try:
            return await backend.check()
        finally:
            await backend.aclose()

    try:
        st.session_state[f"findings-{kind}"] = running.background.start(look()).result(timeout=20)
    except (KitsumyError, TimeoutError, asyncio.CancelledError) as error:
        text = explain(error, state.language()) if isinstance(error, KitsumyError) else _("No answer.")
        state.note(text, "error")


def _findings(kind: str) -> None:
    for finding in st.session_state.get(f"findings-{kind}", []):
        icon = ":green[:material/check_circle:]" if finding.ok else ":red[:material/error:]"
        st.markdown(f"{icon} {plain(say(finding.code, finding.params, state.language()))}")


def _warn(issues: list[Issue], panel_ids: list[str]) -> None:
    concerned = [i for i in issues if i.severity == "error" and set(i.ids) & set(panel_ids)]
    if concerned:
        st.warning(
            ngettext(
                "{n} error of the plan concerns these panels. They can be rendered all the same.",
                "{n} errors of the plan concern these panels. They can be rendered all the same.",
                len(concerned),
            ),
            icon=":material/warning:",
        )


class Foreseen(NamedTuple):
    """What the writer should know before anything is spent, and the texts that are not in English."""

    warnings: tuple[str, ...] = ()
    untranslated: int = 0
    translated: int = 0


def _warn_of_words(project_id: str, book: Book, panel_ids: list[str], options: RenderOptions) -> None:
    """Say before anything is spent what image models will misread, and let it be put into English."""
    found = _foreseen(project_id, book, panel_ids, options)
    for text in found.warnings:
        st.warning(plain(text), icon=":material/warning:")
    if not (found.untranslated or found.translated):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="render-words"):
        if found.untranslated:
            st.warning(
                ngettext(
                    "{n} text is not in English: image models may misread it.",
                    "{n} texts are not in English: image models may misread them.",
                    found.untranslated,
                ),
                icon=":material/translate:",
                width="stretch",
            )
        words_button(panel_ids, bool(found.untranslated))


def _foreseen(project_id: str, book: Book, panel_ids: list[str], options: RenderOptions) -> Foreseen:
    """Return what can be foreseen, found out once for each state of comic, translations and choice."""
    language = state.language()
    key = (project_id, state.seen(), tuple(panel_ids), options, language, st.session_state.get(EDITED, 0))
    known: tuple[Any, Foreseen] | None = st.session_state.get("foreseen")
    if known is None or known[0] != key:
        known = (key, _look_ahead(project_id, book, panel_ids, options))
        st.session_state["foreseen"] = known
    return known[1]


def _look_ahead(project_id: str, book: Book, panel_ids: list[str], options: RenderOptions) -> Foreseen:
    planned: list[tuple[str, tuple[PromptWarning, ...]]] = []
    shots, styles = shots_of(book, panel_ids), library.styles().all()
    english = known_english(shots, services.current().store, styles)
    using = materials(english)
    for panel_id in panel_ids:
        try:
            made = plan(project_id, book, Wish(panel_id, options), using)
        except KitsumyError as error:
            return Foreseen((explain(error, state.language()),))
        planned.append((panel_id, made.warnings))
    foreign = {w.text.strip() for _id, warnings in planned for w in warnings if w.code == NOT_ENGLISH}
    others = [(panel_id, [w for w in found if w.code != NOT_ENGLISH]) for panel_id, found in planned]
    return Foreseen(tuple(warnings_in_words(book, others)), len(foreign), len(english))


def _about_time(project_id: str, options: RenderOptions, count: int) -> str:
    """Say how long it will take: sketches by measure, servers by what their pictures of this comic took."""
    if not count:
        return ""
    if options.backend == "sketch":
        return _("About {seconds} s, no GPU needed").format(seconds=max(1, round(count * 0.1)))
    return about(project_id, options, count)
