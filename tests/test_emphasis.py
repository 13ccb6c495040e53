"""Emphasis (*so*) from the writer's text to the drawn page; faces by role and character; bent effects."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.page.arcs import letters_on_arc
from kitsumy_core.page.compose import compose, compose_page
from kitsumy_core.page.document import Lettering
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.emphasis import marked, parts, plain, unmarked
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.vector import set_lines
from kitsumy_core.plan.book import Book, Edition, Placement, sfx_id
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.models import Dialogue, DialogueKit
from tests.samples import a_book, a_page, a_panel


def said(text: str, **edition: object) -> Lettering:
    line = Dialogue(character="char-1", text=text, kitsumy=DialogueKit(id="d1"))
    page = a_page(layout="single", panels=1)
    page = page.but(panels=(a_panel(dialogue=(line,), sfx="ГРЮК"),))
    book = a_book().but(editions=(Edition(**edition),))  # type: ignore[arg-type]
    return compose_page(book, "main", page, 1, {}, measure).lettering[0]


@pytest.mark.parametrize(
    ("written", "strong"),
    [
        ("Це *мій* човен", ["мій"]),
        ("Це *мій човен*, не твій", ["мій човен"]),
        ("**Ніколи!** Чуєш?", ["Ніколи!"]),
        ("Сума* з приміткою", []),
        ("2 * 3 * 4", []),
        ("a*b*c", []),
        ("«*Ні*», — сказав", ["Ні"]),
    ],
)
def test_words_between_asterisks_are_emphasised(written: str, strong: list[str]) -> None:
    assert [text for text, is_strong in parts(marked(written)) if is_strong] == strong


@given(st.text(alphabet="аб *.,\ue000\ue001", max_size=40))
def test_marking_twice_changes_nothing_more_and_loses_no_letter(text: str) -> None:
    once = plain(marked(text))
    assert [c for c in once if c in "аб.,"] == [c for c in text if c in "аб.,"]
    assert unmarked(once) == plain(marked(once))


def test_a_line_with_emphasis_holds_its_runs_and_its_plain_words() -> None:
    text = said("Та це ж *наш* човен, Зоє!").text
    assert " ".join(text.lines) == "ТА ЦЕ Ж НАШ ЧОВЕН, ЗОЄ!"
    for index, line in enumerate(text.lines):
        assert "".join(run.text for run in text.line_runs(index)) == line
    strong = [run for runs in text.spans for run in runs if run.bold]
    assert [run.text for run in strong] == ["НАШ"]
    assert strong[0].italic
    assert strong[0].font == "dialogue-strong"
    assert said("Та це ж наш човен, Зоє!").text.spans == ()


def test_an_emphasised_word_too_long_for_its_balloon_is_split_and_whole() -> None:
    words = "*" + "найвищепоставленоговисокопревосходительства" * 3 + "*"
    text = said(words).text
    assert "".join(text.lines).replace("-", "") == words.strip("*").upper()


def test_faces_are_chosen_by_role_and_by_character() -> None:
    assert said("Так", fonts={"speech": "narrow"}).text.font == "narrow"
    assert said("Так", fonts={"speech": "narrow", "char-1": "diary"}).text.font == "diary"
    assert said("Так", fonts={"char-2": "diary", "speech": "no-such-face"}).text.font == "dialogue"
    book = apply_edit(a_book(), edit("set_field", node="edition:main", field="fonts.char-1", value="round"))
    document = compose(book, "main", {}, measure)
    assert {entry.text.font for page in document.pages for entry in page.lettering} == {"round"}
    assert [font.id for font in document.fonts] == ["round"]
    back = apply_edit(book, edit("set_field", node="edition:main", field="fonts.char-1", value=None))
    assert back.editions[0].fonts == {}


def effect(**hand: float) -> Lettering:
    page = a_page(layout="single", panels=1)
    page = page.but(panels=(a_panel("p", dialogue=(), sfx="ГРЮК"),))
    placement = Placement(x=0.5, y=0.5, **hand)
    book = a_book().but(editions=(Edition(placements={sfx_id("p"): placement}),))
    return compose_page(book, "main", page, 1, {}, measure).lettering[0]


def test_a_sound_effect_is_turned_scaled_and_bent_by_hand() -> None:
    usual, changed = effect(), effect(rotation=20, scale=1.5, arc=60)
    assert changed.shape.rotation == 20
    assert changed.text.size == pytest.approx(1.5 * usual.text.size, abs=0.1)
    assert changed.text.arc == 60
    assert (changed.shape.cx, changed.shape.cy) == (usual.shape.cx, usual.shape.cy)


@pytest.mark.parametrize("arc", [30, 120, -90])
def test_the_letters_of_a_bent_effect_stand_on_one_circle(arc: float) -> None:
    found = list(letters_on_arc(effect(arc=arc, rotation=0), measure))
    assert [letter.text for letter in found] == list("ГРЮК")
    (ax, ay), (bx, by), (cx, cy) = ((found[i].dx, found[i].dy) for i in (0, 1, 3))
    bend = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    assert (bend > 0) == (arc > 0)
    d = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    ux = ((ax**2 + ay**2) * (by - cy) + (bx**2 + by**2) * (cy - ay) + (cx**2 + cy**2) * (ay - by)) / d
    uy = ((ax**2 + ay**2) * (cx - bx) + (bx**2 + by**2) * (ax - cx) + (cx**2 + cy**2) * (bx - ax)) / d
    distances = [hypot(letter.dx - ux, letter.dy - uy) for letter in found]
    assert max(distances) - min(distances) < 0.5


def test_exports_set_emphasis_and_bent_effects_as_the_page_does() -> None:
    entry = said("Та це ж *наш* човен, Зоє!")
    block = set_lines(entry)
    assert block.text.split("\n") == list(entry.text.lines)
    faces = {run.face for line in block.lines for run in line}
    assert faces == {"dialogue", "dialogue-strong"}
    for line in block.lines:
        assert all(a.x + a.width == pytest.approx(b.x) for a, b in pairwise(line))
    bent = set_lines(effect(arc=60, rotation=12))
    (letters,) = bent.lines
    assert "".join(run.text for run in letters) == "ГРЮК"
    assert bent.degrees == 12
    assert letters[0].degrees == pytest.approx(-letters[-1].degrees, abs=6)
    assert letters[0].degrees < 0 < letters[-1].degrees


def test_a_bent_effect_is_drawn_where_its_letters_stand() -> None:
    page = a_page(layout="single", panels=1)
    page = page.but(panels=(a_panel("p", dialogue=(), sfx="ГРЮК", action=""),))
    shots = []
    for arc in (0.0, 90.0):
        placements = {sfx_id("p"): Placement(x=0.5, y=0.5, rotation=0, arc=arc)}
        book = Book(plan=a_book().plan, editions=(Edition(placements=placements),))
        shots.append(draw_page(compose_page(book, "main", page, 1, {}, measure), lambda _asset: None, 0.25))
    ink = [shot.convert("L").point(lambda v: 255 if v < 40 else 0).getbbox() for shot in shots]
    assert ink[0] is not None
    assert ink[1] is not None
    assert shots[0].tobytes() != shots[1].tobytes()
