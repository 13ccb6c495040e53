"""The whole way of a comic, a step a function: read this first.

    idea -> plan -> (check) -> shots -> requests -> takes -> pages -> export

1. `draft`         an idea becomes a book (without AI: a beat sheet with questions)
2. `check_book`    the book's problems, with fixes that are edits
3. `planned`       a panel becomes a shot, and the shot a request for a backend
4. `render_panels` requests become pictures; the studio's engine does the same from its ledger
5. `compose_book`  book and chosen takes become a document: composed, lettered pages; `proof` looks for flaws
6. `draw`          a page of the document becomes pixels; `export` packs them

Every step takes values and returns values; what is drawn and what is exported come from the same document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from kitsumy_core.errors import KitsumyError, NotFoundError, UsageError
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.quiet import quiet_area
from kitsumy_core.page.sizes import panel_box, render_size
from kitsumy_core.plan.book import MAIN, Book, find_panel
from kitsumy_core.plan.check import Issue, check
from kitsumy_core.render.backend import Backend, Picture, Progress, RemoteIds
from kitsumy_core.render.library import Workflows, requirements
from kitsumy_core.render.planning import BackendName as BackendName  # noqa: PLC0414 - part of this door
from kitsumy_core.render.planning import Materials, plan_request
from kitsumy_core.render.planning import RenderOptions as RenderOptions  # noqa: PLC0414
from kitsumy_core.render.profiles import PROFILES, Profile, WorkflowFacts
from kitsumy_core.render.prompt import PromptWarning
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.sheet import PREFIX as SHEET
from kitsumy_core.render.sheet import sheet_panel, sheet_shot
from kitsumy_core.render.shot import Shot, shot_of
from kitsumy_core.render.styles import STYLES, Style
from kitsumy_core.render.translate import Translator
from kitsumy_core.render.workflow import facts_of
from kitsumy_core.settings import Settings

if TYPE_CHECKING:
    from PIL.Image import Image

    from kitsumy_core.page.cache import DrawCache
    from kitsumy_core.page.flaws import Flaw
    from kitsumy_core.store import Store

SKETCH_LONG_SIDE = 1024


class Planned(NamedTuple):
    """A panel ready to render. `warnings` name texts that the image model will not understand."""

    shot: Shot
    request: SketchRequest | DiffusionRequest
    warnings: tuple[PromptWarning, ...] = ()


class Rendered(NamedTuple):
    """What became of one panel: its pictures, or the error."""

    panel_id: str
    planned: Planned
    pictures: tuple[Picture, ...] = ()
    error: KitsumyError | None = None
    seconds: float = 0.0
    cost: float | None = None
    """USD, where the backend says what it costs."""


def draft(
    idea: str, *, style: str = "", max_pages: int = 5, language: str = "uk", sheet: str = "three-acts"
) -> Book:
    """Return a book drafted without AI: beats over pages, questions instead of answers. Raises UsageError."""
    from kitsumy_core.planner.beats import beats_plan

    return Book(plan=beats_plan(idea, style=style, max_pages=max_pages, language=language, sheet=sheet))


def check_book(book: Book) -> list[Issue]:
    """Return the problems of a book, in reading order."""
    return check(book, mint=lambda: uuid4().hex[:12])


def check_writing(book: Book) -> list[Issue]:
    """Return what may be better in the writing of a book; never an error."""
    from kitsumy_core.language import detect
    from kitsumy_core.plan.quality import quality

    return quality(book, detect)


def materials(
    workflows: Workflows | None = None,
    styles: Mapping[str, Style] = STYLES,
    profiles: Mapping[str, Profile] = PROFILES,
    translations: Mapping[str, str] = MappingProxyType({}),
) -> Materials:
    """Return what panels are planned with; each workflow is read once. `translations`: texts to English."""
    from functools import cache

    library = workflows or Workflows()

    @cache
    def facts(name: str) -> WorkflowFacts:
        return facts_of(name, library.load(name))

    return Materials(facts, styles, profiles, translations)


def planned(
    book: Book,
    panel_id: str,
    options: RenderOptions,
    workflows: Workflows | None = None,
    *,
    using: Materials | None = None,
) -> Planned:
    """Return the shot of a panel and its request; `using` is what many panels are planned with at once.

    `panel_id` may also name the reference sheet of a character (`sheet.sheet_id`).
    Raises NotFoundError, UsageError, WorkflowError.
    """
    shot, found = shot_in(book, panel_id), find_panel(book.plan, panel_id)
    panel = found[2] if found else None
    if panel is None and panel_id.startswith(SHEET):
        character = book.plan.character(panel_id.removeprefix(SHEET))
        panel = sheet_panel(character) if character else None
    if panel is None or shot is None:
        raise NotFoundError("panel-not-found", panel=panel_id)
    if options.backend == "sketch":
        return Planned(shot, sketch_request(shot))
    quiet = quiet_area(book, panel_id).words
    request, warnings = plan_request(book.plan, panel, shot, options, using or materials(workflows), quiet)
    return Planned(shot, request, warnings)


def shot_in(book: Book, panel_id: str) -> Shot | None:
    """Return the shot of a panel, or of a character's sheet, as the plan says it today; None if gone."""
    if panel_id.startswith(SHEET):
        character = book.plan.character(panel_id.removeprefix(SHEET))
        return sheet_shot(book.plan, character) if character else None
    box = panel_box(book, panel_id)
    return shot_of(book, panel_id, box) if box else None


