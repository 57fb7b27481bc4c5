from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shoal.errors import InvalidInputError
from shoal.formats.image_folder import ImageFolderDataset
from shoal.model.class_map import ClassMap

Read = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, size in {"cat/001.png": (4, 3), "dog/a/1.PNG": (5, 6), "loose.png": (1, 1)}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size).save(path)
    (tmp_path / "dog" / "notes.txt").write_text("x")
    return tmp_path


def test_folders_are_classes(folder: Path, read_dataset: Read) -> None:
    got = read_dataset(ImageFolderDataset(folder))
    assert got.messages == []
    assert got.frames["frame_id"].to_pylist() == ["cat/001.png", "dog/a/1.PNG", "loose.png"]
    assert got.frames["width"].to_pylist() == [4, 5, 1]
    assert got.frames["url"].to_pylist()[0] == f"file://{folder}/cat/001.png"
    assert [(row["frame_row"], row["class_index"]) for row in got.labels] == [(0, 0), (1, 1)]
    assert got.notes == ["A file is not an image; ignored."]


def test_broken_image_is_a_problem(folder: Path, read_dataset: Read) -> None:
    (folder / "cat" / "002.png").write_bytes(b"no image")
    got = read_dataset(ImageFolderDataset(folder))
    assert got.problems.total == 1
    assert "cat/002.png: expected an image, found a broken file" in got.messages[0]


def test_unknown_folder(folder: Path, read_dataset: Read) -> None:
    got = read_dataset(ImageFolderDataset(folder), ClassMap.from_names(["cat"]))
    assert "'dog', once" in got.messages[0]


def test_empty_and_missing_folders(tmp_path: Path, read_dataset: Read) -> None:
    (tmp_path / "empty").mkdir()
    assert "no image" in read_dataset(ImageFolderDataset(tmp_path / "empty")).messages[0]
    with pytest.raises(InvalidInputError, match="Expected a folder"):
        ImageFolderDataset(tmp_path / "missing")
