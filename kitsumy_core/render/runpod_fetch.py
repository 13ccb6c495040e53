"""Fetch a picture from an address that a worker named: over https, from public hosts, of bounded size.

The address comes from outside, so it must not reach into this network. The name is looked up once, every
address it has must be public, and the connection goes to the very address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import httpx2

from kitsumy_core.errors import LostJobError, RenderFailedError, UnreachableError
from kitsumy_core.render.picture_check import MAX_BYTES
from kitsumy_core.render.runpod_http import is_loopback, tls

MOST_MOVES = 3
"""Redirects that are followed; each is checked like the first address."""
PAUSES = (0.5, 2.0, 5.0)
"""Seconds between tries: the picture is paid for, so one lost connection does not give it up."""
_TIMEOUT = httpx2.Timeout(60, connect=10)


async def fetch(url: str, *, local: bool = False) -> bytes:
    """Return the bytes at an address. `local` allows this machine itself, over http too.

    Raises RenderFailedError for an address that may not be asked or too many bytes, LostJobError if the
    picture is gone, UnreachableError if the host does not answer.
    """
    for pause in (*PAUSES, None):
        try:
            return await _follow(url, local)
        except UnreachableError:
            if pause is None:
                raise
            await asyncio.sleep(pause)
    raise AssertionError


async def _follow(url: str, local: bool) -> bytes:
    for _ in range(MOST_MOVES + 1):
        found = await _get(url, local)
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise _refused(url, "too-many-redirects")


async def _get(url: str, local: bool) -> bytes | str:
    """Return the content of one address, or where it moved to."""
    host, address, target = await _checked(url, local)
    try:
        async with (
            httpx2.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=tls()) as client,
            client.stream("GET", target, headers={"Host": host}, extensions=_named(address, url)) as response,
        ):
            if response.is_redirect:
                return response.headers.get("location", "")
            if response.status_code in (400, 403, 404, 410):
                raise LostJobError("runpod-picture-gone", host=host, status=response.status_code)
            if response.status_code != 200:
                raise UnreachableError("runpod-picture-unreachable", host=host, problem=response.status_code)
            data = bytearray()
            async for part in response.aiter_bytes():
                data += part
                if len(data) > MAX_BYTES:
                    raise RenderFailedError("picture-too-large", bytes=len(data), most=MAX_BYTES)
            return bytes(data)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise UnreachableError(
            "runpod-picture-unreachable", host=host, problem=type(error).__name__
        ) from None


def _named(address: str, url: str) -> dict[str, str]:
    """Let the certificate be checked for the host's name although its address is called."""
    host = urlsplit(url).hostname or ""
    return {"sni_hostname": host} if host != address else {}


async def _checked(url: str, local: bool) -> tuple[str, str, str]:
    """Return (host to name, address to call, URL with that address). Raises RenderFailedError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refused("", "no-address") from None
    if not host or parts.username is not None:
        raise _refused(url, "no-address")
    at_home = local and is_loopback(host)
    if parts.scheme != "https" and not (at_home and parts.scheme == "http"):
        raise _refused(url, "not-https")
    address = await _public_address(host, port or (443 if parts.scheme == "https" else 80), at_home)
    called = f"[{address}]" if ":" in address else address
    suffix = f":{port}" if port else ""
    shown = f"[{host}]" if ":" in host else host
    return shown + suffix, address, parts._replace(netloc=called + suffix, fragment="").geturl()


async def _public_address(host: str, port: int, at_home: bool) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnreachableError("runpod-picture-unreachable", host=host, problem="DNS") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        one = ipaddress.ip_address(address.partition("%")[0])
        one = getattr(one, "ipv4_mapped", None) or one
        if not (one.is_loopback if at_home else one.is_global and not one.is_multicast):
            raise _refused(f"https://{host}", "not-public")
    if not addresses:
        raise UnreachableError("runpod-picture-unreachable", host=host, problem="DNS")
    return addresses[0]


def _refused(url: str, reason: str) -> RenderFailedError:
    return RenderFailedError("runpod-picture-refused", host=urlsplit(url).hostname or "?", reason=reason)
