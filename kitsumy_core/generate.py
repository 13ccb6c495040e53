"""Make single images from Python: a prompt in, a file and its record out. `kitsumy_core` hands these on.

The picture comes from the server that the settings name: ComfyUI, else RunPod; with neither it is a
storyboard sketch, and its record says so.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbits, token_hex
from typing import Any, NamedTuple

import structlog

from kitsumy_core.errors import UsageError
from kitsumy_core.export.files import write_file
from kitsumy_core.export.metadata import facts_of_request, with_metadata
from kitsumy_core.export.names import file_title
from kitsumy_core.export.renders import RenderMetadata, RenderRecord, as_json, as_png
from kitsumy_core.messages import explain, say
from kitsumy_core.pipeline import Planned, Rendered, english_of, open_backend, render_panels
from kitsumy_core.plan.models import LoraChoice
from kitsumy_core.render.library import Workflows
from kitsumy_core.render.loras import stacked
from kitsumy_core.render.planning import DEFAULT_WORKFLOW, BackendName
from kitsumy_core.render.prompt import compose_prompt
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.shot import Part, Shot
from kitsumy_core.render.style_library import Styles
from kitsumy_core.render.styles import Style
from kitsumy_core.render.translate import foreign_texts
from kitsumy_core.render.workflow import facts_of
from kitsumy_core.settings import Settings, load_settings

log = structlog.get_logger()

FOLDER = "generated"
"""Folder of the data folder for pictures without a style, and for those not saved to their style's."""

Record = dict[str, Any]
Loras = Sequence[str | tuple[str, float] | Mapping[str, Any]]
SIZES = (64, 8192)
STEPS = (1, 150)


def generate_image(
    prompt: str,
    style_id: str | None = None,
    width: int = 1360,
    height: int = 768,
    steps: int = 20,
    seed: int = -1,
    character_loras: Loras | None = None,
    save_to_style: bool = True,
    filename: str | None = None,
) -> Record:
    """Make one image and return its record, as in `renders.json`.

    `width` and `height` are pixels; a `seed` of -1 means a random one, which the record names.
    `character_loras` holds one LoRA a character: a name, `(name, strength)` or `{name, strength, url}`; a
    strength that is not given goes by their number. The file goes to `{style_id}_{style title}` in the data
    folder, or to `generated`, as `generated_{date}_{time}_{8 hex}.png` or as `filename`. What a server could
    not do is a record with the status `failed` and its `error`; unusable arguments raise UsageError.
    """
    (record,) = generate_batch(
        *([prompt], style_id, width, height, steps, seed),
        *(character_loras, save_to_style, filename),
    )
    return record


def generate_batch(
    prompts: Sequence[str],
    style_id: str | None = None,
    width: int = 1360,
    height: int = 768,
    steps: int = 20,
    seed: int = -1,
    character_loras: Loras | None = None,
    save_to_style: bool = True,
    filename: str | None = None,
) -> list[Record]:
    """Make an image of each prompt and return their records in this order; see `generate_image`.

    With a fixed `seed` every image has it. A `filename` gets a number from the second image on.
    """
    settings = load_settings()
    style = _style(settings, style_id)
    wanted = _Wanted(style, width, height, steps, seed, tuple(_lora(lora) for lora in character_loras or ()))
    _check(prompts, wanted, filename)
    made = _run(_make(settings, list(prompts), wanted)) if prompts else []
    folder = settings.data_dir / _folder(style if save_to_style else None, settings.language)
    return [
        _saved(settings, wanted, done, folder / _name(filename, number)) for number, done in enumerate(made)
    ]


class _Wanted(NamedTuple):
    style: Style | None
    width: int
    height: int
    steps: int
    seed: int
    loras: tuple[LoraChoice, ...]


def _style(settings: Settings, style_id: str | None) -> Style | None:
    if not style_id:
        return None
    styles = Styles(settings.data_dir)
    style = styles.get(style_id) or styles.find(style_id)
    if style is None:
        raise UsageError("style-unknown", name=style_id, known=list(styles.all()))
    return style


def _lora(given: str | tuple[str, float] | Mapping[str, Any]) -> LoraChoice:
    if isinstance(given, str):
        return LoraChoice(name=given)
    try:
        facts = given if isinstance(given, Mapping) else dict(zip(("name", "strength"), given, strict=True))
        return LoraChoice.model_validate(facts)
    except (ValueError, TypeError):
        raise UsageError("lora-invalid", given=repr(given)[:80]) from None


def _check(prompts: Sequence[str], wanted: _Wanted, filename: str | None) -> None:
    if isinstance(prompts, str):
        raise UsageError("prompts-not-a-list")
    if any(not prompt.strip() for prompt in prompts):
        raise UsageError("prompt-empty")
    limits = [(side, getattr(wanted, side), SIZES) for side in ("width", "height")]
    limits.append(("steps", wanted.steps, STEPS))
    for name, value, (least, most) in limits:
        if not least <= value <= most:
            raise UsageError("argument-range", name=name, given=value, least=least, most=most)
    if not -1 <= wanted.seed < 2**64:
        raise UsageError("argument-range", name="seed", given=wanted.seed, least=-1, most=2**64 - 1)
    if filename is not None and (not filename.strip() or Path(filename.replace("\\", "/")).name != filename):
        raise UsageError("filename-invalid", given=filename)


