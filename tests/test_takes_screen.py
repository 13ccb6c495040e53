"""Screens about pictures: styles, what image models know of a character, stale badges, routes of pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from kitsumy_core.errors import InputError
from kitsumy_core.export.metadata import metadata_of
from kitsumy_core.pipeline import RenderOptions, planned
from kitsumy_core.plan.edits import edit
from kitsumy_core.render.profiles import PROFILES
from kitsumy_core.render.styles import STYLES
from kitsumy_core.store import Take
from studio import library, services, staleness
from studio.components.take_more import mask_picture
from studio.routes import ROUTES
from studio.urls import reference_url, sample_url, take_file_url
from tests.long_comics import sample_book
from tests.stores import a_take, png

APP = Path(__file__).parents[1] / "studio" / "app.py"


@pytest.fixture
def running() -> Iterator[services.Services]:
    yield services.start()
    services.stop()


def opened(screen: str, language: str = "en", **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    comic = query.get("comic") or services.current().store.create(sample_book(), "writer").id
    app.query_params.update({"lang": language, "comic": comic})
    app.run()
    app.switch_page(f"screens/{screen}.py").run()
    assert not app.exception, app.exception
    return app


def rendered(running: services.Services) -> tuple[str, Take]:
    """Return a comic whose first panel shows a take of today's shot."""
    project = running.store.create(sample_book(), "writer").id
    book = running.store.head(project).book
    panel = next(book.plan.panels())
    made = planned(book, panel.id, RenderOptions("comfyui", "mid"))
    image, facts = running.store.images.put_foreign(png("teal", (64, 48)))
    known = a_take(project, image=image, shot=made.shot, request=made.request)
    take = Take(**vars(known) | {"panel_id": panel.id, "width": facts.width, "height": facts.height})
    running.store.add_take(take)
    running.store.commit(project, edit("pick_take", panel_id=panel.id, take_id=take.id), "writer")
    return project, take


def test_a_style_is_changed_as_ones_own_and_brought_back_as_it_was(running: services.Services) -> None:
    app = opened("styles")
    app.session_state["style"] = "noir"
    app.run()
    app.text_area(key="st-prompt-noir").set_value("ink, only ink")
    next(b for b in app.button if b.label == "Save").click().run()
    assert not app.exception
    assert library.styles().all()["noir"].prompt == "ink, only ink"
    assert library.styles().is_own("noir")
    app.button(key="style-remove").click().run()
    assert library.styles().all()["noir"] == STYLES["noir"]
    assert app.text_area(key="st-prompt-noir").value == STYLES["noir"].prompt


def test_a_new_style_gets_an_id_made_of_its_name(running: services.Services) -> None:
    app = opened("styles", "uk")
    app.text_input(key="style-new-name").set_value("Крейда на дошці")
    next(b for b in app.button if b.label == "Додати").click().run()
    assert not app.exception
    assert library.styles().all()["kreida-na-doshtsi"].title == {"uk": "Крейда на дошці"}
    assert app.session_state["style"] == "kreida-na-doshtsi"


def test_levels_of_detail_are_kept_only_where_they_differ_and_within_bounds(
    running: services.Services,
) -> None:
    profiles = library.profiles()
    profiles.save({**PROFILES, "mid": PROFILES["mid"].but(steps=9)})
    assert profiles.all()["mid"].steps == 9
    file = running.settings.data_dir / "profiles.toml"
    assert "final" not in file.read_text("utf-8")
    file.write_text("[mid]\nsteps = 100000\nscale = 1\n[mid.title]\n", "utf-8")
    assert profiles.all() == PROFILES
    assert profiles.problem is not None
    app = opened("styles")
    assert any("profiles.toml" in warning.value.replace("\\", "") for warning in app.warning)


def test_a_stale_panel_says_why_on_the_render_screen_and_can_be_rendered_alone(
    running: services.Services,
) -> None:
    project, take = rendered(running)
    assert staleness.stale_panels(project, running.store.head(project).book) == []
    change = edit("set_field", node="character:char-1", field="clothing", value="a red coat")
    running.store.commit(project, change, "writer")
    assert staleness.stale_panels(project, running.store.head(project).book) == [take.panel_id]
    app = opened("render", comic=project)
    assert any("Vera Lusk: clothing" in text.value.replace("\\", "") for text in app.markdown)
    app.button(key="render-one").click().run()
    assert not app.exception
    (job,) = running.store.jobs(project)
    assert job.panel_id == take.panel_id


def test_what_image_models_know_of_a_character_is_edited_in_its_form(running: services.Services) -> None:
    project, _take = rendered(running)
    image = running.store.images.put(png())
    change = edit("set_field", node="character:char-1", field="kitsumy.references", value=[image])
    running.store.commit(project, change, "writer")
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"lang": "en", "comic": project})
    app.run()
    app.session_state["character-pictures"] = True
    app.switch_page("screens/cast.py").run()
    assert not app.exception
    key = next(w.key for w in app.text_area if "wording" in str(w.key))
    app.text_area(key=key).set_value("vl_woman, {look}").run()
    app.session_state["reference"] = image
    app.run()
    app.button(key="reference-remove").click().run()
    assert not app.exception
    kit = running.store.head(project).book.plan.characters[0].kitsumy
    assert (kit.wording, kit.references) == ("vl_woman, {look}", ())


def test_pictures_go_only_to_whom_they_belong_and_a_kept_file_tells_what_it_was_made_from(
    running: services.Services,
) -> None:
    project, take = rendered(running)
    client = TestClient(Starlette(routes=ROUTES))
    kept = client.get(take_file_url(project, take.id))
    assert kept.headers["content-type"] == "image/png"
    assert "attachment" in kept.headers["content-disposition"]
    told = metadata_of(kept.content)
    assert told
    assert told["workflow"] == "text2img"
    bare = client.get(take_file_url(project, take.id) + "&bare=1")
    assert metadata_of(bare.content) is None
    assert client.get(take_file_url("nobody", take.id)).status_code == 404
    assert client.get(reference_url(project, take.image, 320)).status_code == 404, "no character's picture"
    change = edit("set_field", node="character:char-1", field="kitsumy.references", value=[take.image])
    running.store.commit(project, change, "writer")
    assert client.get(reference_url(project, take.image, 320)).status_code == 200
    styles = library.styles()
    address = sample_url(styles, styles.set_sample("noir", png()))
    assert client.get(address).headers["content-type"] == "image/jpeg"
    assert client.get("/api/style-sample?id=../../secret").status_code == 404


def test_a_painted_mask_becomes_black_and_white_of_the_takes_size() -> None:
    painted = Image.new("RGB", (20, 10), "black")
    painted.paste("white", (0, 0, 10, 10))
    out = io.BytesIO()
    painted.save(out, "PNG")
    address = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    with Image.open(io.BytesIO(mask_picture(address, (200, 100)))) as mask:
        assert (mask.size, mask.mode) == ((200, 100), "L")
        assert {count for _share, count in mask.getcolors() or ()} == {0, 255}
        assert mask.getpixel((10, 50)) == 255
    for bad in ("", "data:text/html,x", "data:image/png;base64,@@", "data:image/png;base64,AAAA"):
        with pytest.raises(InputError):
            mask_picture(bad, (20, 10))
