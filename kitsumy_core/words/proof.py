"""Words for what the proof of a composed page finds."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

PROOF: Mapping[str, Text] = {
    "glyph-missing": N_(
        "Page {page}, panel {panel}: the font has no letters for {letters}. Choose another font."
    ),
    "text-overflow": N_(
        "Page {page}, panel {panel}: a text does not fit, even set as small as may be. "
        "Shorten it or give it room."
    ),
    "text-unsafe": N_(
        "Page {page}, panel {panel}: a text lies outside the safe area and may be cut off in print."
    ),
    "type-small": N_(
        "Page {page}, panel {panel}: a text is set at {points} pt; under {least} pt it is hard to "
        "read in print."
    ),
    "face-covered": N_("Page {page}, panel {panel}: a balloon covers {share} % of the face of {name}."),
    "balloon-large": N_(
        "Page {page}, panel {panel}: a balloon takes {share} % of the panel. Split the text."
    ),
    "balloon-outside": N_("Page {page}, panel {panel}: a balloon reaches far out of its panel."),
    "balloons-overlap": N_("Page {page}, panel {panel}: two balloons overlap ({share} %)."),
    "balloons-near": N_("Page {page}, panel {panel}: two balloons nearly touch. Part them or join them."),
    "balloon-order": N_(
        "Page {page}, panel {panel}: a balloon will be read before the one that comes first."
    ),
    "edge-near": N_(
        "Page {page}, panel {panel}: a balloon nearly touches the border. Let it cross or keep away."
    ),
    "tail-missing": N_("Page {page}, panel {panel}: {name} is in the picture, but the balloon has no tail."),
    "tail-short": N_("Page {page}, panel {panel}: a tail is so short that it hardly points anywhere."),
    "tail-long": N_("Page {page}, panel {panel}: a tail reaches too near to the face."),
    "tail-over-face": N_("Page {page}, panel {panel}: a tail runs across the face of {name}."),
    "tail-over-balloon": N_("Page {page}, panel {panel}: a tail ends in another balloon."),
    "tails-cross": N_("Page {page}, panel {panel}: two tails cross."),
    "crop-loss": N_(
        "Page {page}, panel {panel}: {share} % of the picture is cut away. "
        "Render it again for this panel’s form."
    ),
    "focus-cropped": N_("Page {page}, panel {panel}: what matters in the picture is cut away."),
    "focus-near-edge": N_("Page {page}, panel {panel}: what matters in the picture stands at its very edge."),
    "dpi-low": N_(
        "Page {page}, panel {panel}: the picture prints at {dpi} dots per inch. "
        "Upscale it or render it larger."
    ),
    "panel-form": N_(
        "Page {page}, panel {panel}: the panel is so long ({ratio}) that image models draw it badly."
    ),
    "panel-small": N_(
        "Page {page}, panel {panel}: {millimetres} mm on paper; under {least} mm hardly anything "
        "is to be seen."
    ),
    "slant-hides": N_("Page {page}, panel {panel}: the slant hides {share} % of the picture."),
    "bleed-short": N_("Page {page}, panel {panel}: the picture does not reach the bleed."),
    "gutter-narrow": N_(
        "Page {page}: gaps of {millimetres} mm; under {least} mm pictures run together in print."
    ),
    "place-automatically": N_("Place the text automatically"),
    "crop-automatically": N_("Crop the picture automatically"),
}
