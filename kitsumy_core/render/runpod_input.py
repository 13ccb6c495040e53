"""Pack a graph and its input pictures into one submission: pictures as WebP, the whole under the limit."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from typing import Any

from PIL import Image

from kitsumy_core.errors import RejectedError
from kitsumy_core.render.graph import Graph
from kitsumy_core.render.picture_check import picture_of
from kitsumy_core.render.runpod_http import MOST_SENT

QUALITIES = (95, 88, 78)
"""Tried one after another until everything fits; even the last is hardly visible after a render."""
EXECUTION = (5.0, 7 * 86400.0)
"""Bounds of the service for the working time of a job, in seconds."""
LIVES_ON = 1800.0
"""Seconds a finished job's result is kept; it must outlive our own waiting, so that a restart finds it."""


def name_of(data: bytes) -> str:
    """Return the flat name a picture has on the worker: by content, so that equal ones are sent once."""
    return hashlib.sha256(data).hexdigest()[:32] + ".webp"


def saving(graph: Graph, prefix: str) -> tuple[Graph, int]:
    """Return the graph with pictures saved, and how many of its nodes save: workers return only saved ones.

    Where nothing is saved, previews are.
    """
    count = sum(_saves(node) for node in graph.values())
    if count:
        return graph, count
    previews = {key for key, node in graph.items() if node["class_type"] == "PreviewImage"}
    saved = {
        key: {**node, "class_type": "SaveImage", "inputs": {**node["inputs"], "filename_prefix": prefix}}
        for key, node in graph.items()
        if key in previews
    }
    return {**graph, **saved}, len(saved)


def _saves(node: Mapping[str, Any]) -> bool:
    return "filename_prefix" in node["inputs"] or "save" in str(node["class_type"]).lower()


def packed(
    graph: Graph,
    images: Mapping[str, bytes],
    *,
    execution: float,
    deadline: float,
    exact: Collection[str] = (),
    most: int = MOST_SENT,
) -> bytes:
    """Return the body of a submission; `images` are encoded pictures by their names in the graph.

    Those named in `exact` (masks) lose nothing. `execution` and `deadline` are seconds: the longest working
    time, and how long we wait in all. Raises RejectedError if it does not fit, RenderFailedError for a
    picture that is none.
    """
    length = 0
    for quality in QUALITIES if images else QUALITIES[:1]:
        body = _body(
            graph,
            {name: _webp(data, quality, name in exact) for name, data in images.items()},
            execution,
            deadline,
        )
        length = len(body)
        if length <= most:
            return body
    raise RejectedError(
        "runpod-too-large", pictures=len(images), size=round(length / 1e6, 1), megabytes=round(most / 1e6, 1)
    )


def _body(graph: Graph, images: Mapping[str, bytes], execution: float, deadline: float) -> bytes:
    given: dict[str, Any] = {"workflow": graph}
    if images:
        given["images"] = [
            {"name": name, "image": base64.b64encode(data).decode("ascii")} for name, data in images.items()
        ]
    policy = {
        "executionTimeout": round(1000 * min(max(execution, EXECUTION[0]), EXECUTION[1])),
        "ttl": round(1000 * min(max(deadline + LIVES_ON, 10.0), EXECUTION[1])),
    }
    return json.dumps({"input": given, "policy": policy}, ensure_ascii=False, separators=(",", ":")).encode()


def _webp(data: bytes, quality: int, exact: bool) -> bytes:
    """Return a picture as WebP; grey ones and drawings of few colours lose nothing either."""
    picture_of(data)
    with Image.open(io.BytesIO(data)) as image:
        exact = exact or image.mode in ("1", "L", "P")
        clear = "A" in image.getbands() or "transparency" in image.info
        written = io.BytesIO()
        image.convert("RGBA" if clear else "RGB").save(
            written, "WEBP", quality=quality, lossless=exact, exact=clear, method=3
        )
    packed_data = written.getvalue()
    return packed_data if len(packed_data) < len(data) or data[8:12] != b"WEBP" else data
