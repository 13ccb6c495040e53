"""What the server answers to requests nobody should make, and which headers go with every answer."""

from __future__ import annotations

import http.client
import json

import pytest

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import read_plan
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import Studio

pytestmark = pytest.mark.browser


def get(studio: Studio, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return found


def a_comic(studio: Studio) -> tuple[str, str]:
    store = Store.open(Settings(KITSUMY_DATA_DIR=studio.data))  # type: ignore[call-arg]
    plan = read_plan(samples()["jizhak"].read_bytes()).plan
    project = store.create(Book(plan=plan), "writer")
    store.close()
    return project.id, next(plan.pages()).id


def test_every_answer_carries_safe_headers_and_a_new_browser_gets_an_author(studio: Studio) -> None:
    status, headers, _body = get(studio, "/")
    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "HttpOnly" in headers["set-cookie"]
    assert "set-cookie" not in get(studio, "/", Cookie="kitsumy_author=abc")[1]


def test_a_foreign_host_name_that_points_here_gets_nothing(studio: Studio) -> None:
    project, page = a_comic(studio)
    path = f"/api/page?comic={project}&id={page}&v=0"
    assert get(studio, path, Host="evil.example")[0] == 400
    assert get(studio, path, Host=f"localhost:{studio.port}")[0] == 200


def test_a_page_picture_is_drawn_at_a_bounded_width_and_only_its_own_version_is_kept(studio: Studio) -> None:
    project, page = a_comic(studio)
    status, headers, body = get(studio, f"/api/page?comic={project}&id={page}&v=0&w=99999999")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "image/jpeg", "no-store")
    assert body.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "path",
    [
        "/api/page",
        "/api/page?comic=nobody&id=ch1-p1",
        "/api/page?comic={project}&id=../../etc/passwd",
        "/api/take?comic={project}&id=none",
        "/api/take?comic=../..&id=../../kitsumy.db",
        "/api/panel?comic={project}&id=none&w=abc",
        "/api/preview?comic={project}&id=none",
    ],
)
def test_what_is_not_there_is_refused_and_never_with_a_trace(studio: Studio, path: str) -> None:
    project, _page = a_comic(studio)
    status, _headers, body = get(studio, path.format(project=project))
    assert status == 404
    assert b"Traceback" not in body


def test_the_safe_and_fast_settings_are_in_force(studio: Studio) -> None:
    import tomllib
    from pathlib import Path

    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["runner"]["postScriptGC"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["address"] == "127.0.0.1"
    status, _headers, body = get(studio, "/_stcore/host-config")
    assert status == 200
    assert json.loads(body)
