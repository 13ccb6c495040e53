"""Words for renders: servers, workflows, failures."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

RENDER: Mapping[str, Text] = {
    "image-not-found": N_("The image {image} is not in the store."),
}
