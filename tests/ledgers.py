"""Steps that tests of the ledger share: jobs, paid ones, and claims."""

from __future__ import annotations

from itertools import count
from typing import Any

from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.store import Claim, NewJob, Store, Want
from tests.stores import FIRST, a_request, a_shot

_seeds = count()
A, B = "http://a:8188", "http://b:8188"


def a_job(project: str, panel: str = FIRST, **fields: Any) -> NewJob:
    known: dict[str, Any] = {"profile": "final", "request": a_request(), "shot": a_shot(), "author": "anna"}
    return NewJob(project, panel, **(known | fields))


def paid(project: str, **fields: Any) -> NewJob:
    """Return a job that costs money, for a picture nobody else asks for."""
    known = {"request": DiffusionRequest(backend="runpod", prompt="x", seed=next(_seeds))}
    return a_job(project, **(known | fields))


def claimed(store: Store, server: str = A, kind: str = "comfyui", **more: Any) -> Claim | None:
    slots = more.pop("slots", 99)
    return store.claim(Want(kind, server, slots), more.pop("worker", "w"), more.pop("lease", 60.0), **more)


def must_claim(store: Store, server: str = A, kind: str = "comfyui", **more: Any) -> Claim:
    claim = claimed(store, server, kind, **more)
    assert claim is not None
    return claim
