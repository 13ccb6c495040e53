"""Write tiny models with random weights under the names of the shipped workflows, for tests without a GPU.

    PYTHON_OF_COMFYUI tests/live/tiny_models.py FOLDER_OF_COMFYUI

Shapes come from ComfyUI's own classes. Flux needs its text encoder at one layer: before the server starts,
set `num_layers` to 1 in `comfy/text_encoders/t5_config_xxl.json`. Nothing is written for `z_image_turbo` (it
wants a newer server) and `ip_adapter` (nodes that do not come with ComfyUI): their tests are skipped.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any

SD3 = {
    "in_channels": 16, "patch_size": 2, "depth": 2, "input_size": None, "adm_in_channels": 2048,
    "num_patches": 4096, "pos_embed_max_size": 64, "pos_embed_scaling_factor": None, "qkv_bias": True,
    "context_embedder_config": {
        "target": "torch.nn.Linear", "params": {"in_features": 4096, "out_features": 128},
    },
}  # fmt: skip
FLUX = {
    "image_model": "flux", "in_channels": 16, "out_channels": 16, "patch_size": 2, "vec_in_dim": 768,
    "context_in_dim": 4096, "hidden_size": 3072, "mlp_ratio": 4.0, "num_heads": 24, "depth": 1,
    "depth_single_blocks": 0, "axes_dim": [16, 56, 56], "theta": 10000, "qkv_bias": True,
    "guidance_embed": True,
}  # fmt: skip
LORAS = ("tiny_lora", "tiny_flux_lora", *(f"tiny_flux_lora_{n}" for n in range(2, 11)))

State = dict[str, Any]


def filled(shapes: Mapping[str, Any]) -> State:
    """Return weights for the shapes: noise scaled by the number of inputs, norms 1, biases 0."""
    torch = import_module("torch")
    dice, made = torch.Generator().manual_seed(7), {}
    for name, value in shapes.items():
        if value.ndim < 2:
            is_scale = name.endswith(
                ("norm.weight", "norm1.weight", "norm2.weight", "scale", "layer_norm.weight")
            )
            made[name] = torch.full(value.shape, 1.0 if is_scale else 0.0)
        else:
            made[name] = torch.randn(value.shape, generator=dice) / max(1, prod(value.shape[1:])) ** 0.5
    return made


def shaped(build: Callable[[], Any]) -> Mapping[str, Any]:
    """Return the names and shapes of a model's weights, without making them."""
    with import_module("torch").device("meta"):
        return dict(build().state_dict())


def tiny_vae() -> State:
    """Return an autoencoder of 16 channels; its last bias makes noise coloured instead of black."""
    state = filled(shaped(lambda: import_module("comfy.taesd.taesd").TAESD(latent_channels=16)))
    last = max((n for n in state if n.startswith("taesd_decoder") and n.endswith("bias")), key=_layer)
    state[last] += 0.5
    state["vae_scale"], state["vae_shift"] = (import_module("torch").tensor(v) for v in (1.0, 0.0))
    return state


def _layer(name: str) -> int:
    return int(name.split(".")[1])


def tiny_clip_l() -> State:
    ops, config = import_module("comfy.ops").manual_cast, "comfy/sd1_clip_config.json"
    known = json.loads(Path(config).read_text("utf-8"))
    model = import_module("comfy.clip_model").CLIPTextModel
    torch = import_module("torch")
    return half(filled(shaped(lambda: model(known, torch.float32, None, ops))))


def tiny_t5() -> State:
    ops, config = import_module("comfy.ops").manual_cast, "comfy/text_encoders/t5_config_xxl.json"
    known = json.loads(Path(config).read_text("utf-8")) | {"num_layers": 1}
    torch, model = import_module("torch"), import_module("comfy.text_encoders.t5").T5
    return half(filled(shaped(lambda: model(known, torch.float32, None, ops))), "float8_e4m3fn")


def half(state: State, kind: str = "float16") -> State:
    dtype = getattr(import_module("torch"), kind)
    return {name: value.to(dtype) if value.ndim > 1 else value for name, value in state.items()}