def _backend(settings: Settings) -> BackendName:
    if settings.comfyui_is_configured:
        return "comfyui"
    return "runpod" if settings.runpod_api_key and settings.runpod_endpoint_ids else "sketch"


async def _make(settings: Settings, prompts: list[str], wanted: _Wanted) -> list[Rendered]:
    kind, workflows = _backend(settings), Workflows(settings.data_dir / "workflows")
    shots = [
        Shot(
            panel_id=f"generated-{number}",
            action_en=Part(text=prompt.strip(), field="action"),
            language=settings.language,
            width=wanted.width,
            height=wanted.height,
        )
        for number, prompt in enumerate(prompts)
    ]
    english = {} if kind == "sketch" else await _english(settings, shots)
    wishes = [
        (shot.panel_id, Planned(shot, _request(shot, wanted, kind, workflows, english))) for shot in shots
    ]
    backend = open_backend(kind, settings, workflows=workflows)
    try:
        return await render_panels(wishes, backend, finished=lambda done: None)
    finally:
        await backend.aclose()


async def _english(settings: Settings, shots: list[Shot]) -> dict[str, str]:
    from kitsumy_core.store import Store

    if not foreign_texts(shots, {}):
        return {}
    store = await asyncio.to_thread(Store.open, settings)
    try:
        return (await english_of(shots, store, settings))[0]
    finally:
        store.close()


def _request(
    shot: Shot, wanted: _Wanted, kind: BackendName, workflows: Workflows, english: Mapping[str, str]
) -> SketchRequest | DiffusionRequest:
    if kind == "sketch":
        return SketchRequest(shot=shot, width=wanted.width, height=wanted.height)
    style = wanted.style
    prompt = compose_prompt(shot, style, english)
    name = (style.workflow if style else "") or DEFAULT_WORKFLOW
    stack = stacked(
        style.loras if style else (),
        [[lora] for lora in wanted.loras],
        cinematic=bool(style and style.cinematic),
    )
    return DiffusionRequest(
        backend=kind,
        workflow=name,
        workflow_hash=facts_of(name, workflows.load(name)).hash,
        prompt=prompt.text,
        negative=prompt.negative,
        width=wanted.width,
        height=wanted.height,
        steps=wanted.steps,
        seed=randbits(32) if wanted.seed == -1 else wanted.seed,
        loras=stack.loras,
    )


def _saved(settings: Settings, wanted: _Wanted, done: Rendered, file: Path) -> Record:
    request, style = done.planned.request, wanted.style
    sketch = isinstance(request, SketchRequest)
    language = settings.language
    record = RenderRecord(
        panel="",
        request_id=f"img_{token_hex(4)}",
        status="failed" if done.error or not done.pictures else "success",
        seed=None if isinstance(request, SketchRequest) else request.seed,
        style_id=style.id if style else "",
        metadata=RenderMetadata(
            prompt=done.planned.shot.action_en.text if isinstance(request, SketchRequest) else request.prompt,
            width=request.width,
            height=request.height,
            steps=0 if sketch else wanted.steps,
            style_title=style.name_in(language) if style else "",
            timestamp=datetime.now(UTC).isoformat(timespec="seconds"),
        ),
        backend=request.backend,
        seconds=round(done.seconds, 3),
    )
    if done.error or not done.pictures:
        error = explain(done.error, language) if done.error else say("no-pictures", {}, language)
        return as_json(record.model_copy(update={"error": error}))
    picture = done.pictures[0]
    facts = facts_of_request(request) | record.metadata.model_dump(mode="json", exclude={"width", "height"})
    write_file(file, with_metadata(as_png(picture), facts))
    size = record.metadata.model_copy(update={"width": picture.width, "height": picture.height})
    changes = {"images": (file.name,), "saved_path": str(file), "metadata": size}
    return as_json(record.model_copy(update=changes))


def _folder(style: Style | None, language: str) -> str:
    return file_title(f"{style.id}_{style.name_in(language)}", FOLDER) if style else FOLDER


def _name(filename: str | None, number: int) -> str:
    if filename is None:
        return f"generated_{datetime.now().astimezone():%Y%m%d_%H%M%S}_{token_hex(4)}.png"
    stem = file_title(filename.removesuffix(".png"), "generated")
    return f"{stem}.png" if number == 0 else f"{stem}_{number + 1}.png"


def _run(work: Any) -> list[Rendered]:
    """Run to the end, also where the caller's own event loop is running on this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return list(asyncio.run(work))
    answer: list[Rendered] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answer.extend(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001  (raised again below, on the caller's thread)
            errors.append(error)

    thread = threading.Thread(target=run, name="kitsumy-generate")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return answer
