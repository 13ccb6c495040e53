"""Read a plan from a file that a writer brings: the exchange JSON, or a script as text."""

from __future__ import annotations

from collections.abc import Callable

from kitsumy_core.plan.files import Loaded, read_plan
from kitsumy_core.plan.models import ComicPlan
from kitsumy_core.plan.script_match import plan_of_script, with_script
from kitsumy_core.plan.script_read import decode_script, read_script
from kitsumy_core.plan.wording import is_wrong_script

SCRIPT_SUFFIXES = (".txt", ".md", ".markdown", ".fountain")


def read_incoming(name: str, data: bytes, mint: Callable[[], str], known: ComicPlan | None = None) -> Loaded:
    """Return the plan of a file called `name`. Raises PlanFileError.

    A script is brought into the `known` plan, so that what is the same keeps its id; without one it is a new
    plan, in the language of its letters. `mint` returns fresh ids.
    """
    if not name.casefold().endswith(SCRIPT_SUFFIXES) or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_plan(data)
    text = decode_script(data)
    script = read_script(text)
    if known is not None:
        return Loaded(with_script(known, script, mint), ())
    language = "en" if is_wrong_script(text, "uk") else "uk"
    return Loaded(plan_of_script(script, mint, language), ())
