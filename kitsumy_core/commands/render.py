"""Render the panels of a plan into a folder: only what changed, each picture saved as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbits, token_hex
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from kitsumy_core.commands.choose import chosen_panels
from kitsumy_core.commands.common import FAILED, FINE, Desk, Source, give, opened
from kitsumy_core.commands.render_ids import FolderIds, alone_in, job_of
from kitsumy_core.errors import KitsumyError, UncertainError, UsageError
from kitsumy_core.export.renders import DAMAGED, RenderFolder, RenderMetadata, RenderRecord
from kitsumy_core.pipeline import (
    BackendName,
    Planned,
    Rendered,
    RenderOptions,
    english_of,
    materials,
    open_backend,
    planned,
    render_panels,
    shot_in,
)
from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.render.backend import Progress
from kitsumy_core.render.library import Workflows
from kitsumy_core.render.planning import Materials, refine_source
from kitsumy_core.render.profile_library import Profiles
from kitsumy_core.render.profiles import RANDOM
from kitsumy_core.render.request import SketchRequest, request_key
from kitsumy_core.render.style_library import Styles
from kitsumy_core.render.styles import Style
from kitsumy_core.render.translate import foreign_texts

if TYPE_CHECKING:
    from kitsumy_core.store import Take

BACKENDS = ("sketch", "comfyui", "runpod")


class Wish(NamedTuple):
    """A panel to render, and how."""

    panel_id: str
    options: RenderOptions
    planned: Planned


class Asked(NamedTuple):
    """What a command wants rendered: panels of a book, the takes it shows, and how."""

    book: Book
    picked: Mapping[str, Take]
    panels: Sequence[str]
    options: RenderOptions


class Work(NamedTuple):
    """Everything a run needs."""

    desk: Desk
    book: Book
    folder: RenderFolder
    known: Known
    wishes: list[Wish]


class Known(NamedTuple):
    """What there is to render with."""

    workflows: Workflows
    materials: Materials
    load_image: Callable[[str], bytes]

    def plan(self, book: Book, panel_id: str, options: RenderOptions) -> Planned:
        return planned(book, panel_id, options, using=self.materials)


def run(
    desk: Desk, plan: str, out: Path, pages: str, panels: str, options: RenderOptions, metadata: bool = True
) -> int:
    """Render, and return 1 if a panel failed. Raises KitsumyErrors; Ctrl-C keeps what is done."""
    with opened(plan, desk.settings) as source:
        book, picked = source.book, _picked(source)
    chosen = chosen_panels(book.plan, pages, panels)
    with alone_in(out) if options.backend == "runpod" else nullcontext():
        return _run(desk, Asked(book, picked, chosen, options), out, metadata)


def _run(desk: Desk, asked: Asked, out: Path, metadata: bool) -> int:
    """Render what changed into a folder that nobody else renders into."""
    book, picked, chosen, options = asked
    folder = RenderFolder(out, metadata=metadata)
    if folder.was_damaged:
        desk.tell("renders-damaged", file=str(out / DAMAGED))
    known = _known(desk, book, chosen, options)
    wishes = [
        _wish(book, panel_id, _refining(book, panel_id, options, known, picked), known, folder)
        for panel_id in chosen
    ]
    changed = [w for w in wishes if not folder.is_current(w.panel_id, request_key(w.planned.request))]
    _tell_before(desk, wishes, changed)
    work = Work(desk, book, folder, known, changed)
    try:
        failed = asyncio.run(_render(work)) if changed else 0
    finally:
        folder.arrange([panel.id for panel in book.plan.panels()])
    desk.tell("rendered", made=len(changed) - failed, failed=failed, unchanged=len(wishes) - len(changed))
    return FAILED if failed else FINE


def options_of(
    desk: Desk, backend: str, profile: str, workflow: str, style: str, variants: int = 1
) -> RenderOptions:
    """Return checked options; no backend means ComfyUI where one is configured. Raises UsageError."""
    name = backend or ("comfyui" if desk.settings.comfyui_is_configured else "sketch")
    if name not in BACKENDS:
        raise UsageError("backend-unknown", name=name, known=list(BACKENDS))
    if name == "runpod":
        _refuse_unset(desk)
    profiles, styles = Profiles(desk.settings.data_dir).all(), Styles(desk.settings.data_dir)
    if profile not in profiles:
        raise UsageError("profile-unknown", name=profile, known=list(profiles))
    known_style = styles.find(style)
    if style and known_style is None:
        raise UsageError("style-unknown", name=style, known=list(styles.all()))
    style_id = known_style.id if known_style else ""
    return RenderOptions(cast("BackendName", name), profile, workflow, style_id, batch=variants)


def _refuse_unset(desk: Desk) -> None:
    from kitsumy_core.render.runpod_open import endpoints_of

    if not desk.settings.runpod_is_configured:
        raise UsageError("runpod-key-missing")
    if not endpoints_of(desk.settings).all:
        raise UsageError("runpod-endpoints-missing")


def _picked(source: Source) -> dict[str, Take]:
    """Return the takes that a project's panels show; a file has none."""
    if source.store is None:
        return {}
    takes = {take.id: take for take in source.store.takes(source.project_id)}
    return {panel: takes[pick] for panel, pick in source.book.picks.items() if pick in takes}


