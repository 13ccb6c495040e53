"""Describe the settings for the screen: their words, their kind, and what may be shown of a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from kitsumy_core.messages import N_
from kitsumy_core.settings import Settings

Kind = Literal["text", "list", "number", "whole", "secret"]
HIDDEN = "•••"
LEAST_TO_HINT = 12
"""Letters a secret must have before its last four are shown."""


@dataclass(frozen=True)
class Setting:
    """One line of the screen: a field of `Settings`, with its words as texts of the catalogue."""

    field: str
    label: str
    kind: Kind = "text"
    help: str = ""
    example: str = ""


RUNPOD = (
    Setting("runpod_api_key", N_("API key"), "secret"),
    Setting(
        "runpod_endpoint_ids",
        N_("Endpoints"),
        "list",
        N_("Ids, separated by commas; the first is the default."),
    ),
    Setting("runpod_large_endpoint_id", N_("Endpoint with more memory"), "text", N_("For large pictures.")),
    Setting("runpod_sketch_endpoint_id", N_("Endpoint for quick sketches")),
    Setting("runpod_base_url", N_("Address of the service")),
    Setting(
        "max_polling_duration",
        N_("Longest wait, in seconds"),
        "number",
        N_("After this a picture has failed."),
    ),
    Setting(
        "runpod_execution_timeout",
        N_("Longest work on one picture, in seconds"),
        "number",
        N_("RunPod itself stops a job after this, so that a worker that hangs is not paid for."),
    ),
    Setting(
        "runpod_prices",
        N_("Price per second, in USD"),
        "text",
        N_("One for all endpoints, or id=price for each, separated by commas."),
        "0.00031",
    ),
    Setting(
        "runpod_idle_timeout",
        N_("Idle time of a worker, in seconds"),
        "number",
        N_("How long a worker stays on, and is paid, after its last job: as in the RunPod console."),
    ),
    Setting(
        "runpod_spend_limit",
        N_("Spend limit for 24 hours, in USD"),
        "text",
        N_("Nothing is sent that would pass it. Empty = no limit."),
    ),
)
LANGUAGE_MODELS = (
    Setting("openai_api_key", N_("API key (OpenAI or compatible)"), "secret"),
    Setting(
        "openai_base_url",
        N_("Address of a compatible service"),
        "text",
        N_("Empty = OpenAI itself."),
        "http://localhost:1234/v1",
    ),
    Setting("llm_model", N_("Model")),
    Setting("llm_fallback_model", N_("Second model"), "text", N_("Asked when the first one fails.")),
    Setting("ollama_host", N_("Ollama server"), "text", "", "localhost:11434"),
    Setting(
        "llm_concurrency",
        N_("Calls at once"),
        "text",
        N_("Empty = as many as the server works on at once."),
        N_("as many as the server works on"),
    ),
    Setting(
        "llm_context",
        N_("Context for Ollama, in tokens"),
        "whole",
        N_("More holds longer stories and takes more memory."),
    ),
    Setting(
        "llm_price_read",
        N_("Price of a million tokens that are read"),
        "text",
        N_("Your provider’s prices. With them the Plan screen says what a plan costs."),
    ),
    Setting("llm_price_written", N_("Price of a million tokens that are written")),
)
CLUSTER = (
    Setting("celery_broker_url", N_("Broker of the workers"), "secret"),
    Setting("celery_result_backend", N_("Results of the workers"), "secret"),
    Setting("redis_broker_db", N_("Number of the broker’s Redis database"), "whole"),
    Setting("redis_result_db", N_("Number of the results’ Redis database"), "whole"),
)
TIMEOUT = Setting(
    "generation_timeout",
    N_("Patience, in seconds"),
    "number",
    N_("After this long without progress a picture is withdrawn from its server."),
)


def value_text(settings: Settings, field: str) -> str:
    """Return a value as text for its field on the screen: nothing of secrets, no passwords of addresses."""
    value = getattr(settings, field)
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return masked(str(value))


def secret_end(settings: Settings, field: str) -> str | None:
    """Return the last four letters of a secret, "" if it is too short for that, None if it is not set."""
    value = getattr(settings, field)
    if not isinstance(value, SecretStr) or not value.get_secret_value():
        return None
    text = value.get_secret_value()
    return text[-4:] if len(text) >= LEAST_TO_HINT and "://" not in text else ""


def masked(address: str) -> str:
    """Return an address without its password."""
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return HIDDEN
    if not password:
        return address
    user, _sep, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{HIDDEN}@{host}"))


def is_masked(address: str) -> bool:
    return masked(address) != address


def differing(running: Settings, now: Settings) -> list[str]:
    """Return the fields whose values now differ from those the studio was started with."""
    return [f for f in Settings.model_fields if getattr(running, f) != getattr(now, f)]
