"""What writers do on the Story screen, in a real browser against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.models import Chapter
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import Studio, settled

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


@pytest.fixture
def store(studio: Studio) -> Iterator[Store]:
    opened = Store.open(Settings(KITSUMY_DATA_DIR=studio.data))  # type: ignore[call-arg]
    yield opened
    opened.close()


@pytest.fixture
def comic(store: Store) -> str:
    """A comic of two chapters: six pages and none."""
    book = Book(plan=read_plan(samples()["lighthouse"].read_bytes()).plan)
    book = apply_edit(book, edit("add_chapter", chapter=Chapter(id="ch2", title="Second")))
    return store.create(book, "somebody").id


def story(open_page: Open, comic: str, lang: str = "en") -> Page:
    page = open_page(f"/story?comic={comic}&lang={lang}")
    page.get_by_role("tab").first.wait_for()
    return page


def tab(page: Page, number: int) -> None:
    page.get_by_role("tab").nth(number).click(delay=60)
    settled(page)


def click(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click(delay=60)
    settled(page)


def row(page: Page, page_id: str) -> Locator:
    return page.locator(f'.st-key-outline li.page[data-id="{page_id}"]')


def order(page: Page, chapter: str) -> list[str]:
    shown = page.locator(f'.st-key-outline section[data-id="{chapter}"]')
    shown.wait_for()
    rows = shown.locator("li.page")
    return [str(item.get_attribute("data-id")) for item in rows.all()]


def drag(page: Page, source: Locator, target: Locator, *, below: bool = False) -> None:
    start, end = source.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    to = end["y"] + (end["height"] - 4 if below else 4)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + 3 * step, y + (to - y) * step / 12)
        page.wait_for_timeout(20)
    page.mouse.up()
    settled(page)


def test_pages_are_dragged_within_and_between_chapters_and_undo_brings_them_back(
    open_page: Open, comic: str, store: Store
) -> None:
    page = story(open_page, comic)
    before = order(page, "ch1")
    drag(page, row(page, "ch1-p5").locator(".grip"), row(page, "ch1-p2"))
    expect(row(page, "ch1-p5").locator(".number")).to_have_text("2")
    assert order(page, "ch1") == ["ch1-p1", "ch1-p5", "ch1-p2", "ch1-p3", "ch1-p4", "ch1-p6"]
    drag(
        page, row(page, "ch1-p1").locator(".grip"), page.locator('section[data-id="ch2"] header'), below=True
    )
    expect(row(page, "ch1-p1").locator(".number")).to_have_text("6")
    assert order(page, "ch2") == ["ch1-p1"]
    assert [p.id for p in store.head(comic).book.plan.chapters[1].pages] == ["ch1-p1"]
    click(page, "undo")
    click(page, "undo")
    expect(row(page, "ch1-p1").locator(".number")).to_have_text("1")
    assert order(page, "ch1") == before
    assert order(page, "ch2") == []


def test_chapters_are_dragged_and_escape_leaves_everything_as_it_was(open_page: Open, comic: str) -> None:
    page = story(open_page, comic)
    titles = page.locator(".st-key-outline .title")
    expect(titles.first).to_have_value("Form 9-L")
    grip = page.locator('section[data-id="ch2"] header .grip').bounding_box()
    assert grip is not None
    page.mouse.move(grip["x"] + 4, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 4, grip["y"] - 60)
    page.locator(".st-key-outline .ghost").wait_for()
    page.keyboard.press("Escape")
    page.mouse.up()
    settled(page)
    expect(titles.first).to_have_value("Form 9-L")
    drag(
        page,
        page.locator('section[data-id="ch2"] header .grip'),
        page.locator('section[data-id="ch1"] header'),
    )
    expect(titles.first).to_have_value("Second")


def test_alt_and_arrows_move_a_page_quickly_and_into_the_next_chapter(open_page: Open, comic: str) -> None:
    page = story(open_page, comic)
    row(page, "ch1-p4").locator(".beat").focus()
    for _press in range(3):
        page.keyboard.press("Alt+ArrowDown")
    expect(page.locator('section[data-id="ch2"] li.page[data-id="ch1-p4"]')).to_have_count(1)
    expect(page.locator(".st-key-outline .live")).to_have_text("The page is now page 6.")
    assert row(page, "ch1-p4").locator(".beat").evaluate("e => e.getRootNode().activeElement === e")


def test_a_drop_on_an_outline_that_somebody_changed_moves_nothing(
    open_page: Open, comic: str, store: Store
) -> None:
    page = story(open_page, comic)
    grip = row(page, "ch1-p5").locator(".grip").bounding_box()
    assert grip is not None
    page.mouse.move(grip["x"] + 4, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 4, grip["y"] - 60)
    page.mouse.move(grip["x"] + 4, grip["y"] - 180)
    store.commit(comic, edit("delete_node", node="page:ch1-p1"), "another")
    page.mouse.up()
    page.get_by_text("Somebody changed the outline meanwhile").first.wait_for()
    expect(page.locator(".st-key-outline li.page")).to_have_count(5)
    assert order(page, "ch1") == ["ch1-p2", "ch1-p3", "ch1-p4", "ch1-p5", "ch1-p6"]


def test_a_beat_is_saved_while_typing_with_focus_kept_and_its_keys_stay_its_own(
    open_page: Open, comic: str, store: Store
) -> None:
    page = story(open_page, comic)
    beat = row(page, "ch1-p3").locator(".beat")
    beat.click()
    beat.press("Control+a")
    beat.press_sequentially("The lever comes down; cerca.", delay=25)
    expect(page.locator(".st-key-undo button:enabled").first).to_be_visible()
    page.wait_for_timeout(900)
    kept = next(p for p in store.head(comic).book.plan.pages() if p.id == "ch1-p3").kitsumy.beat
    assert kept == "The lever comes down; cerca."
    assert beat.evaluate("e => e.getRootNode().activeElement === e")
    beat.press("Control+z")
    assert beat.input_value() != "The lever comes down; cerca."
    rev = store.version(comic)
    beat.press("Enter")
    assert row(page, "ch1-p4").locator(".beat").evaluate("e => e.getRootNode().activeElement === e")
    settled(page)
    assert store.version(comic) <= rev + 1
    page.reload()
    settled(page)
    title = page.locator('section[data-id="ch2"] .title')
    title.fill("The <b>end</b> & *after*")
    title.press("Tab")
    expect(title).to_have_value("The <b>end</b> & *after*")
    for _ in range(50):
        if store.head(comic).book.plan.chapters[1].title == "The <b>end</b> & *after*":
            break
        page.wait_for_timeout(100)
    assert store.head(comic).book.plan.chapters[1].title == "The <b>end</b> & *after*"


def test_another_writers_beat_arrives_and_does_not_touch_what_is_being_typed(
    open_page: Open, comic: str, store: Store
) -> None:
    page = story(open_page, comic)
    tab(page, 2)
    tab(page, 0)
    mine = row(page, "ch1-p2").locator(".beat")
    mine.click()
    mine.press("End")
    store.commit(
        comic, edit("set_field", node="page:ch1-p1", field="kitsumy.beat", value="Theirs."), "another"
    )
    for _turn in range(14):
        mine.press_sequentially("x", delay=0)
        page.wait_for_timeout(200)
    expect(row(page, "ch1-p1").locator(".beat")).to_have_value("Theirs.", timeout=6000)
    assert mine.input_value().endswith("x" * 14)
    page.wait_for_timeout(900)
    beats = [p.kitsumy.beat for p in store.head(comic).book.plan.pages()]
    assert beats[0] == "Theirs."
    assert beats[1].endswith("x" * 14)


def test_the_menu_of_a_row_adds_duplicates_and_deletes_by_keyboard(open_page: Open, comic: str) -> None:
    page = story(open_page, comic)
    row(page, "ch1-p2").locator(".more").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-outline li.page")).to_have_count(7)
    added = page.locator(".st-key-outline li.page").nth(2)
    assert added.locator(".beat").evaluate("e => e.getRootNode().activeElement === e")
    row(page, "ch1-p2").locator(".more").click()
    page.locator(".st-key-outline .item", has_text="Duplicate").click()
    expect(page.locator(".st-key-outline li.page")).to_have_count(8)
    row(page, "ch1-p2").locator(".more").click()
    page.locator(".st-key-outline .item", has_text="Delete").click()
    expect(row(page, "ch1-p2")).to_have_count(0)
    page.get_by_text("Page 2 is deleted.").first.wait_for()
    click(page, "undo")
    expect(row(page, "ch1-p2")).to_have_count(1)


def test_a_click_on_a_page_opens_it_on_the_pages_screen(open_page: Open, comic: str) -> None:
    page = story(open_page, comic)
    row(page, "ch1-p4").locator(".open").click(delay=60)
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    assert "/pages" in page.url
    assert "page=ch1-p4" in page.url


def test_the_title_changes_the_heading_while_typing(open_page: Open, comic: str, store: Store) -> None:
    page = story(open_page, comic)
    field = page.locator(".st-key-w-plan-title input")
    field.click()
    field.press("End")
    field.press_sequentially(" *again*", delay=30)
    expect(page.locator("h1")).to_have_text("Wrecks: None *again*")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.locator(".st-key-w-plan-kitsumy-readingDirection").get_by_text("Right to left").click()
    settled(page)
    assert store.head(comic).book.direction() == "rtl"


def test_find_and_replace_is_one_step_of_undo(open_page: Open, comic: str, store: Store) -> None:
    page = story(open_page, comic)
    tab(page, 1)
    texts = [line.text for panel in store.head(comic).book.plan.panels() for line in panel.dialogue]
    finds = sum(text.lower().count("the ") for text in texts)
    page.locator(".st-key-script-find input").fill("the ")
    expect(page.locator(".st-key-script-go button").first).to_contain_text(f"Replace all {finds} finds")
    page.locator(".st-key-script-replace input").fill(r"\1 THE ")
    settled(page)
    page.locator(".st-key-script-go button:enabled").first.click(delay=60)
    page.get_by_text(f"{finds} finds were replaced").first.wait_for()
    after = [line.text for panel in store.head(comic).book.plan.panels() for line in panel.dialogue]
    assert sum(text.count(r"\1 THE ") for text in after) == finds
    click(page, "undo")
    assert texts == [line.text for panel in store.head(comic).book.plan.panels() for line in panel.dialogue]


def test_cells_of_the_dialogue_table_are_saved_one_after_the_other(
    open_page: Open, comic: str, store: Store
) -> None:
    page = story(open_page, comic)
    tab(page, 1)
    table = page.locator('[data-testid="stDataFrame"] canvas').first
    table.wait_for()
    page.wait_for_timeout(800)  # the grid finds its size
    box = table.bounding_box()
    assert box is not None
    for line in range(4):
        page.mouse.dblclick(box["x"] + box["width"] * 0.6, box["y"] + 38 * (line + 1) + 19)
        cell = page.locator("#portal textarea, #portal input").first
        cell.wait_for()
        cell.fill(f"Line {line}")
        page.keyboard.press("Enter")
        settled(page)
    page.wait_for_timeout(500)
    texts = [line.text for panel in store.head(comic).book.plan.panels() for line in panel.dialogue]
    assert texts[:4] == ["Line 0", "Line 1", "Line 2", "Line 3"]


def test_a_draft_is_kept_compared_and_restored(open_page: Open, comic: str, store: Store) -> None:
    page = story(open_page, comic)
    tab(page, 3)
    page.locator(".st-key-draft-label input").fill("Before <i>it</i>")
    click(page, "draft-keep")
    page.get_by_text("No differences").wait_for()
    node = "panel:ch1-p2-pan1"
    old = next(p for p in store.head(comic).book.plan.panels() if p.id == "ch1-p2-pan1").action
    store.commit(
        comic, edit("set_field", node=node, field="action", value=f"{old} A <b>gull</b> lands."), "another"
    )
    expect(page.locator(".st-key-draft-differences ins").first).to_have_text(
        " A <b>gull</b> lands.", timeout=8000
    )
    expect(page.locator(".st-key-draft-differences .place").first).to_contain_text("Page 2 · Panel 1")
    expect(page.locator(".st-key-draft-differences thead th").first).to_contain_text("Before <i>it</i>")
    click(page, "draft-restore")
    page.get_by_text("No differences").wait_for()
    assert next(p for p in store.head(comic).book.plan.panels() if p.id == "ch1-p2-pan1").action == old
    click(page, "undo")
    page.locator(".st-key-draft-differences ins").first.wait_for()


def test_a_plan_goes_out_and_comes_back_changed_after_a_look(
    open_page: Open, comic: str, store: Store, tmp_path: Path
) -> None:
    page = story(open_page, comic)
    tab(page, 4)
    with page.expect_download() as download:
        page.locator(".st-key-plan-download button").click(delay=60)
    file = tmp_path / "plan.json"
    download.value.save_as(file)
    plan = json.loads(file.read_text("utf-8"))
    plan["chapters"][0]["pages"][0]["panels"][0]["mood"] = "hopeful at last"
    file.write_text(json.dumps(plan), "utf-8")
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.locator(".st-key-plan-differences .field")).to_have_text("Mood")
    panel = next(store.head(comic).book.plan.panels())
    assert panel.mood != "hopeful at last"
    click(page, "plan-accept")
    assert next(store.head(comic).book.plan.panels()).mood == "hopeful at last"
    click(page, "undo")
    assert next(store.head(comic).book.plan.panels()).mood == panel.mood


def test_the_text_reads_as_a_script_and_prints_alone(open_page: Open, comic: str) -> None:
    page = story(open_page, comic)
    tab(page, 2)
    script = page.locator(".st-key-reading .script")
    expect(script.locator(".line").first).to_have_text("Amos Teague (shout): Mind the tide!")
    expect(script.locator(".caption").first).to_contain_text("Form 9-L, final inspection")
    page.evaluate(
        """() => {
          const add = document.body.append.bind(document.body)
          const caught = frame => () => { window.printed = frame.contentDocument.body.innerText }
          document.body.append = frame => {
            add(frame)
            if (frame.contentWindow) frame.contentWindow.print = caught(frame)
          }
        }"""
    )
    page.locator(".st-key-reading .print").click()
    printed = str(page.evaluate("window.printed"))
    assert "Mind the tide!" in printed
    assert "Outline" not in printed


def test_a_style_is_chosen_by_its_picture(open_page: Open, store: Store, comic: str) -> None:
    page = story(open_page, comic)
    page.get_by_role("button", name="Choose by picture").click()
    card = page.get_by_role("button", name="Noir drawn")
    expect(card.locator("img")).to_have_js_property("naturalWidth", 480)
    card.click()
    expect(page.get_by_role("combobox", name="Style of the drawings")).to_have_value("Noir")
    assert store.head(comic).book.plan.kitsumy.style_id == "noir"
