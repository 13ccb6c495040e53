"""A worker as in RunPod's containers: the SDK's own loop around a handler that answers like ComfyUI's.

What it does is told by the prompt: "mode: raise" and so on. The SDK is imported only when this is run.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys
from typing import Any

from PIL import Image


def mode_of(graph: dict[str, Any]) -> str:
    texts = [str(node["inputs"].get("text", "")) for node in graph.values()]
    return next((text.partition("mode:")[2].split()[0] for text in texts if "mode:" in text), "ok")


def picture(graph: dict[str, Any]) -> str:
    inputs = [node["inputs"] for node in graph.values()]
    size = next(((i["width"], i["height"]) for i in inputs if "width" in i), (64, 64))
    written = io.BytesIO()
    Image.new("RGB", size, "seagreen").save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


async def handler(job: dict[str, Any]) -> Any:
    import runpod

    given = job["input"]
    graph, images = given["workflow"], given.get("images", [])
    for image in images:
        Image.open(io.BytesIO(base64.b64decode(image["image"]))).load()
    mode = mode_of(graph)
    if mode == "raise":
        raise ValueError("boom from handler")
    if mode == "details":
        at = "Workflow execution error: Node Type: KSampler, Node ID: 3, Message: the sampler broke"
        return {"error": "Job processing failed", "details": [at]}
    if mode == "legacy":
        return {"status": "success", "message": picture(graph), "refresh_worker": False}
    if mode == "none":
        return None
    if mode == "big":
        return {"images": [{"filename": "b.png", "type": "base64", "data": "A" * 21_500_000}]}
    if mode == "steps":
        for step in range(1, 4):
            told = {"type": "progress", "value": step, "max": 3, "node": "3"}
            runpod.serverless.progress_update(job, told)
            await asyncio.sleep(0.4)
    if mode == "sleep":
        runpod.serverless.progress_update(job, {"type": "progress", "value": 1, "max": 9, "node": "3"})
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            runpod.serverless.progress_update(job, {"stopped": job["id"]})
            raise
    names = [i["filename_prefix"] for i in (n["inputs"] for n in graph.values()) if "filename_prefix" in i]
    found = [{"filename": f"{n}_00001_.png", "type": "base64", "data": picture(graph)} for n in names]
    return {"images": found}


if __name__ == "__main__":
    import runpod

    sys.stdout.write(json.dumps({"sdk": runpod.__version__}) + "\n")
    runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda now: 4})
