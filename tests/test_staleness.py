"""Staleness: a change of plan marks exactly the takes it affects, and says why."""

from __future__ import annotations

import pytest

from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import apply_edit, batch, edit
from kitsumy_core.plan.models import LoraChoice
from kitsumy_core.render.shot import Shot, shot_of
from kitsumy_core.render.staleness import is_stale, reasons
from tests.samples import a_book

FIRST = "ch1-p1-pan1"


def shots(book: Book) -> dict[str, Shot]:
    found = {}
    for panel in book.plan.panels():
        box = panel_box(book, panel.id)
        shot = shot_of(book, panel.id, box) if box else None
        assert shot is not None
        found[panel.id] = shot
    return found


def changed(book: Book, node: str, field: str, value: object) -> Book:
    return apply_edit(book, edit("set_field", node=node, field=field, value=value))


def stale(before: Book, after: Book, drawn: str = "diffusion") -> dict[str, list[str]]:
    then, now = shots(before), shots(after)
    found = {
        panel: [
            f"{r.who}: {r.what}" if r.who else r.what for r in reasons(then[panel], now.get(panel), drawn)
        ]  # type: ignore[arg-type]
        for panel in then
    }
    return {panel: why for panel, why in found.items() if why}


def seen_with(book: Book, character: str) -> set[str]:
    return {panel.id for panel in book.plan.panels() if character in panel.characters}


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("clothing", "кожух", "clothing"),
        ("appearance", "лисий", "look"),
        ("seed", 77, "seed"),
        ("name", "Матвій", "name"),
        ("kitsumy.wording", "mrk man, {look}", "wording"),
        ("kitsumy.references", ["ab" * 32], "references"),
        ("kitsumy.loras", [{"name": "marko.safetensors"}], "loras"),
    ],
)
def test_a_change_of_a_character_marks_its_panels_and_no_other(field: str, value: object, what: str) -> None:
    book = a_book()
    found = stale(book, changed(book, "character:char-1", field, value))
    assert set(found) == seen_with(book, "char-1")
    assert {tuple(why) for why in found.values()} == {
        (f"{'Матвій' if field == 'name' else 'Марко'}: {what}",)
    }


@pytest.mark.parametrize(
    ("node", "field", "value"),
    [
        ("character:char-1", "role", "another"),
        ("character:char-1", "kitsumy.voice", "hoarse"),
        ("character:char-1", "kitsumy.server", "127.0.0.1:8189"),
        ("character:char-1", "kitsumy.workflow", "flux_kontext"),
        (f"panel:{FIRST}", "narrative", "Того вечора"),
        (f"panel:{FIRST}", "sfx", "БАХ"),
        (f"panel:{FIRST}", "kitsumy.workflow", "flux_text2img"),
        (f"panel:{FIRST}", "kitsumy.quiet", "top"),
        ("plan", "title", "Інша назва"),
    ],
)
def test_what_no_picture_shows_stales_nothing(node: str, field: str, value: object) -> None:
    book = a_book()
    assert stale(book, changed(book, node, field, value)) == {}


def test_clothes_of_a_chapter_or_panel_touch_only_that_one() -> None:
    book = a_book()
    one = changed(book, f"panel:{FIRST}", "kitsumy.clothing.char-1", "мокрий плащ")
    assert stale(book, one) == {FIRST: ["Марко: clothing"]}
    moved = changed(one, f"panel:{FIRST}", "kitsumy.clothing.char-1", "")
    assert stale(book, moved) == {}


def test_the_same_words_in_another_place_of_the_plan_are_the_same() -> None:
    book = a_book()
    worn = book.plan.character("char-1")
    assert worn is not None
    again = changed(book, f"panel:{FIRST}", "kitsumy.clothing.char-1", worn.clothing)
    assert shots(book)[FIRST] != shots(again)[FIRST]
    assert stale(book, again) == {}


@pytest.mark.parametrize(("field", "what"), [("camera", "camera"), ("action", "action"), ("mood", "mood")])
def test_a_panels_own_words_mark_that_panel(field: str, what: str) -> None:
    book = a_book()
    assert stale(book, changed(book, f"panel:{FIRST}", field, "зовсім інше")) == {FIRST: [what]}


def test_behind_a_prompt_of_ones_own_other_words_are_not_seen_but_a_sketch_shows_them() -> None:
    book = changed(a_book(), f"panel:{FIRST}", "kitsumy.prompt", "a door, oil on canvas")
    after = changed(book, f"panel:{FIRST}", "camera", "зовсім інше")
    assert stale(book, after) == {}
    assert stale(book, after, "sketch") == {FIRST: ["camera"]}
    assert stale(a_book(), book) == {FIRST: ["prompt"]}


def test_who_talks_turns_a_sketch_and_no_other_picture() -> None:
    book = a_book()
    with_line = shots(book)[FIRST].but(speakers=("char-2", "char-1", "char-2"))
    assert [r.what for r in reasons(shots(book)[FIRST], with_line, "sketch")] == ["speakers"]
    assert not is_stale(shots(book)[FIRST], with_line)


def test_who_came_and_who_left_is_told() -> None:
    book = a_book()
    (why,) = reasons(
        shots(book)[FIRST], shots(changed(book, f"panel:{FIRST}", "characters", ["char-2"]))[FIRST]
    )
    assert why.what == "cast"
    assert why.was != why.now


def test_several_changes_are_told_together_with_what_they_were() -> None:
    book = a_book()
    after = apply_edit(
        book,
        batch(
            edit("set_field", node="character:char-1", field="clothing", value="кожух"),
            edit("set_field", node=f"panel:{FIRST}", field="mood", value="весело"),
        ),
    )
    found = reasons(shots(book)[FIRST], shots(after)[FIRST])
    assert [(r.what, r.now) for r in found] == [("mood", "весело"), ("clothing", "кожух")]


def test_a_box_of_nearly_the_same_shape_needs_no_other_picture() -> None:
    shot = shots(a_book())[FIRST].but(width=1000, height=700)
    assert not is_stale(shot, shot.but(width=1020))
    assert not is_stale(shot, shot.but(width=2000, height=1400))
    assert [r.what for r in reasons(shot, shot.but(width=1400))] == ["shape"]


def test_a_random_seed_fits_the_picture_that_is_there() -> None:
    shot = shots(a_book())[FIRST].but(seed=5)
    assert not is_stale(shot, shot.but(seed=-1))
    assert is_stale(shot, shot.but(seed=6))


def test_a_picture_from_outside_is_never_stale() -> None:
    assert not is_stale(None, shots(a_book())[FIRST])
    assert not is_stale(shots(a_book())[FIRST], None)


def test_a_shot_stored_before_characters_had_loras_reads_as_one_without() -> None:
    shot = shots(a_book())[FIRST]
    data = shot.model_dump(mode="json")
    for member in data["cast"]:
        member.pop("loras")
        member.pop("wording")
    assert not is_stale(Shot.model_validate(data), shot)
    assert shot.cast[0].but(loras=(LoraChoice(name="x"),)).loras
