"""Turn the environment, a `.env` file and the stored preferences into one frozen `Settings`.

The environment wins over `.env`, that over what the Settings screen stored, that over the defaults.
Nothing is read at import.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kitsumy_core import preferences
from kitsumy_core.errors import UsageError

ENV_FILE = Path(".env")
DATA_DIR = "KITSUMY_DATA_DIR"

OBSOLETE = ("SYNC_TIMEOUT", "POLLING_INTERVAL", "MAX_POLLING_ATTEMPTS", "MAX_CONCURRENT_GENERATIONS")
"""Names of older tools that are read without harm; `doctor` says that they do nothing."""


def _names(*names: str) -> Any:
    return AliasChoices(*names)


class _Stored(EnvSettingsSource):
    """The preferences of the data folder that the sources before this one name."""

    def __call__(self) -> dict[str, Any]:
        named = self.current_state.get("data_dir", self.current_state.get(DATA_DIR))
        stored = preferences.read(Path(named) if named else _usual_folder())
        self.env_vars = {name: value for name, value in stored.items() if name != DATA_DIR}
        return super().__call__()


def _usual_folder() -> Path:
    return user_data_path("kitsumy", appauthor=False)


class Settings(BaseSettings):
    """Everything the environment may say. All of it is optional."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        populate_by_name=True,
        case_sensitive=True,
    )

    data_dir: Path = Field(default_factory=_usual_folder, validation_alias=DATA_DIR)
    database_url: SecretStr | None = Field(default=None, validation_alias="KITSUMY_DATABASE_URL")
    images_url: str | None = Field(default=None, validation_alias="KITSUMY_IMAGES_URL")
    language: str = Field(default="uk", validation_alias="KITSUMY_LANGUAGE")

    comfyui_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("http://localhost:8188",), validation_alias=_names("COMFYUI_HOSTS", "COMFYUI_URL")
    )
    generation_timeout: float = Field(default=120, gt=0, validation_alias="GENERATION_TIMEOUT")
    """Seconds without progress after which a job counts as stalled."""

    runpod_api_key: SecretStr | None = Field(default=None, validation_alias="RUNPOD_API_KEY")
    runpod_endpoint_ids: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), validation_alias=_names("RUNPOD_ENDPOINT_IDS", "RUNPOD_SERVER_100_ID")
    )
    runpod_large_endpoint_id: str | None = Field(default=None, validation_alias="RUNPOD_SERVER_150_ID")
    runpod_sketch_endpoint_id: str | None = Field(default=None, validation_alias="RUNPOD_SERVER_SCHNELL_ID")
    runpod_base_url: str = Field(
        default="https://api.runpod.ai/v2", validation_alias="RUNPOD_ENDPOINT_BASE_URL"
    )
    max_polling_duration: float = Field(default=1800, gt=0, validation_alias="MAX_POLLING_DURATION")
    runpod_execution_timeout: float = Field(
        default=600, ge=5, le=604_800, validation_alias="RUNPOD_EXECUTION_TIMEOUT"
    )
    """Seconds of work after which RunPod itself stops a job."""
    runpod_prices: str = Field(
        default="",
        pattern=r"^(\s*([A-Za-z0-9_-]+\s*=\s*)?0?\.\d+\s*(,|$))*$",
        validation_alias="RUNPOD_PRICES",
    )
    """USD per second: "0.00031", or "id=0.00031, id=0.00053"."""
    runpod_idle_timeout: float = Field(default=5, ge=0, le=3600, validation_alias="RUNPOD_IDLE_TIMEOUT")
    """Seconds a worker stays on, and is paid, after its last job."""
    runpod_spend_limit: float | None = Field(default=None, gt=0, validation_alias="RUNPOD_SPEND_LIMIT")
    """USD for any 24 hours."""

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    llm_model: str | None = Field(default=None, validation_alias="KITSUMY_LLM_MODEL")
    llm_fallback_model: str | None = Field(default=None, validation_alias="KITSUMY_LLM_FALLBACK_MODEL")
    ollama_host: str | None = Field(default=None, validation_alias="OLLAMA_HOST")
    llm_concurrency: int | None = Field(default=None, ge=1, le=64, validation_alias="KITSUMY_LLM_CONCURRENCY")
    """Calls to a language model at once; None = as many as its server works on."""
    llm_context: int = Field(default=16384, ge=2048, validation_alias="KITSUMY_LLM_CONTEXT")
    """Tokens of prompt and answer that Ollama is asked to hold."""
    llm_price_read: float | None = Field(default=None, ge=0, validation_alias="KITSUMY_LLM_PRICE_READ")
    llm_price_written: float | None = Field(default=None, ge=0, validation_alias="KITSUMY_LLM_PRICE_WRITTEN")
    """Money for a million tokens, read and written, in whatever currency; None = nothing is said of costs."""

    celery_broker_url: SecretStr | None = Field(default=None, validation_alias="CELERY_BROKER_URL")
    celery_result_backend: SecretStr | None = Field(default=None, validation_alias="CELERY_RESULT_BACKEND")
    redis_broker_db: int = Field(default=3, ge=0, validation_alias="REDIS_BROKER_DB")
    redis_result_db: int = Field(default=4, ge=0, validation_alias="REDIS_RESULT_DB")

    @field_validator("comfyui_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        hosts = tuple(_as_url(part) for part in value.split(",") if part.strip())
        if not hosts:
            raise ValueError("no server is named")
        return hosts

    @field_validator("runpod_endpoint_ids", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        return tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, _Stored(settings_cls)

    @property
    def comfyui_is_configured(self) -> bool:
        return "comfyui_hosts" in self.model_fields_set

    @property
    def runpod_is_configured(self) -> bool:
        return bool(self.runpod_api_key and self.runpod_api_key.get_secret_value())


def load_settings(env_file: Path | None = ENV_FILE) -> Settings:
    """Read all sources. Raises UsageError naming the variable that has an unusable value, InputError or
    StorageError for preferences that cannot be read.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise _invalid(error) from None


def accepted(name: str, text: str) -> str:
    """Return a value for a setting as it is to be stored. Raises UsageError if it cannot be used."""
    text = " ".join(text.split())
    try:
        Settings.model_validate({name: text})
    except ValidationError as error:
        if any(str(part["loc"][0]) == name for part in error.errors(include_input=False)):
            raise _invalid(error) from None
    return text


def _invalid(error: ValidationError) -> UsageError:
    first = error.errors(include_input=False)[0]
    return UsageError("setting-invalid", name=str(first["loc"][0]), problem=first["msg"])


class Origin(NamedTuple):
    """Where a setting's value comes from, and the name it has there."""

    source: Literal["environment", "file", "stored", "default"]
    name: str


def origins(
    data_dir: Path, environment: Mapping[str, str] = os.environ, env_file: Path | None = ENV_FILE
) -> dict[str, Origin]:
    """Return the origin of every field of `Settings`; values are not among what is returned."""
    places: tuple[tuple[Literal["environment", "file", "stored"], Mapping[str, str | None]], ...] = (
        ("environment", environment),
        ("file", DotEnvSettingsSource(Settings, env_file).env_vars),
        ("stored", {k: v for k, v in preferences.read(data_dir).items() if k != DATA_DIR}),
    )
    return {
        field: next(
            (Origin(source, name) for source, values in places for name in names if values.get(name)),
            Origin("default", names[0]),
        )
        for field in Settings.model_fields
        for names in [names_of(field)]
    }


def names_of(field: str) -> tuple[str, ...]:
    """Return the environment names of a field, the preferred one first."""
    alias = Settings.model_fields[field].validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (str(alias),)


def known_names() -> set[str]:
    """Return every environment name that `Settings` reads."""
    return {name for field in Settings.model_fields for name in names_of(field)}


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the `KITSUMY_*` names in the environment that mean nothing here: most likely misspelt."""
    return sorted(n for n in environment if n.startswith("KITSUMY_") and n not in known_names())


def obsolete_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    return sorted(n for n in OBSOLETE if n in environment)


def _as_url(host: str) -> str:
    host = host.strip().rstrip("/")
    return host if "://" in host else f"http://{host}"
