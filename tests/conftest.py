"""Shared fixtures; no test reaches a foreign host, and live tests run only when asked."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from kitsumy_core.store import database
from tests import postgres

settings.register_profile(
    "quick", derandomize=True, max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_connect = socket.socket.connect

DURABLE = database.PRAGMAS
"""As the program has them. Tests do not wait for the disk: nothing of theirs must outlive a power cut."""
database.PRAGMAS = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in DURABLE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--live", action="store_true", help="run tests that need a real ComfyUI at COMFYUI_URL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run browser tests last: Playwright leaves its event loop running in the thread of the tests.

    On a busy machine a click may meet a screen that is still being drawn, and moves: such a test gets one
    more try, and the report names it. What is broken fails twice.
    """
    items.sort(key=lambda item: "browser" in item.keywords)
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.flaky(reruns=1))
    if config.getoption("--live"):
        return
    skip = pytest.mark.skip(reason="needs --live and a real server")
    for item in items:
        if "live" in item.keywords:
            item.add_marker(skip)


def _only_loopback(self: socket.socket, address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise OSError(f"tests must not reach {host}")
    _connect(self, address)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, for tests that make a schema of their own there."""
    if known := os.environ.get("KITSUMY_TEST_DATABASE_URL"):
        yield known
    elif postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        pytest.importorskip("psycopg")
        with postgres.running() as url:
            yield url


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "live" not in request.keywords:
        monkeypatch.setattr(socket.socket, "connect", _only_loopback)


@pytest.fixture(autouse=True)
def _own_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if (
            name.startswith(("KITSUMY_", "COMFYUI_", "RUNPOD_", "OPENAI_", "OLLAMA_"))
            and name != "COMFYUI_URL"
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KITSUMY_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def at_the_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working folder of the test's own, and no server set up: for tests of the command line."""
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    monkeypatch.chdir(tmp_path)
