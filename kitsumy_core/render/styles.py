"""Hold the drawing styles: data that add words to a prompt and to what it avoids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.request import LoraUse


class Style(Frozen):
    """One way to draw. `title` maps languages to names; `workflow` and `loras` are used where given."""

    id: str
    title: Mapping[str, str]
    prompt: str
    negative: str = ""
    loras: tuple[LoraUse, ...] = ()
    workflow: str = ""

    def is_called(self, name: str) -> bool:
        """Say whether a name, in any language and case, is this style's."""
        return name.strip().casefold() in {self.id.casefold(), *(t.casefold() for t in self.title.values())}


def _style(id: str, uk: str, en: str, prompt: str, negative: str = "") -> Style:
    return Style(id=id, title={"uk": uk, "en": en}, prompt=prompt, negative=negative)


_FLAT = "photo, photorealistic, 3d render"
_SHIPPED = (
    _style(
        "noir",
        "Нуар",
        "Noir",
        "film noir comic art, black and white, hard shadows, slanted light, heavy brush ink",
        f"colour, pastel, {_FLAT}",
    ),
    _style(
        "manga",
        "Манґа",
        "Manga",
        "black and white manga art, clean pen lines, screentone shading, speed lines, expressive faces",
        f"colour, {_FLAT}",
    ),
    _style(
        "american-classic",
        "Американська класика",
        "American classic",
        "classic american comic book art, bold inks, flat four-colour printing, halftone dots",
        _FLAT,
    ),
    _style(
        "superhero",
        "Супергеройський",
        "Superhero",
        "modern superhero comic art, dynamic poses, strong anatomy, detailed inks, saturated digital colours",
        "photo, flat lighting",
    ),
    _style(
        "ligne-claire",
        "Чиста лінія",
        "Clear line",
        "ligne claire comic art, even outlines, flat bright colours, detailed backgrounds, no hatching",
        f"hatching, heavy shadows, {_FLAT}",
    ),
    _style(
        "bande-dessinee",
        "Франко-бельгійський",
        "Franco-Belgian",
        "franco-belgian album comic art, fine pen drawing, rich settings, soft watercolour tones",
        _FLAT,
    ),
    _style(
        "watercolour",
        "Акварель",
        "Watercolour",
        "watercolour comic illustration, loose washes, visible paper grain, soft edges, light pencil lines",
        f"hard outlines, {_FLAT}",
    ),
    _style(
        "ink-wash",
        "Туш і пензель",
        "Ink wash",
        "monochrome ink wash drawing, wet brush gradients, expressive strokes, lots of white paper",
        f"colour, {_FLAT}",
    ),
    _style(
        "woodcut",
        "Гравюра",
        "Woodcut",
        "woodcut print, carved black shapes, rough parallel cuts, two colours, strong contrast",
        f"gradients, smooth shading, {_FLAT}",
    ),
    _style(
        "cyberpunk",
        "Кіберпанк",
        "Cyberpunk",
        "cyberpunk comic art, neon lights in rain, dense city detail, magenta and cyan palette, sharp inks",
        "daylight, pastel",
    ),
    _style(
        "retro-sci-fi",
        "Ретрофантастика",
        "Retro science fiction",
        "1960s science fiction magazine illustration, gouache, rounded machines, warm faded palette",
        "modern gadgets, photo",
    ),
    _style(
        "horror",
        "Горор",
        "Horror",
        "horror comic art, scratchy inks, deep blacks, sickly limited palette, unsettling shadows",
        f"cute, cheerful, {_FLAT}",
    ),
    _style(
        "storybook",
        "Дитяча книжка",
        "Storybook",
        "children's picture book illustration, rounded shapes, warm gouache, gentle light, friendly faces",
        "gore, horror, photo",
    ),
    _style(
        "cartoon",
        "Мультфільм",
        "Cartoon",
        "cartoon comic art, simple bold shapes, thick outlines, flat cheerful colours, exaggerated poses",
        f"realistic anatomy, {_FLAT}",
    ),
    _style(
        "webtoon",
        "Вебтун",
        "Webtoon",
        "webtoon art, clean digital lines, soft cel shading, glowing light effects, modern clothes",
        "black and white, photo",
    ),
    _style(
        "cinematic",
        "Кінематографічний",
        "Cinematic",
        "cinematic graphic novel painting, film still composition, volumetric light, colour grading",
        "flat colours, thick outlines",
    ),
)

STYLES: Mapping[str, Style] = MappingProxyType({style.id: style for style in _SHIPPED})


def find_style(name: str, styles: Iterable[Style] = _SHIPPED) -> Style | None:
    """Return the style with this id or title (in any language and case), or None."""
    return next((style for style in styles if style.is_called(name)), None) if name.strip() else None
