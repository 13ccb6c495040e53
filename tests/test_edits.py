"""Every edit a writer can make, and what a wrong one says."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import EditError
from kitsumy_core.plan import tree
from kitsumy_core.plan.book import Book, Placement
from kitsumy_core.plan.edits import Edit, apply_edit, batch, edit, fresh_ids
from kitsumy_core.plan.files import plan_from_json, plan_to_json, read_plan, write_plan
from kitsumy_core.plan.merge import apply_patch, diff, merge
from kitsumy_core.plan.models import Character, Page, Panel
from tests.plan_strategies import SHARE, WRONG_SHARE, Minter
from tests.samples import a_book, a_panel

NO_CROP = {"x": 0, "y": 0, "width": 0, "height": 1}


def nest(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def panel_ids(book: Book) -> list[list[str]]:
    return [[panel.id for panel in page.panels] for page in book.plan.pages()]


def test_a_field_is_set_and_everything_else_is_the_same_object() -> None:
    book = a_book()
    after = apply_edit(book, edit("set_field", node="panel:ch1-p1-pan2", field="camera", value="деталь"))
    assert tree.find(after.plan, "panel", "ch1-p1-pan2").camera == "деталь"
    first, second = after.plan.pages()
    assert second is list(book.plan.pages())[1]
    assert first.panels[0] is next(book.plan.panels())


@pytest.mark.parametrize(
    ("node", "field", "value", "read"),
    [
        ("plan", "title", "Нова назва", lambda b: b.plan.title),
        ("plan", "kitsumy.readingDirection", "rtl", lambda b: b.plan.kitsumy.reading_direction),
        ("plan", "kitsumy.gutter", [3.0, 4.0], lambda b: list(b.plan.kitsumy.gutter)),
        ("character:char-1", "kitsumy.look", "tall man", lambda b: b.plan.characters[0].kitsumy.look),
        ("character:char-1", "seed", 7, lambda b: b.plan.characters[0].seed),
        (
            "chapter:ch1",
            "kitsumy.clothing.char-1",
            "піжама",
            lambda b: b.plan.chapters[0].kitsumy.clothing["char-1"],
        ),
        ("page:ch1-p1", "kitsumy.beat", "зачин", lambda b: next(b.plan.pages()).kitsumy.beat),
        ("panel:ch1-p1-pan1", "narrative", "Ніч.", lambda b: next(b.plan.panels()).narrative),
        ("panel:ch1-p1-pan1", "kitsumy.seed", 5, lambda b: next(b.plan.panels()).kitsumy.seed),
        (
            "dialogue:ch1-p1-pan1-d1",
            "kitsumy.kind",
            "shout",
            lambda b: next(b.plan.panels()).dialogue[0].kitsumy.kind,
        ),
        ("edition:main", "language", "en", lambda b: b.language()),
    ],
)
def test_fields_of_every_kind_of_node_can_be_set(node: str, field: str, value: Any, read: Any) -> None:
    assert read(apply_edit(a_book(), edit("set_field", node=node, field=field, value=value))) == value


def test_emptying_one_of_our_own_fields_removes_it_from_the_file() -> None:
    node = "panel:ch1-p1-pan1"
    book = apply_edit(a_book(), edit("set_field", node=node, field="kitsumy.prompt", value="x"))
    assert next(
        apply_edit(book, edit("set_field", node=node, field="kitsumy.prompt", value="")).plan.panels()
    ) == next(a_book().plan.panels())


def test_setting_a_malformed_field_of_ours_replaces_what_could_not_be_read() -> None:
    json = plan_to_json(a_book().plan)
    json["characters"][0]["kitsumy"] = {"look": 5, "voice": "low"}
    json["characters"][1]["kitsumy"] = "не об’єкт"
    book = Book(plan=plan_from_json(json).plan)
    assert plan_to_json(book.plan)["characters"][0]["kitsumy"] == {"look": 5, "voice": "low"}
    for one in ("char-1", "char-2"):
        book = apply_edit(
            book, edit("set_field", node=f"character:{one}", field="kitsumy.look", value="tall")
        )
    written = plan_to_json(book.plan)["characters"]
    assert written[0]["kitsumy"] == {"look": "tall", "voice": "low"}
    assert written[1]["kitsumy"] == {"look": "tall", "malformedOriginal": "не об’єкт"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Edit(op="explode"), "edit-op"),
        (edit("set_field", node="panel:nowhere", field="action", value="x"), "edit-unknown"),
        (edit("set_field", node="spoon:1", field="action", value="x"), "edit-unknown"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="id", value="x"), "edit-field"),
        (edit("set_field", node="page:ch1-p1", field="panels", value=[]), "edit-field"),
        (edit("set_field", node="plan", field="kitsumy.locations", value=[]), "edit-field"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="action", value=5), "edit-value"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="kitsumy.seed", value="abc"), "edit-value"),
        (edit("set_field", node="dialogue:ch1-p1-pan1-d1", field="kitsumy.kind", value="sung"), "edit-value"),
        (edit("move_node", node="panel:ch1-p1-pan1", index="first"), "edit-args"),
        (edit("move_node", node="panel:ch1-p1-pan1", wrong=1, index=0), "edit-args"),
        (edit("add_panel", page_id="ch1-p1", panel=a_panel("ch1-p2-pan1")), "edit-id-taken"),
        (edit("split_page", page_id="ch1-p1", at=4, new_id="n"), "edit-split"),
        (edit("split_page", page_id="ch1-p1", at=2, new_id="ch1-p2"), "edit-id-taken"),
        (edit("join_pages", page_id="ch1-p1", next_id="ch1-p1"), "edit-join"),
        (edit("duplicate_node", node="page:ch1-p1", new_ids={"ch1-p1": "n"}), "edit-ids-missing"),
        (edit("delete_character", character_id="char-1", replace_with="ghost"), "edit-unknown"),
        (edit("set_field", node="plan", field="kitsumy.schema_version", value=5), "edit-field"),
        (edit("set_field", node="plan", field="kitsumy.schemaVersion", value=5), "edit-field"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="kitsumy.action_en", value="x"), "edit-field"),
        (edit("set_field", node="edition:main", field="reading_direction", value="rtl"), "edit-field"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="=id", value="x"), "edit-field"),
        (edit("set_field", node="page:ch1-p1", field="kitsumy.=beat", value="x"), "edit-field"),
        (edit("set_field", node="panel:ch1-p1-pan1", field="kitsumy.seed", value=True), "edit-value"),
        (edit("set_field", node="plan", field="kitsumy.gutter", value=[3, 101]), "edit-value"),
        (edit("set_field", node="plan", field="kitsumy.gutter", value=["nan", 1]), "edit-value"),
        (edit("set_field", node="plan", field="kitsumy.other", value=float("inf")), "edit-args"),
        (edit("set_field", node="plan", field="kitsumy.other", value=10**400), "edit-args"),
        (edit("set_field", node="plan", field="kitsumy.other", value=nest(100)), "edit-too-deep"),
        (
            edit("set_field", node="panel:ch1-p1-pan1", field="kitsumy.crop", value=NO_CROP),
            "edit-value",
        ),
        (edit("set_field", node="edition:", field="language", value="en"), "edit-unknown"),
        (edit("split_page", page_id="ch1-p1", at=2, new_id=""), "edit-id-taken"),
    ],
)
def test_a_wrong_edit_says_what_is_wrong_and_changes_nothing(wanted: Edit, code: str) -> None:
    book = a_book()
    before = book.model_dump_json()
    with pytest.raises(EditError) as caught:
        apply_edit(book, wanted)
    assert caught.value.error_code == code
    assert book.model_dump_json() == before


def test_a_batch_is_all_or_nothing() -> None:
    book = a_book()
    good = edit("change_layout", page_id="ch1-p1", layout="single")
    bad = edit("delete_node", node="panel:nowhere")
    with pytest.raises(EditError):
        apply_edit(book, batch(good, bad))
    assert apply_edit(book, batch(good, good)).plan.chapters[0].pages[0].layout == "single"


def test_a_panel_moves_within_its_page_and_to_another_without_a_new_name() -> None:
    book = apply_edit(a_book(), edit("move_node", node="panel:ch1-p1-pan1", index=2))
    assert panel_ids(book)[0] == ["ch1-p1-pan2", "ch1-p1-pan3", "ch1-p1-pan1", "ch1-p1-pan4"]
    book = apply_edit(book, edit("move_node", node="panel:ch1-p1-pan1", parent_id="ch1-p2", index=99))
    assert panel_ids(book)[1][-1] == "ch1-p1-pan1"
    assert [panel.position for panel in next(book.plan.pages()).panels] == [1, 2, 3]


def test_pages_are_numbered_through_the_book_after_a_move() -> None:
    book = apply_edit(a_book(3), edit("move_node", node="page:ch1-p3", index=0))
    assert [(page.id, page.page_number) for page in book.plan.pages()] == [
        ("ch1-p3", 1),
        ("ch1-p1", 2),
        ("ch1-p2", 3),
    ]


def test_a_duplicate_stands_behind_its_original_with_fresh_ids_and_the_same_picks() -> None:
    book = apply_edit(a_book(), edit("pick_take", panel_id="ch1-p1-pan1", take_id="take-9"))
    page = next(book.plan.pages())
    ids = fresh_ids("page", page, Minter())
    after = apply_edit(book, edit("duplicate_node", node="page:ch1-p1", new_ids=ids))
    twin = list(after.plan.pages())[1]
    assert twin.id == ids["ch1-p1"]
    assert [p.action for p in twin.panels] == [p.action for p in page.panels]
    assert after.picks[ids["ch1-p1-pan1"]] == "take-9"
    assert len(list(tree.all_ids(after.plan))) == len(set(tree.all_ids(after.plan)))


def test_deleting_a_character_keeps_the_lines_under_the_name_or_gives_them_to_another() -> None:
    book = a_book()
    gone = apply_edit(book, edit("delete_character", character_id="char-1"))
    panel = next(gone.plan.panels())
    assert panel.characters == ()
    assert panel.dialogue[0].character == "Марко"
    assert panel.dialogue[0].text == "Є тут хто?"
    given = apply_edit(book, edit("delete_character", character_id="char-1", replace_with="char-2"))
    panel = next(given.plan.panels())
    assert panel.characters == ("char-2",)
    assert panel.dialogue[0].character == "char-2"


def test_a_page_is_split_and_joined_again_without_losing_a_panel() -> None:
    book = a_book(1)
    cut = apply_edit(
        book,
        edit("split_page", page_id="ch1-p1", at=3, new_id="rest", layout="three-rows", new_layout="single"),
    )
    assert [(p.layout, len(p.panels)) for p in cut.plan.pages()] == [("three-rows", 3), ("single", 1)]
    joined = apply_edit(cut, edit("join_pages", page_id="ch1-p1", next_id="rest", layout="grid-2x2"))
    assert joined == book


def test_chapters_pages_panels_and_characters_are_added_where_they_belong() -> None:
    book = a_book(1)
    book = apply_edit(book, edit("add_character", character=Character(id="c3", name="Кіт"), index=0))
    book = apply_edit(book, edit("add_page", chapter_id="ch1", page=Page(id="p0", layout="single"), index=0))
    book = apply_edit(book, edit("add_panel", page_id="p0", panel=Panel(id="n0")))
    assert [c.id for c in book.plan.characters] == ["c3", "char-1", "char-2"]
    assert panel_ids(book)[0] == ["n0"]
    assert [p.page_number for p in book.plan.pages()] == [1, 2]


def test_a_balloon_is_placed_by_hand_and_given_back() -> None:
    placed = apply_edit(
        a_book(), edit("place_balloon", lettering_id="ch1-p1-pan1-d1", placement=Placement(x=0.5, y=0.2))
    )
    assert placed.edition().placements["ch1-p1-pan1-d1"] == Placement(x=0.5, y=0.2)
    back = apply_edit(placed, edit("place_balloon", lettering_id="ch1-p1-pan1-d1", placement=None))
    assert back.edition().placements == {}


def test_an_edit_survives_the_way_through_json() -> None:
    book = a_book()
    wanted = edit("add_panel", page_id="ch1-p1", panel=a_panel("new", sfx="БАХ"))
    assert apply_edit(book, Edit.model_validate_json(wanted.model_dump_json())) == apply_edit(book, wanted)


@given(st.data())
def test_no_number_puts_a_balloon_where_nothing_can_be_drawn_or_read_again(data: st.DataObject) -> None:
    placement = {key: data.draw(SHARE | WRONG_SHARE) for key in ("x", "y", "tailX", "tailY")}
    book = a_book()
    with suppress(EditError):
        book = apply_edit(book, edit("place_balloon", lettering_id="a", placement=placement))
        assert all(-2 <= value <= 3 for value in placement.values())
    assert Book.model_validate_json(book.model_dump_json()) == book


@pytest.mark.parametrize("wrong", [float("nan"), "nan", "inf", 1e300, -3, 10**400, True])
def test_a_balloon_far_away_or_nowhere_is_refused(wrong: Any) -> None:
    for key in ("x", "tailX"):
        wanted = edit("place_balloon", lettering_id="a", placement={"x": 0.5, "y": 0.5} | {key: wrong})
        with pytest.raises(EditError):
            apply_edit(a_book(), wanted)


def test_batches_in_batches_end_somewhere() -> None:
    one = edit("change_layout", page_id="ch1-p1", layout="single")
    args: dict[str, Any] = {"edits": [one.model_dump()]}
    for levels in range(2, 301):
        args = {"edits": [{"op": "do_all", "args": args}]}
        if levels == 10:
            assert next(apply_edit(a_book(), Edit(op="do_all", args=args)).plan.pages()).layout == "single"
    with pytest.raises(EditError, match="edit-too-deep"):
        apply_edit(a_book(), Edit(op="do_all", args=args))


@pytest.mark.parametrize("levels", range(40, 70))
def test_what_an_edit_puts_in_can_be_written_and_read_again_however_deep(levels: int) -> None:
    book = a_book()
    with suppress(EditError):
        book = apply_edit(
            book,
            edit("set_field", node="dialogue:ch1-p1-pan1-d1", field="kitsumy.other", value=nest(levels)),
        )
    assert read_plan(write_plan(book.plan).encode()).plan == book.plan


def test_half_a_character_that_was_typed_is_mended() -> None:
    typed = edit("set_field", node="panel:ch1-p1-pan1", field="action", value="Лис \ud83d")
    book = apply_edit(a_book(), typed)
    assert next(book.plan.panels()).action == "Лис \ufffd"
    content = book.model_dump(mode="json") | {"picks": {"ch1-p1-pan1": "\ud83d"}}
    content["plan"]["title"] = "\ude00"
    restored = apply_edit(a_book(), Edit(op="restore_book", args={"content": content}))
    assert (restored.plan.title, restored.picks) == ("\ufffd", {"ch1-p1-pan1": "\ufffd"})
    write_plan(restored.plan).encode()


PAGES = ["plan", "chapters", 0, "pages"]


@pytest.mark.parametrize(
    ("path", "new_id", "kind"),
    [
        (["plan", "characters", 1, "id"], "char-1", "character"),
        (["plan", "chapters", 0, "id"], "", "chapter"),
        ([*PAGES, 1, "id"], "ch1-p1", "page"),
        ([*PAGES, 1, "panels", 0, "id"], "ch1-p1-pan1", "panel"),
        ([*PAGES, 0, "panels", 0, "dialogue", 0, "kitsumy", "id"], "", "dialogue"),
        (["plan", "kitsumy", "locations"], [{"id": "a"}, {"id": "a"}], "location"),
        (["editions"], [{"id": "main"}, {"id": "main"}], "edition"),
    ],
)
def test_a_book_whose_parts_cannot_be_told_apart_is_not_restored(path: Any, new_id: Any, kind: str) -> None:
    content = a_book().model_dump(mode="json")
    content["plan"].setdefault("kitsumy", {})
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new_id
    with pytest.raises(EditError) as caught:
        apply_edit(a_book(), Edit(op="restore_book", args={"content": content}))
    assert (caught.value.error_code, caught.value.params["kind"]) == ("ids-not-unique", kind)


def test_a_restored_book_is_no_newer_than_the_program() -> None:
    content = a_book().model_dump(mode="json")
    content["plan"]["kitsumy"] = {"schemaVersion": 7}
    with pytest.raises(EditError, match="edit-value"):
        apply_edit(a_book(), Edit(op="restore_book", args={"content": content}))


def test_python_names_in_an_edit_are_somebody_elses_keys() -> None:
    panel = {"id": "new", "kitsumy": {"action_en": "x"}}
    book = apply_edit(a_book(), Edit(op="add_panel", args={"page_id": "ch1-p1", "panel": panel}))
    found = tree.find(book.plan, "panel", "new")
    assert (found.kitsumy.action_en, found.kitsumy.model_extra) == ("", {"action_en": "x"})


def test_one_bad_location_hides_and_deletes_no_other() -> None:
    json = plan_to_json(a_book().plan)
    places = [{"id": "a", "name": "Маяк"}, {"id": "b", "name": 5}, "Берег", {"id": "c", "@id": 1}]
    json["kitsumy"]["locations"] = places
    book = Book(plan=plan_from_json(json).plan)
    assert [place.id for place in book.plan.kitsumy.locations] == ["a", "c"]
    kept = [places[0], places[3], places[1], places[2]]
    for one in (
        edit("set_field", node="plan", field="kitsumy.idea", value="x"),
        edit("set_field", node="panel:ch1-p1-pan1", field="action", value="x"),
        edit("change_layout", page_id="ch1-p1", layout="single"),
    ):
        after = apply_edit(book, one)
        for result in (after, apply_patch(book, diff(book, after)), merge(book, after, book).book):
            assert plan_to_json(result.plan)["kitsumy"]["locations"] == kept
    after = apply_edit(book, edit("add_location", location={"id": "d"}))
    after = apply_edit(after, edit("delete_node", node="location:a"))
    walked = apply_patch(book, diff(book, after))
    assert walked == after
    assert plan_to_json(walked.plan)["kitsumy"]["locations"] == [places[3], {"id": "d"}, places[1], places[2]]


def test_a_location_beside_something_that_is_no_list_is_kept_and_so_is_that() -> None:
    json = plan_to_json(a_book().plan)
    json["kitsumy"]["locations"] = {"id": "a"}
    book = Book(plan=plan_from_json(json).plan)
    assert (
        plan_to_json(apply_edit(book, edit("delete_node", node="page:ch1-p1")).plan)["kitsumy"]
        == json["kitsumy"]
    )
    after = apply_edit(book, edit("add_location", location={"id": "d"}))
    kit = plan_to_json(apply_patch(book, diff(book, after)).plan)["kitsumy"]
    assert (kit["locations"], kit["malformedLocations"]) == ([{"id": "d"}], {"id": "a"})
