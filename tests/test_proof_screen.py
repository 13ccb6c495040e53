"""What the proof says about a book, and that the screen draws it in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core import pipeline
from kitsumy_core.plan.book import Book, Edition, Placement
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.flat import key_of
from studio import services
from studio.components.proof_facts import Proof, proof_of
from tests.long_comics import long_book, sample_book
from tests.samples import a_book, a_page, a_panel, a_plan

APP = Path(__file__).parents[1] / "studio" / "app.py"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.state.language", lambda: "en")


def proof(running: services.Services, book: Book) -> Proof:
    project = running.store.create(book, "writer")
    book = running.store.head(project.id).book
    return proof_of(project.id, book, pipeline.check_book(book))


def shown(running: services.Services, book: Book, language: str = "en") -> AppTest:
    project = running.store.create(book, "writer")
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": language, "comic": project.id})
    app.run()
    app.switch_page("screens/proof.py").run()
    assert not app.exception, app.exception
    return app


@pytest.mark.usefixtures("english")
def test_pages_with_too_many_too_few_or_no_known_panels_are_miscounted(running: services.Services) -> None:
    pages = (
        a_page("right"),
        a_page("few", panels=3),
        a_page("many", "single", panels=2),
        a_page("odd", "no-such-layout"),
    )
    plan = a_plan(1)
    plan = plan.but(chapters=(plan.chapters[0].but(pages=pages),))
    found = proof(running, Book(plan=plan))
    assert [sheet.page.id for sheet in found.sheets if sheet.is_miscounted] == ["few", "many", "odd"]
    errors = {finding.page for finding in found.findings if finding.severity == "error"}
    assert errors == {"few", "many", "odd"}


@pytest.mark.usefixtures("english")
def test_a_finding_leads_to_its_panel_and_the_gravest_of_a_page_comes_first(
    running: services.Services,
) -> None:
    silent = a_panel("quiet", action="")
    page = a_page("p", "two-horizontal", panels=1)
    page = page.but(panels=(*page.panels, silent, a_panel("third")))
    plan = a_plan(1)
    found = proof(running, Book(plan=plan.but(chapters=(plan.chapters[0].but(pages=(page,)),))))
    mine = [f for f in found.findings if f.page == "p" and f.severity != "info"]
    assert [finding.severity for finding in mine] == ["error", "warning"]
    assert (mine[0].panel, mine[1].panel) == ("", "quiet")
    assert mine[0].fixes


@pytest.mark.usefixtures("english")
def test_findings_without_a_page_stand_before_all_others(running: services.Services) -> None:
    plan = a_plan(1, title="")
    plan = apply_edit(
        Book(plan=plan), edit("set_field", node=key_of("panel", "ch1-p1-pan1"), field="action", value="")
    ).plan
    found = proof(running, Book(plan=plan))
    assert found.findings[0].text == "The comic has no title yet."
    assert [bool(finding.page) for finding in found.findings] == sorted(
        bool(finding.page) for finding in found.findings
    )


@pytest.mark.usefixtures("english")
def test_a_balloon_put_over_the_edge_of_the_page_is_found(running: services.Services) -> None:
    line = "ch1-p1-pan1-d1"
    book = a_book(1).but(editions=(Edition(placements={line: Placement(x=-0.3, y=0.5)}),))
    unsafe = [f for f in proof(running, book).findings if "outside the safe area" in f.text]
    assert [(finding.page, finding.panel) for finding in unsafe] == [("ch1-p1", "ch1-p1-pan1")]
    assert not any("safe area" in finding.text for finding in proof(running, a_book(1)).findings)


@pytest.mark.usefixtures("english")
def test_a_text_that_cannot_fit_is_found(running: services.Services) -> None:
    book = a_book(1)
    endless = edit("set_field", node=key_of("dialogue", "ch1-p1-pan2-d1"), field="text", value="слово " * 900)
    found = [
        f for f in proof(running, apply_edit(book, endless)).findings if f.key.startswith("text-overflow/")
    ]
    assert [(finding.page, finding.panel) for finding in found] == [("ch1-p1", "ch1-p1-pan2")]


def test_panels_without_a_picture_are_bare_until_they_have_one(running: services.Services) -> None:
    found = proof(running, a_book(2))
    assert [len(sheet.bare) for sheet in found.sheets] == [4, 4]
    assert not any(sheet.sketched or sheet.changed for sheet in found.sheets)


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_screen_draws_a_sample(running: services.Services, language: str) -> None:
    app = shown(running, sample_book(), language)
    assert app.title[0].value.replace("\\", "") == "Wrecks: None"
    labels = {"en": "All (6)", "uk": "Усі (6)"}
    assert app.segmented_control(key="proof-filter").options[0] == labels[language]


def test_the_filter_counts_pages_and_says_so_when_none_is_like_that(running: services.Services) -> None:
    app = shown(running, long_book(60))
    labels = app.segmented_control(key="proof-filter").options
    assert [labels[0], *labels[2:]] == ["All (60)", "Not rendered (60)", "Changed since (0)"]
    app.segmented_control(key="proof-filter").set_value("changed").run()
    assert [info.value for info in app.info] == ["No page is like that."]


def test_the_chosen_issue_alone_has_buttons_and_they_mend_it(running: services.Services) -> None:
    book = apply_edit(sample_book(), edit("change_layout", page_id="ch1-p2", layout="big-top"))
    app = shown(running, book)
    assert not [button for button in app.button if str(button.key).startswith("proof-fix")]
    app.session_state["proof-chosen-issue"] = "layout-count/chapters/0/pages/1/layout"
    app.run()
    fixes = [button for button in app.button if str(button.key).startswith("proof-fix")]
    assert any(button.label == "Use “Grid 2 × 2”" for button in fixes)
    next(button for button in fixes if button.label == "Use “Grid 2 × 2”").click().run()
    assert not app.exception
    head = running.store.head(app.session_state["comic"]).book
    assert list(head.plan.pages())[1].layout == "grid-2x2"
    assert not [button for button in app.button if str(button.key).startswith("proof-fix")]


def test_a_comic_without_pages_invites_to_begin_and_no_comic_says_where_to_find_one(
    running: services.Services,
) -> None:
    app = shown(running, Book())
    assert app.title[0].value == "Untitled"
    assert app.button(key="first-page")
    bare = AppTest.from_file(str(APP), default_timeout=30)
    bare.query_params["lang"] = "en"
    bare.run()
    bare.switch_page("screens/proof.py").run()
    assert bare.title[0].value == "No comic is open"
