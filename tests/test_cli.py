"""The command line: what each command writes, where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from typer.testing import CliRunner, Result

from kitsumy_core.cli import app
from kitsumy_core.commands import studio as studio_command
from kitsumy_core.commands.choose import chosen_panels, page_numbers
from kitsumy_core.commands.common import Desk
from kitsumy_core.errors import KitsumyError, UsageError
from kitsumy_core.export.metadata import metadata_of, with_metadata
from kitsumy_core.export.names import safe_id
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.files import read_plan, write_plan
from kitsumy_core.plan.models import Character, ComicPlan
from kitsumy_core.schemas import schemas
from kitsumy_core.settings import load_settings
from kitsumy_core.store import Store, Take
from kitsumy_core.store.change import now
from tests.comfyui_server import ComfyUIDouble
from tests.samples import a_book, a_page, a_panel, a_plan


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def a_file(folder: Path, plan: ComicPlan | None = None, name: str = "plan.json") -> Path:
    file = folder / name
    file.write_text(write_plan(plan or a_plan(1)), encoding="utf-8")
    return file


def a_project(book: Book) -> str:
    store = Store.open(load_settings(None))
    try:
        return store.create(book, "me").id
    finally:
        store.close()


def picture(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (60, 90)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def renders(folder: Path) -> dict[str, Any]:
    value = json.loads((folder / "renders.json").read_text(encoding="utf-8"))
    Draft202012Validator(schemas()["renders.schema.json"]).validate(value)
    return {record["panel"]: record for record in value["images"]}


def with_panels(*panel_ids: str, layout: str = "grid-2x2") -> ComicPlan:
    panels = tuple(a_panel(panel_id, dialogue=()) for panel_id in panel_ids)
    chapter = a_plan(1).chapters[0]
    page = a_page().but(panels=panels, layout=layout)
    return a_plan(1).but(chapters=(chapter.but(pages=(page,)),)).numbered()


# --- plan -----------------------------------------------------------------------------------------------


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


# --- render ---------------------------------------------------------------------------------------------


def test_panels_are_rendered_into_files_with_a_record(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("render", a_file(tmp_path), "--out", out, "--panels", "ch1-p1-pan1,ch1-p1-pan3")
    assert result.exit_code == 0
    assert sorted(result.stdout.split()) == [str(out / "ch1-p1-pan1.png"), str(out / "ch1-p1-pan3.png")]
    records = renders(out)
    assert list(records) == ["ch1-p1-pan1", "ch1-p1-pan3"]
    one = records["ch1-p1-pan1"]
    data = (out / "ch1-p1-pan1.png").read_bytes()
    size = Image.open(io.BytesIO(data)).size
    assert size == (one["metadata"]["width"], one["metadata"]["height"])
    assert (one["status"], one["images"], one["backend"]) == ("success", ["ch1-p1-pan1.png"], "sketch")
    assert one["sha256"] == [sha256(data).hexdigest()]
    assert one["saved_path"] == str(out / "ch1-p1-pan1.png")
    assert one["metadata"]["timestamp"].endswith("+00:00")
    assert "error" not in one


def test_a_second_run_renders_only_what_changed(tmp_path: Path) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    assert run("render", file, "--out", out).exit_code == 0
    first = renders(out)
    assert len(first) == 4
    again = run("render", file, "--out", out)
    assert (again.exit_code, again.stdout) == (0, "")
    plan = a_plan(1)
    changed = plan.chapters[0].pages[0].panels[1].but(action="Марко тікає з маяка.")
    page = plan.chapters[0].pages[0]
    page = page.but(panels=(page.panels[0], changed, *page.panels[2:]))
    a_file(tmp_path, plan.but(chapters=(plan.chapters[0].but(pages=(page,)),)))
    (out / "ch1-p1-pan4.png").unlink()
    result = run("render", file, "--out", out)
    assert {Path(line).name for line in result.stdout.split()} == {"ch1-p1-pan2.png", "ch1-p1-pan4.png"}
    second = renders(out)
    assert list(second) == list(first)
    assert second["ch1-p1-pan1"] == first["ch1-p1-pan1"]
    assert second["ch1-p1-pan2"]["request_key"] != first["ch1-p1-pan2"]["request_key"]


def test_hostile_ids_stay_in_their_folder_and_apart(tmp_path: Path) -> None:
    ids = ("../../evil", "CON", "Pan", "pan")
    file, out = a_file(tmp_path, with_panels(*ids)), tmp_path / "deep" / "out"
    assert run("render", file, "--out", out).exit_code == 0
    pictures = {path.name for path in out.glob("*.png")}
    assert pictures == {f"{safe_id(panel_id)}.png" for panel_id in ids}
    assert len({name.casefold() for name in pictures}) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"plan.json", "deep"}
    exported = run("export", file, "--images", out, "--format", "cbz", "--out", tmp_path / "deep")
    assert exported.exit_code == 0
    assert set(renders(out)) == set(ids)


def test_a_record_that_is_damaged_is_put_aside_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "renders.json").write_text("{broken")
    result = run("render", a_file(tmp_path), "--out", out, "--panels", "ch1-p1-pan1")
    assert result.exit_code == 0
    assert (out / "renders.damaged.json").read_text() == "{broken"
    assert list(renders(out)) == ["ch1-p1-pan1"]


def test_keys_of_others_in_the_record_survive(tmp_path: Path) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    run("render", file, "--out", out, "--panels", "ch1-p1-pan1")
    value = json.loads((out / "renders.json").read_text())
    value["images"][0]["note"] = "keep"
    (out / "renders.json").write_text(json.dumps(value))
    run("render", file, "--out", out, "--panels", "ch1-p1-pan2")
    assert renders(out)["ch1-p1-pan1"]["note"] == "keep"


def test_a_server_that_does_not_answer_fails_every_panel_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMFYUI_HOSTS", "http://127.0.0.1:9")
    out = tmp_path / "out"
    result = run("render", a_file(tmp_path), "--out", out, "--panels", "ch1-p1-pan1,ch1-p1-pan2")
    assert (result.exit_code, result.stdout) == (1, "")
    for record in renders(out).values():
        assert (record["status"], record["images"], record["backend"]) == ("failed", [], "comfyui")
        assert record["error_code"] == "server-unreachable"
        assert record["error"]
    assert list(out.glob("*.png")) == []


def test_a_comfyui_server_renders_the_panels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    with ComfyUIDouble() as server:
        monkeypatch.setenv("COMFYUI_HOSTS", server.url)
        wanted = (
            "render",
            file,
            "--out",
            out,
            "--panels",
            "ch1-p1-pan1",
            "--style",
            "noir",
            "--profile",
            "mid",
        )
        result = run(*wanted)
        assert result.exit_code == 0, result.stderr
        assert run(*wanted).stdout == ""
        assert server.renders == 1
        assert run(*wanted, "--profile", "final").stdout.split() == [str(out / "ch1-p1-pan1.png")]
        assert server.renders == 2
    record = renders(out)["ch1-p1-pan1"]
    assert (record["backend"], record["style_id"], record["status"]) == ("comfyui", "noir", "success")
    assert record["metadata"]["steps"] == 28
    assert "noir" in record["metadata"]["prompt"]
    assert record["metadata"]["style_title"] == "Нуар"
    assert isinstance(record["seed"], int)


def test_rendered_files_tell_what_they_were_made_from_unless_that_is_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    with ComfyUIDouble() as server:
        monkeypatch.setenv("COMFYUI_HOSTS", server.url)
        wanted = ("render", file, "--out", out, "--panels", "ch1-p1-pan1", "--profile", "mid")
        result = run(*wanted)
        assert "ch1-p1-pan1" in result.stderr
        told = metadata_of((out / "ch1-p1-pan1.png").read_bytes())
        assert told
        assert (told["seed"], told["steps"]) == (renders(out)["ch1-p1-pan1"]["seed"], 20)
        bare = run(*wanted, "--no-metadata", "--variants", "2")
        assert bare.exit_code == 0
        posted = [call.body["prompt"] for call in server.received if call.path == "/prompt"]
        assert [graph["5"]["inputs"]["batch_size"] for graph in posted] == [1, 2]
        data = (out / "ch1-p1-pan1.png").read_bytes()
    assert metadata_of(data) is None
    assert b"tEXt" not in data


def test_a_random_seed_is_drawn_anew_only_when_something_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def book(action: str) -> ComicPlan:
        plan = with_panels("a", layout="single")
        panel = plan.chapters[0].pages[0].panels[0]
        panel = panel.but(action=action, kitsumy=panel.kitsumy.but(seed=-1))
        page = plan.chapters[0].pages[0].but(panels=(panel,))
        return plan.but(chapters=(plan.chapters[0].but(pages=(page,)),))

    out, seeds = tmp_path / "out", []
    with ComfyUIDouble() as server:
        monkeypatch.setenv("COMFYUI_HOSTS", server.url)
        for action in ("One.", "One.", "Two."):
            assert run("render", a_file(tmp_path, book(action)), "--out", out).exit_code == 0
            seeds.append(renders(out)["a"]["seed"])
        assert server.renders == 2
    assert seeds[0] == seeds[1] != seeds[2]


def test_a_failed_panel_leaves_its_earlier_picture_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, file = tmp_path / "out", a_file(tmp_path)
    run("render", file, "--out", out, "--panels", "ch1-p1-pan1")
    before = (out / "ch1-p1-pan1.png").read_bytes()
    monkeypatch.setenv("COMFYUI_HOSTS", "http://127.0.0.1:9")
    assert run("render", file, "--out", out, "--panels", "ch1-p1-pan1").exit_code == 1
    assert (out / "ch1-p1-pan1.png").read_bytes() == before


@pytest.mark.parametrize(
    "extra",
    [
        ["--backend", "runpod"],
        ["--backend", "magic"],
        ["--profile", "best"],
        ["--style", "no-such-style"],
        ["--pages", "9"],
        ["--pages", "x"],
        ["--panels", "nobody"],
        ["--backend", "comfyui", "--workflow", "no-such-workflow"],
        ["--backend", "comfyui", "--workflow", "../secret.json"],
    ],
    ids=" ".join,
)
def test_a_render_nobody_can_do_is_refused_before_it_begins(tmp_path: Path, extra: list[str]) -> None:
    out = tmp_path / "out"
    result = run("render", a_file(tmp_path), "--out", out, *extra)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_a_failure_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("render", a_file(tmp_path), "--out", tmp_path / "file" / "out")
    assert (result.exit_code, result.stdout) == (1, "")
    assert str(tmp_path / "file") in result.stderr


# --- export ---------------------------------------------------------------------------------------------


def test_a_file_without_images_is_exported_as_empty_frames(tmp_path: Path) -> None:
    result = run("export", a_file(tmp_path), "--format", "plan,jpg,cbz", "--out", tmp_path / "out")
    assert result.exit_code == 0
    names = [Path(line).name for line in result.stdout.splitlines()]
    assert names == ["Маяк.json", "0001.jpg", "Маяк.cbz"]
    assert all(Path(line).is_file() for line in result.stdout.splitlines())
    assert "1/1" in result.stderr
    assert read_plan((tmp_path / "out" / "Маяк.json").read_bytes()).plan == a_plan(1)
    assert not list((tmp_path / "out").glob(".*"))


def test_books_layers_and_scripts_are_written_where_their_names_say(tmp_path: Path) -> None:
    formats = "pdf,svg,psd,webtoon,web,script,docx,desu"
    result = run("export", a_file(tmp_path), "--format", formats, "--out", tmp_path / "out")
    assert result.exit_code == 0
    written = [str(Path(line).relative_to(tmp_path / "out")) for line in result.stdout.splitlines()]
    assert written[:3] == ["Маяк.pdf", "Маяк-screen.pdf", "0001.svg"]
    assert {"webtoon/episode-01/001.jpg", "web/index.html", "web/pages/0001.jpg"} <= set(written)
    assert written[-3:] == ["Маяк.txt", "Маяк.docx", "Маяк-desu.zip"]
    assert written.count("fonts/README.txt") == 1, "SVG and Photoshop bring the same fonts"
    assert all((tmp_path / "out" / name).stat().st_size > 100 for name in written)


def test_images_are_taken_from_a_folder_by_the_panels_names(tmp_path: Path) -> None:
    folder = tmp_path / "art"
    folder.mkdir()
    (folder / "ch1-p1-pan1.png").write_bytes(picture("red"))
    (folder / "ch1-p1-pan2.jpg").write_bytes(picture("lime", "JPEG"))
    (folder / "ch1-p1-pan3.webp").write_bytes(picture("blue", "WEBP"))
    result = run(
        "export", a_file(tmp_path, with_panels(*(f"ch1-p1-pan{n}" for n in range(1, 5)))),
        "--images", folder, "--format", "png", "--out", tmp_path / "out",
    )  # fmt: skip
    assert result.exit_code == 0
    page = Image.open(tmp_path / "out" / "0001.png").convert("RGB")
    width, height = page.size
    middles = [
        page.getpixel((int(width * x), int(height * y)))
        for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75))
    ]
    for colour, wanted in zip(middles, ((255, 0, 0), (0, 255, 0), (0, 0, 255)), strict=True):
        assert isinstance(colour, tuple)
        assert max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 12
    assert "1/4" in result.stderr
    assert "1/1" not in result.stderr


def test_a_sketch_stays_marked_after_a_server_failed_to_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, file = tmp_path / "art", a_file(tmp_path)
    wanted = ("render", file, "--out", out, "--panels", "ch1-p1-pan1")
    assert run(*wanted, "--backend", "sketch").exit_code == 0
    monkeypatch.setenv("COMFYUI_HOSTS", "http://127.0.0.1:9")
    for _again in range(2):
        assert run(*wanted, "--backend", "comfyui").exit_code == 1
    record = renders(out)["ch1-p1-pan1"]
    assert (record["status"], record["earlier"]["backend"]) == ("failed", "sketch")
    assert run("export", file, "--images", out, "--format", "cbz", "--out", tmp_path).exit_code == 0
    with zipfile.ZipFile(next(tmp_path.glob("*.cbz"))) as archive:
        assert b"Contains storyboard sketches." in archive.read("ComicInfo.xml")


def test_sketches_rendered_by_us_are_named_in_the_archive(tmp_path: Path) -> None:
    file, art = a_file(tmp_path), tmp_path / "art"
    run("render", file, "--out", art, "--panels", "ch1-p1-pan1")
    run("export", file, "--images", art, "--format", "cbz", "--out", tmp_path / "one")
    with zipfile.ZipFile(tmp_path / "one" / "Маяк.cbz") as archive:
        assert b"Contains storyboard sketches." in archive.read("ComicInfo.xml")
    (art / "ch1-p1-pan1.png").write_bytes(picture())
    run("export", file, "--images", art, "--format", "cbz", "--out", tmp_path / "two")
    with zipfile.ZipFile(tmp_path / "two" / "Маяк.cbz") as archive:
        assert b"sketches" not in archive.read("ComicInfo.xml")


def test_a_damaged_image_leaves_an_empty_frame_and_a_failure(tmp_path: Path) -> None:
    folder = tmp_path / "art"
    folder.mkdir()
    (folder / "ch1-p1-pan1.png").write_bytes(picture()[:60])
    result = run("export", a_file(tmp_path), "--images", folder, "--format", "jpg", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "ch1-p1-pan1" in result.stderr
    assert (tmp_path / "out" / "0001.jpg").is_file()


def test_a_project_is_exported_with_its_picks(tmp_path: Path) -> None:
    store = Store.open(load_settings(None))
    project = store.create(Book(plan=with_panels("a", layout="single")), "me")
    takes = []
    for colour in ("red", "blue"):
        image = store.images.put(picture(colour))
        takes.append(
            store.add_take(
                Take(
                    project_id=project.id, panel_id="a", image=image, width=60, height=90, mime="image/png",
                    backend="comfyui", made_by="comfyui", created=now(),
                )
            )
        )  # fmt: skip
    store.commit(project.id, edit("pick_take", panel_id="a", take_id=takes[1].id), "me")
    store.close()
    out = tmp_path / "out"
    result = run("export", project.id, "--format", "png,bundle", "--out", out)
    assert result.exit_code == 0
    page = Image.open(out / "0001.png").convert("RGB")
    assert page.getpixel((page.width // 2, page.height // 2)) == (0, 0, 255)
    assert zipfile.is_zipfile(out / "Маяк.kitsumy")
    assert "1/1" not in result.stderr


def test_pages_in_png_say_what_they_are_and_prompts_only_if_asked_and_nothing_on_request(
    tmp_path: Path,
) -> None:
    folder, file = tmp_path / "art", a_file(tmp_path, with_panels("a"))
    folder.mkdir()
    (folder / "a.png").write_bytes(with_metadata(picture("red"), {"prompt": "a red room", "backend": "x"}))

    def told(*more: str) -> dict[str, Any] | None:
        out = tmp_path / "-".join(("out", *more))
        made = run("export", file, "--images", folder, "--format", "png", "--out", out, *more)
        assert made.exit_code == 0, made.stderr
        return metadata_of((out / "0001.png").read_bytes())

    plain = told()
    assert plain is not None
    assert (plain["title"], plain["page"], plain["pages"]) == (with_panels("a").title, 1, 1)
    assert set(plain["madeBy"]) == {"plan", "pictures"}
    assert "prompts" not in plain
    assert told("--prompts") == plain | {"prompts": {"a": "a red room"}}
    assert told("--no-metadata") is None
    assert told("--no-metadata", "--prompts") is None


def test_a_bundle_of_a_file_opens_as_a_project_with_its_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "art"
    folder.mkdir()
    (folder / "ch1-p1-pan2.png").write_bytes(picture("lime"))
    result = run(
        "export", a_file(tmp_path), "--images", folder, "--format", "bundle", "--out", tmp_path / "out"
    )
    assert result.exit_code == 0
    assert not load_settings(None).data_dir.exists()
    store = Store.open(load_settings(None))
    project = store.import_bundle(Path(result.stdout.strip()), "you")
    book = store.head(project).book
    assert book.plan == a_plan(1)
    take = store.take(project, book.picks["ch1-p1-pan2"])
    assert store.images.get(take.image) == picture("lime")
    store.close()


@pytest.mark.parametrize("formats", ["mobi", "png,pdfx", "exe", "", ",", "png;cbz"])
def test_a_format_that_is_not_there_is_refused_before_anything_is_written(
    tmp_path: Path, formats: str
) -> None:
    result = run("export", a_file(tmp_path), "--format", formats, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_images_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = run("export", a_file(tmp_path), "--images", "none", "--format", "png", "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (2, "")


# --- the rest -------------------------------------------------------------------------------------------


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
