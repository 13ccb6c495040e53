"""The Cast screen: who is there, what becomes of panels when somebody goes, portraits of everybody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.models import Chapter, ChapterKit, Character, ComicPlan, Location, PageKit, PanelKit
from studio import services
from studio.components.cast_delete import deletion
from studio.components.cast_facts import (
    panels_by_character,
    panels_by_place,
    unlisted_places,
    uses_of_character,
    uses_of_place,
)
from studio.editing import field_key
from studio.portraits import portrait_url
from studio.routes import ROUTES
from tests.samples import a_book, a_page, a_panel, a_plan

APP = Path(__file__).parents[1] / "studio" / "app.py"
NAME, SEED = "w-character-char-1-name", "w-character-char-1-seed"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def opened(running: services.Services, plan: ComicPlan, language: str = "en", **chosen: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    project = running.store.create(Book(plan=plan), "writer")
    app.query_params.update({"lang": language, "comic": project.id})
    app.run()
    for key, value in chosen.items():
        app.session_state[key] = value
    app.switch_page("screens/cast.py").run()
    assert not app.exception, app.exception
    return app


def plan_of(running: services.Services, app: AppTest) -> ComicPlan:
    return running.store.head(app.session_state["comic"]).book.plan


def sample() -> ComicPlan:
    return read_plan(samples()["lighthouse"].read_bytes()).plan


# --- the screen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["uk", "en"])
@pytest.mark.parametrize("side", ["cast", "places"])
def test_both_sides_draw_in_both_languages(running: services.Services, language: str, side: str) -> None:
    app = opened(running, sample(), language, side=side)
    first = "Vera Lusk" if side == "cast" else "Prairie"
    assert first in [field.value for field in app.text_input]


def test_an_empty_comic_invites_to_begin_and_shows_no_form(running: services.Services) -> None:
    app = opened(running, ComicPlan())
    assert [s.value for s in app.subheader] == ["Nobody is here yet"]
    assert {field.key for field in app.text_input} == {"new-name", "new-role"}


def test_a_new_character_has_a_seed_and_is_chosen(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.text_input(key="new-name").set_value("  Фокс  ")
    next(b for b in app.button if b.form_id == "character-new-form").click().run()
    made = plan_of(running, app).characters[-1]
    assert made.name == "Фокс"
    assert made.seed is not None
    assert 0 <= made.seed < 2**32
    assert app.text_input(key=f"w-character-{made.id}-name").value == "Фокс"


def test_a_nameless_character_is_not_added(running: services.Services) -> None:
    app = opened(running, a_plan())
    next(b for b in app.button if b.form_id == "character-new-form").click().run()
    assert len(plan_of(running, app).characters) == 2


def test_renaming_is_followed_everywhere(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.text_input(key=NAME).set_value("Маркіян").run()
    plan = plan_of(running, app)
    assert plan.characters[0].name == "Маркіян"
    assert all(panel.characters == ("char-1",) for panel in plan.panels())
    app.switch_page("screens/pages.py").run()
    assert "Маркіян" in str(app.selectbox)


def test_a_locked_seed_can_be_neither_redrawn_nor_typed(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.button(key="seed-draw").click().run()
    drawn = plan_of(running, app).characters[0].seed
    assert drawn not in (None, 11)
    app.toggle(key="w-character-char-1-kitsumy-seedLocked").set_value(True).run()
    assert plan_of(running, app).characters[0].kitsumy.seed_locked
    assert app.button(key="seed-draw").disabled
    assert app.number_input(key=SEED).disabled
    app.toggle(key="w-character-char-1-kitsumy-seedLocked").set_value(False).run()
    assert not app.button(key="seed-draw").disabled


def test_a_seed_can_be_typed_emptied_and_drawn_again(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.number_input(key=SEED).set_value(77).run()
    assert plan_of(running, app).characters[0].seed == 77
    app.number_input(key=SEED).set_value(None).run()
    assert plan_of(running, app).characters[0].seed is None
    assert app.button(key="seed-draw").label == "Draw a seed"
    app.button(key="seed-draw").click().run()
    assert plan_of(running, app).characters[0].seed is not None


def test_a_seed_that_no_number_field_can_hold_is_shown_all_the_same(running: services.Services) -> None:
    plan = a_plan(characters=(Character(id="char-1", name="Марко", seed=2**60),))
    app = opened(running, plan)
    assert app.text_input(key="seed-odd").value == str(2**60)


def test_a_copy_is_another_person_with_the_same_looks(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.button(key="character-twin").click().run()
    first, twin, _last = plan_of(running, app).characters
    assert twin.name == "Марко (copy)"
    assert (twin.appearance, twin.clothing) == (first.appearance, first.clothing)
    assert twin.id != first.id
    assert twin.seed != first.seed
    assert app.text_input(key=f"w-character-{twin.id}-name").value == "Марко (copy)"


def test_characters_change_places(running: services.Services) -> None:
    app = opened(running, a_plan())
    assert app.button(key="character-earlier").disabled
    app.button(key="character-later").click().run()
    assert [c.id for c in plan_of(running, app).characters] == ["char-2", "char-1"]
    assert app.button(key="character-later").disabled


def test_a_character_nobody_uses_goes_without_a_question(running: services.Services) -> None:
    app = opened(running, a_plan(), who="char-2")
    app.button(key="character-delete").click().run()
    assert [c.id for c in plan_of(running, app).characters] == ["char-1"]


def test_deleting_one_in_use_asks_and_gives_everything_to_another(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.button(key="character-delete").click().run()
    assert len(plan_of(running, app).characters) == 2
    assert "It is used in 8 panels on 2 pages: 1, 2." in [m.value for m in app.markdown]
    app.button(key="cast-delete").click().run()
    plan = plan_of(running, app)
    assert [c.id for c in plan.characters] == ["char-2"]
    assert {p.characters for p in plan.panels()} == {("char-2",)}
    assert {line.character for p in plan.panels() for line in p.dialogue} == {"char-2"}


def test_deleting_one_in_use_can_keep_the_lines_under_the_name(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.button(key="character-delete").click().run()
    app.radio(key="cast-fate").set_value("").run()
    app.button(key="cast-delete").click().run()
    plan = plan_of(running, app)
    assert {p.characters for p in plan.panels()} == {()}
    assert {line.character for p in plan.panels() for line in p.dialogue} == {"Марко"}


def test_a_deletion_can_be_called_off(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.button(key="character-delete").click().run()
    app.button(key="cast-keep").click().run()
    assert len(plan_of(running, app).characters) == 2
    assert not any(b.key == "cast-delete" for b in app.button)


def test_an_unknown_character_of_the_url_gives_the_first_one(running: services.Services) -> None:
    app = opened(running, a_plan(), who="char-gone")
    assert app.text_input(key=NAME).value == "Марко"


# --- what is used where ---------------------------------------------------------------------------------


def test_seen_and_speaking_panels_are_both_found_and_counted_once() -> None:
    silent = a_panel("p1", characters=("char-2",), dialogue=())
    voice = a_panel("p2", characters=())
    page = a_page(panels=0, layout="two-vertical").but(panels=(silent, voice, a_panel("p3")))
    plan = a_plan(0).but(chapters=(Chapter(id="c", pages=(page,)),)).numbered()
    assert [(use.panel.id, use.main) for use in uses_of_character(plan, "char-1")] == [
        ("p2", False),
        ("p3", True),
    ]
    assert panels_by_character(plan) == {"char-1": 2, "char-2": 1}


def place_plan() -> ComicPlan:
    panels = (
        a_panel("p1", location="somewhere", kitsumy=PanelKit(location_id="loc-1")),
        a_panel("p2", location=" МАЯК "),
        a_panel("p3", location="Порт"),
        a_panel("p4", location="порт"),
        a_panel("p5", location=""),
    )
    page = a_page(panels=0).but(panels=panels, kitsumy=PageKit(location_ids=("loc-1", "loc-2")))
    made = a_plan(0).but(chapters=(Chapter(id="c", pages=(page,)),)).numbered()
    places = (Location(id="loc-1", name="Маяк", look="white tower"), Location(id="loc-2", name=""))
    return made.but(kitsumy=made.kitsumy.but(locations=places))


def test_a_place_is_used_where_it_is_linked_or_named_in_words() -> None:
    plan = place_plan()
    uses = uses_of_place(plan, plan.kitsumy.locations[0])
    assert [(use.panel.id, use.main) for use in uses] == [("p1", True), ("p2", False)]
    assert uses_of_place(plan, plan.kitsumy.locations[1]) == []
    assert panels_by_place(plan) == {"loc-1": 2}
    assert unlisted_places(plan) == ["Порт"]


def test_a_place_in_words_becomes_a_place_of_the_list_with_its_panels(running: services.Services) -> None:
    app = opened(running, place_plan(), side="places")
    app.selectbox(key="place-name-2").set_value("Порт").run()
    plan = plan_of(running, app)
    made = plan.kitsumy.locations[-1]
    assert made.name == "Порт"
    assert [p.id for p in plan.panels() if p.kitsumy.location_id == made.id] == ["p3", "p4"]


def test_panels_that_name_a_place_are_linked_on_wish(running: services.Services) -> None:
    app = opened(running, place_plan(), side="places")
    app.button(key="place-link").click().run()
    assert [p.kitsumy.location_id for p in plan_of(running, app).panels()] == ["loc-1", "loc-1", "", "", ""]


def test_a_place_that_only_a_page_links_to_asks_before_it_goes(running: services.Services) -> None:
    app = opened(running, place_plan(), side="places", place="loc-2")
    app.button(key="place-delete").click().run()
    assert "Pages are linked to it." in [m.value for m in app.markdown]


@pytest.mark.parametrize(("heir", "linked", "listed"), [("loc-2", "loc-2", ("loc-2",)), ("", "", ("loc-2",))])
def test_a_deleted_place_leaves_no_trace_of_its_id(heir: str, linked: str, listed: tuple[str, ...]) -> None:
    plan = apply_edit(Book(plan=place_plan()), deletion(place_plan(), "location", "loc-1", heir)).plan
    assert [x.id for x in plan.kitsumy.locations] == ["loc-2"]
    assert next(plan.panels()).kitsumy.location_id == linked
    assert next(plan.pages()).kitsumy.location_ids == listed
    assert "loc-1" not in plan.model_dump_json()


def test_a_deleted_character_leaves_no_clothes_behind() -> None:
    dressed = a_panel("p1", kitsumy=PanelKit(clothing={"char-1": "шапка", "char-2": "шарф"}))
    page = a_page(panels=0).but(panels=(dressed,))
    chapter = Chapter(id="c", pages=(page,), kitsumy=ChapterKit(clothing={"char-1": "смокінг"}))
    plan = a_plan(0).but(chapters=(chapter,)).numbered()
    after = apply_edit(Book(plan=plan), deletion(plan, "character", "char-1", "char-2")).plan
    assert after.chapters[0].kitsumy.clothing == {}
    assert next(after.panels()).kitsumy.clothing == {"char-2": "шарф"}
    assert "char-1" not in after.model_dump_json()


def test_clothes_of_a_chapter_are_kept_in_the_chapter(running: services.Services) -> None:
    app = opened(running, a_plan())
    app.session_state["outfits"] = True
    app.run()
    app.selectbox(key="outfit-add-0").set_value("ch1").run()
    app.text_area(key=field_key("chapter:ch1", "kitsumy.clothing.char-1")).set_value("смокінг").run()
    assert plan_of(running, app).chapters[0].kitsumy.clothing == {"char-1": "смокінг"}


# --- portraits ------------------------------------------------------------------------------------------


@pytest.fixture
def browser(running: services.Services) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as client:
        yield client


def test_a_portrait_is_a_jpeg_that_changes_with_its_character(
    running: services.Services, browser: TestClient
) -> None:
    project = running.store.create(a_book(), "writer")
    before = running.store.head(project.id).book
    url = portrait_url(project.id, before, before.plan.characters[0])
    answer = browser.get(url)
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("JPEG", (320, 300))
    assert "immutable" in answer.headers["cache-control"]
    wanted = edit("set_field", node="character:char-1", field="appearance", value="лисий, з бородою")
    after = running.store.commit(project.id, wanted, "writer").book
    newer = portrait_url(project.id, after, after.plan.characters[0])
    assert newer != url
    assert browser.get(newer).content != answer.content
    assert browser.get(url).headers["cache-control"] == "no-store"
    other = edit("set_field", node="character:char-2", field="name", value="Зоряна")
    same = running.store.commit(project.id, other, "writer").book
    assert portrait_url(project.id, same, same.plan.characters[0]) == newer


def test_a_character_with_an_odd_id_and_endless_texts_has_a_portrait(
    running: services.Services, browser: TestClient
) -> None:
    odd = Character(id="../a b/?&#ї", name="x" * 50_000, appearance="довге " * 50_000)
    plan = ComicPlan(characters=(odd,))
    project = running.store.create(Book(plan=plan), "writer")
    url = portrait_url(project.id, Book(plan=plan), odd)
    assert parse_qs(urlsplit(url).query)["id"] == [odd.id]
    assert browser.get(url).headers["content-type"] == "image/jpeg"


def test_a_place_has_a_picture_without_people(running: services.Services, browser: TestClient) -> None:
    plan = place_plan()
    project = running.store.create(Book(plan=plan), "writer")
    answer = browser.get(portrait_url(project.id, Book(plan=plan), plan.kitsumy.locations[0]))
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (480, 320)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "comic=none&kind=character&id=char-1",
        "comic={0}&kind=character&id=none",
        "comic={0}&kind=x&id=char-1",
    ],
)
def test_what_is_not_there_is_not_found(running: services.Services, browser: TestClient, query: str) -> None:
    project = running.store.create(a_book(), "writer")
    assert browser.get(f"/api/portrait?{query.format(project.id)}").status_code == 404
