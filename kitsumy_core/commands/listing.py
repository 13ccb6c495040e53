"""List styles and workflows: one a line, the name first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitsumy_core.commands.common import Desk, give

if TYPE_CHECKING:
    from kitsumy_core.render.profiles import WorkflowFacts


def styles(desk: Desk) -> None:
    from kitsumy_core.render.style_library import Styles

    known = Styles(desk.settings.data_dir)
    for style in known.all().values():
        give(f"{style.id}\t{style.name_in(desk.language)}\t{' '.join(style.prompt.split())}")
    for problem in known.problems:
        desk.tell(problem.error_code, **problem.params)


def workflows(desk: Desk) -> None:
    """Write each workflow with the family of models it is for and what it needs and takes; one that cannot be
    read is told to stderr.
    """
    from kitsumy_core.errors import WorkflowError
    from kitsumy_core.render.library import Workflows
    from kitsumy_core.render.workflow import facts_of

    known = Workflows(desk.settings.data_dir / "workflows")
    for name in known.names():
        try:
            facts = facts_of(name, known.load(name))
        except WorkflowError as error:
            desk.tell("workflow-unusable", workflow=name, problem=desk.explain(error))
            continue
        give(f"{name}\t{facts.family}\t{_abilities(facts)}")


def _abilities(facts: WorkflowFacts) -> str:
    """Return what goes in, in the names of slots; what it cannot do without has a `!`."""
    taken = [f"image{'!' if facts.needs_source else ''}"] if facts.takes_source else []
    taken += [f"mask{'!' if facts.needs_mask else ''}"] if facts.takes_mask else []
    taken += ["pose"] if facts.takes_pose else []
    taken += [f"reference x{facts.references}"] if facts.references else []
    taken += [f"lora x{facts.loras}"] if facts.loras and facts.draws else []
    return ", ".join(["prompt", *taken] if facts.draws else taken)
