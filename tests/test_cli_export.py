"""The command line: what is exported, from where, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kitsumy_core.export.metadata import metadata_of, with_metadata
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.files import read_plan
from kitsumy_core.settings import load_settings
from kitsumy_core.store import Store, Take
from kitsumy_core.store.change import now
from tests.cli_runs import a_file, picture, renders, run, with_panels
from tests.samples import a_plan

pytestmark = pytest.mark.usefixtures("at_the_shell")


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
