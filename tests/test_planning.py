"""From a panel to its request: workflow, style, LoRAs, references, words in English, and what to warn of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.errors import InputError, NotFoundError, UsageError
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.pipeline import Planned, RenderOptions, materials, planned
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.render.library import Workflows
from kitsumy_core.render.loras import CINEMATIC
from kitsumy_core.render.pinning import pinned
from kitsumy_core.render.planning import Materials, kept_apart, plan_request, workflow_of
from kitsumy_core.render.profiles import PROFILES, WorkflowFacts
from kitsumy_core.render.request import DiffusionRequest, LoraUse
from kitsumy_core.render.sheet import sheet_id
from kitsumy_core.render.shot import Shot, shot_of
from kitsumy_core.render.style_library import Styles
from kitsumy_core.render.styles import STYLES, Style
from kitsumy_core.render.translate import foreign_texts, known_english, translated
from kitsumy_core.render.workflow import build
from kitsumy_core.store import NewJob
from tests.samples import a_book
from tests.stores import FIRST, opened, panel, png, settings_for

COMFY = RenderOptions("comfyui", "mid")
SHEET, TAKE, MASK, POSE = ("ab" * 32, "cd" * 32, "ef" * 32, "12" * 32)


def changed(book: Book, node: str, **fields: object) -> Book:
    for field, value in fields.items():
        book = apply_edit(book, edit("set_field", node=node, field=f"kitsumy.{field}", value=value))
    return book


def shot(book: Book) -> Shot:
    box = panel_box(book, FIRST)
    found = shot_of(book, FIRST, box) if box else None
    assert found is not None
    return found


def plan_of(
    book: Book, options: RenderOptions = COMFY, references: int = 0, **known: Any
) -> tuple[DiffusionRequest, dict[str, Mapping[str, Any]]]:
    def facts(name: str) -> WorkflowFacts:
        return WorkflowFacts(name=name, references=references, keeps_apart=max(1, references))

    using = Materials(facts, **known)
    request, warnings = plan_request(book.plan, panel(book), shot(book), options, using)
    return request, {w.code: w.params for w in warnings}


def test_the_workflow_is_the_panels_else_the_characters_else_the_styles_else_ours() -> None:
    book = a_book()
    style = Style(id="s", title={}, prompt="x", workflow="style_flow")

    def chosen(book: Book, options: RenderOptions = COMFY, style: Style | None = style) -> str:
        return workflow_of(book.plan, panel(book), style, options, "ours", facts).name

    def facts(name: str) -> WorkflowFacts:
        return WorkflowFacts(name=name, takes_mask=name == "panel_flow", takes_pose=name == "style_flow")

    assert chosen(book, style=None) == "ours"
    assert chosen(book, COMFY._replace(mask=MASK, source=TAKE), None) == "inpaint"
    assert chosen(book, COMFY._replace(control=POSE), None) == "pose"
    assert chosen(book) == "style_flow"
    assert chosen(book, COMFY._replace(control=POSE)) == "style_flow", "it has a place for a pose"
    assert chosen(book, COMFY._replace(mask=MASK, source=TAKE)) == "inpaint", "it has none for a mask"
    book = changed(book, "character:char-1", workflow="marko_flow")
    assert chosen(book) == "marko_flow"
    book = changed(book, f"panel:{FIRST}", workflow="panel_flow")
    assert chosen(book) == "panel_flow"
    assert chosen(book, COMFY._replace(mask=MASK, source=TAKE)) == "panel_flow", "the model stays the same"
    assert chosen(book, COMFY._replace(control=POSE)) == "pose"
    assert chosen(book, COMFY._replace(upscale=2.0, source=TAKE)) == "upscale"
    assert chosen(book, COMFY._replace(workflow="by hand", mask=MASK)) == "by hand"


def test_two_characters_that_differ_get_the_first_named_workflow_and_a_warning() -> None:
    book = changed(a_book(), "character:char-1", workflow="one")
    book = changed(book, "character:char-2", workflow="two")
    book = apply_edit(
        book, edit("set_field", node=f"panel:{FIRST}", field="characters", value=["char-2", "char-1"])
    )
    request, warnings = plan_of(book)
    assert request.workflow == "two"
    assert warnings["workflows-differ"] == {"chosen": "two", "others": "one"}


def test_reference_sheets_go_to_workflows_that_take_them_in_the_order_of_the_cast() -> None:
    book = changed(a_book(), "character:char-1", references=[SHEET, TAKE])
    assert plan_of(book)[0].references == ()
    assert plan_of(book, references=2)[0].references == (SHEET,)


def test_more_characters_than_the_workflow_keeps_apart_are_warned_of_before_anything_is_spent() -> None:
    book = apply_edit(
        a_book(), edit("set_field", node=f"panel:{FIRST}", field="characters", value=["char-1", "char-2"])
    )
    params = plan_of(book)[1]["too-many-characters"]
    assert params == {"most": 1, "workflow": "text2img"}
    assert "too-many-characters" not in plan_of(book, references=4)[1]
    own = changed(book, f"panel:{FIRST}", prompt="two people in a boat")
    assert "too-many-characters" not in plan_of(own)[1]


def test_a_repainted_flux_panel_stays_with_flux_and_an_adapter_that_blends_keeps_one_character() -> None:
    book = changed(a_book(), f"panel:{FIRST}", workflow="flux_text2img")
    repaint = COMFY._replace(mask=MASK, source=TAKE)
    using = materials()
    request, _warnings = plan_request(book.plan, panel(book), shot(book), repaint, using)
    assert (request.workflow, request.mask, request.source) == ("flux_text2img", MASK, TAKE)
    filled = build(Workflows().load("flux_text2img"), request, "x")
    assert "SetLatentNoiseMask" in {node["class_type"] for node in filled.values()}
    assert kept_apart(using.facts("ip_adapter")) == 1 < using.facts("ip_adapter").references
    assert kept_apart(using.facts("flux_kontext")) == 4


def test_loras_of_style_characters_and_cinema_are_stacked_and_what_has_no_room_is_told() -> None:
    style = STYLES["noir"].but(loras=(LoraUse(name="ink", strength=0.5),), cinematic=True)
    book = changed(a_book(), "plan", styleId="noir")
    book = changed(book, "character:char-1", loras=[{"name": "marko"}])
    request, warnings = plan_of(book, styles={"noir": style})
    assert [(lora.name, lora.strength) for lora in request.loras] == [
        *(("ink", 0.5), ("marko", 0.85), (CINEMATIC, 0.95))
    ]
    assert "loras-left-out" not in warnings
    assert plan_of(book, COMFY._replace(cinematic=False), styles={"noir": style})[0].loras[-1].name == "marko"
    many = changed(book, "character:char-1", loras=[{"name": f"l{n}"} for n in range(10)])
    assert plan_of(many, styles={"noir": style})[1]["loras-left-out"] == {"loras": f"l9, {CINEMATIC}"}


def test_the_clothing_in_force_is_in_every_prompt_even_behind_a_wording_that_forgets_it() -> None:
    book = changed(a_book(), "character:char-1", wording="mrk1 man, {look}", look="tall, grey")
    book = changed(book, f"panel:{FIRST}", **{"clothing.char-1": "a red coat"})
    assert "Mrk1 man, tall, grey, wearing a red coat." in plan_of(book)[0].prompt
    book = changed(book, "character:char-1", wording="{clothing} on {name} {format}")
    assert "A red coat on Marko {format}." in plan_of(book)[0].prompt


def test_a_take_can_be_varied_repainted_posed_and_enlarged() -> None:
    book = a_book()
    vary = plan_of(book, COMFY._replace(source=TAKE, denoise=0.6, words="at night."))[0]
    assert vary.prompt.startswith("At night. ")
    assert (vary.source, vary.denoise, vary.workflow) == (TAKE, 0.6, "text2img")
    repaint = plan_of(book, COMFY._replace(source=TAKE, mask=MASK, size=(640, 448)))[0]
    assert (repaint.source, repaint.mask, repaint.workflow) == (TAKE, MASK, "inpaint")
    assert (repaint.width, repaint.height, repaint.denoise) == (640, 448, 0.85)
    assert plan_of(book, COMFY._replace(control=POSE))[0].control == POSE
    assert plan_of(book, COMFY._replace(source=TAKE, mask=MASK, denoise=0.7))[0].denoise == 0.7
    large = plan_of(book, COMFY._replace(source=TAKE, upscale=2.0, size=(2048, 1280)))[0]
    assert (large.source, large.upscale, large.workflow, large.width) == (TAKE, 2.0, "upscale", 2048)


def test_edited_profiles_and_a_writers_own_styles_are_used() -> None:
    book = changed(a_book(), "plan", styleId="mine")
    mine = Style(id="mine", title={"en": "Mine"}, prompt="chalk on slate", negative="ink")
    quick = PROFILES["mid"].but(steps=4)
    made: Planned = planned(book, FIRST, COMFY, using=materials(None, {"mine": mine}, {"mid": quick}))
    assert isinstance(made.request, DiffusionRequest)
    assert made.request.steps == 4
    assert made.request.prompt.startswith("Chalk on slate")
    assert "ink" in made.request.negative
    with pytest.raises(UsageError):
        planned(book, FIRST, COMFY, using=materials(profiles={}))


class Dictionary:
    """A translator that knows some words and counts what it was asked."""

    name = "dictionary"

    def __init__(self, words: dict[str, str]) -> None:
        self.words, self.asked = words, []  # type: dict[str, str], list[str]

    async def translate(self, texts: Sequence[str], language: str) -> Mapping[str, str]:
        self.asked += texts
        return {text: self.words[text] for text in texts if text in self.words}


def test_every_text_is_translated_once_kept_and_used_and_what_is_left_is_warned_of(tmp_path: Path) -> None:
    book = a_book()
    shots = [shot(book)]
    foreign = foreign_texts(shots, {})
    assert len(foreign) == len(set(foreign)) > 1
    who = Dictionary({text: f"english {n}" for n, text in enumerate(foreign[:-1])})
    with opened(settings_for(tmp_path / "data")) as store:
        known = asyncio.run(translated(shots, store, who))
        assert who.asked == foreign
        assert asyncio.run(translated(shots, store, None)) == known
        store.keep_translations({foreign[0]: "by hand"}, "uk")
        again = asyncio.run(translated(shots, store, who))
        assert who.asked == [*foreign, foreign[-1]], "only what is still missing is asked for again"
        assert again[foreign[0]] == "by hand"
    made = planned(book, FIRST, COMFY, using=materials(translations=again))
    assert isinstance(made.request, DiffusionRequest)
    assert "By hand." in made.request.prompt
    assert [w.text for w in made.warnings if w.code == "prompt-not-english"] == [foreign[-1]]


def test_a_writer_makes_changes_and_restores_styles_and_gives_them_samples(tmp_path: Path) -> None:
    styles = Styles(tmp_path)
    assert styles.all() == STYLES
    styles.save(STYLES["noir"].but(prompt='mine, «лапки» "quotes"\n', loras=(LoraUse(name="ink"),)))
    styles.save(Style(id="chalk", title={"uk": "Крейда"}, prompt="chalk"))
    again = Styles(tmp_path)
    assert again.get("noir") == styles.get("noir") != STYLES["noir"]
    assert again.find("крейда") == again.get("chalk")
    assert (again.is_own("noir"), again.is_own("manga")) == (True, False)
    sampled = styles.set_sample("chalk", png())
    assert styles.sample(sampled)
    styles.remove("noir")
    styles.remove("chalk")
    assert styles.all() == STYLES
    assert list((tmp_path / "styles").iterdir()) == []


@pytest.mark.parametrize("bad", ["../evil", "", "a/b", "Noir", "a" * 61])
def test_a_styles_id_is_a_safe_file_name(tmp_path: Path, bad: str) -> None:
    with pytest.raises(UsageError, match="style-id"):
        Styles(tmp_path).save(Style(id=bad, title={}, prompt="x"))


def test_a_style_file_that_cannot_be_read_is_told_and_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "broken.toml").write_text("prompt = ", "utf-8")
    (tmp_path / "styles" / "sly.toml").write_text('prompt = "x"\nsample = "../../key"\n[title]\n', "utf-8")
    styles = Styles(tmp_path)
    assert "noir" in styles.all()
    (problem,) = styles.problems
    assert isinstance(problem, InputError)
    assert problem.params["file"] == "broken.toml"
    assert styles.all()["sly"].sample == ""


def test_a_reference_sheet_is_planned_from_the_characters_words_and_workflow() -> None:
    book = changed(a_book(), "character:char-1", look="tall, grey", references=[SHEET], workflow="text2img")
    made = planned(book, "sheet:char-1", COMFY)
    assert isinstance(made.request, DiffusionRequest)
    assert "Marko: tall, grey" in made.request.prompt
    assert "back view" in made.request.prompt
    assert made.request.references == ()
    assert made.request.width > made.request.height
    with pytest.raises(NotFoundError):
        planned(book, "sheet:nobody", COMFY)


def test_what_the_writer_says_of_a_change_is_put_into_english_like_the_rest_and_warned_of_otherwise(
    tmp_path: Path,
) -> None:
    book, who = a_book(), Dictionary({"вночі, дощ": "at night, rain"})
    with opened(settings_for(tmp_path)) as store:
        known = asyncio.run(translated([shot(book)], store, who, words=["вночі, дощ ", "at dawn", ""]))
        assert known["вночі, дощ"] == "at night, rain"
        assert known_english([shot(book)], store, words=["вночі, дощ"])["вночі, дощ"] == "at night, rain"
    wanted = COMFY._replace(words="вночі, дощ", source=TAKE)
    request, _warnings = plan_of(book, wanted, translations=known)
    assert request.prompt.startswith("At night, rain. ")
    blind, warned = plan_request(
        *(book.plan, panel(book), shot(book), wanted, Materials(lambda name: WorkflowFacts(name=name)))
    )
    assert blind.prompt.startswith("Вночі, дощ. ")
    assert "вночі, дощ" in {warning.text for warning in warned}
    using = Materials(lambda name: WorkflowFacts(name=name))
    english = COMFY._replace(words="at dawn")
    _made, warned = plan_request(book.plan, panel(book), shot(book), english, using)
    assert "at dawn" not in {warning.text for warning in warned}


def test_the_sheet_of_a_character_is_rendered_on_the_server_its_panels_are_bound_to(tmp_path: Path) -> None:
    book = changed(a_book(), "character:char-1", server="http://big:8188")
    with opened(settings_for(tmp_path)) as store:
        project = store.create(book, "anna").id
        named = ((sheet_id("char-1"), "http://big:8188"), (sheet_id("char-2"), ""), ("gone", ""))
        for panel_id, server in named:
            job = NewJob(project, panel_id, "final", DiffusionRequest(prompt="x"), shot(book), "anna")
            assert [wish.pinned for wish in pinned(store, [job])] == [server]
