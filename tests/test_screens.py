"""Every screen draws in both languages, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import read_plan
from studio import services

APP = Path(__file__).parents[1] / "studio" / "app.py"
SCREENS = ("comics", "plan", "story", "cast", "pages", "proof", "render", "export", "styles", "settings")


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def opened(running: services.Services, screen: str, language: str, *, comic: bool = True) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["lang"] = language
    if comic:
        plan = read_plan(samples()["lighthouse"].read_bytes()).plan
        app.query_params["comic"] = running.store.create(Book(plan=plan), "writer").id
    app.run()
    if screen != "comics":
        app.switch_page(f"screens/{screen}.py").run()
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_draws_a_comic(running: services.Services, screen: str, language: str) -> None:
    app = opened(running, screen, language)
    own = {"comics": {"uk": "Комікси", "en": "Comics"}, "settings": {"uk": "Налаштування", "en": "Settings"}}
    own["styles"] = {"uk": "Стилі", "en": "Styles"}
    title = own.get(screen, {}).get(language, "Wrecks: None")
    assert app.title[0].value.replace("\\", "") == title


@pytest.mark.parametrize("screen", SCREENS[2:-2])
def test_a_screen_without_a_comic_says_where_to_find_one(running: services.Services, screen: str) -> None:
    running.store.create(Book(), "writer")
    app = opened(running, screen, "en", comic=False)
    assert app.title[0].value == "No comic is open"


@pytest.mark.parametrize("screen", SCREENS[1:-2])
def test_a_screen_of_an_empty_comic_invites_to_begin(running: services.Services, screen: str) -> None:
    project = running.store.create(Book(), "writer")
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": "en", "comic": project.id})
    app.run()
    app.switch_page(f"screens/{screen}.py").run()
    assert not app.exception
    assert app.title[0].value == "Untitled"


def test_a_field_commits_its_text_and_keeps_no_keys_of_other_panels(
    monkeypatch: pytest.MonkeyPatch, running: services.Services
) -> None:
    monkeypatch.setattr("studio.state.language", lambda: "en")
    app = opened(running, "pages", "en")
    project_id = app.session_state["comic"]
    field = app.text_area(key="w-panel-ch1-p1-pan1-action")
    field.set_value("A gull with a plan.").run()
    book = running.store.head(project_id).book
    assert next(book.plan.panels()).action == "A gull with a plan."
    assert not app.exception
    for panel in list(book.plan.panels())[:8]:
        app.session_state["panel"] = panel.id
        app.session_state["page"] = panel.id.rsplit("-", 1)[0]
        app.run()
    keys = [k for k in app.session_state._state.filtered_state if str(k).startswith("w-panel")]
    assert len({k.rsplit("-pan", 1)[0] + k.rsplit("-pan", 1)[1][0] for k in keys}) == 1