def tiny_checkpoint() -> State:
    """Return a whole checkpoint of the SD3 kind: its every size is read from the file, so it can be tiny."""
    ops, model = (
        import_module("comfy.ops").manual_cast,
        import_module("comfy.ldm.modules.diffusionmodules.mmdit"),
    )
    net = half(filled(shaped(lambda: model.MMDiT(**SD3, operations=ops, dtype=None))))
    parts = {
        "model.diffusion_model.": net,
        "text_encoders.clip_l.transformer.": tiny_clip_l(),
        "first_stage_model.": tiny_vae(),
    }
    return {prefix + name: value for prefix, state in parts.items() for name, value in state.items()}


def tiny_controlnet() -> State:
    """Return a control network for the tiny checkpoint, under the names of its other format."""
    ops, model = import_module("comfy.ops").manual_cast, import_module("comfy.cldm.mmdit").ControlNet
    shapes = shaped(lambda: model(num_blocks=2, control_latent_channels=16, **SD3, operations=ops))
    state = half(filled(shapes))
    names = import_module("comfy.utils").mmdit_to_diffusers({"depth": 2, "num_blocks": 2})
    made: State = {
        name: value for name, value in state.items() if name.startswith(("controlnet_", "pos_embed_input"))
    }
    for name, target in names.items():
        source, part = (target, None) if isinstance(target, str) else (target[0], target[1])
        if source in state:
            value = state[source]
            made[name] = (value.narrow(*part) if part else value).contiguous()
    return made


def tiny_flux() -> State:
    ops, model = import_module("comfy.ops").manual_cast, import_module("comfy.ldm.flux.model").Flux
    return half(filled(shaped(lambda: model(**FLUX, operations=ops))), "float8_e4m3fn")


def tiny_upscaler() -> State:
    """Return an ESRGAN network of one block that makes pictures four times as large."""
    torch, wide, grow = import_module("torch"), 8, 32
    sizes = {"conv_first": (wide, 3), "conv_last": (3, wide)}
    sizes |= {f"conv_{name}": (wide, wide) for name in ("body", "up1", "up2", "hr")}
    for block in range(1, 4):
        for n in range(1, 6):
            sizes[f"body.0.rdb{block}.conv{n}"] = (grow if n < 5 else wide, wide + grow * (n - 1))
    made: State = {}
    for name, (out, into) in sizes.items():
        made[f"{name}.weight"], made[f"{name}.bias"] = torch.zeros(out, into, 3, 3), torch.zeros(out)
    made = filled(made)
    made["conv_last.bias"] += 0.5
    return made


def tiny_lora(flux: bool) -> State:
    layer = "double_blocks_0_img_attn_proj" if flux else "joint_blocks_0_x_block_attn_proj"
    torch, wide = import_module("torch"), 3072 if flux else 128
    shapes = {
        f"lora_unet_{layer}.lora_down.weight": (4, wide),
        f"lora_unet_{layer}.lora_up.weight": (wide, 4),
    }
    return filled({name: torch.zeros(shape) for name, shape in shapes.items()}) | {
        f"lora_unet_{layer}.alpha": torch.tensor(4.0)
    }


def files() -> Iterable[tuple[str, Callable[[], State]]]:
    """Yield where each model belongs and how it is made."""
    yield "checkpoints/sd_xl_base_1.0", tiny_checkpoint
    yield "controlnet/controlnet-openpose-sdxl-1.0", tiny_controlnet
    yield "diffusion_models/flux1-dev", tiny_flux
    yield "diffusion_models/flux1-dev-kontext_fp8_scaled", tiny_flux
    yield "text_encoders/clip_l", tiny_clip_l
    yield "text_encoders/t5xxl_fp8_e4m3fn", tiny_t5
    yield "vae/ae", tiny_vae
    yield "upscale_models/RealESRGAN_x4plus", tiny_upscaler
    for name in LORAS:
        yield f"loras/{name}", lambda name=name: tiny_lora("flux" in name)  # type: ignore[misc]


def main() -> None:
    folder = Path(sys.argv.pop()).resolve()
    sys.path.insert(0, str(folder))
    sys.argv.append("--cpu")
    import_module("comfy.options").enable_args_parsing()
    os.chdir(folder)
    save = import_module("safetensors.torch").save_file
    for place, make in files():
        target = folder / "models" / f"{place}.safetensors"
        target.parent.mkdir(parents=True, exist_ok=True)
        save({name: value.contiguous() for name, value in make().items()}, target)
        sys.stdout.write(f"{target.stat().st_size / 1e6:8.1f} MB  {target.relative_to(folder)}\n")


if __name__ == "__main__":
    main()
