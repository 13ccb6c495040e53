"""Keep the writer's own levels of detail in the data folder, over those that ship."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kitsumy_core.errors import InputError, StorageError, UsageError
from kitsumy_core.render.profiles import PROFILES, Profile

FILE = "profiles.toml"
STEPS = (1, 150)
SCALE = (0.25, 2.0)
DENOISE = (0.05, 1.0)


class Profiles:
    """The profiles of a data folder. A file that cannot be used is told as `problem` and changes nothing."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FILE
        self._seen: int | None = None
        self._known: dict[str, Profile] = dict(PROFILES)
        self.problem: InputError | None = None

    def all(self) -> dict[str, Profile]:
        """Return the profiles by id, the shipped ones first."""
        state = self._file.stat().st_mtime_ns if self._file.is_file() else None
        if state != self._seen:
            self._known, self.problem = self._read() if state else (dict(PROFILES), None)
            self._seen = state
        return self._known

    def save(self, profiles: dict[str, Profile]) -> None:
        """Keep these profiles; what is as shipped is not written. Raises UsageError, StorageError."""
        import tomli_w

        for profile in profiles.values():
            _check(profile)
        own = {
            name: profile.model_dump(mode="json", exclude={"id"})
            for name, profile in profiles.items()
            if profile != PROFILES.get(name)
        }
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial = self._file.with_suffix(".part")
            partial.write_bytes(tomli_w.dumps(own).encode())
            partial.replace(self._file)
        except OSError as error:
            raise StorageError("no-permission", where=str(self._file)) from error
        self._seen = -1

    def _read(self) -> tuple[dict[str, Profile], InputError | None]:
        try:
            written: dict[str, Any] = tomllib.loads(self._file.read_text("utf-8"))
            own = {name: Profile.model_validate(value | {"id": name}) for name, value in written.items()}
            for profile in own.values():
                _check(profile)
        except (OSError, ValidationError, ValueError, TypeError, UsageError) as error:
            problem = str(error).partition("\n")[0][:200]
            return dict(PROFILES), InputError("profiles-unreadable", file=FILE, problem=problem)
        return {**PROFILES, **own}, None


def _check(profile: Profile) -> None:
    for name, (least, most) in (("steps", STEPS), ("scale", SCALE), ("denoise", DENOISE)):
        if not least <= getattr(profile, name) <= most:
            raise UsageError("profile-value", profile=profile.id, field=name, least=least, most=most)
