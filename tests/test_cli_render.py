"""The command line: what is rendered, where it goes, and what is said of it."""

from __future__ import annotations

import io
import json
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from kitsumy_core.export.metadata import metadata_of
from kitsumy_core.export.names import safe_id
from kitsumy_core.plan.models import ComicPlan
from tests.cli_runs import a_file, renders, run, with_panels
from tests.comfyui_server import ComfyUIDouble
from tests.samples import a_plan

pytestmark = pytest.mark.usefixtures("at_the_shell")


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
