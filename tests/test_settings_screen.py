"""The Settings screen says where values come from, stores what is set there, and shows no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core import preferences
from kitsumy_core.plan.book import Book
from kitsumy_core.settings import Settings, load_settings
from studio import services
from studio.components.settings_facts import CLUSTER, LANGUAGE_MODELS, RUNPOD, TIMEOUT, masked

APP = Path(__file__).parents[1] / "studio" / "app.py"
KEY = "sk-proj-0123456789abcdWXYZ"
ELSEWHERE = {"data_dir", "database_url", "images_url", "language", "comfyui_hosts"}
"""Fields that are no simple rows."""


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[services.Services]:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    yield services.start()
    services.stop()


def opened(language: str = "en") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["lang"] = language
    services.current().store.create(Book(), "writer")
    app.run()
    app.switch_page("screens/settings.py").run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    """Return all that the screen says or holds in its fields."""
    shown = [*app.caption, *app.markdown, *app.text_input, *app.error, *app.info, *app.warning]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(one.value) for one in shown))


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_screen_draws_in_both_languages(running: services.Services, language: str) -> None:
    app = opened(language)
    assert len(app.subheader) == 7
    assert not app.error


def test_every_setting_of_the_environment_has_its_place_on_the_screen() -> None:
    rows = {one.field for one in (*RUNPOD, *LANGUAGE_MODELS, *CLUSTER, TIMEOUT)}
    assert rows | ELSEWHERE == set(Settings.model_fields)
    assert not rows & ELSEWHERE


def test_every_value_says_where_it_comes_from(
    running: services.Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "gpu:11434")
    (tmp_path / ".env").write_text("KITSUMY_LLM_MODEL=from-the-file")
    preferences.update(running.settings.data_dir, {"GENERATION_TIMEOUT": "300"})
    app = opened()
    said = words(app)
    assert "From the environment: OLLAMA_HOST. Change it there." in said
    assert "From the file .env: KITSUMY_LLM_MODEL. Change it there." in said
    assert "Set here · GENERATION_TIMEOUT" in said
    assert "Default · OPENAI_BASE_URL" in said
    assert app.text_input(key="set-ollama-host").disabled
    assert app.text_input(key="set-llm-model").disabled
    assert not app.number_input(key="set-generation-timeout").disabled
    assert app.number_input(key="set-generation-timeout").value == 300


def test_a_value_set_here_is_stored_and_can_be_forgotten(running: services.Services) -> None:
    app = opened()
    app.text_input(key="set-llm-model").set_value(" some-model ").run()
    assert load_settings().llm_model == "some-model"
    assert services.current().settings.llm_model == "some-model", "it holds at once"
    assert "started again" not in words(app)
    app.button(key="forget-llm-model").click().run()
    assert load_settings().llm_model is None
    assert preferences.read(running.settings.data_dir) == {}
    assert "started again" not in words(app)


def test_a_number_is_stored_as_it_was_typed(running: services.Services) -> None:
    app = opened()
    app.number_input(key="set-generation-timeout").set_value(1234567.0).run()
    assert preferences.read(running.settings.data_dir) == {"GENERATION_TIMEOUT": "1234567"}


def test_a_secret_is_stored_and_never_shown_in_full(
    running: services.Services, capfd: pytest.CaptureFixture[str]
) -> None:
    app = opened()
    field = app.text_input(key="secret-openai-api-key")
    field.set_value(KEY)
    save = next(b for b in app.button if b.form_id == field.form_id and b.form_id)
    save.click().run()
    assert preferences.read(running.settings.data_dir)["OPENAI_API_KEY"] == KEY
    assert "set, ends in WXYZ" in words(app)
    assert KEY not in words(app)
    assert KEY[:-4] not in str(app)
    assert KEY not in str(app.query_params)
    kept = {str(k): str(v) for k, v in app.session_state._state.filtered_state.items()}
    assert not any(KEY in value for value in kept.values())
    out, err = capfd.readouterr()
    assert KEY not in out + err


def test_a_short_secret_and_an_address_with_a_password_give_nothing_away(
    running: services.Services,
) -> None:
    preferences.update(
        running.settings.data_dir,
        {
            "RUNPOD_API_KEY": "geheim",
            "CELERY_BROKER_URL": "redis://:topsecret@host/3",
            "OPENAI_BASE_URL": "https://me:topsecret@host/v1",
            "COMFYUI_HOSTS": "https://me:topsecret@gpu:8188",
        },
    )
    said = words(opened())
    assert "geheim" not in said
    assert "topsecret" not in said
    assert "API key: **set**" in said
    assert "https://me:•••@host/v1" in said
    assert "https://me:•••@gpu:8188" in said


def test_a_secret_stays_out_of_a_bundle(running: services.Services, tmp_path: Path) -> None:
    preferences.update(running.settings.data_dir, {"OPENAI_API_KEY": KEY})
    project = running.store.create(Book(), "writer")
    file = tmp_path / "comic.kitsumy"
    running.store.export_bundle(project.id, file)
    import zipfile

    with zipfile.ZipFile(file) as bundle:
        content = b"".join(bundle.read(name) for name in bundle.namelist())
        assert not any("settings" in name for name in bundle.namelist())
    assert KEY.encode() not in content


def test_servers_are_added_and_taken_off(running: services.Services) -> None:
    app = opened()
    app.text_input(key="server-new").set_value("gpu-box:9999").run()
    assert load_settings().comfyui_hosts == ("http://localhost:8188", "http://gpu-box:9999")
    app.button(key="server-remove-0").click().run()
    assert load_settings().comfyui_hosts == ("http://gpu-box:9999",)
    assert not any(b.key == "server-remove-0" for b in app.button)


def test_a_wrong_address_is_refused_in_words(running: services.Services) -> None:
    app = opened()
    app.text_input(key="server-new").set_value("ftp://gpu").run()
    assert load_settings().comfyui_hosts == ("http://localhost:8188",)
    assert any("is not a server" in e.value.replace("\\", "") for e in app.error)


def test_a_server_that_does_not_answer_is_named(
    running: services.Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMFYUI_HOSTS", "127.0.0.1:9")
    app = opened()
    app.button(key="server-test-0").click().run()
    assert "http://127.0.0.1:9 does not answer" in words(app)


def test_damaged_preferences_are_said_and_not_overwritten(running: services.Services) -> None:
    file = preferences.file_of(running.settings.data_dir)
    file.write_text("{")
    app = opened()
    assert len(app.error) == 1
    assert not app.text_input
    assert file.read_text() == "{"


def test_the_language_set_here_is_spoken_at_once(running: services.Services) -> None:
    app = opened("en")
    app.selectbox(key="set-language").set_value("en").run()
    app.selectbox(key="set-language").set_value("uk").run()
    assert load_settings().language == "uk"
    assert app.session_state["lang"] == "uk"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://h:1/p", "http://h:1/p"),
        ("http://u:p@h:1/p", "http://u:•••@h:1/p"),
        ("s3://key:p%40ss@bucket/x", "s3://key:•••@bucket/x"),
        ("http://u@h", "http://u@h"),
        ("http://[", "•••"),
        ("model-name", "model-name"),
    ],
)
def test_passwords_of_addresses_are_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_a_language_model_is_tested_and_its_key_stays_with_its_address(running: services.Services) -> None:
    from tests.slot_server import SlotServer, served

    with served(SlotServer(3, 100)) as url:
        app = opened()
        app.text_input(key="set-openai-base-url").set_value(url).run()
        app.button(key="llm-test-compatible").click().run()
        assert not app.exception
        assert "answers; models: scripted-model. Calls at once: 3" in words(app)
    folder = running.settings.data_dir
    preferences.update(folder, {"OPENAI_API_KEY": KEY})
    app.text_input(key="set-openai-base-url").set_value("http://127.0.0.1:9/v1").run()
    assert "OPENAI_API_KEY" not in preferences.read(folder), "it was entered for the other address"
    app.button(key="llm-test-compatible").click().run()
    assert "cannot be reached" in words(app)
    assert KEY[-8:] not in words(app)
