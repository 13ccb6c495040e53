"""Call one ComfyUI server over HTTP; every transport failure becomes an `UnreachableError` without
secrets.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx2

from kitsumy_core.errors import LostJobError, RejectedError, RenderFailedError, UnreachableError, UsageError
from kitsumy_core.render.comfyui_wire import (
    Outcome,
    Output,
    QueueView,
    clipped,
    read_history,
    read_queue,
    refusal_text,
    refusals_of,
)
from kitsumy_core.render.picture_check import MAX_BYTES

_CLOSED = (401, 403, 407)
_GATEWAY = (502, 503, 504)
"""What a proxy in front of the server says, not the server."""
_LIMITS = httpx2.Limits(max_connections=16, max_keepalive_connections=8, keepalive_expiry=20)


class Server:
    """One ComfyUI server. `name` is its address without user and password, fit to be shown."""

    def __init__(self, base_url: str, *, connect_timeout: float = 5.0, read_timeout: float = 30.0) -> None:
        self.name, self.headers, self.is_local = address_of(base_url)
        self.socket_url = f"ws{self.name.removeprefix('http')}/ws"
        self.connect_timeout = connect_timeout
        self._http = httpx2.AsyncClient(
            headers=dict(self.headers),
            timeout=httpx2.Timeout(read_timeout, connect=connect_timeout),
            limits=_LIMITS,
            trust_env=not self.is_local,
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def submit(self, graph: Mapping[str, Any], prompt_id: str, client_id: str | None) -> str:
        """Queue a graph and return the id the server gave the job: ours, unless it is too old to take
        one.

        Raises RejectedError; also when the server would run only a part of the graph.
        """
        body: dict[str, Any] = {"prompt": graph, "prompt_id": prompt_id}
        if client_id:
            body["client_id"] = client_id
        response = await self._send("POST", "/prompt", json=body)
        answer = _json(response)
        refusals = refusals_of(answer)
        given = answer.get("prompt_id") if isinstance(answer, dict) else None
        if response.status_code == 200 and not refusals and isinstance(given, str):
            return given
        kind, text = refusal_text(answer)
        known = {"server": self.name, "status": response.status_code, "kind": kind, "nodes": refusals}
        if not text and not refusals:
            raise RejectedError("rejected-without-reason", **known, problem=clipped(response.text))
        raise RejectedError("rejected", **known, problem=text or refusals[0]["problem"])

    async def queue(self) -> QueueView:
        return read_queue(await self._get("/queue"))

    async def history(self, prompt_id: str) -> Outcome | None:
        return read_history(await self._get(f"/history/{prompt_id}"), prompt_id)

    async def object_info(self) -> Mapping[str, Any] | None:
        """Return what the server has; None if it cannot say (a broken custom node breaks its list)."""
        response = await self._send("GET", "/object_info")
        answer = _json(response)
        return answer if response.status_code == 200 and isinstance(answer, dict) and answer else None

    async def system_stats(self) -> Mapping[str, Any]:
        answer = await self._get("/system_stats")
        return answer if isinstance(answer, dict) else {}

    async def withdraw(self, prompt_id: str) -> None:
        """Take our job from the queue, or interrupt it if it is the one that runs; no other job is
        touched.
        """
        await self._send("POST", "/queue", json={"delete": [prompt_id]})
        if prompt_id in (await self.queue()).running:
            await self._send("POST", "/interrupt", json={"prompt_id": prompt_id})

    async def upload(self, filename: str, data: bytes) -> str:
        """Store an input image and return the name a graph can load it by: the one the server answers."""
        files = {"image": (filename, data, "application/octet-stream")}
        response = await self._send("POST", "/upload/image", files=files, data={"subfolder": "kitsumy"})
        answer = _json(response)
        name = answer.get("name") if isinstance(answer, dict) else None
        if response.status_code != 200 or not isinstance(name, str) or not name:
            raise RejectedError("upload-refused", server=self.name, status=response.status_code)
        folder = answer.get("subfolder")
        return f"{folder}/{name}" if folder else name

    async def view(self, output: Output) -> bytes:
        """Fetch an image file. Raises LostJobError if it is gone, RenderFailedError if it is unreasonably
        large.
        """
        where = {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}
        try:
            async with self._http.stream("GET", f"{self.name}/view", params=where) as response:
                if response.status_code == 404:
                    raise LostJobError("picture-gone", server=self.name, file=clipped(output.filename))
                self._expect_ok(response, "/view")
                data = bytearray()
                async for part in response.aiter_bytes():
                    data += part
                    if len(data) > MAX_BYTES:
                        raise RenderFailedError("picture-too-large", bytes=len(data), most=MAX_BYTES)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None
        return bytes(data)

    async def _get(self, path: str) -> object:
        response = await self._send("GET", path)
        self._expect_ok(response, path)
        return _json(response)

    async def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        try:
            response = await self._http.request(method, self.name + path, **content)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None
        if response.status_code in _CLOSED:
            raise UnreachableError("server-refuses-access", server=self.name, status=response.status_code)
        if response.status_code in _GATEWAY:
            self._expect_ok(response, path)
        return response

    def _expect_ok(self, response: httpx2.Response, path: str) -> None:
        if response.status_code != 200:
            raise UnreachableError(
                "server-answers-badly", server=self.name, path=path, status=response.status_code
            )

    def _unreachable(self, error: Exception) -> UnreachableError:
        return UnreachableError("server-unreachable", server=self.name, problem=type(error).__name__)


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def address_of(base_url: str) -> tuple[str, dict[str, str], bool]:
    """Split a server's URL into the part to show and call, the headers for its user and password, and is-
    it-local.
    """
    try:
        parts = urlsplit(base_url if "://" in base_url else f"http://{base_url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https"):
        raise UsageError("server-url-invalid", url=clipped(base_url.rpartition("@")[2]))
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{shown}:{port}" if port else shown
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", "")), headers, _is_local(host)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
