"""Turn a panel's shot into the request for an image model: workflow, words, LoRAs, references, size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from kitsumy_core.errors import UsageError
from kitsumy_core.plan.models import ComicPlan, Panel
from kitsumy_core.render.loras import stacked
from kitsumy_core.render.profiles import PROFILES, Profile, WorkflowFacts, request_for
from kitsumy_core.render.prompt import PromptWarning, compose_prompt, is_english
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.staleness import is_stale
from kitsumy_core.render.styles import STYLES, Style, find_style

BackendName = Literal["sketch", "comfyui", "runpod"]
DEFAULT_WORKFLOW = "text2img"
REPAINTED = 0.85
"""How much of a masked part is new, unless the writer says."""


class RenderOptions(NamedTuple):
    """How to render: where, how finely, with which graph and style ("" = the plan's own)."""

    backend: BackendName = "sketch"
    profile: str = "final"
    workflow: str = ""
    style_id: str = ""
    seed: int | None = None
    source: str = ""
    """Hash of the take that a refining profile, or one of these, starts from."""
    denoise: float | None = None
    """How much of `source` may change, 0..1; None = as the profile says."""
    mask: str = ""
    """Hash of the picture that says what of `source` is painted anew: white there, black elsewhere."""
    control: str = ""
    """Hash of a picture whose pose is taken."""
    upscale: float = 1.0
    """How many times larger than `source` the picture should be."""
    size: tuple[int, int] | None = None
    """Width and height in pixels; None = as panel, profile and model say."""
    batch: int = 1
    """How many pictures one run of the workflow makes."""
    words: str = ""
    """Said first, before the composed prompt: what to change, or what the painted part shows."""
    cinematic: bool | None = None
    """Whether the cinematic LoRA is put on; None = as the style says."""


class Materials(NamedTuple):
    """What planning has to know of the world: workflows, styles, profiles, translations."""

    facts: Callable[[str], WorkflowFacts]
    styles: Mapping[str, Style] = STYLES
    profiles: Mapping[str, Profile] = PROFILES
    translations: Mapping[str, str] = MappingProxyType({})
    workflow: str = DEFAULT_WORKFLOW
    """What is used where neither panel, characters nor style choose one."""


class WorkflowChoice(NamedTuple):
    """The workflow of a panel, and the other one that a character of it asked for ("" = none)."""

    name: str
    passed_over: str = ""


def plan_request(
    plan: ComicPlan,
    panel: Panel,
    shot: Shot,
    options: RenderOptions,
    materials: Materials,
    quiet: str = "",
) -> tuple[DiffusionRequest, tuple[PromptWarning, ...]]:
    """Return the request for a panel's picture and what the writer should know before it costs anything.

    `quiet` says where room is kept for words. Raises UsageError for an unknown profile, WorkflowError for an
    unusable workflow.
    """
    profile = _profile(options, materials.profiles)
    style = style_of(shot, materials.styles, options.style_id)
    choice = workflow_of(plan, panel, style, options, materials.workflow, materials.facts)
    facts = materials.facts(choice.name)
    prompt = compose_prompt(shot, style, materials.translations, quiet)
    told, untold = _told(options.words, shot, materials.translations)
    text = f"{told[:1].upper()}{told[1:]}. {prompt.text}" if told else prompt.text
    cinematic = options.cinematic if options.cinematic is not None else bool(style and style.cinematic)
    stack = stacked(style.loras if style else (), [member.loras for member in shot.cast], cinematic=cinematic)
    sheets = [member.references[0] for member in shot.cast if member.references]
    request = request_for(
        *(shot, profile, facts, text, prompt.negative),
        seed=options.seed,
        source=options.source,
        references=sheets[: facts.references],
        mask=options.mask,
        control=options.control,
        loras=stack.loras,
        backend="runpod" if options.backend == "runpod" else "comfyui",
    )
    if options.size:
        request = request.but(width=options.size[0], height=options.size[1])
    if options.batch > 1:
        request = request.but(batch=options.batch)
    if options.upscale != 1:
        request = request.but(upscale=options.upscale, source=options.source)
    return request, (*prompt.warnings, *untold, *_warnings(shot, choice, facts, stack.left_out))


def _told(words: str, shot: Shot, translations: Mapping[str, str]) -> tuple[str, tuple[PromptWarning, ...]]:
    """Return what the writer says of a change in English, as far as that is known, and a warning if not."""
    words = words.strip()
    told = translations.get(words, words)
    if not told or told != words or is_english(words, shot.language):
        return told.strip(" ."), ()
    return told.strip(" ."), (PromptWarning(source_id=shot.panel_id, text=words),)


def style_of(shot: Shot, styles: Mapping[str, Style], style_id: str = "") -> Style | None:
    """Return the style of a picture: the one asked for, else the plan's, else the one its words name."""
    return styles.get(style_id or shot.style_id) or find_style(shot.style.text, styles.values())


def refine_source(
    made_from: Shot | None, request: object, image: str, today: Shot | None, profile: Profile | None
) -> str:
    """Return the image of a chosen take if this profile refines it: a lower one that shows today's shot."""
    if profile is None or not profile.refine or not isinstance(request, DiffusionRequest):
        return ""
    return image if request.steps < profile.steps and not is_stale(made_from, today) else ""


def workflow_of(
    plan: ComicPlan,
    panel: Panel,
    style: Style | None,
    options: RenderOptions,
    default: str,
    facts: Callable[[str], WorkflowFacts],
) -> WorkflowChoice:
    """Return the workflow a panel is rendered with: the panel's, else the characters', the style's, ours.

    A mask or a pose goes to a workflow of its own only where the one chosen so has no place for it, or where
    none was chosen: nobody's model is exchanged for another.
    """
    if options.workflow:
        return WorkflowChoice(options.workflow)
    if options.upscale != 1:
        return WorkflowChoice("upscale")
    choice = _usual_workflow(plan, panel, style)
    if options.mask and not (choice.name and facts(choice.name).takes_mask):
        return WorkflowChoice("inpaint")
    if options.control and not (choice.name and facts(choice.name).takes_pose):
        return WorkflowChoice("pose")
    return choice if choice.name else WorkflowChoice(default)


def _usual_workflow(plan: ComicPlan, panel: Panel, style: Style | None) -> WorkflowChoice:
    """Return the workflow that somebody chose for a panel; without a name where nobody did."""
    if panel.kitsumy.workflow:
        return WorkflowChoice(panel.kitsumy.workflow)
    cast = (plan.character(character_id) for character_id in panel.characters)
    named = list(dict.fromkeys(c.kitsumy.workflow for c in cast if c and c.kitsumy.workflow))
    if named:
        return WorkflowChoice(named[0], ", ".join(named[1:]))
    return WorkflowChoice(style.workflow if style else "")


def kept_apart(facts: WorkflowFacts) -> int:
    """Return how many characters of one picture a workflow keeps apart."""
    return max(1, facts.keeps_apart)


def _profile(options: RenderOptions, profiles: Mapping[str, Profile]) -> Profile:
    profile = profiles.get(options.profile)
    if profile is None:
        raise UsageError("profile-unknown", name=options.profile, known=list(profiles))
    if options.mask:
        return profile.but(refine=True, denoise=REPAINTED if options.denoise is None else options.denoise)
    if options.denoise is not None and options.source:
        return profile.but(refine=True, denoise=options.denoise)
    return profile


def _warnings(
    shot: Shot, choice: WorkflowChoice, facts: WorkflowFacts, left_out: tuple[str, ...]
) -> list[PromptWarning]:
    def warning(code: str, **params: Any) -> PromptWarning:
        return PromptWarning(code=code, source_id=shot.panel_id, params=params)

    found: list[PromptWarning] = []
    if choice.passed_over:
        found.append(warning("workflows-differ", chosen=choice.name, others=choice.passed_over))
    most = kept_apart(facts)
    if len(shot.cast) > most and not shot.prompt.text.strip():
        found.append(warning("too-many-characters", most=most, workflow=choice.name))
    if left_out:
        found.append(warning("loras-left-out", loras=", ".join(left_out)))
    return found
