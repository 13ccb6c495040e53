"""Words for what the store cannot do."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

STORE: Mapping[str, Text] = {
    "disk-full": N_("There is no space left for {where}. Free some and try again."),
}
