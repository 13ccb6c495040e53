"""Put source images and LoRAs into a graph that is being filled, in its own nodes or in new ones."""

from __future__ import annotations

from collections.abc import Sequence

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Graph, Slots, link_of, links_of
from kitsumy_core.render.request import LoraUse

MAX_LORAS = 10


def with_images(graph: Graph, slots: Slots, images: Sequence[str]) -> None:
    """Put image names into the image slots in order; a graph without any gets its empty latent replaced
    by the first.

    Raises WorkflowError if there are more images than places.
    """
    places = slots.of("image")
    if images and not places:
        _start_from(graph, slots, images[0])
        images = images[1:]
    if len(images) > len(places):
        raise WorkflowError("workflow-slot-missing", slot="image")
    for place, image in zip(places, images, strict=False):
        graph[place.node]["inputs"][place.input] = image


def _start_from(graph: Graph, slots: Slots, image: str) -> None:
    """Turn text-to-image into image-to-image: load, scale and encode where the latent was empty."""
    empty = next((n for n, node in graph.items() if _is_empty_latent(node["class_type"])), None)
    decoder = next(
        (node for node in graph.values() if node["class_type"] in ("VAEDecode", "VAEDecodeTiled")), None
    )
    vae = link_of(decoder["inputs"].get("vae")) if decoder else None
    if empty is None or vae is None or not slots.of("denoise"):
        raise WorkflowError("workflow-slot-missing", slot="image")
    size = graph[empty]["inputs"]
    load, scale = new_id(graph, "source"), new_id(graph, "scale")
    graph[load] = {"class_type": "LoadImage", "inputs": {"image": image}}
    graph[scale] = {
        "class_type": "ImageScale",
        "inputs": {
            "image": [load, 0],
            "upscale_method": "lanczos",
            "width": size["width"],
            "height": size["height"],
            "crop": "center",
        },
    }
    graph[empty] = {"class_type": "VAEEncode", "inputs": {"pixels": [scale, 0], "vae": list(vae)}}


def _is_empty_latent(class_type: str) -> bool:
    return class_type.startswith("Empty") and "Latent" in class_type


def with_loras(graph: Graph, slots: Slots, loras: Sequence[LoraUse]) -> None:
    """Put LoRAs into the `@lora` nodes in order; more get nodes of their own, unused `@lora` nodes are
    taken out.

    Raises WorkflowError if there are more than ten, or no model they could be put on.
    """
    if len(loras) > MAX_LORAS:
        raise WorkflowError("workflow-too-many-loras", count=len(loras), most=MAX_LORAS)
    places = slots.of("lora")
    for place, lora in zip(places, loras, strict=False):
        inputs = graph[place.node]["inputs"]
        inputs[place.input] = lora.name
        inputs |= {k: lora.strength for k in ("strength_model", "strength_clip") if k in inputs}
    for place in places[len(loras) :]:
        _take_out(graph, place.node)
    for lora in reversed(loras[len(places) :]):
        _put_on_model(graph, slots, lora)


def _take_out(graph: Graph, node_id: str) -> None:
    inputs = graph.pop(node_id)["inputs"]
    _relink(graph, {(node_id, 0): link_of(inputs.get("model")), (node_id, 1): link_of(inputs.get("clip"))})


def _put_on_model(graph: Graph, slots: Slots, lora: LoraUse) -> None:
    """Insert one LoRA right behind the model loader (and the text encoder's loader, where the prompt has
    one).
    """
    loaders = [b.node for b in slots.of("checkpoint")]
    if not loaders:
        raise WorkflowError("workflow-slot-missing", slot="lora")
    model = (loaders[0], 0)
    clip = _clip_source(graph, slots)
    node_id = new_id(graph, "lora")
    inputs: dict[str, object] = {"lora_name": lora.name, "strength_model": lora.strength}
    if clip is None:
        _relink(graph, {model: (node_id, 0)})
        graph[node_id] = {"class_type": "LoraLoaderModelOnly", "inputs": {**inputs, "model": list(model)}}
        return
    _relink(graph, {model: (node_id, 0), clip: (node_id, 1)})
    linked = {"model": list(model), "clip": list(clip), "strength_clip": lora.strength}
    graph[node_id] = {"class_type": "LoraLoader", "inputs": {**inputs, **linked}}


def _clip_source(graph: Graph, slots: Slots) -> tuple[str, int] | None:
    encoder = next((b.node for b in slots.of("prompt") if "clip" in graph[b.node]["inputs"]), None)
    source = link_of(graph[encoder]["inputs"]["clip"]) if encoder else None
    while source and (before := link_of(graph[source[0]]["inputs"].get("clip"))):
        source = before
    return source


def _relink(graph: Graph, changes: dict[tuple[str, int], tuple[str, int] | None]) -> None:
    for node in graph.values():
        for name, source, index in list(links_of(node)):
            if target := changes.get((source, index)):
                node["inputs"][name] = list(target)


def new_id(graph: Graph, stem: str) -> str:
    """Return a node id that the graph does not have yet."""
    return next(name for n in range(len(graph) + 1) if (name := f"kitsumy-{stem}-{n}") not in graph)
