"""Two nodes for a ComfyUI server that benchmarks use: a model that takes time to load, and a picture that
takes time to make. Link this folder into the server's `custom_nodes`. While they wait they use no processor,
so that the machine's cores do not decide what is measured.
"""

from __future__ import annotations

import time
from typing import Any

import torch


class Load:
    """Stand in for a checkpoint loader: its result is kept while the next graph names the same one."""

    CATEGORY, FUNCTION, RETURN_TYPES = "kitsumy", "run", ("KITSUMY_MODEL",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802  (the server asks by this name)
        return {"required": {"name": ("STRING",), "seconds": ("FLOAT", {"default": 0.0, "max": 60.0})}}

    def run(self, name: str, seconds: float) -> tuple[str]:
        time.sleep(seconds)
        return (name,)


class Wait:
    """Stand in for sampling: waits, then gives noise of a seed."""

    CATEGORY, FUNCTION, RETURN_TYPES = "kitsumy", "run", ("IMAGE",)

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        side = ("INT", {"default": 64, "min": 8, "max": 4096})
        return {
            "required": {
                "model": ("KITSUMY_MODEL",),
                "seconds": ("FLOAT", {"default": 1.0, "max": 60.0}),
                "seed": ("INT", {"default": 0, "min": 0, "max": 2**63}),
                "width": side,
                "height": side,
            }
        }

    def run(self, model: str, seconds: float, seed: int, width: int, height: int) -> tuple[Any]:
        time.sleep(seconds)
        chance = torch.Generator().manual_seed(seed)
        return (torch.rand((1, height, width, 3), generator=chance),)


NODE_CLASS_MAPPINGS = {"KitsumyLoad": Load, "KitsumyWait": Wait}
