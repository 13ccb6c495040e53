"""Make the bundled faces from full font files, and note which characters each one draws.

A tool for maintainers, not used by the program; needs fontTools:

    python kitsumy_core/page/fonts/subset.py FOLDER     # FOLDER holds the full .ttf files, at any depth
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

HERE = Path(__file__).parent

LATIN_CYRILLIC = [
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x2BC, 0x2BC),
    (0x300, 0x304),
    (0x400, 0x52F),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2026),
    (0x2030, 0x2030),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x20B4, 0x20B4),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2605, 0x2606),
    (0x2660, 0x2667),
    (0x2669, 0x266B),
]
GREEK_KANA = [(0x370, 0x3FF), (0x3000, 0x3002), (0x300C, 0x300F), (0x3041, 0x30FF)]

SOURCES = {
    "ShantellSans-Medium.ttf": ("ShantellSans_500Medium.ttf", LATIN_CYRILLIC),
    "ShantellSans-ExtraBoldItalic.ttf": ("ShantellSans_800ExtraBold_Italic.ttf", LATIN_CYRILLIC),
    "BalsamiqSans-Regular.ttf": ("BalsamiqSans_400Regular.ttf", LATIN_CYRILLIC),
    "BalsamiqSans-Italic.ttf": ("BalsamiqSans_400Regular_Italic.ttf", LATIN_CYRILLIC),
    "DelaGothicOne-Regular.ttf": ("DelaGothicOne_400Regular.ttf", LATIN_CYRILLIC + GREEK_KANA),
    "Rubik-ExtraBoldItalic.ttf": ("Rubik_800ExtraBold_Italic.ttf", LATIN_CYRILLIC),
    "ShantellSans-BoldItalic.ttf": ("ShantellSans_700Bold_Italic.ttf", LATIN_CYRILLIC),
    "BalsamiqSans-BoldItalic.ttf": ("BalsamiqSans_700Bold_Italic.ttf", LATIN_CYRILLIC),
    "Neucha-Regular.ttf": ("Neucha_400Regular.ttf", LATIN_CYRILLIC),
    "Pangolin-Regular.ttf": ("Pangolin_400Regular.ttf", LATIN_CYRILLIC),
    "Caveat-Bold.ttf": ("Caveat_700Bold.ttf", LATIN_CYRILLIC),
    "RubikWetPaint-Regular.ttf": ("RubikWetPaint_400Regular.ttf", LATIN_CYRILLIC),
}


def subset(source: Path, target: Path, ranges: list[tuple[int, int]]) -> list[int]:
    """Write `target` with only the characters in `ranges`; return the characters it has."""
    font = TTFont(source)
    options = Options()
    options.layout_features = ["*"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
    subsetter.subset(font)
    font.save(target)
    return sorted(font.getBestCmap())


def as_ranges(codes: list[int]) -> list[list[int]]:
    """Turn sorted numbers into [first, last] pairs."""
    pairs: list[list[int]] = []
    for code in codes:
        if pairs and pairs[-1][1] == code - 1:
            pairs[-1][1] = code
        else:
            pairs.append([code, code])
    return pairs


def main(folder: Path) -> None:
    coverage = {}
    for name, (source_name, ranges) in SOURCES.items():
        source = next(folder.rglob(source_name))
        coverage[name] = as_ranges(subset(source, HERE / name, ranges))
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(pairs)}" for name, pairs in coverage.items())
    (HERE / "coverage.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
