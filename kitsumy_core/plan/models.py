"""The plan: what the writer wrote, as frozen values that read and write the exchange JSON to the letter.

JSON keys are camelCase and fixed; everything of ours sits in one optional `kitsumy` object per node. Keys of
other tools, and malformed content of a `kitsumy` object, survive load, edit and save. `position` and
`pageNumber` are derived from array order when a plan is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

SCHEMA_VERSION = 1

ReadingDirection = Literal["ltr", "rtl", "ttb"]
DialogueKind = Literal["speech", "thought", "whisper", "shout", "radio", "weak", "off"]
NarrativeKind = Literal["narration", "place", "spokenOff"]

Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A text that other tools may leave out or write as null."""


def _no_null_items(value: Any) -> Any:
    return () if value is None else value


class Frozen(BaseModel):
    """A value: frozen, camelCase in JSON, unknown keys kept."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        strict=False,
        coerce_numbers_to_str=False,
    )

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced by values that are already valid."""
        return self.model_copy(update=changes)


class Lean(Frozen):
    """A value whose defaults are written only where they were given."""

    @model_serializer(mode="wrap")
    def _only_what_differs(self, handler: SerializerFunctionWrapHandler) -> Any:
        defaults = _defaults(type(self))
        return self.tidy(
            {
                key: value
                for key, value in handler(self).items()
                if key not in defaults
                or defaults[key][0] in self.model_fields_set
                or getattr(self, defaults[key][0]) != defaults[key][1]
            }
        )

    def tidy(self, written: dict[str, Any]) -> Any:
        """Adjust the JSON of this value; subclasses say how."""
        return written


@cache
def _defaults(model: type[BaseModel]) -> dict[str, tuple[str, Any]]:
    return {
        spec.alias or name: (name, spec.get_default(call_default_factory=True))
        for name, spec in model.model_fields.items()
    }


