"""Images under their hashes: whole or not there, and checked on the way in and out."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from kitsumy_core.errors import InputError, NotFoundError, StorageError, UsageError
from kitsumy_core.settings import Settings
from kitsumy_core.store.images import ImageStore, PictureFacts, check_picture
from tests.stores import png, small_disk


@pytest.fixture
def images(tmp_path: Path) -> ImageStore:
    return ImageStore.open(Settings(data_dir=tmp_path))


def file_of(folder: Path, image: str) -> Path:
    return folder / "images" / image[:2] / image[2:4] / image


def test_an_image_is_kept_under_its_hash(images: ImageStore, tmp_path: Path) -> None:
    data = png()
    image = images.put(data)
    assert image == hashlib.sha256(data).hexdigest()
    assert images.get(image) == data
    assert file_of(tmp_path, image).read_bytes() == data
    assert images.has(image)
    assert [(x.image, x.size) for x in images.list()] == [(image, len(data))]


def test_the_same_image_is_kept_once(images: ImageStore) -> None:
    assert images.put(png()) == images.put(png())
    assert len(list(images.list())) == 1


def test_a_damaged_image_is_noticed_and_mended_by_storing_it_again(
    images: ImageStore, tmp_path: Path
) -> None:
    data = png()
    image = images.put(data)
    file_of(tmp_path, image).write_bytes(data[:-1] + b"?")
    with pytest.raises(StorageError, match="image-damaged"):
        images.get(image)
    images.put(data)
    assert images.get(image) == data


def test_a_missing_image_is_named(images: ImageStore) -> None:
    with pytest.raises(NotFoundError) as caught:
        images.get("ab" * 32)
    assert caught.value.params == {"image": "ab" * 32}
    assert not images.has("ab" * 32)
    images.delete("ab" * 32)


@pytest.mark.parametrize(
    "name", ["", "../../kitsumy.db", "ab" * 31, "AB" * 32, "ab" * 32 + "\n", "ab/cd/" + "ab" * 29, "ab" * 33]
)
def test_only_a_hash_reaches_the_folder(images: ImageStore, name: str) -> None:
    for call in (images.get, images.has, images.delete):
        if call == images.get:
            with pytest.raises(NotFoundError, match="image-not-found"):
                images.get(name)
        else:
            assert not call(name)


def test_a_deleted_image_is_gone(images: ImageStore) -> None:
    image = images.put(png())
    images.delete(image)
    assert not images.has(image)


def test_images_may_live_at_a_url(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    images = ImageStore.open(Settings(data_dir=tmp_path / "data", images_url=folder.as_uri()))
    image = images.put(png())
    assert images.get(image) == png()
    assert any(folder.rglob(image))
    assert not (tmp_path / "data" / "images").exists()


@pytest.mark.parametrize("url", ["nonsense", "zz://bucket/pictures"])
def test_a_url_of_an_unknown_kind_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        ImageStore.open(Settings(data_dir=tmp_path, images_url=url))
    assert caught.value.params["name"] == "KITSUMY_IMAGES_URL"


def test_a_full_disk_is_reported_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "256k") as disk:
        images = ImageStore.open(Settings(data_dir=disk))
        kept = images.put(png())
        with pytest.raises(StorageError, match="disk-full"):
            images.put(bytes(1_000_000))
        assert images.get(kept) == png()
        assert [file.name for file in disk.rglob("*") if file.is_file()] == [kept]


# --- pictures from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
def test_a_picture_from_outside_is_measured(images: ImageStore, kind: str, mime: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "blue").save(file, kind)
    image, facts = images.put_foreign(file.getvalue())
    assert facts == PictureFacts(20, 10, mime)
    assert images.get(image) == file.getvalue()


def test_a_file_that_is_no_picture_is_refused(images: ImageStore) -> None:
    for data in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"GIF89a"):
        with pytest.raises(InputError):
            images.put_foreign(data)
    assert list(images.list()) == []


def test_a_picture_cut_short_is_refused(images: ImageStore) -> None:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(file, "PNG")
    with pytest.raises(InputError, match="picture-damaged"):
        images.put_foreign(file.getvalue()[:-1500])


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(InputError, match="picture-too-many-pixels"):
        check_picture(bomb(side))


def bomb(side: int) -> bytes:
    """Return a tiny PNG file that claims to be `side` pixels high and wide."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
