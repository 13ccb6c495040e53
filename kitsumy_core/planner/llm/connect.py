"""Say which language models the settings name, and open the way to one.

A key goes to api.openai.com, or to the address that was configured together with it, and nowhere else: never
to an Ollama server, and never from the environment to an address that somebody typed into a form.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import httpx2

from kitsumy_core.errors import ModelSetupError
from kitsumy_core.planner.llm.ask import Asker
from kitsumy_core.planner.llm.facts import Memory
from kitsumy_core.planner.llm.http import checked_address, is_loopback, shown_address
from kitsumy_core.planner.llm.seam import Provider
from kitsumy_core.settings import Origin, Settings, origins

Kind = Literal["openai", "compatible", "ollama"]
KINDS: tuple[Kind, ...] = ("openai", "compatible", "ollama")
OPENAI = "https://api.openai.com/v1"
OLLAMA_PORT = 11434
OLLAMA = f"http://localhost:{OLLAMA_PORT}"
WIDTH_NEAR, WIDTH_AFAR, WIDTH_OPENAI = 1, 4, 6
_TOLD = ("environment", "file")


class Connection(NamedTuple):
    """One way to a model."""

    kind: Kind
    address: str
    key: str = ""
    key_is_kept_back: bool = False
    """There is a key, but it was not configured together with this address."""

    def __repr__(self) -> str:
        return f"Connection({self.kind}, {shown_address(self.address)})"


def configured(settings: Settings) -> list[Kind]:
    """Return the kinds that the settings are enough for, the first choice first."""
    found: list[Kind] = []
    if settings.openai_base_url and not _is_openai(settings.openai_base_url):
        found.append("compatible")
    elif settings.openai_api_key:
        found.append("openai")
    if settings.ollama_host:
        found.append("ollama")
    return found


def connection(settings: Settings, kind: str) -> Connection:
    """Return the way to a kind of server. Raises ModelSetupError saying which setting is missing."""
    if kind == "ollama":
        return Connection("ollama", ollama_address(settings.ollama_host or OLLAMA))
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    if kind == "openai":
        address = checked_address(settings.openai_base_url or OPENAI, "OPENAI_BASE_URL")
        if not key:
            raise ModelSetupError("llm-key-missing", server=shown_address(address))
        return _with_key(settings, "openai", address, key)
    if kind == "compatible":
        if not settings.openai_base_url:
            raise ModelSetupError("llm-address-missing")
        return _with_key(
            settings, "compatible", checked_address(settings.openai_base_url, "OPENAI_BASE_URL"), key
        )
    raise ModelSetupError("llm-kind", name=kind)


def ollama_address(host: str) -> str:
    """Return where to ask, of what OLLAMA_HOST says to the server itself: its port may be left out, and
    "all addresses" is this machine. Raises ModelSetupError.
    """
    parts = urlsplit(checked_address(host, "OLLAMA_HOST"))
    name = "127.0.0.1" if parts.hostname in ("0.0.0.0", "::") else parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    port = parts.port or (OLLAMA_PORT if "://" not in host else None)
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path}"


def _with_key(settings: Settings, kind: Kind, address: str, key: str) -> Connection:
    allowed = _is_openai(address) or belongs_together(origins(settings.data_dir))
    return Connection(kind, address, key if allowed else "", bool(key) and not allowed)


def belongs_together(found: Mapping[str, Origin]) -> bool:
    """Tell whether key and address were configured by the same hand.

    What was typed into the Settings screen may go to an address of the environment; not the other way round.
    """
    key, address = found["openai_api_key"].source, found["openai_base_url"].source
    return address in _TOLD or key not in _TOLD


def _is_openai(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and parts.hostname == "api.openai.com" and parts.port in (None, 443)


def open_provider(way: Connection, transport: httpx2.AsyncBaseTransport | None = None) -> Provider:
    """Return the provider of a connection; call it on the event loop that will use it."""
    if way.kind == "ollama":
        from kitsumy_core.planner.llm.ollama import Ollama

        return Ollama(way.address, transport=transport)
    from kitsumy_core.planner.llm.openai_chat import OpenAIChat

    return OpenAIChat(way.address, way.key, kind=way.kind, transport=transport)


async def open_asker(settings: Settings, kind: str, memory: Memory | None = None) -> Asker:
    """Return an asker for the configured model of a kind of server. Raises ModelError."""
    way = connection(settings, kind)
    provider = open_provider(way)
    try:
        model = settings.llm_model or await only_model(provider)
        width = settings.llm_concurrency or await usual_width(provider, way)
        if memory is not None:  # read beside the loop, before anybody waits for it
            for name in filter(None, (model, settings.llm_fallback_model)):
                await asyncio.to_thread(memory.facts, provider.server, name)
    except BaseException:
        await provider.aclose()
        raise
    return Asker(
        provider,
        model,
        fallback=settings.llm_fallback_model or "",
        memory=memory,
        width=width,
        context=settings.llm_context if kind == "ollama" else None,
    )


async def only_model(provider: Provider) -> str:
    """Return the server's model where it has just one. Raises ModelSetupError naming some to choose from."""
    names = await provider.models()
    if len(names) == 1:
        return names[0]
    raise ModelSetupError(
        "llm-which-model" if names else "llm-no-model", server=provider.server, known=names[:12]
    )


async def usual_width(provider: Provider, way: Connection) -> int:
    """Return how many calls to make at once: as many as the server works on, where it says so."""
    if way.kind == "openai" and _is_openai(way.address):
        return WIDTH_OPENAI
    slots = await provider.slots()
    if slots is not None:
        return min(slots, 8)
    return WIDTH_NEAR if is_loopback(way.address) else WIDTH_AFAR


async def look_at(settings: Settings, kind: str) -> tuple[str, list[str], int]:
    """Return the server's address, its models and how many calls it takes at once. Raises ModelError."""
    way = connection(settings, kind)
    provider = open_provider(way)
    try:
        names = await provider.models()
        wanted = settings.llm_model
        if wanted and names and not is_among(wanted, names):
            raise ModelSetupError("llm-model-absent", server=provider.server, model=wanted, known=names[:12])
        return provider.server, names, settings.llm_concurrency or await usual_width(provider, way)
    finally:
        await provider.aclose()


def is_among(wanted: str, names: list[str]) -> bool:
    """Tell whether a server has a model; Ollama calls "llama3" also "llama3:latest"."""
    return any(name in (wanted, f"{wanted}:latest") for name in names)
