"""What users hand in becomes files, and files arrive whole over a connection that breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from shoal.client.progress import SilentProgress
from shoal.client.session import Session
from shoal.client.sources import Staging, write_table
from shoal.client.transport import Params, Response
from shoal.client.uploading import StagedFile, Upload
from shoal.errors import ConnectionFailedError, InvalidInputError, TooLargeError

ROWS = [{"frame_id": "é 1", "lux": 1.5}, {"frame_id": "2", "lux": None}]


class Receiver:
    """Speaks the upload part of the HTTP contract, and breaks where told to.

    Attributes:
        files: what has arrived, by name.
        cuts: numbers of PUT requests whose chunk arrives but whose answer is lost.
        losses: numbers of PUT requests that never arrive.
    """

    address = "receiver"

    def __init__(self, *, cuts: frozenset[int] = frozenset(), losses: frozenset[int] = frozenset()) -> None:
        self.files: dict[str, bytearray] = {}
        self.cuts, self.losses = cuts, losses
        self.n_puts = 0
        self.in_process = False
        self.roots: list[str] = []
        self.deleted = False

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        if method == "PUT":
            assert content is not None
            return self._put(unquote(path.split("/files/")[1]), int(str((params or {})["offset"])), content)
        if method == "DELETE":
            self.deleted = True
            return Response(204)
        if path.endswith("/health"):
            health = {"status": "ok", "version": "1", "home": "/h", "pid": 1, "roots": self.roots}
            return answer(health)
        files = [{"name": name, "size": len(data)} for name, data in self.files.items()]
        return answer({"id": "u1", "files": files})

    def _put(self, name: str, offset: int, content: bytes) -> Response:
        self.n_puts += 1
        if self.n_puts in self.losses:
            raise ConnectionFailedError("lost")
        data = self.files.setdefault(name, bytearray())
        if offset > len(data):
            location = {"next_offset": len(data)}
            return problem(412, "conflict", location)
        data[offset:] = content
        if self.n_puts in self.cuts:
            raise ConnectionFailedError("cut")
        return answer({"name": name, "size": len(data)})

    def close(self) -> None: ...


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, {}, json.dumps(value).encode())


def problem(status: int, code: str, location: dict[str, Any]) -> Response:
    body = {"type": "t", "title": "t", "status": status, "code": code, "detail": "d", "location": location}
    return answer(body, status)


def send(receiver: Receiver, data: bytes, tmp_path: Path, *, n_delays: int = 3) -> list[float]:
    path = tmp_path / "data.bin"
    path.write_bytes(data)
    slept: list[float] = []
    upload = Upload(Session(receiver), chunk_bytes=10, resume_delays_s=[1.0] * n_delays, sleep=slept.append)
    upload.send([StagedFile("labels/data é.bin", path)], SilentProgress())
    return slept


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 35])
def test_files_arrive_whole(size: int, tmp_path: Path) -> None:
    receiver = Receiver()
    data = bytes(range(size))
    assert send(receiver, data, tmp_path) == []
    assert receiver.files == {"labels/data é.bin": data}


@pytest.mark.parametrize("place", ["cuts", "losses"])
@pytest.mark.parametrize("numbers", [{1}, {2}, {4}, {1, 2, 3}, {2, 3}])
def test_a_broken_connection_is_resumed_where_it_broke(place: str, numbers: set[int], tmp_path: Path) -> None:
    receiver = Receiver(**{place: frozenset(numbers)})
    data = bytes(range(35))
    assert len(send(receiver, data, tmp_path)) == len(numbers)
    assert receiver.files == {"labels/data é.bin": data}


def test_a_connection_that_stays_broken_fails(tmp_path: Path) -> None:
    receiver = Receiver(losses=frozenset(range(2, 100)))
    with pytest.raises(ConnectionFailedError):
        send(receiver, bytes(35), tmp_path)
    assert receiver.n_puts == 5


def test_a_gap_is_closed_from_where_the_server_is(tmp_path: Path) -> None:
    class Forgetful(Receiver):
        def _put(self, name: str, offset: int, content: bytes) -> Response:
            if self.n_puts == 2:
                del self.files[name][5:]
            return super()._put(name, offset, content)

    receiver = Forgetful()
    data = bytes(range(35))
    send(receiver, data, tmp_path)
    assert receiver.files == {"labels/data é.bin": data}


def test_other_errors_are_not_tried_again(tmp_path: Path) -> None:
    class Full(Receiver):
        def _put(self, name: str, offset: int, content: bytes) -> Response:
            self.n_puts += 1
            return problem(413, "too_large", {})

    receiver = Full()
    with pytest.raises(TooLargeError):
        send(receiver, bytes(35), tmp_path)
    assert receiver.n_puts == 1


def test_staging_uploads_files_and_tables_and_cleans_up(tmp_path: Path) -> None:
    receiver = Receiver()
    (tmp_path / "val.json").write_text("{}")
    images = tmp_path / "images"
    (images / "sub").mkdir(parents=True)
    (images / ".cache").mkdir()
    for name in ("a.JPG", "sub/b é.png", "notes.txt", ".cache/c.png"):
        (images / name).write_bytes(b"x")
    with Staging(Session(receiver)) as staging:
        staging.add("labels", tmp_path / "val.json")
        staging.add("metadata", ROWS)
        staging.add_images(images)
        references = staging.send(SilentProgress())
    assert set(receiver.files) == {
        "labels/val.json",
        "metadata/metadata.jsonl",
        "images/a.JPG",
        "images/sub/b é.png",
    }
    assert {role: (ref.upload, ref.path, ref.n_bytes) for role, ref in references.items()} == {
        "labels": ("u1", "labels/val.json", 2),
        "metadata": ("u1", "metadata/metadata.jsonl", len(receiver.files["metadata/metadata.jsonl"])),
        "images": ("u1", "images", None),
    }
    assert receiver.deleted


@pytest.mark.parametrize("how", ["in process", "under a root"])
def test_images_the_server_can_read_stay_where_they_are(how: str, tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.in_process = how == "in process"
    receiver.roots = [] if receiver.in_process else [str(tmp_path)]
    images = tmp_path / "images"
    images.mkdir()
    with Staging(Session(receiver)) as staging:
        staging.add_images(images)
        assert staging.send(SilentProgress())["images"].path == str(images)
    assert not receiver.files


def test_sources_that_are_not_there_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    receiver = Receiver()
    with Staging(Session(receiver)) as staging:
        with pytest.raises(InvalidInputError, match="nothing there"):
            staging.add("labels", tmp_path / "no.json")
        with pytest.raises(InvalidInputError, match="a folder"):
            staging.add("labels", tmp_path)
        with pytest.raises(InvalidInputError, match="folder of images"):
            staging.add_images(tmp_path / "no")
        with pytest.raises(InvalidInputError, match="No image"):
            staging.add_images(tmp_path)
        with pytest.raises(InvalidInputError, match="int"):
            staging.add("labels", 3)
        with pytest.raises(InvalidInputError, match="row 1"):
            staging.add("labels", [{}, 3])
    assert not receiver.files


@pytest.mark.parametrize(
    "source",
    [
        pl.DataFrame(ROWS),
        pl.DataFrame(ROWS).lazy(),
        pd.DataFrame(ROWS),
        pa.Table.from_pylist(ROWS),
        pa.RecordBatch.from_pylist(ROWS),
        pa.Table.from_pylist(ROWS).to_reader(),
    ],
    ids=lambda source: f"{type(source).__module__.split('.')[0]} {type(source).__name__}",
)
def test_data_frames_become_parquet(source: Any, tmp_path: Path) -> None:
    path = write_table("frames", source, tmp_path)
    assert path.name == "frames.parquet"
    assert pl.read_parquet(path).to_dicts() == ROWS


def test_dicts_become_jsonl_with_whatever_numpy_put_in_them(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    rows = ({"n": np.int64(i), "box": np.array([1.5, 2.0]), "at": moment, "p": Path("a")} for i in range(2))
    path = write_table("labels", rows, tmp_path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [
        {"n": i, "box": [1.5, 2.0], "at": "2026-01-02T03:04:00+00:00", "p": "a"} for i in range(2)
    ]


def test_values_json_cannot_hold_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="object"):
        write_table("labels", [{"x": object()}], tmp_path)