def _refining(
    book: Book, panel_id: str, options: RenderOptions, known: Known, picked: Mapping[str, Take]
) -> RenderOptions:
    """Let a refining level of detail start from the take that the panel shows."""
    take, profile = picked.get(panel_id), known.materials.profiles.get(options.profile)
    if take is None or options.backend == "sketch":
        return options
    today = shot_in(book, panel_id)
    return options._replace(source=refine_source(take.shot, take.request, take.image, today, profile))


def _known(desk: Desk, book: Book, panel_ids: Sequence[str], options: RenderOptions) -> Known:
    """Gather what a run renders with. The store is opened only for what lies in it."""
    from kitsumy_core.store.images import ImageStore

    settings = desk.settings
    styles = Styles(settings.data_dir).all()
    english = {} if options.backend == "sketch" else _english(desk, book, panel_ids, styles)
    workflows = Workflows(settings.data_dir / "workflows")
    return Known(
        workflows,
        materials(workflows, styles, Profiles(settings.data_dir).all(), english),
        lambda image: ImageStore.open(settings).get(image),
    )


def _english(desk: Desk, book: Book, panel_ids: Sequence[str], styles: Mapping[str, Style]) -> dict[str, str]:
    """Return the English of what these panels say: what is kept, the rest translated now where that goes."""
    from kitsumy_core.store import Store

    shots = [shot for panel_id in panel_ids if (shot := shot_in(book, panel_id))]
    if not foreign_texts(shots, {}, styles):
        return {}
    store = Store.open(desk.settings)
    try:
        english, error = asyncio.run(english_of(shots, store, desk.settings, styles))
    finally:
        store.close()
    if error:
        desk.tell("translation-failed", problem=desk.explain(error))
    return english


def _wish(book: Book, panel_id: str, options: RenderOptions, known: Known, folder: RenderFolder) -> Wish:
    """Plan one panel. A random seed stays the one of the last picture as long as nothing else changed."""
    found = find_panel(book.plan, panel_id)
    if not found or found[2].kitsumy.seed != RANDOM or options.backend == "sketch":
        return Wish(panel_id, options, known.plan(book, panel_id, options))
    last = folder.record(panel_id)
    for seed in (last.seed if last and last.seed is not None else 0, randbits(32)):
        options = options._replace(seed=seed)
        wish = Wish(panel_id, options, known.plan(book, panel_id, options))
        if folder.is_current(panel_id, request_key(wish.planned.request)):
            break
    return wish


def _tell_before(desk: Desk, wishes: Sequence[Wish], changed: Sequence[Wish]) -> None:
    warned: dict[tuple[str, str], tuple[Mapping[str, Any], dict[str, None]]] = {}
    for wish in changed:
        for warning in wish.planned.warnings:
            alike = (warning.code, repr(sorted(warning.params.items())))
            warned.setdefault(alike, (warning.params, {}))[1][wish.panel_id] = None
    for (code, _alike), (params, panels) in sorted(warned.items()):
        desk.tell(code, **params, panels=list(panels))
    desk.tell("rendering", panels=len(changed), unchanged=len(wishes) - len(changed))


class Tally:
    """What became of the panels so far; `ids` are those of a paid backend."""

    def __init__(self, work: Work, ids: FolderIds | None) -> None:
        self.left = {wish.panel_id: wish for wish in work.wishes}
        self.failed, self.spent = 0, 0.0
        self._work, self._ids, self._notes = work, ids, set[str]()

    def finished(self, done: Rendered) -> None:
        """Store a panel's pictures and record, and tell of it."""
        wish, desk, total = self.left.pop(done.panel_id), self._work.desk, len(self._work.wishes)
        self.spent += done.cost or 0.0
        record = self._work.folder.add(_record(self._work, wish, done), done.pictures)
        if self._ids and not isinstance(done.error, UncertainError):
            self._ids.forget(job_of(done.panel_id, wish.planned))
        number = total - len(self.left)
        if done.error is not None or not record.images:
            self.failed += 1
            desk.tell("panel-failed", n=number, total=total, panel=done.panel_id, problem=record.error)
            return
        give(record.saved_path)
        desk.tell("panel-rendered", n=number, total=total, panel=done.panel_id, seconds=record.seconds)

    def report(self, panel_id: str, progress: Progress) -> None:
        """Tell what a backend says about a wait, once."""
        if progress.note and progress.note not in self._notes:
            self._notes.add(progress.note)
            self._work.desk.tell(progress.note)

    def cancelled(self) -> None:
        _record_cancelled(self._work, list(self.left.values()))
        for wish in self.left.values():
            if self._ids:
                self._ids.forget(job_of(wish.panel_id, wish.planned))


