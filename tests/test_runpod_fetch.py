"""Pictures are fetched from public https addresses alone; this machine only where the queue is here."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from kitsumy_core.errors import LostJobError, RenderFailedError, UnreachableError
from kitsumy_core.render import runpod_fetch
from kitsumy_core.render.runpod_fetch import fetch
from tests.comfyui_server import a_png
from tests.runpod_server import KEY, RunPodDouble


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runpod_fetch, "PAUSES", (0.0,))


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        running.files["a.png"] = (200, a_png(8, 8), {})
        running.files["moved"] = (302, b"", {"location": "/files/a.png"})
        running.files["inwards"] = (302, b"", {"location": "http://169.254.169.254/latest/meta-data"})
        running.files["round"] = (302, b"", {"location": "/files/round"})
        running.files["expired"] = (403, b"", {})
        running.files["down"] = (503, b"", {})
        yield running


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""

    async def looked_up(self: Any, host: str, port: int, **more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", looked_up)


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example/a.png",
        "ftp://pictures.example/a.png",
        "file:///etc/passwd",
        "https://127.0.0.1/a.png",
        "https://localhost/a.png",
        "https://[::1]/a.png",
        "https://10.1.2.3/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/a.png",
        "https://100.64.0.1/a.png",
        "https://0.0.0.0/a.png",
        "https://user:word@8.8.8.8/a.png",
        "https://",
        "https://[",
    ],
)
def test_an_address_that_is_not_public_https_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(RenderFailedError) as caught:
        asyncio.run(fetch(url))
    assert caught.value.error_code == "runpod-picture-refused"
    assert "word" not in str(caught.value)


def test_a_public_name_with_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.216.34", "192.168.1.1")
    with pytest.raises(RenderFailedError):
        asyncio.run(fetch("https://pictures.example/a.png?sig=secret"))


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.216.34")
    host, address, target = asyncio.run(
        runpod_fetch._checked("https://pictures.example:8443/a.png?x=1", False)
    )
    assert (host, address) == ("pictures.example:8443", "93.184.216.34")
    assert target == "https://93.184.216.34:8443/a.png?x=1"
    assert runpod_fetch._named(address, "https://pictures.example/") == {"sni_hostname": "pictures.example"}


def test_this_machine_is_asked_only_where_the_queue_is_here(cloud: RunPodDouble) -> None:
    url = cloud.file_url("a.png")
    assert asyncio.run(fetch(url, local=True)) == a_png(8, 8)
    assert asyncio.run(fetch(cloud.file_url("moved"), local=True)) == a_png(8, 8)
    with pytest.raises(RenderFailedError):
        asyncio.run(fetch(url))
    assert not any(KEY in str(call.headers) for call in cloud.calls)


@pytest.mark.parametrize("name", ["inwards", "round"])
def test_a_redirect_is_checked_like_the_first_address(cloud: RunPodDouble, name: str) -> None:
    with pytest.raises(RenderFailedError) as caught:
        asyncio.run(fetch(cloud.file_url(name), local=True))
    assert caught.value.error_code == "runpod-picture-refused"


def test_a_picture_that_is_gone_is_told_apart_from_a_host_that_is_down(cloud: RunPodDouble) -> None:
    with pytest.raises(LostJobError):
        asyncio.run(fetch(cloud.file_url("expired"), local=True))
    with pytest.raises(UnreachableError):
        asyncio.run(fetch(cloud.file_url("down"), local=True))
    assert len(cloud.paths("/files/down")) == 2, "asked again once"


def test_an_endless_picture_is_cut_off(cloud: RunPodDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runpod_fetch, "MAX_BYTES", 1000)
    cloud.files["large"] = (200, bytes(5000), {})
    with pytest.raises(RenderFailedError) as caught:
        asyncio.run(fetch(cloud.file_url("large"), local=True))
    assert caught.value.error_code == "picture-too-large"
