"""Open HTTP clients for language models, which send nothing to a server that was not meant for it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx2

from kitsumy_core.errors import ModelSetupError

CONNECT_SECONDS, CONNECT_SECONDS_AFAR = 3.0, 10.0
_SENT = frozenset(
    (
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "authorization",
        "user-agent",
        "content-type",
        "content-length",
        "transfer-encoding",
    )
)
"""Headers a foreign server gets: the environment of the openai package may add others (organisation...)."""


def is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_address(address: str, setting: str) -> str:
    """Return an address with scheme and without a slash at its end. Raises ModelSetupError."""
    text = address.strip()
    text = (text if "://" in text or not text else f"http://{text}").rstrip("/")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ModelSetupError("llm-address", setting=setting)
    return text


def shown_address(address: str) -> str:
    """Return an address that may be shown: no user, password or query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


def client(address: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    """Return a client for one server. Deadlines of answers are kept by whoever reads them."""
    near = is_loopback(address)
    return httpx2.AsyncClient(
        transport=transport,
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS if near else CONNECT_SECONDS_AFAR, write=60.0),
        trust_env=not near,
        follow_redirects=False,
        event_hooks={"request": [_only_known_headers]},
    )


async def _only_known_headers(request: httpx2.Request) -> None:
    for name in list(request.headers):
        if name.lower() not in _SENT:
            del request.headers[name]
