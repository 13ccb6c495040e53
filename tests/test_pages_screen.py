"""The Pages screen without a browser: what one edit redraws, and each picture made once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.page.cache import DrawCache
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.render.request import SketchRequest
from kitsumy_core.render.sketching.frame import Frame
from studio import editing, services
from studio.components.issue_list import issues_look
from studio.editing import field_key
from studio.staleness import has_old_english
from tests.long_comics import long_book

APP = Path(__file__).parents[1] / "studio" / "app.py"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def opened(project: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": "en", "comic": project})
    app.run()
    app.switch_page("screens/pages.py").run()
    assert not app.exception, app.exception
    return app


def test_what_many_ask_for_at_once_is_made_once() -> None:
    cache, made, gate = DrawCache(100), [], threading.Barrier(4)

    def make() -> str:
        made.append(threading.current_thread().name)
        return "picture"

    found: list[str] = []

    def ask() -> None:
        gate.wait()
        found.append(cache.once("key", make, len))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["picture"] * 4
    assert len(made) == 1
    assert cache.used_bytes == len("picture")


def test_what_could_not_be_made_is_tried_again() -> None:
    cache = DrawCache(100)
    with pytest.raises(ZeroDivisionError):
        cache.once("key", lambda: 1 // 0)
    assert cache.once("key", lambda: 7) == 7


def test_a_page_is_drawn_once_for_all_its_widths_and_for_words_that_show_nothing_new(
    running: services.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kitsumy_core.render import sketch

    drawn: list[Frame] = []
    read: list[SketchRequest] = []
    draw, look = sketch.draw_frame, sketch.read_frame
    monkeypatch.setattr(sketch, "draw_frame", lambda frame: (drawn.append(frame), draw(frame))[1])
    monkeypatch.setattr(sketch, "read_frame", lambda request: (read.append(request), look(request))[1])
    project = running.store.create(long_book(2), "writer").id
    book = running.store.head(project).book
    chapter = book.plan.chapters[0]
    page, pictures = chapter.pages[1], running.pictures
    threads = [
        threading.Thread(target=pictures.page_jpeg, args=(project, book, chapter, page, width))
        for width in (960, 240, 160)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    panels, told = len(page.panels), page.panels[0]
    assert len(drawn) == len(set(drawn)) == len(read) == panels > 1
    for words, more in (("Hm!", 0), ("A candle.", 1)):
        action = f"{told.action} {words}"
        book = apply_edit(book, edit("set_field", node=f"panel:{told.id}", field="action", value=action))
        chapter, reads = book.plan.chapters[0], len(read)
        pictures.page_jpeg(project, book, chapter, chapter.pages[1], 240)
        assert (len(drawn) - panels, len(read) - reads) == (more, 1)


def test_typing_on_redraws_the_picture_alone(
    monkeypatch: pytest.MonkeyPatch, running: services.Services
) -> None:
    redrawn: list[tuple[str, ...]] = []
    plain = editing.redraw
    monkeypatch.setattr(editing, "redraw", lambda *names: (redrawn.append(names), plain(*names)))
    monkeypatch.setattr("studio.state.language", lambda: "en")
    project = running.store.create(long_book(3), "writer").id
    app = opened(project)
    page = running.store.head(project).book.plan.chapters[0].pages[0]
    key = field_key(f"panel:{page.panels[0].id}", "action")
    for text in ("A gull lands.", "A gull lands on the rail.", ""):
        next(area for area in app.text_area if area.key == key).set_value(text).run()
        assert not app.exception, app.exception
        head = running.store.head(project)
        assert head.book.plan.chapters[0].pages[0].panels[0].action == text
        assert app.session_state["seen"] == head.rev
        app.run()
    first, second, third = (set(names) - {"status"} for names in redrawn)
    assert "status" in redrawn[0], "from now on there is something to undo"
    assert first == second == {"picture"}
    assert third == {"picture", "issues", "strip"}, "a panel without words is an issue of its page"


def test_the_issues_of_a_revision_are_found_once(running: services.Services) -> None:
    project = running.store.create(long_book(2), "writer").id
    book = running.store.head(project).book
    found = running.issues.of(book)
    assert running.issues.of(running.store.head(project).book) is found
    assert issues_look(found, book.plan.chapters[0].pages[0].id) == []


def test_english_for_the_model_is_old_once_its_original_changed(running: services.Services) -> None:
    project = running.store.create(long_book(1), "writer").id
    panel_id = next(running.store.head(project).book.plan.panels()).id

    def write(field: str, value: str) -> bool:
        running.store.commit(
            project, edit("set_field", node=f"panel:{panel_id}", field=field, value=value), "writer"
        )
        panel = next(running.store.head(project).book.plan.panels())
        return has_old_english(project, panel)

    assert not write("action", "Чайка сідає на поруччя.")
    assert not write("kitsumy.actionEn", "A gull lands on the rail.")
    assert not write("mood", "тихо")
    assert write("action", "Чайка злітає з поруччя.")
    assert "Does that still fit?" in " ".join(caption.value for caption in opened(project).caption)
    assert not write("kitsumy.actionEn", "A gull takes off.")
    assert write("action", "Чайка зникає.")
    assert not write("kitsumy.actionEn", "")
