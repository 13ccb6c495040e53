"""One plan in several languages and formats: edits, texts that grew old, exports, the studio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.errors import EditError
from kitsumy_core.export.shelf import Shelf, Wish
from kitsumy_core.page.compose import compose
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import MAIN, Book, Edition, Placement, sfx_id
from kitsumy_core.plan.editions import followed, in_edition, main_texts, origins_of, standing
from kitsumy_core.plan.edits import Edit, apply_edit, batch, edit
from kitsumy_core.plan.merge import apply_patch, diff, inverse, merge
from kitsumy_core.plan.models import Crop
from studio import services
from studio.components import script_rows as table
from studio.components.editions import free_id, made_from
from studio.components.proof_facts import proof_of
from tests.cli_runs import a_project, run
from tests.samples import a_book, a_page, a_panel

APP = Path(__file__).parents[1] / "studio" / "app.py"
LINE, PANEL = "ch1-p1-pan1-d1", "ch1-p1-pan1"
LONG = "Is there anybody at all in this old and lonely lighthouse tonight?"


def text_of(text_id: str, value: str, edition: str = "en") -> Edit:
    return edit("set_field", node=f"edition:{edition}", field=f"texts.{text_id}", value=value)


def english(book: Book, **fields: object) -> Book:
    known = {"id": "en", "language": "en", "texts": {LINE: LONG}}
    return apply_edit(book, edit("add_edition", edition=Edition(**(known | fields))))  # type: ignore[arg-type]


# --- edits


def test_an_edition_is_added_changed_and_deleted_and_the_main_one_stays() -> None:
    book = english(a_book())
    assert [one.id for one in book.editions] == [MAIN, "en"]
    changed = apply_edit(book, text_of(LINE, "Hello?"))
    assert changed.edition("en").texts == {LINE: "Hello?"}
    assert apply_edit(changed, text_of(LINE, "")).edition("en").texts == {}, "empty: as in the main edition"
    assert apply_edit(changed, edit("delete_edition", edition_id="en")) == a_book()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (edit("add_edition", edition=Edition(id="en")), "edit-id-taken"),
        (edit("add_edition", edition=Edition(id=MAIN)), "edit-id-taken"),
        (edit("add_edition", edition=Edition(id="")), "edit-id-taken"),
        (edit("add_edition", edition={"id": "pl", "readingDirection": "up"}), "edit-args"),
        (edit("delete_edition", edition_id=MAIN), "edit-main-edition"),
        (edit("delete_edition", edition_id="gone"), "edit-unknown"),
        (text_of(LINE, "late", "gone"), "edit-unknown"),
        (edit("place_balloon", lettering_id=LINE, placement=None, edition_id="gone"), "edit-unknown"),
    ],
)
def test_an_edition_that_is_not_there_or_there_already_is_refused(wanted: Edit, code: str) -> None:
    with pytest.raises(EditError) as caught:
        apply_edit(english(a_book()), wanted)
    assert caught.value.error_code == code


def test_a_deleted_edition_comes_back_by_undo_and_a_translation_beats_the_deletion() -> None:
    base = english(a_book())
    gone = apply_edit(base, edit("delete_edition", edition_id="en"))
    assert merge(base=gone, mine=base, theirs=gone).book == base
    assert apply_patch(gone, inverse(diff(base, gone))) == base
    translated = apply_edit(base, text_of(LINE, "Hello?"))
    kept = merge(base=base, mine=gone, theirs=translated)
    assert kept.book.edition("en").texts == {LINE: "Hello?"}
    both = merge(base=base, mine=translated, theirs=english_title(base))
    assert (both.book.edition("en").title, both.conflicts) == ("The Lighthouse", ())


def english_title(book: Book) -> Book:
    return apply_edit(book, edit("set_field", node="edition:en", field="title", value="The Lighthouse"))


# --- reading a book in an edition


def test_a_book_read_in_an_edition_composes_to_the_same_pages() -> None:
    panel = a_panel(narrative="Ніч.", sfx="ГУП")
    book = a_book(1)
    page = next(book.plan.pages())
    page = page.but(panels=(panel, *page.panels[1:]))
    book = book.but(plan=book.plan.but(chapters=(book.plan.chapters[0].but(pages=(page,)),)).numbered())
    own = {
        "title": "The Lighthouse",
        "format": "b6",
        "reading_direction": "rtl",
        "texts": {LINE: LONG, f"{PANEL}/narrative": "Night.", sfx_id(PANEL): "THUD"},
        "placements": {f"{page.id}-pan2-d1": Placement(x=0.5, y=0.3)},
        "crops": {PANEL: Crop(x=0.1, y=0.1, width=0.5, height=0.5)},
        "fonts": {"speech": "round"},
    }
    book = english(book, **own)
    read = in_edition(book, "en")
    assert [told.text for told in main_texts(next(read.plan.panels()))] == ["Night.", LONG, "THUD"]
    assert compose(read, MAIN, {}, measure) == compose(book, "en", {}, measure)
    assert in_edition(book, MAIN).plan == book.plan
    assert in_edition(a_book(), MAIN) == a_book()


# --- texts that grew old


def test_a_text_is_old_while_the_main_one_differs_from_what_it_was_written_beside() -> None:
    books = [a_book(1)]

    def do(wanted: Edit) -> Book:
        books.append(apply_edit(books[-1], wanted))
        return books[-1]

    def old() -> dict[str, str]:
        patches = [diff(before, after) for before, after in pairwise(books)]
        return dict(standing(books[-1], "en", followed(origins_of(books[0]), patches)).old)

    said = {"node": f"dialogue:{LINE}", "field": "text"}
    do(edit("add_edition", edition=Edition(id="en", texts={LINE: "Anybody?"})))
    assert old() == {}
    do(edit("set_field", **said, value="Агов!"))
    assert old() == {LINE: "Є тут хто?"}
    do(edit("set_field", **said, value="Є тут хто?"))
    assert old() == {}, "taken back"
    do(edit("set_field", **said, value="Гей!"))
    do(text_of(LINE, "Hey!"))
    assert old() == {}
    do(batch(edit("set_field", **said, value="Стій!"), text_of(LINE, "Stop!")))
    assert old() == {}, "both in one step"
    do(edit("set_field", node=f"panel:{PANEL}", field="sfx", value="ГУП"))
    do(text_of(sfx_id(PANEL), "THUD"))
    do(edit("set_field", node=f"panel:{PANEL}", field="sfx", value="БАХ"))
    assert old() == {sfx_id(PANEL): "ГУП"}
    found = standing(books[-1], "en", origins_of(books[-1]))
    assert (found.total, found.done, len(found.missing)) == (5, 2, 3)


# --- the studio's plain steps


def test_a_new_edition_takes_words_along_and_places_only_where_the_pages_are_alike() -> None:
    placed = {LINE: Placement(x=0.5, y=0.5)}
    book = english(a_book(), placements=placed)
    source = book.edition("en")
    assert free_id(book, "en") == "en-2"
    assert free_id(book, None) == "uk"
    twin = made_from(source, book, "en-2", language="en")
    assert (twin.texts, twin.placements) == (source.texts, placed)
    small = made_from(source, book, "en-b6", language="en", format="b6")
    assert (small.texts, small.placements, small.format) == (source.texts, {}, "b6")


def test_cells_of_an_edition_become_its_texts_and_no_other() -> None:
    book = english(a_book(1))
    rows = table.rows_of(book, edition="en", old={LINE})
    assert (rows[0].own, rows[0].is_old, rows[1].own) == (LONG, True, "")
    cells = {"0": {"own": "Hello?"}, "1": {"own": None}, "2": {"own": "Hi", "text": "Привіт"}}
    edits = table.changes(rows, cells, "en")
    after = apply_edit(book, batch(*edits))
    assert after.edition("en").texts == {LINE: "Hello?", rows[2].lettering: "Hi"}
    assert table.with_cells(rows, cells) == table.rows_of(after, edition="en")
    assert table.changes(table.rows_of(book), {"0": {"own": "x"}}) == []


def test_an_export_of_one_edition_leaves_that_of_another(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for one in (MAIN, "en", MAIN):
        made = shelf.submit(Wish("p", "cbz", "x.cbz", "x/y", 1, lambda file, _: file.write(b"1") and [], one))
        while shelf.export(made.id).active:
            pass
    shelf.stop()
    again = Shelf(tmp_path)
    assert [len(again.exports("p", one)["cbz"]) for one in (MAIN, "en")] == [1, 1]
    assert again.exports("p", "pl") == {}
    again.stop()


def test_an_edition_is_exported_by_the_command_line_under_its_name(tmp_path: Path) -> None:
    project = a_project(english(a_book(1), format="b6", title="Lighthouse"))
    out = tmp_path / "out"
    command = ("export", project, "--out", out, "--format")
    done = run(*command, "plan,script,jpg", "--edition", "en")
    assert done.exit_code == 0, done.output
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert names == ["Lighthouse-en.json", "Lighthouse-en.txt", "en/0001.jpg"]
    assert LONG in (out / "Lighthouse-en.txt").read_text("utf-8")
    plan = json.loads((out / "Lighthouse-en.json").read_text("utf-8"))
    assert (plan["kitsumy"]["language"], plan["kitsumy"]["format"]) == ("en", "b6")
    refused = run(*command, "plan", "--edition", "fr")
    assert refused.exit_code == 2
    assert "fr" in refused.stderr


# --- the studio


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def opened(running: services.Services, book: Book, screen: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": "en", "comic": running.store.create(book, "writer").id} | query)
    app.run()
    app.switch_page(f"screens/{screen}.py").run()
    assert not app.exception, app.exception
    return app


def test_pictures_and_flaws_of_an_edition_are_its_own(running: services.Services) -> None:
    book = english(a_book(1), format="a4")
    project = running.store.create(book, "writer").id
    chapter, pictures = book.plan.chapters[0], running.pictures
    page = chapter.pages[0]
    boxes = [pictures.page_box(project, book, chapter, page, one) for one in (MAIN, "en")]
    assert boxes[0].trim != boxes[1].trim
    assert " ".join(boxes[1].lettering[0].text.lines).replace("­", "") == LONG.upper()
    main = pictures.version(book, chapter, page)
    assert main != pictures.version(book, chapter, page, "en")
    told = apply_edit(book, text_of(LINE, "Hello?"))
    assert pictures.version(told, chapter, page) == main, (
        "a translation draws no page of the main edition anew"
    )
    lost = apply_edit(
        book, edit("place_balloon", lettering_id=LINE, placement=Placement(x=-0.4, y=0.5), edition_id="en")
    )
    for edition, outside in ((MAIN, False), ("en", True)):
        found = proof_of(project, lost, [], edition).findings
        flaw = next((f for f in found if f.key.startswith("balloon-outside")), None)
        assert (flaw is not None) == outside
    assert flaw is not None
    mended = apply_edit(lost, flaw.fixes[0].edit)
    assert mended.edition("en").placements == {}


def test_a_comic_with_one_edition_has_no_choice_of_editions(running: services.Services) -> None:
    app = opened(running, a_book(1), "pages")
    assert "edition-choice" not in [box.key for box in app.selectbox]


def test_words_of_an_edition_are_written_beside_the_main_ones(running: services.Services) -> None:
    app = opened(running, english(a_book(1)), "pages", edition="en")
    comic = app.session_state["comic"]
    assert app.selectbox(key="edition-choice").value == "en"
    key = f"w-edition-en-texts-{LINE}"
    field = next(area for area in app.text_area if area.key and area.key.startswith(key))
    assert field.value == LONG
    field.set_value("Hello?").run()
    assert running.store.head(comic).book.edition("en").texts == {LINE: "Hello?"}
    rewrite = edit("set_field", node=f"dialogue:{LINE}", field="text", value="Агов!")
    running.store.commit(comic, rewrite, "writer")
    app.run()
    fits = next(button for button in app.button if button.label == "It still fits")
    fits.click().run()
    assert not app.exception
    assert "It still fits" not in [button.label for button in app.button]
    assert running.store.head(comic).book.edition("en").texts == {LINE: "Hello?"}
    app.button(key="edition-to-main").click().run()
    assert app.query_params.get("edition") in (None, [])
    assert any(area.label == "What is seen" for area in app.text_area)


def test_an_edition_is_added_relaid_and_deleted_on_the_story_screen(running: services.Services) -> None:
    alone = a_book(1)
    page = a_page(layout="single", panels=1)
    chapter = alone.plan.chapters[0].but(pages=(page,))
    app = opened(running, alone.but(plan=alone.plan.but(chapters=(chapter,)).numbered()), "story")
    comic = app.session_state["comic"]
    app.session_state["story-tabs-en"] = [made.label for made in app.tabs][-1]
    app.run()
    app.selectbox(key="edition-new-language").set_value("pl")
    app.button(key="edition-add").click().run()
    assert not app.exception, app.exception
    assert app.selectbox(key="edition-choice").value == "pl"
    hand = Placement(x=0.1, y=0.12)
    for wanted in (
        edit("set_field", node="edition:pl", field="format", value="album"),
        text_of(LINE, "Маяк не світить уже три ночі, і ніхто не знає чому.", "pl"),
        edit("place_balloon", lettering_id=LINE, placement=hand, edition_id="pl"),
    ):
        running.store.commit(comic, wanted, "local")
    app.run()
    app.selectbox(key="w-edition-pl-format").set_value("tankobon").run()
    assert not app.exception, app.exception
    edition = running.store.head(comic).book.edition("pl")
    assert (edition.format, edition.placements) == ("tankobon", {LINE: hand})
    app.button(key="format-automatic").click().run()
    assert running.store.head(comic).book.edition("pl").placements == {}
    app.button(key="edition-delete-pl").click().run()
    assert not app.exception, app.exception
    assert [one.id for one in running.store.head(comic).book.editions] == [MAIN]


@pytest.mark.parametrize("screen", ["story", "cast", "proof", "export", "render"])
def test_every_screen_draws_a_chosen_edition(running: services.Services, screen: str) -> None:
    app = opened(running, english(a_book(1), format="b6"), screen, edition="en")
    assert app.selectbox(key="edition-choice").value == "en"
    if screen == "story":
        app.session_state["story-tabs-en"] = [made.label for made in app.tabs][1]
        app.run()
        assert not app.exception, app.exception


def test_an_edition_that_is_gone_shows_the_main_one(running: services.Services) -> None:
    app = opened(running, english(a_book(1)), "pages", edition="fr")
    assert app.selectbox(key="edition-choice").value == MAIN
