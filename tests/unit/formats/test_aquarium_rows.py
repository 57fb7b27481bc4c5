from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from shoal.errors import ProblemLog
from shoal.formats.aquarium import AquariumDataset, AquariumInferences
from shoal.formats.aquarium_embeddings import FRAMES, OBJECTS, read_vectors
from shoal.formats.aquarium_rows import changed_frame, changed_objects, read_rows
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.notes import Notes
from shoal.model.class_map import ClassMap
from shoal.model.task import Task

CLASSES = ClassMap.from_names(["car", "bus"])


def written(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def box(name: str, kind: str = "car", **attributes: Any) -> dict[str, Any]:
    sides = {"top": 1, "left": 2, "width": 3, "height": 4}
    return {"uuid": name, "label_type": "BBOX_2D", "label": kind, "attributes": {**sides, **attributes}}


def nothing(_ids: Sequence[str]) -> Mapping[str, Any]:
    return {}


def dataset(frames: Path, labels: Path, task: Task | None = Task.OBJECT_DETECTION) -> AquariumDataset:
    return AquariumDataset([frames], [labels], task=task, known=nothing, locate=str)


def read(source: AquariumDataset, problems: ProblemLog) -> tuple[pa.Table, pa.Table]:
    frames = pa.Table.from_batches(list(source.frames(problems)))
    lookup = FrameLookup(frames.column("frame_id"), widths=frames["width"], heights=frames["height"])
    return frames, pa.Table.from_batches(list(source.labels(lookup, ClassResolver(CLASSES), problems)))


def test_orders_to_the_server_are_not_kept(tmp_path: Path) -> None:
    frames = written(tmp_path / "f.jsonl", {"task_id": "a", "change": "ADD", "reuse_latest_embedding": False})
    labels = written(tmp_path / "l.jsonl", {"task_id": "a", "label_data": [{**box("x"), "change": "ADD"}]})
    (row,) = read_rows([frames], [labels], nothing, ProblemLog())
    assert (row.frame, row.objects) == ({"task_id": "a"}, [box("x")])


def test_nan_and_halves_of_characters_are_read(tmp_path: Path) -> None:
    lines = '{"task_id": "a", "user__x": NaN}', '{"task_id": "b", "user__x": "\\ud800"}'
    rows = list(read_rows([written(tmp_path / "f.jsonl", *lines)], (), nothing, ProblemLog()))
    assert np.isnan(rows[0].frame["user__x"])
    assert rows[1].frame["user__x"] == "\ufffd"


@pytest.mark.parametrize(
    ("line", "field", "found"),
    [
        ("{", "", "Expecting property name"),
        ("[1]", "task_id", "[1]"),
        ('{"task_id": 7}', "task_id", "7"),
    ],
)
def test_a_faulty_row_is_told_with_its_place(tmp_path: Path, line: str, field: str, found: str) -> None:
    problems = ProblemLog()
    file = written(tmp_path / "f.jsonl", '{"task_id": "ok"}', line)
    assert [row.frame_id for row in read_rows([file], (), nothing, problems)] == ["ok"]
    (problem,) = problems.problems
    assert (problem.file, problem.field) == ("f.jsonl", field)
    assert problem.place.startswith("line 2")
    assert found in problem.found


def test_a_change_of_a_frame_that_is_not_there_is_dropped_and_noted(tmp_path: Path) -> None:
    problems, notes = ProblemLog(), Notes()
    lines = '{"task_id": "a", "change": "MODIFY"}', '{"task_id": "b"}'
    file = written(tmp_path / "f.jsonl", *lines)
    assert [row.frame_id for row in read_rows([file], (), nothing, problems, notes)] == ["b"]
    assert problems.total == 0
    assert list(notes) == ["1 changes of frames that are not in the dataset were dropped: 'a'."]


def test_a_change_sets_what_it_names() -> None:
    before = {
        "task_id": "a",
        "device_id": "front",
        "user__n": 1,
        "user_metadata_types": {"user__n": "int"},
        "sensor_data": [{"sensor_id": "1", "v": 1}, {"sensor_id": "2", "v": 1}],
    }
    change = {
        "task_id": "a",
        "device_id": "default_device",
        "user__m": "x",
        "user_metadata_types": {"user__m": "str"},
        "sensor_data": [{"sensor_id": "2", "v": 2}, {"sensor_id": "3", "v": 2}],
        "explicitly_set_keys": ["user__m", "user_metadata_types", "sensor_data", "reuse_latest_embedding"],
        "reuse_latest_embedding": True,
    }
    after = changed_frame(before, change)
    assert after == {
        "task_id": "a",
        "device_id": "front",
        "user__n": 1,
        "user__m": "x",
        "user_metadata_types": {"user__n": "int", "user__m": "str"},
        "sensor_data": [{"sensor_id": "1", "v": 1}, {"sensor_id": "2", "v": 2}, {"sensor_id": "3", "v": 2}],
    }


def test_changed_labels_take_the_values_that_are_given() -> None:
    before = [box("a", user__x=1), box("b")]
    changes: list[dict[str, Any]] = [
        {"uuid": "a", "change": "MODIFY", "label": None, "attributes": {"left": 9, "top": None}},
        {"uuid": "gone", "change": "MODIFY", "attributes": {"left": 9}},
        {**box("c"), "change": "ADD"},
        {**box("b", "bus"), "change": "ADD"},
    ]
    after = changed_objects(before, changes)
    assert [one["uuid"] for one in after] == ["a", "b", "c"]
    assert after[0] == box("a", left=9, user__x=1)
    assert after[1] == box("b", "bus")


def test_boxes_become_labels_and_other_types_are_noted(tmp_path: Path) -> None:
    sensor = {
        "sensor_type": "IMAGE_V0",
        "data_urls": {"image_url": "https://x/a%20b.png"},
        "sensor_metadata": {"width": 64, "height": 48},
    }
    frames = written(
        tmp_path / "f.jsonl",
        {"task_id": "a", "sensor_data": [sensor], "user__n": 1, "geo_data": {"geo_EPSG4326_lat": 1}},
        {"task_id": "b", "sensor_data": [], "user__n": 2.5, "date_captured": "2024-01-01T00:00:00"},
    )
    line = {"uuid": "l", "label_type": "LINE_SEGMENT_2D", "label": "car", "attributes": {}}
    labels = written(
        tmp_path / "l.jsonl",
        {"task_id": "b", "label_data": [box("x", "bus", iscrowd=True, user__w="rain"), line]},
        {"task_id": "a", "label_data": [box("y"), {**box("z"), "label": "Background"}]},
    )
    problems = ProblemLog()
    source = dataset(frames, labels)
    table, rows = read(source, problems)
    problems.raise_if_any()
    assert table.column("file_name").to_pylist() == ["a b.png", None]
    assert table.column("width").to_pylist() == [64, None]
    assert table.column("latitude").to_pylist() == [1.0, None]
    assert rows.column("label_id").to_pylist() == ["y", "x"]
    assert rows.column("frame_row").to_pylist() == [0, 1]
    assert rows.column("class_index").to_pylist() == [0, 1]
    assert rows.column("iscrowd").to_pylist() == [False, True]
    assert rows.column("user__w").to_pylist() == [None, "rain"]
    assert [rows.column(name).to_pylist()[0] for name in ("x", "y", "w", "h", "area_px")] == [2, 1, 3, 4, 12]
    assert list(source.notes) == [
        "1 labels of the type BBOX_2D are kept and given back, and not scored.",
        "1 labels of the type LINE_SEGMENT_2D are kept and given back, and not scored.",
    ]


def test_nothing_is_scored_where_shoal_has_no_task(tmp_path: Path) -> None:
    frames = written(tmp_path / "f.jsonl", {"task_id": "a"})
    labels = written(tmp_path / "l.jsonl", {"task_id": "a", "label_data": [box("x")]})
    _, rows = read(dataset(frames, labels, None), ProblemLog())
    assert rows.num_rows == 0


def test_labels_at_fault_are_told(tmp_path: Path) -> None:
    frames = written(tmp_path / "f.jsonl", {"task_id": "a"})
    bad = [box("x"), box("x"), box("y", "lorry"), box("z", width=0), box("w", height=10**400)]
    labels = written(tmp_path / "l.jsonl", {"task_id": "a", "label_data": bad})
    problems = ProblemLog()
    read(dataset(frames, labels), problems)
    assert [(one.field, one.expected) for one in problems.problems] == [
        ("uuid", "an id that occurs once"),
        ("left, top, width, height", "four finite numbers"),
        ("left, top, width, height", "a width and a height above 0"),
        ("label", "a class of the class map ('car', 'bus')"),
    ]


def test_one_class_per_frame(tmp_path: Path) -> None:
    frames = written(tmp_path / "f.jsonl", {"task_id": "a"})
    two = [{"uuid": f"{i}", "label_type": "CLASSIFICATION_2D", "label": "car"} for i in range(2)]
    labels = written(tmp_path / "l.jsonl", {"task_id": "a", "label_data": two})
    problems = ProblemLog()
    read(dataset(frames, labels, Task.CLASSIFICATION), problems)
    assert [one.expected for one in problems.problems] == ["one class per frame"]


def test_inferences_cover_the_frames_that_are_listed(tmp_path: Path) -> None:
    file = written(
        tmp_path / "i.jsonl",
        {"task_id": "c", "inference_data": [], "label_data": []},
        {"task_id": "a", "inference_data": [box("x", confidence=0.5)], "label_data": []},
        {"task_id": "other", "inference_data": []},
        {"task_id": "a", "inference_data": [box("y", confidence=2)]},
    )
    source = AquariumInferences([file], task=Task.OBJECT_DETECTION)
    problems = ProblemLog()
    (rows,) = source.inferences(FrameLookup(["a", "b", "c"]), ClassResolver(CLASSES), problems)
    assert source.listed_frames.tolist() == [0, 2]
    assert rows.column("confidence").to_pylist() == [0.5]
    assert [one.expected for one in problems.problems] == [
        "a frame of the dataset",
        "a frame that occurs once",
    ]


def arrow(path: Path, columns: dict[str, Any]) -> Path:
    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as file:
        file.write_table(table)
    return path


@pytest.mark.parametrize("text", [pa.string(), pa.large_string()])
def test_vectors_are_those_that_say_something(tmp_path: Path, text: pa.DataType) -> None:
    frames = arrow(
        tmp_path / "f.arrow",
        {
            "frame_ids": pa.array(["a", "b", "c", "d"], text),
            "frame_embeddings": [[1.0, 0.0], [0.0, 0.0], [1.0, 2.0, 3.0], None],
        },
    )
    ((ids, vectors),) = read_vectors(frames, FRAMES, 2)
    assert (ids, vectors.tolist()) == (["a"], [[1.0, 0.0]])
    crops = arrow(
        tmp_path / "c.arrow",
        {
            "crop_ids": pa.array([["x", "y"], [], ["z"]], pa.list_(text)),
            "crop_embeddings": [[[1.0, 0.0], [0.0, 2.0]], [], None],
        },
    )
    ((ids, vectors),) = read_vectors(crops, OBJECTS, 2)
    assert (ids, vectors.tolist()) == (["x", "y"], [[1.0, 0.0], [0.0, 2.0]])


def test_columns_of_nulls_are_no_vectors(tmp_path: Path) -> None:
    crops = arrow(tmp_path / "c.arrow", {"crop_ids": [["x"]], "crop_embeddings": [[None]]})
    assert list(read_vectors(crops, OBJECTS, 2)) == []
