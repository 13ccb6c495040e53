"""Comments on panels: kept, marked, deleted by their author alone, carried by bundles, shown in the proof."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.errors import NotFoundError, UsageError
from kitsumy_core.store import Store
from studio import services
from tests.samples import a_book
from tests.stores import opened, settings_for

APP = Path(__file__).parents[1] / "studio" / "app.py"
PANEL = "ch1-p1-pan1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(settings_for(tmp_path / "data")) as store:
        yield store


def test_a_comment_is_marked_done_by_anybody_and_opened_again(store: Store) -> None:
    project = store.create(a_book(), "anna").id
    made = store.add_comment(project, PANEL, "  Більше темряви.  ", "anna", " Анна  К. ")
    assert (made.text, made.name, made.is_done) == ("Більше темряви.", "Анна К.", False)
    store.mark_comment(made.id, True, "Борис")
    (found,) = store.comments(project)
    assert (found.is_done, found.done_by) == (True, "Борис")
    store.mark_comment(made.id, False)
    (found,) = store.comments(project)
    assert (found.is_done, found.done_by) == (False, "")


def test_only_its_author_deletes_a_comment(store: Store) -> None:
    project = store.create(a_book(), "anna").id
    made = store.add_comment(project, PANEL, "Так", "anna", "")
    with pytest.raises(NotFoundError):
        store.delete_comment(made.id, "boris")
    store.delete_comment(made.id, "anna")
    assert store.comments(project) == []


def test_a_comment_without_words_or_comic_is_refused(store: Store) -> None:
    project = store.create(a_book(), "anna").id
    with pytest.raises(UsageError, match="comment-empty"):
        store.add_comment(project, PANEL, " \n ", "anna", "")
    with pytest.raises(NotFoundError):
        store.add_comment("nowhere", PANEL, "Так", "anna", "")


def test_comments_travel_in_a_bundle(store: Store, tmp_path: Path) -> None:
    project = store.create(a_book(), "anna").id
    first = store.add_comment(project, PANEL, "Раз", "anna", "Анна")
    store.add_comment(project, "ch1-p1-pan2", "Два", "boris", "Борис")
    store.mark_comment(first.id, True, "Борис")
    target = io.BytesIO()
    store.export_bundle(project, target)
    with opened(settings_for(tmp_path / "other")) as other:
        brought = other.import_bundle(target.getvalue(), "carol")
        found = [(c.panel_id, c.name, c.text, c.is_done) for c in other.comments(brought)]
    assert found == [(PANEL, "Анна", "Раз", True), ("ch1-p1-pan2", "Борис", "Два", False)]


def test_comments_are_no_part_of_the_book_and_outlive_its_undo(store: Store) -> None:
    project = store.create(a_book(), "anna").id
    store.add_comment(project, PANEL, "Так", "anna", "")
    assert store.head(project).rev == 1


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("view", ["read", "notes", "comments"])
def test_every_view_of_the_proof_draws_a_comic_with_comments(language: str, view: str) -> None:
    running = services.start()
    try:
        project = running.store.create(a_book(), "writer").id
        running.store.add_comment(project, PANEL, "*Темніше* <b>тут</b>", "writer", "Анна")
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update({"lang": language, "comic": project})
        app.run()
        app.switch_page("screens/proof.py").run()
        app.segmented_control(key="proof-view").set_value(view).run()
        assert not app.exception, app.exception
        if view == "comments":
            assert [text.value for text in app.text] == ["*Темніше* <b>тут</b>"]
            app.checkbox[0].check().run()
            assert running.store.comments(project)[0].is_done
            assert [text.value for text in app.text] == []
    finally:
        services.stop()
