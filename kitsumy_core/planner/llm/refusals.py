"""Turn what a server answers instead of a text into ModelErrors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kitsumy_core.errors import ModelAwayError, ModelError, ModelRejectedError, ModelSetupError

MOST_SAID = 300
_NO_SUCH_MODEL = re.compile(
    r"model\b.{0,200}\b(not found|does not exist|not exist|unknown|no such)|model_not_found|pull(ing)? it",
    re.I | re.S,
)
_TOO_LONG = re.compile(
    r"exceed_context_size|context_length_exceeded|context (length|size|window)|input length exceeds", re.I
)
_SECRET = re.compile(r"\b(sk|gsk|rk|pk)-[A-Za-z0-9_\-*.]{6,}|Bearer\s+\S+", re.I)


def said_by(body: Any) -> str:
    """Return the text of an error body, in whatever form servers have thought of; no keys in it."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return _shortened(body)
    while isinstance(body, Mapping):
        inner = body.get("error") or body.get("message") or body.get("detail") or body.get("msg")
        kind = body.get("type") or body.get("code")
        if inner is None:
            return _shortened(json.dumps(body, ensure_ascii=False, default=str))
        if isinstance(inner, str) and isinstance(kind, str) and kind not in inner:
            inner = f"{inner} ({kind})"
        body = inner
    return _shortened(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str))


def _shortened(text: str) -> str:
    flat = " ".join(_SECRET.sub("•••", text).split())
    return flat if len(flat) <= MOST_SAID else flat[: MOST_SAID - 1] + "…"


def refused(
    status: int, body: Any, *, server: str, model: str, headers: Mapping[str, str] | None = None
) -> ModelError:
    """Return the error for an answer that is none."""
    said = said_by(body)
    facts: dict[str, Any] = {"server": server, "model": model, "detail": said, "status": status}
    if _NO_SUCH_MODEL.search(said):
        return ModelSetupError("llm-model-unknown", **facts)
    if _TOO_LONG.search(said):
        return ModelRejectedError("llm-too-long", **facts)
    if "insufficient_quota" in said or status == 402:
        return ModelSetupError("llm-quota", **facts)
    if status in (401, 403):
        return ModelSetupError("llm-key", **facts)
    if status in (408, 409, 425, 429, 502, 503, 504, 529):
        return ModelAwayError("llm-busy", **facts, after=_after(headers or {}))
    if status >= 500:
        return ModelAwayError("llm-failed", **facts, after=_after(headers or {}))
    if status == 404:
        return ModelSetupError("llm-address-wrong", **facts)
    return ModelRejectedError("llm-rejected", **facts)


def _after(headers: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def unreachable(error: BaseException, *, server: str, model: str = "") -> ModelAwayError:
    """Return the error for a connection that failed or broke."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    reason = _shortened(str(cause)) or type(cause).__name__
    return ModelAwayError("llm-unreachable", server=server, model=model, detail=reason, after=0.0)
