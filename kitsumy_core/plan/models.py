"""The plan: what the writer wrote, as frozen values that read and write the exchange JSON to the letter.

JSON keys are camelCase and fixed; everything of ours sits in one optional `kitsumy` object per node. Keys of
other tools, and malformed content of a `kitsumy` object, survive load, edit and save. `position` and
`pageNumber` are derived from array order when a plan is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from kitsumy_core.plan.layout import Layout
from kitsumy_core.plan.values import Derived, Extension, Lean, NoTruth, Number, Text, Whole
from kitsumy_core.plan.values import Frozen as Frozen  # noqa: PLC0414 - everybody takes it from here

SCHEMA_VERSION = 1

ReadingDirection = Literal["ltr", "rtl", "ttb"]
DialogueKind = Literal["speech", "thought", "whisper", "shout", "radio", "weak", "off"]
NarrativeKind = Literal["narration", "place", "spokenOff"]


def _no_null_items(value: Any) -> Any:
    return () if value is None else value


class Location(Lean):
    """A place of the story; `look` is English and constant."""

    id: str
    name: Text = ""
    look: Text = ""


def is_location(value: Any) -> bool:
    """Tell whether a value can be read as a location."""
    try:
        Location.model_validate(value)
    except ValidationError:
        return False
    return True


class LoraChoice(Lean):
    name: str
    strength: Number | None = None
    url: str | None = None


class MadeBy(Lean):
    """Who drafted a plan or a picture: `hand`, `beats` (no AI) or `llm`."""

    kind: Literal["hand", "beats", "llm"] = "hand"
    detail: Text = ""


Gap = Annotated[float, Field(ge=0, le=100), NoTruth]


class PlanKit(Extension):
    schema_version: Whole = SCHEMA_VERSION
    made_by: MadeBy | None = None
    language: str = "uk"
    reading_direction: ReadingDirection = "ltr"
    format: str = "us-comic"
    style_id: str = ""
    idea: str = ""
    locations: tuple[Location, ...] = ()
    gutter: tuple[Gap, Gap] | None = None
    """Gaps between columns and between tiers in millimetres; None = the format's own."""
    layouts: dict[str, Layout] = Field(default_factory=dict)
    """Layouts drawn for this comic, by the id that pages name."""

    @property
    def unread_locations(self) -> Any:
        """What stands among the locations and cannot be read: a list, or whatever is there instead of one."""
        return (self.malformed or {}).get("locations", ())

    @classmethod
    def set_aside(cls, known: dict[str, Any]) -> dict[str, Any]:
        places = known.get("locations")
        if not isinstance(places, (list, tuple)):
            return {}
        good = [place for place in places if is_location(place)]
        if len(good) == len(places):
            return {}
        known["locations"] = good
        return {"locations": [place for place in places if not is_location(place)]}

    def but(self, **changes: Any) -> Self:
        made, aside = super().but(**changes), self.unread_locations
        if "locations" not in changes or aside == ():
            return made
        if not isinstance(aside, list):
            return made.model_copy(update={"malformedLocations": aside})
        return made.model_copy(update={"malformed": (made.malformed or {}) | {"locations": aside}})

    def tidy(self, written: dict[str, Any]) -> Any:
        tidied = super().tidy(written)
        return tidied if self.unread_locations == () else with_locations(tidied, written.get("locations", ()))


def with_locations(kit: dict[str, Any], places: Sequence[Any]) -> dict[str, Any]:
    """Return the JSON of a plan's `kitsumy` object with these locations, and behind them what stands there
    and cannot be read."""
    unread = kit.get("locations", ())
    if not places:
        return kit
    if isinstance(unread, (list, tuple)):
        return kit | {"locations": [*places, *unread]}
    return kit | {"locations": [*places], "malformedLocations": unread}


class CharacterKit(Extension):
    look: str = ""
    references: tuple[str, ...] = ()
    loras: tuple[LoraChoice, ...] = ()
    workflow: str = ""
    server: str = ""
    voice: str = ""
    seed_locked: bool = False
    wording: str = ""
    """How prompts put this character, in English; `{name}`, `{look}`, `{clothing}` stand for these texts."""


class ChapterKit(Extension):
    clothing: dict[str, str] = Field(default_factory=dict)


class PageKit(Extension):
    beat: str = ""
    location_ids: tuple[str, ...] = ()
    enters: str = ""
    leaves: str = ""


Share = Annotated[float, Field(ge=0, le=1), NoTruth]
Extent = Annotated[float, Field(gt=0, le=1), NoTruth]


class Crop(Frozen):
    """The part of the source image that is shown, in shares 0..1 of it."""

    x: Share
    y: Share
    width: Extent
    height: Extent


class PanelKit(Extension):
    action_en: str = ""
    location_id: str = ""
    clothing: dict[str, str] = Field(default_factory=dict)
    seed: Whole | None = None
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
    position: Derived = Field(default=None, repr=False)
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
    page_number: Derived = Field(default=None, repr=False)
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
    seed: Whole | None = None
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
