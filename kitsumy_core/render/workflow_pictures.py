"""Put pictures into a graph that is being filled: a source, a mask, a pose, references of characters.

Places that get no picture are taken out where the graph can do without; a source or a mask a graph has no
place for is built in where its sampler takes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Binding, Graph, Slots, link_of
from kitsumy_core.render.graph_surgery import Output, add, relink, take_out
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.workflow_walk import LATENTS, is_sampler, samplers, upstream, users_of

_DECODERS = ("VAEDecode", "VAEDecodeTiled")
_SOFT_EDGE = {"blur_radius": 8, "sigma": 4.0}


def with_pictures(graph: Graph, slots: Slots, request: DiffusionRequest) -> None:
    """Put a request's pictures into their slots. Raises WorkflowError for one without a place, or a place
    that cannot stay empty.
    """
    sources, masks, poses = (slots.of(slot) for slot in ("image", "mask", "pose"))
    if request.source and not sources:
        _start_from(graph, slots, request)
    elif sources and not request.source:
        raise WorkflowError("workflow-needs-picture", slot="image")
    elif sources:
        _put(graph, sources[0], request.source)
    if request.batch > 1 and not slots.of("batch"):
        _repeat(graph, request.batch)
    if request.mask and not masks:
        _paint_only(graph, request)
    elif masks and not request.mask:
        raise WorkflowError("workflow-needs-picture", slot="mask")
    else:
        _put_mask(graph, masks, request.mask)
    _put_each(graph, "pose", poses, [request.control] if request.control else [], repeat=True)
    _put_each(graph, "reference", (*slots.of("reference"), *sources[1:]), request.references)


def _put(graph: Graph, place: Binding, name: str) -> None:
    graph[place.node]["inputs"][place.input] = name


def _put_each(
    graph: Graph, slot: str, places: Sequence[Binding], names: Sequence[str], *, repeat: bool = False
) -> None:
    if repeat and names:
        names = [names[0]] * len(places) or names
    if len(names) > len(places):
        raise WorkflowError("workflow-slot-missing", slot=slot)
    for place, name in zip(places, names, strict=False):
        _put(graph, place, name)
    for place in places[len(names) :]:
        if place.node in graph:
            take_out(graph, place.node, slot)


def _put_mask(graph: Graph, places: Sequence[Binding], mask: str) -> None:
    """Load a mask; where the file has transparency for one, its users get the mask's brightness instead."""
    for place in places:
        transparent = [(n, i) for n, i, index in users_of(graph, place.node) if index == 1]
        if graph[place.node]["class_type"] != "LoadImage" or not transparent:
            _put(graph, place, mask)
            continue
        loaded = add(graph, "mask", "LoadImageMask", image=mask, channel="red")
        for node_id, name in transparent:
            graph[node_id]["inputs"][name] = [loaded, 0]


def can_start_from(graph: Graph, slots: Slots) -> bool:
    """Say whether a graph that draws from nothing can be given a picture to start from."""
    empty = any(_is_empty_latent(node["class_type"]) for node in graph.values())
    return empty and _vae(graph) is not None and bool(slots.of("denoise"))


def _start_from(graph: Graph, slots: Slots, request: DiffusionRequest) -> None:
    """Turn text-to-image into image-to-image: load, scale and encode where the latent was empty."""
    vae = _vae(graph)
    if vae is None or not can_start_from(graph, slots):
        raise WorkflowError("workflow-slot-missing", slot="image")
    empty = next(n for n, node in graph.items() if _is_empty_latent(node["class_type"]))
    size = graph[empty]["inputs"]
    loaded = add(graph, "source", "LoadImage", image=request.source)
    width, height = size.get("width", request.width), size.get("height", request.height)
    pixels = _scaled(graph, (loaded, 0), width, height)
    count = size.get("batch_size", 1)
    graph[empty] = {"class_type": "VAEEncode", "inputs": {"pixels": list(pixels), "vae": list(vae)}}
    if count != 1:
        many = add(graph, "batch", "RepeatLatentBatch", amount=count, samples=(empty, 0))
        relink(graph, {(empty, 0): (many, 0)})
        graph[many]["inputs"]["samples"] = [empty, 0]


def _is_empty_latent(class_type: str) -> bool:
    return class_type.startswith("Empty") and "Latent" in class_type


def _vae(graph: Graph) -> Output | None:
    decoder = next((node for node in graph.values() if node["class_type"] in _DECODERS), None)
    return link_of(decoder["inputs"].get("vae")) if decoder else None


def _scaled(graph: Graph, image: Output, width: object, height: object) -> Output:
    how = {"upscale_method": "lanczos", "width": width, "height": height, "crop": "center"}
    return add(graph, "scale", "ImageScale", image=image, **how), 0


def _latent_of(graph: Graph) -> tuple[str, str, Output] | None:
    """Return the first sampler, the name of its input for a latent and what is linked to it."""
    for sampler in samplers(graph)[:1]:
        for name in LATENTS:
            if (latent := link_of(graph[sampler]["inputs"].get(name))) is not None:
                return sampler, name, latent
    return None


def _repeat(graph: Graph, count: int) -> None:
    found = _latent_of(graph)
    if found is None:
        return
    sampler, name, latent = found
    many = add(graph, "batch", "RepeatLatentBatch", amount=count, samples=latent)
    graph[sampler]["inputs"][name] = [many, 0]


def _paint_only(graph: Graph, request: DiffusionRequest) -> None:
    """Let the sampler change only what the mask says, and lay the rest of the source over the result."""
    found = _latent_of(graph)
    if not request.source or found is None:
        raise WorkflowError("workflow-slot-missing", slot="mask")
    sampler, name, latent = found
    flow = ("samples", *LATENTS)
    encoders = [latent[0], *upstream(graph, latent[0], lambda i: i in flow)]
    pixels = next((link for n in encoders if (link := link_of(graph[n]["inputs"].get("pixels")))), None)
    mask = _soft_mask(graph, request)
    masked = add(graph, "masked", "SetLatentNoiseMask", samples=latent, mask=mask)
    graph[sampler]["inputs"][name] = [masked, 0]
    decoders = (n for n, node in graph.items() if node["class_type"] in _DECODERS)
    decoder = next((n for n in decoders if sampler in upstream(graph, n, lambda i: True)), None)
    if pixels and decoder and not any(is_sampler(graph[n]) for n, _, _ in users_of(graph, decoder)):
        spot = {"x": 0, "y": 0, "resize_source": False}
        laid = add(graph, "over", "ImageCompositeMasked", destination=pixels, mask=mask, **spot)
        relink(graph, {(decoder, 0): (laid, 0)})
        graph[laid]["inputs"]["source"] = [decoder, 0]


def _soft_mask(graph: Graph, request: DiffusionRequest) -> Output:
    """Return the mask, cut and scaled as the source is, with a soft edge."""
    loaded = add(graph, "mask", "LoadImageMask", image=request.mask, channel="red")
    drawn = add(graph, "mask", "MaskToImage", mask=(loaded, 0))
    scaled = _scaled(graph, (drawn, 0), request.width, request.height)
    soft = add(graph, "mask", "ImageBlur", image=scaled, **_SOFT_EDGE)
    return add(graph, "mask", "ImageToMask", image=(soft, 0), channel="red"), 0
