"""Call RunPod's queue over HTTPS. The key goes to the configured address alone and into no text.

What can be sent again safely is an `UnreachableError`; a submission whose fate is unknown is an
`UncertainError`.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import ssl
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2

from kitsumy_core.errors import (
    BackendError,
    LostJobError,
    RejectedError,
    RenderFailedError,
    UncertainError,
    UnreachableError,
    UsageError,
)
from kitsumy_core.render.comfyui_wire import clipped
from kitsumy_core.render.runpod_wire import Answer, Health, read_answer, read_health

MOST_SENT = 9_500_000
"""Bytes of a submission; the service takes ten million, headers and its own additions included."""
MOST_RECEIVED = 192 << 20
_LARGE = 1 << 20
_PART = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_NOT_SENT = (
    *(httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout),
    *(httpx2.ProxyError, httpx2.UnsupportedProtocol),
)
_LIMITS = httpx2.Limits(max_connections=32, max_keepalive_connections=8, keepalive_expiry=20)
_FRESH = httpx2.Limits(max_connections=16, max_keepalive_connections=0)
"""A submission gets a connection of its own: on a stale one nobody could say whether it arrived."""


class Service:
    """The queue at one address. `name` is its host, fit to be shown. Raises UsageError for a wrong one."""

    def __init__(
        self, base_url: str, key: str, *, connect_timeout: float = 10.0, read_timeout: float = 30.0
    ) -> None:
        self._base, self.name, self.is_local = _address(base_url)
        self._key = key.strip()
        timeout = httpx2.Timeout(read_timeout, connect=connect_timeout)
        how: dict[str, Any] = {"timeout": timeout, "trust_env": not self.is_local, "verify": tls()}
        self._http = httpx2.AsyncClient(limits=_LIMITS, **how)
        self._sending = httpx2.AsyncClient(limits=_FRESH, **how)

    async def aclose(self) -> None:
        await self._http.aclose()
        await self._sending.aclose()

    async def run(self, endpoint: str, body: bytes) -> Answer:
        """Submit a job and return its answer, which has its id. Never sent twice.

        Raises UnreachableError if it surely was not accepted and may be sent again, RejectedError if it
        was refused, UncertainError if nobody can say.
        """
        try:
            status, data = await self._call(self._sending, "POST", self._url(endpoint, "run"), body)
        except _NOT_SENT as error:
            raise self._unreachable(error) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, RenderFailedError) as error:
            raise UncertainError(
                "runpod-unanswered", server=self.name, endpoint=endpoint, problem=type(error).__name__
            ) from None
        if 200 <= status < 300:
            if answer := read_answer(await _json(data)):
                return answer
        elif status < 500:
            self._refuse(status, endpoint, data)
        raise UncertainError("runpod-unanswered", server=self.name, endpoint=endpoint, problem=str(status))

    async def status(self, endpoint: str, job: str) -> Answer:
        """Return how a job is. Raises LostJobError if the service does not know it (any more)."""
        data = await self._ask("GET", endpoint, "status", job)
        answer = read_answer(data)
        if answer is None:
            raise UnreachableError("runpod-answers-badly", server=self.name, path="/status", status=200)
        return answer

    async def cancel(self, endpoint: str, job: str) -> None:
        """Cancel a job; one that is gone or over stays as it is."""
        try:
            await self._ask("POST", endpoint, "cancel", job)
        except LostJobError:
            return

    async def health(self, endpoint: str) -> Health:
        found = read_health(await self._ask("GET", endpoint, "health"))
        if found is None:
            raise UnreachableError("runpod-answers-badly", server=self.name, path="/health", status=200)
        return found

    async def _ask(self, method: str, endpoint: str, *path: str) -> Any:
        try:
            status, data = await self._call(self._http, method, self._url(endpoint, *path), None)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None
        if status == 404 and len(path) > 1:
            raise LostJobError("runpod-expired", server=self.name, endpoint=endpoint, job=path[1])
        if status == 200:
            return await _json(data)
        if status < 500:
            self._refuse(status, endpoint, data)
        raise UnreachableError("runpod-busy", server=self.name, endpoint=endpoint, status=status)

    async def _call(
        self, client: httpx2.AsyncClient, method: str, url: str, body: bytes | None
    ) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        async with client.stream(method, url, headers=headers, content=body) as response:
            data = bytearray()
            async for part in response.aiter_bytes():
                data += part
                if len(data) > MOST_RECEIVED:
                    raise RenderFailedError("picture-too-large", bytes=len(data), most=MOST_RECEIVED)
            return response.status_code, bytes(data)

    def _refuse(self, status: int, endpoint: str, data: bytes) -> None:
        known: dict[str, Any] = {"server": self.name, "endpoint": endpoint, "status": status}
        if status == 429:
            raise UnreachableError("runpod-busy", **known)
        if status in (401, 403):
            raise RejectedError("runpod-key-refused", **known)
        if status == 404:
            raise RejectedError("runpod-endpoint-unknown", **known)
        if status == 413:
            raise RejectedError("runpod-too-large", **known, megabytes=MOST_SENT / 1e6)
        if 300 <= status < 400:
            raise RejectedError("runpod-answers-badly", **known, path="/" + endpoint)
        raise RejectedError("runpod-refused", **known, problem=clipped(data[:400].decode("utf-8", "replace")))

    def _url(self, *parts: str) -> str:
        for part in parts:
            if not _PART.fullmatch(part) or set(part) == {"."}:
                raise RejectedError("runpod-id-invalid", server=self.name, id=clipped(part)[:60])
        return "/".join((self._base, *parts))

    def _unreachable(self, error: Exception) -> BackendError:
        return UnreachableError("runpod-unreachable", server=self.name, problem=type(error).__name__)


@cache
def tls() -> ssl.SSLContext:
    """Return the certificates to trust: read once, because that takes longer than a request."""
    return httpx2.create_ssl_context()


async def _json(data: bytes) -> Any:
    try:
        return await asyncio.to_thread(json.loads, data) if len(data) > _LARGE else json.loads(data)
    except (ValueError, RecursionError):
        return None


def _address(base_url: str) -> tuple[str, str, bool]:
    """Return (URL to call, host to show, is-it-this-machine): https, or this machine itself."""
    try:
        parts = urlsplit(base_url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    local = bool(host) and is_loopback(str(host))
    if (
        not host
        or parts.username is not None
        or parts.scheme not in (("http", "https") if local else ("https",))
    ):
        raise UsageError("runpod-url-invalid", url=clipped(base_url.rpartition("@")[2])[:100])
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{shown}:{port}" if port else shown
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", "")), netloc, local


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