class Extension(Lean):
    """A `kitsumy` object: what cannot be read is kept as it came."""

    malformed: Any = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_malformed(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Self:
        if data is None or isinstance(data, cls):
            kit: Self = handler(data or {})
            return kit
        if not isinstance(data, dict):
            empty: Self = handler({})
            return empty.but(malformed={"": data})
        known = {k: v for k, v in data.items() if k != "malformed"}
        bad: dict[str, Any] = {"malformed": data["malformed"]} if "malformed" in data else {}
        try:
            good = handler(known)
        except ValidationError as error:
            wrong = {str(part["loc"][0]) for part in error.errors() if part["loc"]}
            bad |= {key: known.pop(key) for key in list(known) if key in wrong or to_camel(key) in wrong}
            good = handler(known)
        made: Self = good.but(malformed=bad) if bad else good
        return made

    def tidy(self, written: dict[str, Any]) -> Any:
        if not isinstance(self.malformed, dict) or "" not in self.malformed:
            return written | (self.malformed or {})
        return written | {"malformedOriginal": self.malformed[""]} if written else self.malformed[""]


class Location(Lean):
    """A place of the story; `look` is English and constant."""

    id: str
    name: Text = ""
    look: Text = ""


class LoraChoice(Lean):
    name: str
    strength: float | None = None
    url: str | None = None


class MadeBy(Lean):
    """Who drafted a plan or a picture: `hand`, `beats` (no AI) or `llm`."""

    kind: Literal["hand", "beats", "llm"] = "hand"
    detail: Text = ""


class PlanKit(Extension):
    schema_version: int = SCHEMA_VERSION
    made_by: MadeBy | None = None
    language: str = "uk"
    reading_direction: ReadingDirection = "ltr"
    format: str = "us-comic"
    style_id: str = ""
    idea: str = ""
    locations: tuple[Location, ...] = ()
    gutter: tuple[float, float] | None = None
    """Gaps between columns and between tiers in millimetres; None = the format's own."""


class CharacterKit(Extension):
    look: str = ""
    references: tuple[str, ...] = ()
    loras: tuple[LoraChoice, ...] = ()
    workflow: str = ""
    server: str = ""
    voice: str = ""
    seed_locked: bool = False


class ChapterKit(Extension):
    clothing: dict[str, str] = Field(default_factory=dict)


class PageKit(Extension):
    beat: str = ""
    location_ids: tuple[str, ...] = ()
    enters: str = ""
    leaves: str = ""


Share = Annotated[float, Field(ge=0, le=1)]


class Crop(Frozen):
    """The part of the source image that is shown, in shares 0..1 of it."""

    x: Share
    y: Share
    width: Share
    height: Share


class PanelKit(Extension):
    action_en: str = ""
    location_id: str = ""
    clothing: dict[str, str] = Field(default_factory=dict)
    seed: int | None = None
    prompt: str = ""
    negative: str = ""
    workflow: str = ""
    locked: tuple[str, ...] = ()
    focus: tuple[tuple[Share, Share], ...] = ()
    crop: Crop | None = None
    quiet: str = ""
    narrative_kind: NarrativeKind = "narration"


class DialogueKit(Extension):
    id: str = ""
    kind: DialogueKind = "speech"


class Node(Frozen):
    """A node of the plan tree: an empty `kitsumy` object is not written."""

    kind: ClassVar[str]

    @model_serializer(mode="wrap")
    def _without_empty_kit(self, handler: SerializerFunctionWrapHandler) -> Any:
        return self.tidy({k: v for k, v in handler(self).items() if k != "kitsumy" or v != {}})

    def tidy(self, written: dict[str, Any]) -> dict[str, Any]:
        """Adjust the JSON of this node; subclasses say how."""
        return written


class Dialogue(Node):
    """One line someone says; `character` is a character's id (or a name nobody in the cast has)."""

    kind: ClassVar[str] = "dialogue"
    character: Text = ""
    text: Text = ""
    kitsumy: DialogueKit = DialogueKit()

    @property
    def id(self) -> str:
        return self.kitsumy.id


class Panel(Node):
    """`PanelPlan` of the exchange format: one picture of a page and its words."""

    kind: ClassVar[str] = "panel"
    id: Text = ""
    position: int | None = Field(default=None, repr=False)
    characters: Annotated[tuple[str, ...], BeforeValidator(_no_null_items)] = ()
    action: Text = ""
    location: Text = ""
    mood: Text = ""
    camera: Text = ""
    dialogue: Annotated[tuple[Dialogue, ...], BeforeValidator(_no_null_items)] = ()
    narrative: Text = ""
    sfx: Text = ""
    kitsumy: PanelKit = PanelKit()

    def tidy(self, written: dict[str, Any]) -> dict[str, Any]:
        return written | {"narrative": self.narrative or None, "sfx": self.sfx or None}


class Page(Node):
    kind: ClassVar[str] = "page"
    id: Text = ""
    page_number: int | None = Field(default=None, repr=False)
    layout: Text = ""
    panels: Annotated[tuple[Panel, ...], BeforeValidator(_no_null_items)] = ()
    kitsumy: PageKit = PageKit()


class Chapter(Node):
    kind: ClassVar[str] = "chapter"
    id: Text = ""
    title: Text = ""
    pages: Annotated[tuple[Page, ...], BeforeValidator(_no_null_items)] = ()
    kitsumy: ChapterKit = ChapterKit()


class Character(Node):
    kind: ClassVar[str] = "character"
    id: Text = ""
    name: Text = ""
    appearance: Text = ""
    clothing: Text = ""
    role: Text = ""
    seed: int | None = None
    kitsumy: CharacterKit = CharacterKit()

    def tidy(self, written: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in written.items() if k != "seed" or v is not None}


class ComicPlan(Node):
    """The whole plan of one comic."""

    kind: ClassVar[str] = "plan"
    title: Text = ""
    style: Text = ""
    characters: Annotated[tuple[Character, ...], BeforeValidator(_no_null_items)] = ()
    chapters: Annotated[tuple[Chapter, ...], BeforeValidator(_no_null_items)] = ()
    kitsumy: PlanKit = PlanKit()

    def pages(self) -> Iterator[Page]:
        """Yield all pages of the book in reading order."""
        for chapter in self.chapters:
            yield from chapter.pages

    def panels(self) -> Iterator[Panel]:
        for page in self.pages():
            yield from page.panels

    def character(self, character_id: str) -> Character | None:
        return next((c for c in self.characters if c.id == character_id), None)

    def location(self, location_id: str) -> Location | None:
        return next((x for x in self.kitsumy.locations if x.id == location_id), None)

    def numbered(self) -> ComicPlan:
        """Return the plan with `position` and `pageNumber` set from array order."""
        number, chapters = 0, []
        for chapter in self.chapters:
            pages = []
            for page in chapter.pages:
                number += 1
                pages.append(_numbered_page(page, number))
            same = all(a is b for a, b in zip(pages, chapter.pages, strict=True))
            chapters.append(chapter if same else chapter.but(pages=tuple(pages)))
        if all(a is b for a, b in zip(chapters, self.chapters, strict=True)):
            return self
        return self.but(chapters=tuple(chapters))


def _numbered_page(page: Page, number: int) -> Page:
    panels = tuple(
        panel if panel.position == i else panel.but(position=i) for i, panel in enumerate(page.panels, 1)
    )
    if page.page_number == number and all(a is b for a, b in zip(panels, page.panels, strict=True)):
        return page
    return page.but(page_number=number, panels=panels)
