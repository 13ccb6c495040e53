"""A language model made on the spot, and a real llama.cpp server around it.

The model has one block of zeros between a one-hot embedding and a table of which token follows which: word
salad in two languages that ends its strings. Under a schema it writes whole pages of comics in no time. It
shows that transport, structure, cutting and cancelling work, and nothing about the quality of stories.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

TEXT = """Маяк мовчить над водою. Олена тримає ліхтар. Хтось стукає у двері! Робот слухає дощ. Де ти був?
Вони біжать до моря. Тихий ранок. The lamp burns low. She opens the door. A boy waits by the water.
Rain falls on the roof. Who is there? The robot lifts a hand. Old stone walls, wet grass, cold light."""
WORDS = TEXT.split()
SIZE, HEAD = 1024, 32
UNKNOWN, BEGIN, END = 0, 1, 2


def vocabulary() -> list[str]:
    """Return the tokens: three of control, all bytes, letters, then words with a space before them."""
    letters = sorted({c for word in WORDS for c in word} | set("abcdefghijklmnopqrstuvwxyz ▁0123456789-_"))
    bytes_ = [f"<0x{n:02X}>" for n in range(256)]
    words = sorted({f"▁{word}" for word in WORDS} | set(WORDS))
    known = ["<unk>", "<s>", "</s>", *bytes_, *letters, *(w for w in words if w not in letters)]
    return known + [f"<unused{n}>" for n in range(SIZE - len(known))]


def table(tokens: list[str]) -> Any:
    """Return the logits of the next token (rows) after each token (columns)."""
    logits = np.full((SIZE, SIZE), -12.0, dtype=np.float32)
    place = {token: n for n, token in enumerate(tokens)}
    quote, comma = place["<0x22>"], place["<0x2C>"]
    brackets = [place[f"<0x{ord(c):02X}>"] for c in '{}[]:,"']
    digits = [place[f"<0x{ord(c):02X}>"] for c in "0123456789"]
    words = [n for n, token in enumerate(tokens) if token.startswith("▁") and len(token) > 2]
    bare = [place[word] for word in set(WORDS) if word in place]
    logits[brackets, :] = -7.0
    logits[quote, :] = -1.0
    logits[digits, :] = -7.0
    logits[letters_of(tokens), :] = -8.0  # names of fields and choices are spelt under the grammar
    for n, word in enumerate(words):
        logits[words, word] = 0.5
        logits[words[(n * 7 + 3) % len(words)], word] = 2.5
        logits[quote, word] = 4.5 if tokens[word][-1] in ".!?" else 1.5
    logits[bare, quote] = 3.0
    logits[quote, quote] = 0.0
    for word in bare:
        logits[words, word] = 2.0
        logits[quote, word] = 4.0 if tokens[word][-1] in ".!?" else 1.0
    logits[[comma, place["<0x5D>"], place["<0x7D>"]], :] += 0.5
    logits[END, :] = -4.0
    logits[END, place["<0x7D>"]] = 2.0
    return logits


def letters_of(tokens: list[str]) -> list[int]:
    return [n for n, token in enumerate(tokens) if len(token) == 1 and token != "▁"]


def write_model(file: Path) -> Path:
    """Write the model as a GGUF file (about 9 MB)."""
    import gguf

    tokens = vocabulary()
    out = gguf.GGUFWriter(str(file), "llama")
    out.add_context_length(65536)
    out.add_embedding_length(SIZE)
    out.add_block_count(1)
    out.add_feed_forward_length(32)
    out.add_head_count(1)
    out.add_head_count_kv(1)
    out.add_key_length(HEAD)
    out.add_value_length(HEAD)
    out.add_layer_norm_rms_eps(1e-6)
    out.add_rope_dimension_count(HEAD)
    out.add_tokenizer_model("llama")
    out.add_token_list(tokens)
    out.add_token_scores([0.0 if n < 259 else -float(n) / SIZE for n in range(SIZE)])
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256
    kinds += [
        gguf.TokenType.UNUSED if t.startswith("<unused") else gguf.TokenType.NORMAL for t in tokens[259:]
    ]
    out.add_token_types(kinds)
    out.add_bos_token_id(BEGIN)
    out.add_eos_token_id(END)
    out.add_unk_token_id(UNKNOWN)
    out.add_add_bos_token(True)
    out.add_add_space_prefix(False)
    out.add_chat_template("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: ")
    f32 = np.float32
    tensors: dict[str, Any] = {
        "token_embd.weight": np.eye(SIZE, dtype=f32),
        "output_norm.weight": np.full(SIZE, 1 / np.sqrt(SIZE), dtype=f32),
        "output.weight": table(tokens),
        "blk.0.attn_norm.weight": np.ones(SIZE, dtype=f32),
        "blk.0.ffn_norm.weight": np.ones(SIZE, dtype=f32),
        "blk.0.attn_q.weight": np.zeros((HEAD, SIZE), dtype=np.float16),
        "blk.0.attn_k.weight": np.zeros((HEAD, SIZE), dtype=np.float16),
        "blk.0.attn_v.weight": np.zeros((HEAD, SIZE), dtype=np.float16),
        "blk.0.attn_output.weight": np.zeros((SIZE, HEAD), dtype=np.float16),
        "blk.0.ffn_gate.weight": np.zeros((32, SIZE), dtype=np.float16),
        "blk.0.ffn_up.weight": np.zeros((32, SIZE), dtype=np.float16),
        "blk.0.ffn_down.weight": np.zeros((SIZE, 32), dtype=np.float16),
    }
    for name, tensor in tensors.items():
        out.add_tensor(name, tensor)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    return file


@contextmanager
def llama_server(
    file: Path, *, slots: int = 1, context: int = 16384, keys: tuple[str, ...] = ()
) -> Iterator[str]:
    """Run llama.cpp's server in a process of its own; yield its base URL."""
    wish = json.dumps({"file": str(file), "slots": slots, "context": context, "keys": keys})
    command = [sys.executable, "-m", "tests.tiny_model"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(wish + "\n")
        process.stdin.flush()
        told = (line.strip() for line in process.stdout)
        address = next((line for line in told if line.startswith("http")), "")
        assert address, "the server did not start"
        drain = threading.Thread(target=lambda: [None for _ in told], daemon=True)
        drain.start()
        try:
            yield f"{address}/v1"
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
            drain.join(timeout=10)


def serve() -> None:
    """Serve what a line on standard input asks for, until that is closed."""
    import xllamacpp

    wish = json.loads(sys.stdin.readline())
    params = xllamacpp.CommonParams()
    params.model.path = wish["file"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = wish["context"] * wish["slots"]
    params.n_parallel = wish["slots"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.offline, params.ui, params.verbosity = True, False, -1
    params.model_alias = {"tiny"}
    if wish["keys"]:
        params.api_keys = list(wish["keys"])
    server = xllamacpp.Server(params)
    sys.stdout.write(f"\n{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve()