def sketch_request(shot: Shot, long_side: int = SKETCH_LONG_SIDE) -> SketchRequest:
    """Return the request for the storyboard frame of a shot."""
    from kitsumy_core.geometry import Size

    width, height = render_size(Size(max(shot.width, 1), max(shot.height, 1)), "sketch")
    factor = min(1.0, long_side / max(width, height))
    return SketchRequest(
        shot=shot, width=max(64, round(width * factor)), height=max(64, round(height * factor))
    )


def open_translator(settings: Settings) -> Translator | None:
    """Return who puts texts into English for image models; None where no language model is set up."""
    from kitsumy_core.planner import translation

    return translation.open_translator(settings)


async def english_of(
    shots: Sequence[Shot], store: Store, settings: Settings, styles: Mapping[str, Style] = STYLES
) -> tuple[dict[str, str], KitsumyError | None]:
    """Return the English of what shots say, and what went wrong: then only what is kept is in English."""
    import asyncio

    from kitsumy_core.render.translate import known_english, translated

    try:
        return await translated(shots, store, open_translator(settings), styles), None
    except KitsumyError as error:
        return await asyncio.to_thread(known_english, shots, store, styles), error


def open_backend(
    kind: str,
    settings: Settings,
    *,
    workflows: Workflows | None = None,
    load_image: Callable[[str], bytes] | None = None,
    server: str = "",
    remote_ids: RemoteIds | None = None,
) -> Backend:
    """Return a backend; call it on the event loop that will use it. Raises UsageError for an unknown kind.

    `server` is the address of one ComfyUI server ("" = the first one of the settings); `remote_ids` keeps
    the ids that a paid server gives.
    """
    if kind == "sketch":
        from kitsumy_core.render.sketch import SketchBackend

        return SketchBackend()
    if kind == "comfyui":
        from kitsumy_core.render.comfyui import ComfyUIBackend
        from kitsumy_core.render.comfyui_job import Patience

        known = workflows or Workflows(settings.data_dir / "workflows")
        return ComfyUIBackend(
            server or settings.comfyui_hosts[0],
            known.load,
            load_image or _no_image,
            patience=Patience(stalled=settings.generation_timeout),
            requirements=requirements(),
            workflows=known.names(),
        )
    if kind == "runpod":
        from kitsumy_core.render.runpod_open import open_runpod

        own = (workflows or Workflows(settings.data_dir / "workflows")).load
        return open_runpod(settings, own, load_image or _no_image, remote_ids, requirements())
    raise UsageError("backend-unknown", name=kind, known=["sketch", "comfyui", "runpod"])


async def render_panels(
    wishes: Sequence[tuple[str, Planned]],
    backend: Backend,
    *,
    finished: Callable[[Rendered], None],
    report: Callable[[str, Progress], None] = lambda panel_id, progress: None,
    job_of: Callable[[str, Planned], str] | None = None,
) -> list[Rendered]:
    """Render planned panels, as many at a time as the backend bears; hand over each as soon as it is there.

    A failure is a `Rendered` with its error and stops no other panel. With `job_of`, which gives a panel the
    same id in every run, pictures that an earlier run left on the backend are fetched instead of made.
    """
    import asyncio
    import time

    slots = asyncio.Semaphore(max(2, backend.slots()))

    async def one(panel_id: str, wish: Planned) -> Rendered:
        async with slots:
            began = time.monotonic()
            pictures: Sequence[Picture] = ()
            error: KitsumyError | None = None
            costs: list[float] = []

            def told(progress: Progress) -> None:
                costs.extend([progress.cost] if progress.cost is not None else [])
                report(panel_id, progress)

            job = job_of(panel_id, wish) if job_of else str(uuid4())
            try:
                left = await backend.recover(job) if job_of else None
                pictures = left or await backend.render(job, wish.request, told)
            except KitsumyError as failed:
                error = failed
            spent = costs[-1] if costs else None
            done = Rendered(panel_id, wish, tuple(pictures), error, time.monotonic() - began, spent)
            finished(done)
            return done

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(panel_id, wish)) for panel_id, wish in wishes]
    return [task.result() for task in tasks]


def compose_book(book: Book, takes: Mapping[str, TakeImage], edition_id: str = MAIN) -> ComicDocument:
    """Return the composed comic; `takes` holds the chosen image of each panel that has one, weighed."""
    from kitsumy_core.page.fonts import measure

    return compose(book, edition_id, takes, measure)


def proof(book: Book, page: PageBox, edition_id: str = MAIN) -> list[Flaw]:
    """Return the flaws of a composed page, each with where it is on the page."""
    from kitsumy_core.page.flaws import Terms
    from kitsumy_core.page.fonts import has_glyph
    from kitsumy_core.page.formats import format_of
    from kitsumy_core.page.proof import proof_page

    mirrored = book.direction(edition_id) == "rtl"
    return proof_page(page, Terms(format_of(book.format(edition_id)), has_glyph, edition_id, mirrored))


def draw(
    page: PageBox,
    load: Callable[[str], Image | None],
    scale: float = 1.0,
    cache: DrawCache | None = None,
) -> Image:
    """Return the pixels of a composed page; `load` opens an asset's image by its id."""
    from kitsumy_core.page.draw import draw_page

    return draw_page(page, load, scale, cache=cache)


def _no_image(sha: str) -> bytes:
    raise NotFoundError("image-not-found", image=sha)


def samples() -> dict[str, Path]:
    """Return the sample comics that ship, by name."""
    folder = Path(__file__).with_name("samples")
    return {file.stem: file for file in sorted(folder.glob("*.json"))}
