"""The cache of images: whole files only, least recently used go first."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from shoal.errors import StorageError
from shoal.store.media import ImageCache

JPEG_HEAD, JPEG_TAIL = b"\xff\xd8", b"\xff\xd9"


def jpeg(n_bytes: int) -> bytes:
    return JPEG_HEAD + bytes(n_bytes - 4) + JPEG_TAIL


def key(number: int) -> str:
    return f"{number % 7:02x}{number:062x}"


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path / "thumbnails", 1 << 20)
    assert cache.read(key(1)) is None
    assert cache.find(key(1)) is None
    path = cache.keep(key(1), jpeg(100))
    assert path == cache.find(key(1)) == cache.path(key(1))
    assert cache.read(key(1)) == path.read_bytes() == jpeg(100)


@pytest.mark.parametrize(
    "torn", [b"", bytes(100), jpeg(100)[:50], jpeg(100)[:98] + bytes(2), b"RIFF\x10\0\0\0WEBPVP8 "]
)
def test_torn_files_are_not_there(tmp_path: Path, torn: bytes) -> None:
    cache = ImageCache(tmp_path, 1 << 20)
    cache.keep(key(1), torn)
    assert cache.read(key(1)) is None
    assert cache.find(key(1)) is None
    cache.keep(key(1), jpeg(90))
    assert cache.read(key(1)) == jpeg(90)


def test_any_bytes_of_the_right_length(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path, 1 << 20)
    cache.keep(key(1), b"anything", durable=True)
    assert cache.find_exact(key(1), 8) == cache.path(key(1))
    assert cache.find_exact(key(1), 9) is None
    assert cache.find_exact(key(2), 8) is None


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path, 10_000)
    for number in range(10):
        path = cache.keep(key(number), jpeg(1000))
        os.utime(path, (1000 + number, 1000 + number))
    assert cache.read(key(0)) is not None  # used just now
    cache.keep(key(10), jpeg(1000))
    kept = [number for number in range(11) if cache.find(key(number))]
    assert kept == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_a_new_process_counts_what_lies_there(tmp_path: Path) -> None:
    first = ImageCache(tmp_path, 1 << 20)
    for number in range(10):
        os.utime(first.keep(key(number), jpeg(1000)), (1000 + number, 1000 + number))
    second = ImageCache(tmp_path, 5000)
    second.keep(key(10), jpeg(1000))
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) <= 5000
    assert second.find(key(10)) is not None


def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    cache = ImageCache(tmp_path, 100)
    cache.keep(key(1), jpeg(50))
    old, young = cache.path(key(1)).with_name(".old"), cache.path(key(1)).with_name(".young")
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    cache.keep(key(2), jpeg(50))
    assert not old.exists()
    assert young.exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ImageCache(tmp_path / "file", 100)
    with pytest.raises(StorageError, match="could not be written"):
        cache.keep(key(1), jpeg(50))
