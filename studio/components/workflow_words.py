"""Say in words what slots are, how they were found, and what a workflow can do."""

from __future__ import annotations

from kitsumy_core.render.graph import Binding, Graph
from kitsumy_core.render.profiles import WorkflowFacts
from kitsumy_core.render.workflow_walk import title_of
from studio.texts import _, ngettext, short


def slot_label(slot: str) -> str:
    return {
        "prompt": _("What to draw"),
        "negative": _("What to avoid"),
        "image": _("Picture to start from"),
        "mask": _("Mask: what to paint anew"),
        "pose": _("Picture of the pose"),
        "reference": _("Pictures of characters"),
        "lora": "LoRA",
        "seed": _("Seed"),
        "width": _("Width"),
        "height": _("Height"),
        "batch": _("How many pictures"),
        "steps": _("Steps"),
        "cfg": _("Strength of the prompt"),
        "sampler": _("Sampler"),
        "scheduler": _("Scheduler"),
        "denoise": _("How much is made anew"),
        "upscale": _("Times larger"),
        "checkpoint": _("Model"),
        "save": _("File names"),
    }[slot]


def found_word(binding: Binding) -> str:
    return {"title": _("by its title"), "links": _("by its links"), "hand": _("by hand")}[binding.found]


def node_word(graph: Graph, node_id: str) -> str:
    """Name a node as people find it in the editor of graphs: number, title without its marks, class."""
    node = graph[node_id]
    title = " ".join(w for w in title_of(node).split() if not w.startswith(("@", "!")))
    shown = f"{title} ({node['class_type']})" if title not in ("", node["class_type"]) else node["class_type"]
    return f"{node_id} · {short(shown, 60)}"


def place_word(graph: Graph, node_id: str, name: str) -> str:
    return f"{node_word(graph, node_id)} · {name}"


def unbound_word(facts: WorkflowFacts, slot: str) -> str:
    """Say what happens to a value whose slot is nowhere."""
    built_in = {
        "image": facts.takes_source,
        "mask": facts.takes_mask,
        "lora": facts.loras > 0,
    }
    return _("built in when needed") if built_in.get(slot) else ""


def abilities(facts: WorkflowFacts) -> list[str]:
    """Return short words for what a workflow can do, most telling first."""
    said = []
    if facts.upscales:
        said.append(_("makes pictures larger"))
    elif facts.needs_source:
        said.append(_("works on a picture"))
    else:
        said.append(_("draws from words"))
    if facts.draws and facts.takes_source and not facts.needs_source:
        said.append(_("refines takes"))
    if facts.needs_mask:
        said.append(_("needs a mask"))
    elif facts.takes_mask and facts.draws:
        said.append(_("paints anew under a mask"))
    if facts.takes_pose:
        said.append(_("takes a pose"))
    if facts.references:
        said.append(
            ngettext("picture of {n} character", "pictures of up to {n} characters", facts.references)
        )
    if facts.loras:
        said.append("LoRA")
    if facts.draws:
        said.append(ngettext("keeps {n} character apart", "keeps {n} characters apart", facts.keeps_apart))
    return said
