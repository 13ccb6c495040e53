"""The command line: plans, checks, lists, and with which exit code each command ends."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kitsumy_core.commands import studio as studio_command
from kitsumy_core.commands.choose import chosen_panels, page_numbers
from kitsumy_core.commands.common import Desk
from kitsumy_core.errors import KitsumyError, UsageError
from kitsumy_core.plan.files import read_plan, write_plan
from kitsumy_core.plan.models import Character
from kitsumy_core.schemas import schemas
from kitsumy_core.settings import load_settings
from tests.cli_runs import a_file, a_project, run, with_panels
from tests.samples import a_book, a_plan

pytestmark = pytest.mark.usefixtures("at_the_shell")


def test_a_plan_goes_to_stdout_and_nothing_else_does() -> None:
    result = run("plan", "Кіт на маяку", "--max-pages", 2)
    assert result.exit_code == 0
    plan = read_plan(result.stdout.encode()).plan
    assert len(list(plan.pages())) == 2
    assert plan.kitsumy.language == "uk"
    assert "drafted-without-ai" not in result.stdout
    assert result.stderr


def test_a_plan_is_not_lost_with_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    result = run("plan", "A fox who sells maps", "-o", tmp_path / "full" / "plan.json")
    assert result.exit_code == 1
    assert read_plan(result.stdout_bytes).plan.chapters


def test_a_plan_goes_to_a_file_whose_name_is_the_result(tmp_path: Path) -> None:
    file = tmp_path / "new" / "plan.json"
    result = run("plan", "A cat", "-o", file, "--language", "en", "--style", "noir")
    assert (result.exit_code, result.stdout.strip()) == (0, str(file))
    plan = read_plan(file.read_bytes()).plan
    assert (plan.kitsumy.language, plan.style, plan.kitsumy.style_id) == ("en", "noir", "noir")
    assert len(list(plan.pages())) == 5


@pytest.mark.parametrize(
    "args",
    [
        ["plan", ""],
        ["plan", "x", "--max-pages", "0"],
        ["plan", "x", "--max-pages", "21"],
        ["plan", "x", "--max-pages", "many"],
        ["plan", "x", "--planner", "openai"],
        ["plan", "x", "--planner", "nobody"],
        ["plan", "x", "--language", "<b>"],
        ["plan"],
        ["check", "nothing-there.json"],
        ["check", "nothing-there"],
        ["check", "../nothing"],
        ["check", ""],
        ["check", "x" * 5000],
        ["check", "."],
        ["render", "plan.json"],
        ["render", "missing.json", "--out", "out"],
        ["export", "missing.json", "--format", "png", "--out", "out"],
        ["fly"],
        ["--port", "8000", "styles"],
        ["studio", "--port", "0"],
        ["api"],
        ["worker"],
    ],
    ids=lambda args: " ".join(args)[:40],
)
def test_unusable_arguments_end_with_two_and_words_but_no_traceback(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"x": 1}', b'{"title": "a", "chapters": 3}']
)
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    for command in (["check"], ["render", "--out", "out"], ["export", "--format", "plan", "--out", "out"]):
        result = run(command[0], "bad.json", *command[1:])
        assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "out").exists()


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATION_TIMEOUT", "soon")
    result = run("styles")
    assert result.exit_code == 2
    assert "GENERATION_TIMEOUT" in result.stderr


# --- check ----------------------------------------------------------------------------------------------


def test_a_sound_plan_checks_fine(tmp_path: Path) -> None:
    result = run("check", a_file(tmp_path))
    assert result.exit_code == 0
    assert "error" not in result.stdout


def test_errors_make_the_check_fail_and_come_one_a_line(tmp_path: Path) -> None:
    plan = with_panels("a", "b", "c")
    result = run("check", a_file(tmp_path, plan.but(characters=())))
    assert result.exit_code == 1
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert all(len(line) == 3 for line in lines)
    assert ("error", "/chapters/0/pages/0/layout") in {(line[0], line[1]) for line in lines}


def test_warnings_alone_are_fine(tmp_path: Path) -> None:
    plan = a_plan(1, characters=(*a_plan().characters, Character(id="char-3")))
    result = run("check", a_file(tmp_path, plan))
    assert result.exit_code == 0
    assert "warning" in result.stdout


def test_issues_as_json_keep_to_their_schema(tmp_path: Path) -> None:
    plan = with_panels("a", "b", "c").but(title="")
    result = run("check", a_file(tmp_path, plan), "--json")
    assert result.exit_code == 1
    issues = json.loads(result.stdout)
    Draft202012Validator(schemas()["issues.schema.json"]).validate(issues)
    assert set(issues[0]) == {"severity", "code", "path", "ids", "params", "message"}
    wrong = next(issue for issue in issues if issue["code"] == "layout-count")
    assert (wrong["severity"], wrong["path"], wrong["ids"]) == (
        "error",
        "/chapters/0/pages/0/layout",
        ["ch1-p1"],
    )
    assert wrong["params"]["panels"] == 3
    assert wrong["message"]


def test_what_was_repaired_while_reading_is_said(tmp_path: Path) -> None:
    plan = json.loads(write_plan(a_plan(1)))
    plan["chapters"][0]["pages"][0]["panels"][1]["id"] = "ch1-p1-pan1"
    (tmp_path / "twice.json").write_text(json.dumps(plan))
    issues = json.loads(run("check", "twice.json", "--json").stdout)
    assert [issue["severity"] for issue in issues if issue["code"] == "id-repeated"] == ["warning"]


def test_a_project_is_checked_by_its_id() -> None:
    project = a_project(a_book(1))
    assert run("check", project).exit_code == 0
    assert run("check", project[:-1] + "z").exit_code == 2


def test_a_file_comes_before_a_project_of_that_name(tmp_path: Path) -> None:
    project = a_project(a_book(1))
    a_file(tmp_path, with_panels("a"), name=project)
    assert run("check", project).exit_code == 1


# --- which pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"), [("1", {1}), ("1,3-5", {1, 3, 4, 5}), (" 2 , 2-3 ", {2, 3}), ("5-5", {5})]
)
def test_pages_are_named_by_numbers_and_ranges(text: str, numbers: set[int]) -> None:
    assert page_numbers(text, 5) == numbers


@pytest.mark.parametrize(
    "text", ["", ",", "a", "3-1", "1-", "-2", "1;2", "1.5", "٣", "0", "6", "1-6", "9" * 30]
)
def test_other_pages_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        page_numbers(text, 5)


def test_a_panel_whose_id_holds_a_comma_can_be_named() -> None:
    plan = with_panels("a", "b", "a,b")
    assert chosen_panels(plan, panels="a,b") == ["a,b"]
    assert chosen_panels(with_panels("a", "b"), panels="a,b") == ["a", "b"]


def test_a_name_that_is_no_text_is_a_plan_that_is_not_there() -> None:
    found = run("check", os.fsdecode(b"\xed\xa0\x80"))
    assert found.exit_code == 2
    assert isinstance(found.exception, SystemExit)
    assert found.stderr.strip()


def test_panels_come_in_reading_order_once() -> None:
    plan = a_plan(3)
    chosen = chosen_panels(plan, "3,1", "ch1-p2-pan4, ch1-p1-pan1")
    assert chosen == [
        *(f"ch1-p1-pan{n}" for n in range(1, 5)),
        "ch1-p2-pan4",
        *(f"ch1-p3-pan{n}" for n in range(1, 5)),
    ]
    assert chosen_panels(plan) == [panel.id for panel in plan.panels()]
    with pytest.raises(UsageError):
        chosen_panels(plan, "", "ch1-p9-pan1")


def test_styles_and_workflows_are_listed_by_name() -> None:
    assert "noir" in [line.split("\t")[0] for line in run("styles").stdout.splitlines()]
    listed = [line.split("\t") for line in run("workflows").stdout.splitlines()]
    assert {"text2img", "flux_kontext", "inpaint"} <= {line[0] for line in listed}
    assert ["inpaint", "sdxl", "prompt, image!, mask!, lora x10"] in listed


def test_the_doctor_speaks_json() -> None:
    result = run("doctor", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert all(set(one) == {"ok", "needed", "code", "params", "message"} for one in found)


def test_the_doctor_reads_the_names_in_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("KITSUMY_LANGAUGE=en\n")
    assert "KITSUMY_LANGAUGE" in run("doctor").stdout
    monkeypatch.setenv("COMFYUI_HOSTS", "127.0.0.1:9")
    assert run("doctor").exit_code == 1


def test_migrating_opens_the_store_and_may_be_done_twice() -> None:
    assert run("migrate").exit_code == 0
    assert (load_settings(None).data_dir / "kitsumy.db").is_file()
    assert run("migrate").exit_code == 0


def test_help_names_every_command_that_is_there() -> None:
    text = run("--help").stdout
    for command in (
        "studio",
        "plan",
        "check",
        "render",
        "export",
        "styles",
        "workflows",
        "doctor",
        "migrate",
    ):
        assert command in text
        assert run(command, "--help").exit_code == 0
    assert "worker" not in text


def test_an_installed_studio_starts_where_the_user_is(tmp_path: Path) -> None:
    (tmp_path / "studio" / ".streamlit").mkdir(parents=True)
    (tmp_path / "studio" / ".streamlit" / "config.toml").write_text("")
    launch = studio_command.plan_launch(Desk(load_settings(None)), tmp_path / "studio", 8600, True)
    assert launch.folder is None
    assert launch.command[1:5] == ["-m", "streamlit", "run", str(tmp_path / "studio" / "asgi.py")]
    assert launch.command[5:] == ["--server.port", "8600", "--server.headless", "true"]


def test_a_studio_in_a_checkout_starts_beside_its_configuration_with_the_users_env(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("KITSUMY_LANGUAGE=en\n")
    monkeypatch.setenv("KITSUMY_DATA_DIR", "here")
    launch = studio_command.plan_launch(Desk(load_settings()), studio_command.studio_folder(), None, False)
    assert launch.folder == studio_command.studio_folder().parent
    assert launch.environment["KITSUMY_LANGUAGE"] == "en"
    assert launch.environment["KITSUMY_DATA_DIR"] == str(tmp_path / "here")
    assert "--server.headless" not in launch.command


def test_errors_of_the_program_have_a_code_that_tells_whose_fault_it_is() -> None:
    from kitsumy_core.commands.common import exit_code
    from kitsumy_core.errors import InputError, NotFoundError, StorageError, UnreachableError

    codes = {
        kind: exit_code(kind())
        for kind in (InputError, UsageError, NotFoundError, StorageError, UnreachableError)
    }
    assert codes == {InputError: 2, UsageError: 2, NotFoundError: 2, StorageError: 1, UnreachableError: 1}
    assert exit_code(KitsumyError()) == 1
