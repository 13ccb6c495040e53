"""Choose which panels to render and how, and start: with the checks that matter before anything is queued."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast
from uuid import uuid4

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError, NotFoundError
from kitsumy_core.messages import explain, say
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.plan.check import Issue
from kitsumy_core.render.profiles import PROFILES, RANDOM
from kitsumy_core.render.request import DiffusionRequest, SketchRequest, request_key
from kitsumy_core.render.shot import shot_of
from kitsumy_core.store import NewJob
from studio import services, state
from studio.components.forecast import about
from studio.components.rented import is_set_up, say_how
from studio.staleness import stale_panels
from studio.texts import _, ngettext, plain

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
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            ngettext("Render {n} panel", "Render {n} panels", len(panel_ids)),
            type="primary",
            icon=":material/brush:",
            key="render-go",
            disabled=not panel_ids or not is_set_up(services.current().settings, options.backend),
            on_click=start,
            args=(project_id, panel_ids, options),
        )
        st.caption(_about_time(project_id, options, len(panel_ids)))


def _options() -> RenderOptions:
    with st.container(horizontal=True, vertical_alignment="bottom", key="render-options"):
        backend = st.segmented_control(
            _("Drawn by"),
            ("sketch", "comfyui", "runpod"),
            default="sketch",
            required=True,
            format_func=lambda b: {
                "sketch": _("Storyboard sketch"),
                "comfyui": "ComfyUI",
                "runpod": "RunPod",
            }[b],
            key="render-backend",
        )
        if backend is None or backend == "sketch":
            return RenderOptions("sketch")
        profile = st.selectbox(
            _("Detail"),
            list(PROFILES),
            index=2,
            format_func=lambda p: PROFILES[p].title.get(state.language(), p),
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
        seed = None
        if st.toggle(
            _("New variant"), key="render-variant", help=_("Another random seed: a different picture")
        ):
            seed = uuid4().int % 2**32
        st.button(
            _("Test the server"), icon=":material/lan:", key="render-test", on_click=_test, args=(backend,)
        )
    if not is_set_up(services.current().settings, backend):
        say_how()
    _findings(backend)
    return RenderOptions(cast("pipeline.BackendName", backend), profile or "final", workflow or "", seed=seed)


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


def _about_time(project_id: str, options: RenderOptions, count: int) -> str:
    """Say how long it will take: sketches by measure, servers by what their pictures of this comic took."""
    if not count:
        return ""
    if options.backend == "sketch":
        return _("About {seconds} s, no GPU needed").format(seconds=max(1, round(count * 0.1)))
    return about(project_id, options, count)


def _seeded(book: Book, panel_id: str, options: RenderOptions) -> RenderOptions:
    """Draw the seed of a panel whose author wants a random one."""
    found = find_panel(book.plan, panel_id)
    if options.seed is None and found and found[2].kitsumy.seed == RANDOM:
        return options._replace(seed=uuid4().int % 2**32)
    return options


def _refined(project_id: str, book: Book, panel_id: str, options: RenderOptions) -> RenderOptions:
    """Let a refining profile start from the chosen take, if that shows today's shot less finely."""
    take_id, box = book.picks.get(panel_id), panel_box(book, panel_id)
    profile = PROFILES.get(options.profile)
    if options.backend == "sketch" or not (take_id and box and profile and profile.refine):
        return options
    with suppress(NotFoundError):
        take = services.current().pictures.take(project_id, take_id)
        lower = isinstance(take.request, DiffusionRequest) and take.request.steps < profile.steps
        if lower and take.shot == shot_of(book, panel_id, box):
            return options._replace(source=take.image)
    return options


def _is_there(project_id: str, book: Book, panel_id: str, request: SketchRequest | DiffusionRequest) -> bool:
    """Tell whether a panel shows the picture of this very request."""
    take_id = book.picks.get(panel_id)
    with suppress(NotFoundError):
        return bool(take_id) and services.current().pictures.take(
            project_id, str(take_id)
        ).request_key == request_key(request)
    return False


def start(project_id: str, panel_ids: list[str], options: RenderOptions) -> None:
    running = services.current()
    book, batch = running.store.head(project_id).book, uuid4().hex
    wanted: list[NewJob] = []
    warned: set[str] = set()
    try:
        for panel_id in panel_ids:
            exact = _refined(project_id, book, panel_id, _seeded(book, panel_id, options))
            made = pipeline.planned(book, panel_id, exact, running.workflows)
            warned |= {panel_id for _warning in made.warnings[:1]}
            if _is_there(project_id, book, panel_id, made.request):
                continue
            wanted.append(
                NewJob(
                    project_id,
                    panel_id,
                    options.profile,
                    made.request,
                    made.shot,
                    state.author(),
                    batch_id=batch,
                )
            )
        if not wanted:
            state.note(_("Nothing changed: these pictures are there already."))
        running.engine.submit(wanted)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return
    if warned:
        state.note(
            ngettext(
                "{n} panel has a description that is not in English: image models may misread it.",
                "{n} panels have descriptions that are not in English: image models may misread them.",
                len(warned),
            ),
            "warning",
        )
