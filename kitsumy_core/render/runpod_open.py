"""Make the RunPod backend that the settings describe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kitsumy_core.render.backend import RemoteIds
from kitsumy_core.render.graph_check import Requirement
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from kitsumy_core.render.runpod_spend import FILE_NAME, SpendBook
from kitsumy_core.render.workflow import Graph
from kitsumy_core.settings import Settings


def open_runpod(
    settings: Settings,
    load_workflow: Callable[[str], Graph],
    load_image: Callable[[str], bytes],
    ids: RemoteIds | None = None,
    requirements: Sequence[Requirement] = (),
) -> RunPodBackend:
    """Return the backend; without a key or endpoints it says so when asked. Raises UsageError."""
    key = settings.runpod_api_key.get_secret_value() if settings.runpod_api_key else ""
    return RunPodBackend(
        Service(settings.runpod_base_url, key),
        endpoints_of(settings),
        load_workflow,
        load_image,
        account=Account(
            Prices(settings.runpod_prices),
            SpendBook(settings.data_dir / FILE_NAME),
            idle=settings.runpod_idle_timeout,
            limit=settings.runpod_spend_limit,
        ),
        ids=ids,
        rhythm=Rhythm(execution=settings.runpod_execution_timeout, deadline=settings.max_polling_duration),
        requirements=requirements,
        has_key=bool(key.strip()),
    )


def endpoints_of(settings: Settings) -> Endpoints:
    """Return the endpoints by what they are for."""
    return Endpoints(
        usual=settings.runpod_endpoint_ids,
        large=(settings.runpod_large_endpoint_id or "").strip(),
        quick=(settings.runpod_sketch_endpoint_id or "").strip(),
    )
