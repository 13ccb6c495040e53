"""Start the studio: services for the life of the process, picture routes, safe headers, the app's script."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
import streamlit.delta_generator as elements
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio import services
from studio.leaving import guard
from studio.routes import ROUTES
from studio.state import AUTHOR_COOKIE

SWITCH = 0.0005
"""Seconds a thread computes before another may: what a browser waits for is sent while a picture is drawn."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "img-src 'self' data: blob:; connect-src 'self' ws: wss:"
    ),
}


def is_allowed(host: str) -> bool:
    """Tell whether the studio answers to this name; a foreign name that points to our address is none."""
    name = host.rsplit(":", 1)[0] if host.rpartition(":")[2].isdigit() else host
    names: list[str] = st.get_option("server.allowedHosts") or ["*"]
    return any(fnmatchcase(name.strip("[]").lower(), known.lower()) for known in names)


def is_ours(headers: Headers) -> bool:
    """Tell whether a websocket is opened by our own pages: browsers let pages of any site open one."""
    host, origin = headers.get("host", ""), headers.get("origin", "")
    return is_allowed(host) and urlsplit(origin).netloc == host


class SafeHeaders:
    """Add security headers to every answer, and give a browser without one an author id in a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        if scope["type"] == "websocket" and scope["path"].startswith("/api/") and not is_ours(headers):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not is_allowed(headers.get("host", "")):
            await PlainTextResponse("unknown host name", 400)(scope, receive, send)
            return
        known = any(
            AUTHOR_COOKIE in SimpleCookie(value.decode("latin-1"))
            for name, value in scope["headers"]
            if name == b"cookie"
        )
        is_page = scope["method"] == "GET" and "." not in scope["path"] and not scope["path"].startswith("/_")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                if is_page and not known:
                    author = secrets.token_urlsafe(12)
                    answer.append(
                        "Set-Cookie",
                        f"{AUTHOR_COOKIE}={author}; Path=/; Max-Age=63072000; HttpOnly; SameSite=Lax",
                    )
            await send(message)

        await self._app(scope, receive, with_headers)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    del app
    guard()
    elements._use_warning_has_been_displayed = True  # asking whether to warn walks through all that is loaded
    sys.setswitchinterval(SWITCH)
    services.begin()
    try:
        yield
    finally:
        services.stop()


app = st.App(
    Path(__file__).with_name("app.py"), routes=ROUTES, middleware=[Middleware(SafeHeaders)], lifespan=lifespan
)
