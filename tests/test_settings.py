"""The environment wins over the .env file, that over the stored preferences, that over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitsumy_core import preferences
from kitsumy_core.errors import UsageError
from kitsumy_core.settings import Origin, Settings, accepted, load_settings, names_of, origins


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    return tmp_path / "data"  # where the shared fixture points KITSUMY_DATA_DIR


def test_each_source_gives_way_to_the_one_before_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    assert load_settings(env_file).llm_model is None
    preferences.update(data, {"KITSUMY_LLM_MODEL": "stored"})
    assert load_settings(env_file).llm_model == "stored"
    env_file.write_text("KITSUMY_LLM_MODEL=written")
    assert load_settings(env_file).llm_model == "written"
    monkeypatch.setenv("KITSUMY_LLM_MODEL", "spoken")
    assert load_settings(env_file).llm_model == "spoken"


def test_every_origin_is_named_as_it_was_given(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("GENERATION_TIMEOUT=50\nKITSUMY_LLM_MODEL=")
    preferences.update(data, {"KITSUMY_LLM_MODEL": "stored", "COMFYUI_HOSTS": "b:2"})
    monkeypatch.setenv("COMFYUI_URL", "a:1")
    found = origins(data, env_file=env_file)
    assert found["data_dir"] == Origin("environment", "KITSUMY_DATA_DIR")
    assert found["comfyui_hosts"] == Origin("environment", "COMFYUI_URL")
    assert found["generation_timeout"] == Origin("file", "GENERATION_TIMEOUT")
    assert found["llm_model"] == Origin("stored", "KITSUMY_LLM_MODEL")
    assert found["ollama_host"] == Origin("default", "OLLAMA_HOST")
    assert set(found) == set(Settings.model_fields)


def test_another_name_of_a_setting_in_the_environment_wins_over_the_stored_one(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preferences.update(data, {"COMFYUI_HOSTS": "stored:1"})
    assert load_settings(None).comfyui_hosts == ("http://stored:1",)
    assert load_settings(None).comfyui_is_configured
    monkeypatch.setenv("COMFYUI_URL", "spoken:2")
    assert load_settings(None).comfyui_hosts == ("http://spoken:2",)


def test_an_empty_name_in_the_environment_says_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COMFYUI_HOSTS", "GENERATION_TIMEOUT", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "")
    preferences.update(data, {"GENERATION_TIMEOUT": "33"})
    settings = load_settings(None)
    assert settings.comfyui_hosts == ("http://localhost:8188",)
    assert settings.generation_timeout == 33
    assert settings.openai_api_key is None


def test_a_stored_data_folder_is_not_followed(data: Path) -> None:
    preferences.update(data, {"KITSUMY_DATA_DIR": "/elsewhere"})
    assert load_settings(None).data_dir == data
    assert origins(data, {}, None)["data_dir"].source == "default"


def test_a_folder_given_in_code_brings_its_own_preferences(tmp_path: Path) -> None:
    preferences.update(tmp_path / "other", {"KITSUMY_LANGUAGE": "en"})
    assert Settings(data_dir=tmp_path / "other").language == "en"
    assert Settings(KITSUMY_DATA_DIR=tmp_path / "other").language == "en"  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "text"),
    [("GENERATION_TIMEOUT", "0"), ("GENERATION_TIMEOUT", "soon"), ("COMFYUI_HOSTS", " , ")],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_that_was_given(name: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        accepted(name, text)
    assert caught.value.error_code == "setting-invalid"
    assert caught.value.params["name"] == name


def test_an_unusable_stored_value_is_named_when_settings_are_read(data: Path) -> None:
    preferences.update(data, {"MAX_POLLING_DURATION": "-3"})
    with pytest.raises(UsageError) as caught:
        load_settings(None)
    assert caught.value.params["name"] == "MAX_POLLING_DURATION"


def test_a_pasted_value_is_stored_on_one_line(data: Path) -> None:
    assert accepted("OPENAI_API_KEY", "  sk-1\n") == "sk-1"


def test_settings_read_out_no_stored_secret(data: Path) -> None:
    preferences.update(data, {"OPENAI_API_KEY": "sk-geheim", "RUNPOD_API_KEY": "rp-geheim"})
    settings = load_settings(None)
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-geheim"
    assert "geheim" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert "geheim" not in repr(origins(data))


def test_a_field_knows_its_names_the_preferred_one_first() -> None:
    assert names_of("comfyui_hosts") == ("COMFYUI_HOSTS", "COMFYUI_URL")
    assert names_of("language") == ("KITSUMY_LANGUAGE",)
