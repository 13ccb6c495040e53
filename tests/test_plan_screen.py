"""The Plan screen turns an idea into a comic, with a model or without, and loses nothing on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import ComicPlan, PlanKit
from kitsumy_core.planner.redo import Target
from kitsumy_core.planner.stages import Brief
from studio import services
from tests import scripts
from tests.slot_server import SlotServer, served

APP = Path(__file__).parents[1] / "studio" / "app.py"
IDEA = "Робот стереже маяк."


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlotServer]:
    made = SlotServer(4, 20_000)
    with served(made) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        yield made


def waited(condition: Callable[[], Any], seconds: float = 40) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about")


def opened(comic: str | None = None, language: str = "en") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["lang"] = language
    if comic:
        app.query_params["comic"] = comic
    else:
        app.session_state["welcomed"] = True
    app.run()
    app.switch_page("screens/plan.py").run()
    assert not app.exception, app.exception
    return app


def begun(running: services.Services, pages: int = 3) -> tuple[str, str]:
    comic = running.planner.begin(Brief(idea=IDEA, max_pages=pages), "compatible", "anna")
    return comic, running.store.runs(comic)[0].id


def ended(running: services.Services, run: str) -> str:
    return str(waited(lambda: (s := running.store.run(run).state) != "running" and s))


def test_without_a_model_the_screen_makes_a_beat_sheet_and_says_how_to_connect_one(
    running: services.Services,
) -> None:
    app = opened()
    assert any("Without a language model" in info.value for info in app.info)
    app.text_area(key="plan-idea").set_value(IDEA)
    app.button(key="plan-start").click().run()
    assert not app.exception
    comic = app.session_state["comic"]
    made_by = running.store.head(comic).book.plan.kitsumy.made_by
    assert made_by is not None
    assert made_by.kind == "beats"


def test_a_beat_sheet_goes_into_the_empty_comic_that_is_open_and_keeps_its_format(
    running: services.Services,
) -> None:
    comic = running.store.create(Book(plan=ComicPlan(kitsumy=PlanKit(format="manga-b5"))), "local").id
    app = opened(comic)
    app.text_area(key="plan-idea").set_value(IDEA)
    app.button(key="plan-start").click().run()
    assert not app.exception
    assert [project.id for project in running.store.projects()] == [comic]
    plan = running.store.head(comic).book.plan
    assert (plan.kitsumy.format, len(list(plan.pages()))) == ("manga-b5", 5)


def test_an_empty_idea_begins_nothing(running: services.Services) -> None:
    app = opened()
    app.button(key="plan-start").click().run()
    assert running.store.projects() == []


@pytest.mark.usefixtures("server")
def test_an_idea_grows_into_a_comic_that_every_tab_sees(running: services.Services) -> None:
    app = opened(language="uk")
    app.text_area(key="plan-idea").set_value(IDEA)
    app.slider(key="plan-pages").set_value(3)
    app.button(key="plan-start").click().run()
    comic = app.session_state["comic"]
    run = running.store.runs(comic)[0]
    assert ended(running, run.id) == "done"
    book = running.store.head(comic).book
    assert len(list(book.plan.pages())) == 3
    assert all(panel.action for panel in book.plan.panels())
    assert book.plan.title == "Останній маяк"
    another = opened(comic, "uk")
    assert any("Олена" in text.value for text in another.markdown)
    assert any("5 запитів" in caption.value for caption in another.caption)
    running.store.undo(comic, run.author)
    assert not running.store.head(comic).book.plan.characters, "one step of undo takes the planning back"
    running.store.redo(comic, run.author)
    assert running.store.head(comic).book == book


def test_a_failed_page_is_shown_and_continued_alone(server: SlotServer, running: services.Services) -> None:
    broken = {2}
    usual = scripts.planner(3)
    server.script = lambda call: (
        500 if call.name == "page" and scripts.numbers(call)[0] in broken else usual(call)
    )
    comic, run = begun(running)
    assert ended(running, run) == "unfinished"
    app = opened(comic)
    assert any("Page 2" in warning.value for warning in app.warning)
    broken.clear()
    server.calls.clear()
    app.button(key="plan-continue").click().run()
    assert ended(running, run) == "done"
    assert server.calls == ["page"]
    assert all(panel.action for panel in running.store.head(comic).book.plan.panels())


def test_cancelling_frees_the_server_and_keeps_the_cast(
    server: SlotServer, running: services.Services
) -> None:
    server.speed = 300
    comic, run = begun(running, 8)
    waited(lambda: running.store.head(comic).book.plan.chapters)
    waited(lambda: server.running)
    running.planner.cancel(run)
    assert ended(running, run) == "cancelled"
    waited(lambda: not server.running, 3)
    assert [c.name for c in running.store.head(comic).book.plan.characters] == ["Олена", "Тарас"]
    app = opened(comic)
    assert app.button(key="plan-continue")


def test_what_the_writer_does_meanwhile_stays(server: SlotServer, running: services.Services) -> None:
    server.speed = 400
    comic, run = begun(running)
    waited(lambda: running.store.head(comic).book.plan.chapters)
    mine = edit("set_field", node="panel:ch1-p1-pan1", field="action", value="Моє")
    running.store.commit(comic, mine, "anna")
    assert ended(running, run) == "done"
    panels = {p.id: p for p in running.store.head(comic).book.plan.panels()}
    assert panels["ch1-p1-pan1"].action == "Моє"
    assert panels["ch1-p1-pan2"].action.startswith("Олена")


def test_a_restart_finds_the_planning_interrupted_and_goes_on(server: SlotServer) -> None:
    server.speed = 200
    first = services.start()
    comic, run = begun(first)
    waited(lambda: first.store.head(comic).book.plan.characters)
    services.stop()
    server.speed = 20_000
    second = services.start()
    try:
        assert second.store.run(run).state == "cancelled"
        server.calls.clear()
        second.planner.go_on(second.store.run(run))
        assert second.store.run(run).state == "running", "at once"
        assert ended(second, run) == "done"
        assert "characters" not in server.calls
    finally:
        services.stop()


@pytest.mark.usefixtures("server")
def test_a_wish_becomes_a_proposal_that_is_taken_over_or_left(running: services.Services) -> None:
    comic, run = begun(running)
    ended(running, run)
    target = Target(kind="panel", id="ch1-p1-pan1")
    running.wishes.rewrite(comic, "local", target, "смішніше")
    proposal = waited(lambda: running.store.open_proposals(comic))[0]
    app = opened(comic)
    assert any("смішніше" in text.value for text in app.markdown)
    app.button(key=f"proposal-take-{proposal.id}").click().run()
    assert not app.exception
    panel = next(running.store.head(comic).book.plan.panels())
    assert panel.action == "Смішно!"
    assert running.store.open_proposals(comic) == []
    running.wishes.rewrite(comic, "local", target, "ще")
    waited(lambda: not running.wishes.doing(comic))
    for other in running.store.open_proposals(comic):
        running.store.close_proposal(other.id, "refused")


@pytest.mark.usefixtures("server")
def test_words_are_translated_into_an_edition(running: services.Services) -> None:
    comic, run = begun(running)
    ended(running, run)
    before = running.store.head(comic).book.plan
    running.wishes.translate(comic, "local", "en")
    waited(lambda: not running.wishes.doing(comic))
    book = running.store.head(comic).book
    assert book.plan == before
    assert book.edition("en").language == "en"
    assert book.edition("en").texts["ch1-p1-pan1-d1"].startswith("EN ")
    rewrite = edit("set_field", node="dialogue:ch1-p1-pan1-d1", field="text", value="Інакше")
    running.store.commit(comic, rewrite, "local")
    app = opened(comic)
    app.selectbox(key="tool-language").set_value("en").run()
    assert app.button(key="tool-translate").disabled
    app.switch_page("screens/story.py").run()
    app.session_state["story-tabs-en"] = [made.label for made in app.tabs][-1]
    app.run()
    assert app.button(key="edition-translate-en").disabled
    app.button(key="edition-again-en").click().run()
    assert not app.exception, app.exception
    waited(lambda: not running.wishes.doing(comic))
    assert running.store.head(comic).book.edition("en").texts["ch1-p1-pan1-d1"] == "EN Інакше"


def test_a_model_that_fails_is_said_where_it_was_asked(
    server: SlotServer, running: services.Services
) -> None:
    comic, run = begun(running)
    ended(running, run)
    server.script = lambda call: 401
    running.wishes.rewrite(comic, "local", Target(kind="panel", id="ch1-p1-pan1"), "смішніше")
    waited(lambda: not running.wishes.doing(comic))
    app = opened(comic)
    assert any("key" in warning.value for warning in app.warning)


@pytest.mark.usefixtures("server")
def test_the_model_mends_what_the_check_found(
    running: services.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.state.language", lambda: "en")
    comic, run = begun(running)
    ended(running, run)
    long = edit("set_field", node="dialogue:ch1-p1-pan1-d1", field="text", value="дуже довго " * 30)
    running.store.commit(comic, long, "local")
    app = opened(comic)
    app.switch_page("screens/pages.py").run()
    app.button(key="mend-0").click().run()
    assert not app.exception
    proposal = waited(lambda: running.store.open_proposals(comic))[0]
    assert proposal.about["target"]["fields"] == ["dialogue"]
    assert "dialogue:ch1-p1-pan1-d1" in str(proposal.parts)