async def _render(work: Work) -> int:
    """Render what is wished for and record each panel; return how many failed."""
    kind = work.wishes[0].options.backend
    ids = FolderIds(work.folder.folder) if kind == "runpod" else None
    if ids:
        _forget_told(work, ids)
    tally = Tally(work, ids)
    backend = open_backend(
        kind,
        work.desk.settings,
        workflows=work.known.workflows,
        load_image=work.known.load_image,
        remote_ids=ids,
    )
    wishes = [(w.panel_id, w.planned) for w in work.wishes]
    same = job_of if ids else None
    try:
        if ids:
            await backend.check()  # how many workers there are decides how many jobs go at once
        await render_panels(wishes, backend, finished=tally.finished, report=tally.report, job_of=same)
    except asyncio.CancelledError:
        tally.cancelled()
        raise
    except BaseExceptionGroup as group:
        raise _first(group) from group
    finally:
        await backend.aclose()
        if tally.spent:
            work.desk.tell("runpod-spent", usd=f"{tally.spent:.4f}")
    return tally.failed


def _forget_told(work: Work, ids: FolderIds) -> None:
    """Let pictures be sent anew of which the last run said that nobody knows what became of them.

    That was said of one sending: its record goes with it, so that the next one is told of by itself.
    """
    for wish in work.wishes:
        known, job = work.folder.record(wish.panel_id), job_of(wish.panel_id, wish.planned)
        if known is None or known.status != "uncertain" or not ids.is_unanswered(job):
            continue
        if known.request_key == request_key(wish.planned.request):
            ids.forget(job)
            work.folder.add(known.model_copy(update={"status": "failed"}))


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first of our errors in a group, else the group."""
    ours = group.subgroup(KitsumyError)
    while ours is not None:
        error = ours.exceptions[0]
        if not isinstance(error, BaseExceptionGroup):
            return error
        ours = error
    return group


def _record_cancelled(work: Work, wishes: Sequence[Wish]) -> None:
    """Note what was not made; an earlier picture of the panel keeps its own record."""
    for wish in wishes:
        known = work.folder.record(wish.panel_id)
        if known is None or known.status != "success":
            work.folder.add(_blank(work, wish).model_copy(update={"status": "cancelled"}))


def _record(work: Work, wish: Wish, done: Rendered) -> RenderRecord:
    figures = {"seconds": round(done.seconds, 3), "cost": round(done.cost or 0.0, 6)}
    desk, blank = work.desk, _blank(work, wish).model_copy(update=figures)
    if done.error is not None:
        problem = {"error": desk.explain(done.error), "error_code": done.error.error_code}
        status = "uncertain" if isinstance(done.error, UncertainError) else "failed"
        return blank.model_copy(update={"status": status, **problem})
    if not done.pictures:
        return blank.model_copy(
            update={"status": "failed", "error": desk.words("no-pictures"), "error_code": "no-pictures"}
        )
    first = done.pictures[0]
    size = {"width": first.width, "height": first.height}
    changes = {"metadata": blank.metadata.model_copy(update=size)}
    seed = {"seed": first.seed} if first.seed is not None else {}
    return blank.model_copy(update=changes | seed)


def _blank(work: Work, wish: Wish) -> RenderRecord:
    request = wish.planned.request
    sketch = isinstance(request, SketchRequest)
    style_id = wish.options.style_id or wish.planned.shot.style_id
    style = work.known.materials.styles.get(style_id)
    return RenderRecord(
        panel=wish.panel_id,
        request_id=f"img_{token_hex(4)}",
        status="success",
        seed=None if isinstance(request, SketchRequest) else request.seed,
        style_id=style_id,
        metadata=RenderMetadata(
            prompt=wish.planned.shot.action.text if isinstance(request, SketchRequest) else request.prompt,
            width=request.width,
            height=request.height,
            steps=0 if isinstance(request, SketchRequest) else request.steps,
            style_title=style.name_in(work.desk.language) if style else "",
            timestamp=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        backend="sketch" if sketch else request.backend,
        request_key=request_key(request),
    )
