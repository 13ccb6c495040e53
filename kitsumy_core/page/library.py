# ruff: noqa: E501 - a row of the table is a line
"""The layouts that come with the program, beyond the twelve named ones: written as nested cuts.

The notation is that of `cutting.layout_from`; tags group them in the picker. Polygons are made of them once.
"""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.page.cutting import layout_from
from kitsumy_core.plan.layout import Layout

GROUPS = ("grid", "rows", "large", "manga", "action", "inset", "bleed", "splash", "spread")
"""The tags, in the order in which the picker shows them."""

_TEXTS: tuple[tuple[str, str, str], ...] = (
    # one and two panels
    ("splash", "splash bleed", ".ltrbn"),
    ("top-two-thirds", "rows large", "=(2 ., 1 .)"),
    ("bottom-two-thirds", "rows large", "=(1 ., 2 .)"),
    ("two-slanted", "action", "=(1/7 ., 1 .)"),
    ("two-leaning", "action manga", r"|(1.1 /12 ., 1 .)"),
    ("splash-and-strip", "splash bleed", "=(2.6 .ltrn, 1 .)"),
    ("strip-and-splash", "splash bleed", "=(1 ., 2.6 .lrbn)"),
    ("splash-inset-low", "splash inset", ".ltrbn +0.56,0.72,0.96,0.97"),
    ("splash-inset-high", "splash inset", ".ltrbn +0.04,0.03,0.44,0.27@0"),
    # three
    ("rows-1-2", "rows", "=(., |(., .))"),
    ("rows-2-1", "rows", "=(|(., .), .)"),
    ("wide-middle", "rows large", "=(1 ., 2 ., 1 .)"),
    ("tall-left", "large", "|(1 ., 1 =(., .))"),
    ("tall-right", "large", "|(1 =(., .), 1 .)"),
    ("three-slants", "action", r"=(1/5 ., 1.1 \5 ., 1 .)"),
    ("blades", "action", r"|(1/9 ., 1 \9 ., 1 .)"),
    ("bleed-top", "bleed large", "=(1.5 .ltr, 1 |(., .))"),
    ("bleed-bottom", "bleed large", "=(1 |(., .), 1.5 .lrb)"),
    ("bleed-left", "bleed large", "|(1.4 .ltb, 1 =(., .))"),
    ("splash-insets", "splash inset", ".ltrbn +0.04,0.71,0.48,0.97 +0.52,0.71,0.96,0.97"),
    # four
    ("rows-4", "rows grid", "=(., ., ., .)"),
    ("rows-1-3", "rows", "=(1.5 ., 1 |(., ., .))"),
    ("rows-3-1", "rows", "=(1 |(., ., .), 1.5 .)"),
    ("rows-1-2-1", "rows", "=(., |(., .), .)"),
    ("rows-2-1-1", "rows", "=(|(., .), ., .)"),
    ("rows-1-1-2", "rows", "=(., ., |(., .))"),
    ("staggered-4", "grid", "=(|(3 ., 2 .), |(2 ., 3 .))"),
    ("big-left-3", "large", "|(1.5 ., 1 =(., ., .))"),
    ("big-right-3", "large", "|(1 =(., ., .), 1.5 .)"),
    ("tilted-4", "action", r"=(1/4 |(1.1/6 ., 1 .), 1 |(1\6 ., 1.1 .))"),
    ("shards-4", "action", r"=(1\6 ., 1/6 |(1/8 ., 1.3 .), 1 .)"),
    ("manga-4-tower", "manga", r"=(1.4\2 |(1.5/4 ., 1 .), 1 |(1\4 ., 1.6 .))"),
    ("manga-4-step", "manga bleed", "=(1.5/3 .ltr, 1 |(1.2/3 ., 1 =(., .)))"),
    ("bleed-4", "bleed", "=(1.3 .ltr, 1 |(., .), 1.1 .lrb)"),
    ("splash-3-insets", "splash inset", ".ltrbn +0.6,0.22,0.96,0.45 +0.6,0.48,0.96,0.71 +0.6,0.74,0.96,0.97"),
    # five
    ("rows-2-1-2", "rows", "=(|(., .), ., |(., .))"),
    ("rows-1-2-2", "rows", "=(1.2 ., |(., .), |(., .))"),
    ("rows-2-2-1", "rows", "=(|(., .), |(., .), 1.2 .)"),
    ("rows-2-3", "rows grid", "=(1.2 |(., .), 1 |(., ., .))"),
    ("rows-3-2", "rows grid", "=(1 |(., ., .), 1.2 |(., .))"),
    ("rows-1-3-1", "rows", "=(1.2 ., 1 |(., ., .), 1.2 .)"),
    ("rows-1-1-3", "rows", "=(., ., |(., ., .))"),
    ("feature-5", "large", "=(1.7 |(1.6 ., 1 =(., .)), 1 |(., .))"),
    ("feature-5-right", "large", "=(1 |(., .), 1.7 |(1 =(., .), 1.6 .))"),
    ("manga-5-slash", "manga", r"=(1.1\3 |(1.3/4 ., 1 .), 1.2/3 ., 1 |(1\4 ., 1.4 .))"),
    ("manga-5-tower", "manga", "=(1.6 |(1 ., 1.5 =(1/4 ., 1 .)), 1 |(1.4/4 ., 1 .))"),
    ("manga-5-bleed", "manga bleed", r"=(1 |(1.4/3 ., 1 .), 1.5\3 .lr, 1 |(1/3 ., 1.3 .))"),
    ("action-5", "action", r"=(1.2/6 ., 1\4 |(1\7 ., 1/7 ., 1 .), 1.2 .)"),
    ("inset-5", "inset", "=(1 |(., .), 1.9 ., 0.9 .) +0.62,0.36,0.97,0.55@2"),
    # six
    ("grid-2x3", "grid", "=(|(., .), |(., .), |(., .))"),
    ("grid-3x2", "grid", "=(|(., ., .), |(., ., .))"),
    ("rows-1-2-3", "rows", "=(1.2 ., 1 |(., .), 1 |(., ., .))"),
    ("rows-3-2-1", "rows", "=(1 |(., ., .), 1 |(., .), 1.2 .)"),
    ("rows-1-3-2", "rows", "=(1.2 ., 1 |(., ., .), 1 |(., .))"),
    ("rows-2-1-3", "rows", "=(|(., .), 1.2 ., |(., ., .))"),
    ("staggered-6", "grid", "=(|(3 ., 2 .), |(2 ., 3 .), |(3 ., 2 .))"),
    ("feature-6", "large", "=(2 |(2 ., 1 =(., .)), 1 |(., ., .))"),
    ("manga-6", "manga", r"=(1\2 |(1.4/4 ., 1 .), 1.3/2 |(1\3 ., 1.7 .), 1 |(1.2/4 ., 1 .))"),
    ("manga-6-bleed", "manga bleed", r"=(1.4/2 |(1 .lt, 1.5 .tr), 1\2 |(1.3/4 ., 1 .), 1.2 |(1\4 .lb, 1.4 .rb))"),
    ("action-6", "action", r"=(1/4 |(1/6 ., 1.5 .), 1\4 |(1.5\6 ., 1 .), 1 |(1/6 ., 1.5 .))"),
    # seven
    ("rows-2-3-2", "rows", "=(|(., .), |(., ., .), |(., .))"),
    ("rows-3-1-3", "rows", "=(1 |(., ., .), 1.3 ., 1 |(., ., .))"),
    ("rows-1-3-3", "rows", "=(1.4 ., 1 |(., ., .), 1 |(., ., .))"),
    ("rows-2-2-3", "rows", "=(|(., .), |(., .), |(., ., .))"),
    ("rows-2-2-1-2", "rows", "=(|(., .), |(., .), ., |(., .))"),
    ("manga-7", "manga", r"=(1/2 |(1.3/4 ., 1 .), 1.1\2 |(1/3 ., 1\3 ., 1.2 .), 1.2 |(1\4 ., 1.5 .))"),
    ("action-7", "action", r"=(1/4 |(1/6 ., 1.3 .), 0.9\4 |(1\5 ., 1/5 ., 1 .), 1.1 |(1.4\6 ., 1 .))"),
    # eight and nine
    ("grid-2x4", "grid", "=(|(., .), |(., .), |(., .), |(., .))"),
    ("rows-3-2-3", "rows grid", "=(|(., ., .), |(., .), |(., ., .))"),
    ("rows-2-3-3", "rows", "=(1.2 |(., .), |(., ., .), |(., ., .))"),
    ("staggered-8", "grid", "=(|(3 ., 2 .), |(2 ., 3 .), |(3 ., 2 .), |(2 ., 3 .))"),
    ("manga-8", "manga", r"=(1/2 |(1.4/4 ., 1 .), 0.9 |(1\3 ., 1/3 ., 1.1 .), 1.2\2 .lr, 1 |(1/4 ., 1.4 .))"),
    ("grid-3x3", "grid", "=(|(., ., .), |(., ., .), |(., ., .))"),
    ("rows-2-2-2-3", "rows", "=(|(., .), |(., .), |(., .), |(., ., .))"),
    ("manga-9", "manga", r"=(1/2 |(1.3/4 ., 1 .), 1\2 |(1/3 ., 1.3\3 ., 1 .), 0.9 |(1.4/4 ., 1 .), 1 |(1\4 ., 1.5 .))"),
    ("tilted-9", "action", r"=(1/2 |(1/5 ., 1\5 ., 1 .), 1\2 |(1\5 ., 1/5 ., 1 .), 1 |(1/5 ., 1\5 ., 1 .))"),
    # two facing pages
    ("spread-splash", "spread splash bleed", ".ltrbn"),
    ("spread-insets", "spread splash inset", ".ltrbn +0.03,0.68,0.23,0.96 +0.26,0.68,0.47,0.96 +0.76,0.68,0.97,0.96"),
    ("spread-panorama", "spread bleed large", "=(1.4 .ltr, 1 |(., ., ., .))"),
    ("spread-chase", "spread action bleed", r"=(1.3/4 .ltr, 1 |(1/4 ., 1\4 ., 1/4 ., 1 .))"),
    ("spread-six", "spread rows", "=(1.5 |(., .), 1 |(., ., ., .))"),
    ("spread-four", "spread rows bleed", "=(1 |(., .), 1.5 .lr, 0.8 .)"),
)  # fmt: skip

LIBRARY: Mapping[str, Layout] = {
    layout_id: layout_from(layout_id, text, tags.split()) for layout_id, tags, text in _TEXTS
}
