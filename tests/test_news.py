"""What open tabs are told: revisions they have not seen, pictures being drawn; and who may listen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from kitsumy_core.plan.edits import edit
from studio import news, services
from studio.asgi import SafeHeaders
from studio.routes import ROUTES
from studio.urls import news_url
from tests.long_comics import sample_book

HOME = {"host": "localhost:8501", "origin": "http://localhost:8501"}
NEVER = 60.0


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


@pytest.fixture
def client(running: services.Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(news, "LOOK_EVERY", NEVER)
    # a test before this one may have let the options be read in another folder
    allowed = {"server.allowedHosts": ["localhost", "127.0.0.1"]}
    monkeypatch.setattr("streamlit.get_option", allowed.get)
    with TestClient(SafeHeaders(Starlette(routes=ROUTES))) as browser:
        yield browser


@pytest.fixture
def comic(running: services.Services) -> str:
    return running.store.create(sample_book(), "writer").id


def line(client: TestClient, comic: str, tab: str, headers: dict[str, str] = HOME) -> WebSocketTestSession:
    return client.websocket_connect(news_url(comic, tab), headers=headers)


def commit(running: services.Services, comic: str, tab: str, title: str) -> int:
    wanted = edit("set_field", node="plan", field="title", value=title)
    rev = running.store.commit(comic, wanted, tab).rev
    running.news.saw(comic, tab, "rev", rev)
    return rev


def test_a_tab_hears_at_once_of_another_tabs_edit_and_of_no_edit_of_its_own(
    client: TestClient, running: services.Services, comic: str
) -> None:
    for tab in ("mine", "other"):
        running.news.saw(comic, tab, "conflicts", [])
    with line(client, comic, "mine") as mine, line(client, comic, "other") as other:
        one = commit(running, comic, "mine", "One")
        assert other.receive_json() == {"rev": one}
        running.news.saw(comic, "other", "rev", one)
        two = commit(running, comic, "other", "Two")
        assert mine.receive_json() == {"rev": two}, "and nothing of one's own edit before it"


def test_many_edits_of_others_are_told_together(
    client: TestClient, running: services.Services, comic: str
) -> None:
    with line(client, comic, "mine") as mine:
        revs = [commit(running, comic, "other", f"Title {n}") for n in range(5)]
        first = mine.receive_json()
        assert first["rev"] in revs
        running.news.tell(comic, {"page": "p1"})
        assert mine.receive_json() == {"page": "p1"}, "a picture does not wait"
        if first["rev"] < revs[-1]:
            assert mine.receive_json() == {"rev": revs[-1]}


def test_what_another_process_wrote_is_found_by_looking(
    client: TestClient, running: services.Services, comic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LOOK_EVERY", 0.02)
    running.news.saw(comic, "mine", "rev", running.store.version(comic))
    running.news.saw(comic, "mine", "conflicts", [])
    with line(client, comic, "mine") as mine:
        rev = running.store.commit(
            comic, edit("set_field", node="plan", field="title", value="X"), "elsewhere"
        ).rev
        assert mine.receive_json() == {"rev": rev}
        running.store.trash(comic)
        running.store.purge(comic)
        while (told := mine.receive_json())["rev"] == rev:
            pass
        assert told == {"rev": -1}, "a comic deleted for good is news too"


def test_a_picture_being_drawn_is_told_to_the_tabs_of_that_comic_alone(
    client: TestClient, running: services.Services, comic: str
) -> None:
    with line(client, comic, "a") as a, line(client, comic, "b") as b, line(client, "another", "c") as c:
        running.news.tell(comic, {"page": "p1"})
        running.news.tell("another", {"page": "p2"})
        assert a.receive_json() == b.receive_json() == {"page": "p1"}
        assert c.receive_json() == {"page": "p2"}


@pytest.mark.parametrize(
    "headers",
    [
        HOME | {"origin": "http://evil.example"},
        {"host": "localhost:8501"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
    ids=["foreign page", "no browser", "foreign name of our address"],
)
def test_pages_of_other_sites_hear_nothing(client: TestClient, comic: str, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), line(client, comic, "spy", headers) as spy:
        spy.receive_json()


def test_a_tab_that_hung_up_is_forgotten(client: TestClient, running: services.Services, comic: str) -> None:
    with line(client, comic, "mine"):
        pass
    assert not running.news._lines
