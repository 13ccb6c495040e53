"""Scripts: what people write is understood, what we write comes back, what is the same keeps its id."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core import pipeline
from kitsumy_core.errors import PlanFileError
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Dialogue,
    DialogueKit,
    Page,
    Panel,
    PanelKit,
)
from kitsumy_core.plan.script import Script, ScriptPanel, write_script
from kitsumy_core.plan.script_match import plan_of_script, with_script
from kitsumy_core.plan.script_read import decode_script, read_script
from tests.plan_strategies import Minter
from tests.samples import a_plan

DATA = Path(__file__).parent / "data" / "scripts"
SAMPLES = [read_plan(file.read_bytes()).plan for file in pipeline.samples().values()]


def panels(script: Script) -> list[ScriptPanel]:
    return list(script.panels())


def again(plan: ComicPlan, text: str | None = None) -> ComicPlan:
    return with_script(plan, read_script(write_script(plan) if text is None else text), Minter())


# --- as people write ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(DATA.iterdir()), ids=lambda f: f.name)
def test_every_way_of_writing_the_same_scene_is_understood(file: Path) -> None:
    script = read_script(decode_script(file.read_bytes()))
    pages = [page for chapter in script.chapters for page in chapter.pages]
    assert [len(page.panels) for page in pages] == [2, 1]
    first, second, last = panels(script)
    assert first.action.casefold().startswith(("буря", "a storm"))
    assert first.narrative in ("Дев’ять років ніхто не приходив.", "Nobody came for nine years.")
    assert [(line.speaker.casefold(), line.kind) for line in second.dialogue] in (
        [("мара", "off"), ("джонас", "whisper")],
        [("mara", "off"), ("jonas", "whisper")],
    )
    assert second.dialogue[0].text in ("Хто тут?", "Who is there?")
    assert second.sfx in ("ТУК ТУК", "KNOCK KNOCK")
    assert last.action.strip()
    assert last.dialogue == ()


@pytest.mark.parametrize(
    "heading",
    ["PAGE 1", "Page One (Five Panels)", "СТОРІНКА ПЕРША (П’ЯТЬ ПАНЕЛЕЙ)", "сторінка 1.", "# Page I",
     "**PAGE 1**", "PAGE ONE — 4 panels", "Стор. 1", "PAGES 2-3", "page twenty-one",
     "Сторінка двадцять перша:"],
)  # fmt: skip
def test_headings_of_pages_in_any_dress_are_headings(heading: str) -> None:
    assert len(panels(read_script(f"{heading}\nPanel 1\nA door."))) == 1


@pytest.mark.parametrize(
    "text", ["Pages of a book fly about.", "Панель керування мигає.", "Page after page burns."]
)
def test_a_sentence_that_begins_like_a_heading_is_text(text: str) -> None:
    (panel,) = panels(read_script(f"PAGE 1\nPANEL 1\n{text}"))
    assert panel.action == text


def test_a_time_of_day_and_a_note_with_a_colon_are_not_speakers() -> None:
    (panel,) = panels(read_script("PAGE 1\nPANEL 1\nThe clock says 12:30 sharp.\nNote: keep it dark."))
    assert panel.dialogue == ()
    assert panel.action == "The clock says 12:30 sharp. Note: keep it dark."


def test_wrapped_lines_go_on_and_a_backslash_keeps_the_break() -> None:
    text = "PAGE 1\nPANEL 1\nMARA: I heard\n   you.\nJONAS: One\\\n    two."
    (panel,) = panels(read_script(text))
    assert [line.text for line in panel.dialogue] == ["I heard you.", "One\ntwo."]


def test_old_encodings_are_read_and_pictures_are_refused() -> None:
    text = "СТОРІНКА 1\nПанель 1\nМАРА: Хто тут?"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1251"):
        assert panels(read_script(decode_script(text.encode(encoding))))[0].dialogue[0].text == "Хто тут?"
    with pytest.raises(PlanFileError, match="script-not-text"):
        decode_script(b"\x89PNG\r\n\0\0")


@pytest.mark.parametrize("text", ["", "Just a poem\nabout the sea.", "# A title\n"])
def test_a_text_without_pages_is_refused_with_a_word(text: str) -> None:
    with pytest.raises(PlanFileError, match="script-without-pages"):
        read_script(text)


def test_a_script_becomes_a_plan_with_its_cast_and_fitting_layouts() -> None:
    script = read_script(decode_script((DATA / "labels-uk.txt").read_bytes()))
    plan = plan_of_script(script, Minter())
    assert [character.name for character in plan.characters] == ["Мара", "Джонас"]
    assert [page.layout for page in plan.pages()] == ["two-horizontal", "single"]
    second = list(plan.panels())[1]
    assert second.characters == ("char-2",), "who speaks from off is not drawn"
    assert [line.character for line in second.dialogue] == ["char-1", "char-2"]


# --- there and back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", SAMPLES, ids=lambda p: p.title)
def test_a_sample_written_out_and_read_again_is_the_same_plan(plan: ComicPlan) -> None:
    assert again(plan) == plan.numbered()


PIECES = [
    *"аБ:()\\#*[]1-—.,@?",
    " ",
    "\n",
    "\t",
    "Page 1",
    "PANEL 2",
    "СТОРІНКА",
    "MARA",
    "SFX:",
    "НАПИС",
    "INT. ",
]
ODD = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
WORDS = ODD | st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=16)


@given(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS)
def test_whatever_is_written_in_a_plan_comes_back_word_for_word(
    action: str, spoken: str, caption: str, sfx: str, place: str, name: str
) -> None:
    cast = (Character(id="char-1", name=name), Character(id="char-2", name="Зоя"))
    lines = (
        Dialogue(character="char-1", text=spoken, kitsumy=DialogueKit(id="d1", kind="whisper")),
        Dialogue(character="char-2", text="Так.", kitsumy=DialogueKit(id="d2")),
    )
    kit = PanelKit(narrative_kind="place" if caption.strip() else "narration")
    said = {"action": action, "location": place, "narrative": caption, "sfx": sfx, "dialogue": lines}
    panel = Panel(id="x", characters=("char-1",), kitsumy=kit, **said)
    page = Page(id="p", layout="single", panels=(panel,))
    plan = ComicPlan(title="Маяк", characters=cast, chapters=(Chapter(id="c", title="Один", pages=(page,)),))
    assert again(plan) == plan.numbered()


@given(st.text(max_size=400) | st.lists(WORDS, max_size=12).map("\n".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        script = read_script(f"PAGE 1\n{text}")
    except PlanFileError:
        return
    plan_of_script(script, Minter())


# --- an edited script comes home ------------------------------------------------------------------------


def test_a_line_changed_in_the_script_changes_nothing_else() -> None:
    plan = SAMPLES[0]
    text = write_script(plan).replace("Він же помер.", "Та він же давно помер.")
    changed = again(plan, text)
    assert [panel.id for panel in changed.panels()] == [panel.id for panel in plan.panels()]
    differences = [
        (a.text, b.text)
        for old, new in zip(plan.panels(), changed.panels(), strict=True)
        for a, b in zip(old.dialogue, new.dialogue, strict=True)
        if a != b
    ]
    assert differences == [("Він же помер.", "Та він же давно помер.")]


def test_a_panel_put_in_between_is_new_and_the_others_stay_who_they_are() -> None:
    plan = a_plan(1).but()
    plan = _with_actions(
        plan, ["Вечір над морем", "Марко біжить сходами", "Зоя гасить ліхтар", "Двері риплять"]
    )
    text = write_script(plan).replace("Панель 3", "Панель 2а\nНова картина: чайка кричить.\n\nПанель 3")
    text = text.replace("Панель 2а", "Панель 2")
    changed = again(plan, text)
    ids = [panel.id for panel in changed.panels()]
    old = [panel.id for panel in plan.panels()]
    assert [i for i in ids if i in old] == old
    assert len(ids) == 5


def test_a_panel_moved_to_another_page_keeps_its_id() -> None:
    actions = ["Вечір над морем", "Марко біжить сходами", "Зоя гасить ліхтар", "Двері повільно риплять"]
    plan = _with_actions(
        a_plan(2), [*actions, "Ранок", "Чайка на щоглі", "Порожній берег", "Хтось махає здалеку"]
    )
    blocks = write_script(plan).split("\n\n")
    moved = next(block for block in blocks if "Зоя гасить" in block)
    blocks.remove(moved)
    changed = again(plan, "\n\n".join([*blocks, moved]))
    assert list(changed.pages())[1].panels[-1].id == list(plan.panels())[2].id
    assert [page.id for page in changed.pages()] == [page.id for page in plan.pages()]


def test_a_script_that_knows_no_cameras_leaves_them_and_one_that_does_takes_them_out() -> None:
    plan = a_plan(1)
    without = "\n".join(line for line in write_script(plan).splitlines() if not line.startswith("Камера:"))
    assert [p.camera for p in again(plan, without).panels()] == [p.camera for p in plan.panels()]
    once = write_script(plan).replace("Камера: середній план\n", "", 1)
    assert [p.camera for p in again(plan, once).panels()] == ["", *["середній план"] * 3]


def test_an_unknown_speaker_is_kept_as_written_for_the_check_to_ask() -> None:
    plan = a_plan(1)
    changed = again(plan, write_script(plan).replace("МАРКО: Є тут хто?", "ГАННА: Є тут хто?", 1))
    assert next(changed.panels()).dialogue[0].character == "ГАННА"


def _with_actions(plan: ComicPlan, actions: list[str]) -> ComicPlan:
    rest = iter(actions)
    chapter = plan.chapters[0]
    pages = tuple(
        page.but(panels=tuple(panel.but(action=next(rest), dialogue=()) for panel in page.panels))
        for page in chapter.pages
    )
    return plan.but(chapters=(chapter.but(pages=pages),))
