"""The house: imports point one way, pure files stay pure, files and functions stay small."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "kitsumy_core"

GROUPS: tuple[tuple[str, ...], ...] = (
    ("errors", "geometry", "settings", "preferences", "messages", "words.*"),
    ("plan.values", "plan.layout", "plan.models", "plan.book", "page.document"),
    (
        "page.layouts",
        "page.library",
        "page.cutting",
        "page.emphasis",
        "page.formats",
        "page.staging",
        "page.faces",
        "page.looks",
        "page.typeset",
        "page.cache",
        "plan.tree",
        "plan.flat",
        "plan.wording",
        "plan.script_words",
        "render.styles",
        "render.shot",
        "render.request",
        "render.camera",
        "render.backend",
        "render.graph",
        "render.profiles",
        "render.prompt_words",
        "render.tempo",
    ),
    (
        "plan.*",
        "page.*",
        "render.prompt",
        "render.loras",
        "render.planning",
        "render.sheet",
        "render.staleness",
        "render.workflow",
        "render.workflow_edits",
        "render.workflow_slots",
        "render.graph_check",
        "render.graph_surgery",
        "render.workflow_pictures",
        "render.workflow_walk",
        "render.workflow_batch",
    ),
    (
        *("language", "store.*", "render.*"),
        *("page.fonts", "page.draw", "page.art", "page.ink", "page.frames", "page.jpeg", "page.vector"),
    ),
    ("planner.*", "export.*", "styles.*"),
    (
        *(
            "render.keeping",
            "render.live",
            "render.pinning",
            "render.pool",
            "render.remote_ids",
            "render.work",
        ),
        "render.engine",
    ),
    ("pipeline", "schemas", "generate"),
    ("doctor", "commands.*", "cli", "api"),
)
PURE = (
    *("geometry", "errors", "plan.models", "plan.book", "plan.tree", "plan.flat", "plan.edits", "plan.merge"),
    *("plan.quality", "plan.wording", "plan.incoming"),
    *("page.proof", "page.flaws", "page.proof_balloons", "page.proof_pictures"),
    *("plan.script", "plan.script_lines", "plan.script_read", "plan.script_match"),
    *("plan.values", "plan.clean", "plan.fields", "plan.editions"),
    *("plan.check", "plan.files", "page.document", "page.layouts", "page.formats", "page.compose"),
    *("page.staging", "page.lettering", "page.fitting", "page.placing", "page.outline", "page.sizes"),
    "page.busy",
    *("plan.layout", "page.library", "page.cutting", "page.strips", "page.emphasis"),
    *(
        "render.shot",
        "render.request",
        "render.prompt",
        "render.loras",
        "render.planning",
        "render.sheet",
        "render.staleness",
        "render.workflow",
        "render.profiles",
        "render.camera",
        "render.graph_surgery",
        "render.workflow_edits",
        "render.workflow_pictures",
        "render.workflow_slots",
        "render.workflow_walk",
        "render.workflow_batch",
    ),
    *("render.runpod_wire", "render.runpod_failures", "render.runpod_route", "render.runpod_cost"),
    *("planner.rules", "planner.wire", "planner.normal", "planner.growing", "planner.redo_edits"),
    *("planner.estimate", "planner.words", "planner.llm.facts", "planner.llm.reading"),
)
IMPURE_IMPORTS = re.compile(
    r"^(os|io|random|secrets|time|socket|subprocess|threading|asyncio|pathlib|shutil|tempfile"
    r"|httpx2|websockets|sqlalchemy|obstore|streamlit|PIL)(\.|$)"
)
MOST_LINES, MOST_FUNCTION_LINES = 400, 60


def files(*folders: Path) -> list[Path]:
    return sorted(f for folder in folders for f in folder.rglob("*.py") if "migrations" not in f.parts)


def module_of(file: Path) -> str:
    parts = file.relative_to(CORE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def group_of(module: str) -> int:
    exact = [n for n, group in enumerate(GROUPS) if module in group]
    if exact:
        return exact[0]
    folder = module.split(".", maxsplit=1)[0] + ".*"
    found = [n for n, group in enumerate(GROUPS) if folder in group or module in group]
    assert found, f"{module} belongs to no group"
    return found[0]


def imports(file: Path) -> Iterator[str]:
    """Yield what a file imports, at its top or inside functions, typing-only imports left out."""
    tree = ast.parse(file.read_text("utf-8"))
    typing_only = {
        id(node)
        for part in ast.walk(tree)
        if isinstance(part, ast.If) and "TYPE_CHECKING" in ast.unparse(part.test)
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def known_modules() -> set[str]:
    return {module_of(file) for file in files(CORE)}


@pytest.mark.parametrize("file", files(CORE), ids=lambda f: module_of(f) or "kitsumy_core")
def test_a_module_imports_only_from_groups_to_its_left_or_its_own(file: Path) -> None:
    module, known = module_of(file), known_modules()
    if not module or (file.name == "__init__.py" and not file.read_text("utf-8").strip()):
        return
    for name in imports(file):
        target = name.removeprefix("kitsumy_core.")
        if target != name and target in known and "." in target + ".":
            if target in (
                "plan",
                "page",
                "render",
                "store",
                "planner",
                "export",
                "samples",
                "commands",
                "words",
                "",
            ):
                continue
            assert group_of(target) <= group_of(module), f"{module} imports {target}"


def test_there_are_no_circles_of_imports_in_the_core() -> None:
    known = known_modules()
    graph = {
        module: {n.removeprefix("kitsumy_core.") for n in imports(f)} & known - {module, module.split(".")[0]}
        for f in files(CORE)
        for module in [module_of(f)]
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for target in graph[module]:
                visit(target, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("module", PURE)
def test_a_pure_step_does_no_input_or_output(module: str) -> None:
    file = CORE.joinpath(*module.split(".")).with_suffix(".py")
    source = file.read_text("utf-8")
    bad = [name for name in imports(file) if IMPURE_IMPORTS.match(name)]
    assert bad == []
    assert "open(" not in source
    assert not re.search(r"\bdatetime\.now|\buuid4\(", source)


@pytest.mark.parametrize("file", files(CORE), ids=lambda f: module_of(f) or "kitsumy_core")
def test_only_the_studio_knows_streamlit(file: Path) -> None:
    assert not any(name.split(".")[0] in ("streamlit", "studio") for name in imports(file))


@pytest.mark.parametrize("file", files(CORE, ROOT / "studio"), ids=lambda f: str(f.relative_to(ROOT)))
def test_files_and_functions_stay_small_and_say_what_they_do(file: Path) -> None:
    source = file.read_text("utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= MOST_LINES
    if source.strip():
        assert ast.get_docstring(tree), "a module opens with a line that says what it does"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MOST_FUNCTION_LINES, node.name
