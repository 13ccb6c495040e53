"""Turn the environment (and a `.env` file) into one frozen `Settings`; nothing is read at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kitsumy_core.errors import UsageError

OBSOLETE = ("SYNC_TIMEOUT", "POLLING_INTERVAL", "MAX_POLLING_ATTEMPTS", "MAX_CONCURRENT_GENERATIONS")
"""Names of older tools that are read without harm; `doctor` says that they do nothing."""


def _names(*names: str) -> Any:
    return AliasChoices(*names)


class Settings(BaseSettings):
    """Everything the environment may say. All of it is optional."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_file_encoding="utf-8", populate_by_name=True, case_sensitive=True
    )

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("kitsumy", appauthor=False),
        validation_alias="KITSUMY_DATA_DIR",
    )
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

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    llm_model: str | None = Field(default=None, validation_alias="KITSUMY_LLM_MODEL")
    llm_fallback_model: str | None = Field(default=None, validation_alias="KITSUMY_LLM_FALLBACK_MODEL")
    ollama_host: str | None = Field(default=None, validation_alias="OLLAMA_HOST")

    celery_broker_url: SecretStr | None = Field(default=None, validation_alias="CELERY_BROKER_URL")
    celery_result_backend: SecretStr | None = Field(default=None, validation_alias="CELERY_RESULT_BACKEND")
    redis_broker_db: int = Field(default=3, ge=0, validation_alias="REDIS_BROKER_DB")
    redis_result_db: int = Field(default=4, ge=0, validation_alias="REDIS_RESULT_DB")

    @field_validator("comfyui_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(_as_url(part) for part in value.split(",") if part.strip())

    @field_validator("runpod_endpoint_ids", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        return tuple(p.strip() for p in value.split(",") if p.strip()) if isinstance(value, str) else value

    @property
    def comfyui_is_configured(self) -> bool:
        return "comfyui_hosts" in self.model_fields_set


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment. Raises UsageError naming the variable that has an unusable value."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise UsageError("setting-invalid", name=str(first["loc"][0]), problem=first["msg"]) from None


def known_names() -> set[str]:
    """Return every environment name that `Settings` reads."""
    names: set[str] = set()
    for spec in Settings.model_fields.values():
        alias = spec.validation_alias
        names |= {str(n) for n in alias.choices} if isinstance(alias, AliasChoices) else {str(alias)}
    return names


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the `KITSUMY_*` names in the environment that mean nothing here: most likely misspelt."""
    return sorted(n for n in environment if n.startswith("KITSUMY_") and n not in known_names())


def obsolete_names(environment: Mapping[str, str] = os.environ) -> list[str]:
    return sorted(n for n in OBSOLETE if n in environment)


def _as_url(host: str) -> str:
    host = host.strip().rstrip("/")
    return host if "://" in host else f"http://{host}"
