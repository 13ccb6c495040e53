"""Keep the writer's own styles in the data folder, over those that ship: edit, add, restore, give samples."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from pathlib import Path

from kitsumy_core.errors import InputError, StorageError, UsageError
from kitsumy_core.render.styles import (
    FOLDER,
    SHIPPED_FOLDER,
    STYLES,
    Style,
    find_style,
    is_style_id,
    styles_in,
)

SAMPLE_SIDE = 640
"""Longest side of a sample picture in pixels."""


class Styles:
    """The styles of a data folder. Files are read anew when they changed, so an edit by hand is seen."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._own = data_dir / FOLDER if data_dir else None
        self._seen: object = None
        self._known: dict[str, Style] = dict(STYLES)
        self._owned: frozenset[str] = frozenset()
        self.problems: list[InputError] = []
        """What was wrong with files of the data folder when they were last read."""

    def all(self) -> dict[str, Style]:
        """Return the styles by id, a writer's own in the place of shipped ones."""
        state = self._state()
        if state != self._seen:
            own, self.problems = styles_in(self._own) if self._own else ({}, [])
            self._known, self._owned, self._seen = {**STYLES, **own}, frozenset(own), state
        return self._known

    def get(self, style_id: str) -> Style | None:
        return self.all().get(style_id)

    def find(self, name: str) -> Style | None:
        """Return the style with this id or title, in any language and case."""
        return find_style(name, self.all().values())

    def is_own(self, style_id: str) -> bool:
        """Tell whether the writer made or changed this style."""
        self.all()
        return style_id in self._owned

    def save(self, style: Style) -> None:
        """Write a style to the data folder. Raises UsageError for an id no file can have, StorageError."""
        import tomli_w

        folder = self._folder()
        if not is_style_id(style.id):
            raise UsageError("style-id", id=style.id)
        written = style.model_dump(mode="json", exclude_defaults=True, exclude_none=True, exclude={"id"})
        self._write(folder / f"{style.id}.toml", tomli_w.dumps(written).encode())

    def remove(self, style_id: str) -> None:
        """Take a writer's own style away; a shipped one of the same id is as it was."""
        folder = self._folder()
        if is_style_id(style_id):
            for file in (folder / f"{style_id}.toml", folder / f"{style_id}.jpg"):
                with suppress(FileNotFoundError):
                    file.unlink()
        self._seen = None

    def sample(self, style: Style) -> Path | None:
        """Return the file of a style's sample picture, or None if there is none."""
        if not style.sample or Path(style.sample).name != style.sample:
            return None
        folders = [self._own] if self._own else []
        places = (folder / style.sample for folder in (*folders, SHIPPED_FOLDER))
        return next((place for place in places if place.is_file()), None)

    def is_hint(self, style: Style) -> bool:
        """Tell whether a style's sample is one that ships: drawn by a program, not by an image model."""
        file = self.sample(style)
        return file is not None and file.parent == SHIPPED_FOLDER

    def drop_sample(self, style_id: str) -> None:
        """Take a writer's own sample picture away; a style that ships has its drawn one again."""
        style = self.all().get(style_id)
        if style is None or not is_style_id(style_id) or not self.is_own(style_id):
            return
        with suppress(FileNotFoundError):
            (self._folder() / f"{style_id}.jpg").unlink()
        shipped = STYLES.get(style_id)
        self.save(style.but(sample=shipped.sample if shipped else ""))

    def set_sample(self, style_id: str, picture: bytes) -> Style:
        """Give a style a picture, made small. Raises InputError for what is no picture, UsageError."""
        from PIL import Image

        from kitsumy_core.store.images import check_picture

        style = self.get(style_id)
        if style is None or not is_style_id(style_id):
            raise UsageError("style-unknown", name=style_id, known=list(self.all()))
        check_picture(picture)
        out = BytesIO()
        with Image.open(BytesIO(picture)) as image:
            small = image.convert("RGB")
            small.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE))
            small.save(out, "JPEG", quality=88)
        self._write(self._folder() / f"{style_id}.jpg", out.getvalue())
        changed = style.but(sample=f"{style_id}.jpg")
        self.save(changed)
        return changed

    def _folder(self) -> Path:
        if self._own is None:
            raise UsageError("styles-fixed")
        return self._own

    def _write(self, file: Path, data: bytes) -> None:
        partial = file.with_name(f".{file.name}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(data)
            partial.replace(file)
        except OSError as error:
            raise StorageError("no-permission", where=str(file)) from error
        self._seen = None

    def _state(self) -> object:
        if self._own is None or not self._own.is_dir():
            return ()
        return tuple(sorted((f.name, f.stat().st_mtime_ns) for f in self._own.glob("*.toml")))
