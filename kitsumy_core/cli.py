"""The command line: a thin door to the same functions the studio uses.

Exit codes: 0 fine, warnings included; 1 the work found errors or some of it failed; 2 unusable input or
arguments; 130 interrupted. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kitsumy_core.commands.common import FAILED, INTERRUPTED, Desk, desk, exit_code
from kitsumy_core.errors import KitsumyError


class Door(TyperGroup):
    """The group of all commands; what they raise becomes words and an exit code here, in one place."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KitsumyError as error:
            typer.echo(_speaker().explain(error), err=True)
            raise typer.Exit(exit_code(error)) from None
        except KeyboardInterrupt:
            _speaker().tell("interrupted")
            raise typer.Exit(INTERRUPTED) from None


def _speaker() -> Desk:
    """Return a desk even where the settings are what is wrong."""
    try:
        return desk()
    except KitsumyError:
        from kitsumy_core.settings import Settings

        return Desk(Settings.model_construct(language="uk"))


app = typer.Typer(
    cls=Door,
    name="kitsumy",
    help="Make a comic, from an idea to finished pages. Without a command the studio opens.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Plan = Annotated[str, typer.Argument(metavar="PLAN", help="A plan or script file, or a project's id.")]
FORMATS_HELP = (
    "plan, png, jpg, webp, cbz, pdf, pdf-screen, epub, psd, ora, svg, webtoon, docx, script, web, editor, "
    "desu, bundle."
)
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.", file_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="Port of the studio.")]
Headless = Annotated[bool, typer.Option("--headless", help="Do not open a browser.")]


@app.callback()
def without_command(ctx: typer.Context, port: Port = None, headless: Headless = False) -> None:
    if ctx.invoked_subcommand is None:
        studio(port, headless)
    elif port is not None or headless:
        raise typer.BadParameter("belongs to the command studio", param_hint="--port / --headless")


@app.command()
def studio(port: Port = None, headless: Headless = False) -> None:
    """Open the studio in the browser."""
    from kitsumy_core.commands import studio as command

    raise typer.Exit(command.run(desk(), port, headless))


@app.command()
def plan(
    idea: Annotated[str, typer.Argument(metavar="IDEA", help="What the comic is about.")],
    style: Annotated[str, typer.Option(help="How it looks: words, or a style's name.")] = "",
    max_pages: Annotated[int, typer.Option(help="How many pages, 1 to 20.")] = 5,
    language: Annotated[str, typer.Option(help="Language of the comic.")] = "uk",
    planner: Annotated[
        str,
        typer.Option(help="beats (without AI), openai, ollama or compatible; default: what is configured."),
    ] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: stdout.")
    ] = None,
    sheet: Annotated[str, typer.Option(help="Without AI: three-acts, kishotenketsu or gag.")] = "three-acts",
) -> None:
    """Draft a plan from an idea."""
    from kitsumy_core.commands import plan as command

    raise typer.Exit(command.run(desk(), idea, style, max_pages, language, planner, output, sheet))


@app.command()
def check(plan: Plan, as_json: AsJson = False) -> None:
    """List what is wrong with a plan; exit code 1 if there are errors."""
    from kitsumy_core.commands import check as command

    raise typer.Exit(command.run(desk(), plan, as_json))


@app.command()
def render(
    plan: Plan,
    out: Out,
    pages: Annotated[str, typer.Option(metavar="1,3-5", help="Pages of the book.")] = "",
    panels: Annotated[str, typer.Option(metavar="ID,..", help="Panels by id.")] = "",
    backend: Annotated[str, typer.Option(help="sketch, comfyui or runpod. Default: comfyui if set.")] = "",
    profile: Annotated[str, typer.Option(help="sketch, mid, final or direct_final.")] = "final",
    workflow: Annotated[str, typer.Option(metavar="NAME|FILE", help="Workflow to render with.")] = "",
    style: Annotated[str, typer.Option(metavar="ID", help="Style instead of the plan's own.")] = "",
    variants: Annotated[int, typer.Option(min=1, max=8, help="Pictures of each panel to choose from.")] = 1,
    metadata: Annotated[bool, typer.Option(help="Write prompt and seed into the pictures.")] = True,
) -> None:
    """Render the panels of a plan as images; a second run renders only what changed."""
    from kitsumy_core.commands import render as command

    at = desk()
    options = command.options_of(at, backend, profile, workflow, style, variants)
    raise typer.Exit(command.run(at, plan, out, pages, panels, options, metadata))


@app.command()
def export(
    plan: Plan,
    formats: Annotated[str, typer.Option("--format", metavar="png,cbz,..", help=FORMATS_HELP)],
    out: Out,
    images: Annotated[Path | None, typer.Option(metavar="DIR", help="Images named after the panels.")] = None,
    edition: Annotated[str, typer.Option(metavar="ID", help="Edition of the comic, such as en.")] = "main",
    metadata: Annotated[bool, typer.Option(help="Write title and page into PNG pages.")] = True,
    prompts: Annotated[bool, typer.Option("--prompts", help="Write prompts into PNG pages as well.")] = False,
) -> None:
    """Export pages as images, books, layered files, a reader or editor projects; the script; a bundle."""
    from kitsumy_core.commands import export as command

    raise typer.Exit(
        command.run(desk(), plan, formats, out, images, edition, metadata=metadata, prompts=prompts)
    )


@app.command()
def styles() -> None:
    """List the drawing styles."""
    from kitsumy_core.commands import listing

    listing.styles(desk())


@app.command()
def workflows() -> None:
    """List the workflows."""
    from kitsumy_core.commands import listing

    listing.workflows(desk())


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what works, what is missing and what to do."""
    from kitsumy_core.commands import doctor as command

    raise typer.Exit(command.run(desk(), as_json))


@app.command()
def migrate() -> None:
    """Bring the database to this version's form."""
    from kitsumy_core.store import Store

    at = desk()
    Store.open(at.settings).close()
    at.tell("migrated")


def main() -> None:
    """Run the command line with UTF-8 output, whatever the terminal's own encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the outermost place there is
        _last_words(error)
        sys.exit(FAILED)


def _last_words(error: Exception) -> None:
    """Say in one line that a mistake of ours happened; what a programmer needs goes to a file."""
    with NamedTemporaryFile("w", prefix="kitsumy-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    _speaker().tell("unexpected", problem=type(error).__name__, file=file.name)


if __name__ == "__main__":
    main()
