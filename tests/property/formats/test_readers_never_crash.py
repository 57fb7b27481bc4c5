"""Whatever is in a file, a reader ends with rows or with problems, never with an exception."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shoal.formats.json_file as json_file
from shoal.errors import ProblemLog
from shoal.formats.coco import CocoDataset
from shoal.formats.coco_results import CocoResults
from shoal.formats.metadata import TabularMetadata
from shoal.formats.source import ClassResolver, DatasetSource, FrameLookup
from shoal.formats.tabular import TabularDataset, TabularInferences
from shoal.formats.user_columns import conform, merge_schemas
from shoal.model.class_map import ClassMap
from shoal.model.columns import INFERENCE_COLUMNS, LABEL_COLUMNS
from shoal.model.task import Task

COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48, "lux": 3}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0},
        {
            "id": 2,
            "image_id": 1,
            "category_id": 5,
            "bbox": [1, 2, 3, 9],
            "segmentation": [[1, 2, 3, 4, 5, 6]],
        },
    ],
    "categories": [{"id": 5, "name": "car"}],
}
CLASSES = ClassMap.from_names(["car"])
LOOKUP = FrameLookup(["a.jpg", "b.jpg"], ["1", "2"], widths=[64, 64], heights=[48, 48])

strange = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([1, "1", 2**63, -(2**63), 10**40, 1e308, "a.jpg", [], {}, "background", "car", "\x00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
tasks = st.sampled_from([Task.OBJECT_DETECTION, Task.CLASSIFICATION])


def read_all(source: DatasetSource) -> None:
    problems = ProblemLog()
    classes = ClassResolver(ClassMap(source.classes()), add=True)
    batches = list(source.frames(problems))
    schema = merge_schemas(batch.schema for batch in batches)
    frames = pa.Table.from_batches([conform(batch, schema) for batch in batches], schema=schema)
    columns = {name: frames[name] for name in frames.column_names}
    lookup = FrameLookup(
        columns.get("frame_id", []),
        columns.get("source_id"),
        columns.get("file_name"),
        widths=columns.get("width"),
        heights=columns.get("height"),
    )
    for batch in source.labels(lookup, classes, problems):
        check_objects(batch, list(LABEL_COLUMNS), len(lookup), len(classes.resolved_map()))


def check_objects(batch: pa.RecordBatch, names: list[str], n_frames: int, n_classes: int) -> None:
    assert batch.schema.names[: len(names)] == names
    for row in batch.to_pylist():
        assert 0 <= row["frame_row"] < n_frames
        assert 0 <= row["class_index"] < n_classes
        assert row["w"] is None or (row["w"] > 0 and row["h"] > 0)
        assert 0 <= row.get("confidence", 0) <= 1


def mutated(data: st.DataObject, content: Any) -> Any:
    """Replace, add or remove one value somewhere."""
    content = copy.deepcopy(content)
    place: Any = content
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return content
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and data.draw(st.integers(0, 3)):
            place = place[key]
            continue
        action = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            del place[key]
        elif action == "add" and isinstance(place, dict):
            place[data.draw(st.text(max_size=5))] = data.draw(strange)
        else:
            place[key] = data.draw(strange)
        return content


@settings(deadline=None, max_examples=80)
@given(st.data(), tasks, st.sampled_from(["file_name", "path", "id"]))
def test_coco_with_strange_values(data: st.DataObject, task: Task, frame_id_from: str) -> None:
    content = mutated(data, mutated(data, COCO))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gt.json"
        path.write_text(json.dumps(content))
        read_all(CocoDataset(path, task=task, frame_id_from=frame_id_from))


@settings(deadline=None, max_examples=60)
@given(st.data(), tasks)
def test_results_with_strange_values(data: st.DataObject, task: Task) -> None:
    good = [{"image_id": 1, "category_id": 0, "bbox": [1, 2, 3, 4], "score": 0.5}] * 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.json"
        path.write_text(json.dumps(mutated(data, mutated(data, good))))
        source = CocoResults(path, task=task)
        source.classes()
        for batch in source.inferences(LOOKUP, ClassResolver(CLASSES), ProblemLog()):
            check_objects(batch, list(INFERENCE_COLUMNS), 2, 1)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 300))
def test_coco_with_damaged_bytes(data: st.DataObject, block: int) -> None:
    raw = bytearray(json.dumps(COCO).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_file, "BLOCK_BYTES", block)
        path = Path(folder) / "gt.json"
        path.write_bytes(bytes(raw))
        read_all(CocoDataset(path))


@settings(deadline=None, max_examples=60)
@given(st.data(), tasks)
def test_jsonl_with_strange_values(data: st.DataObject, task: Task) -> None:
    nested = [
        {"frame_id": "a.jpg", "lux": 1, "labels": [{"class": "car", "bbox": [1, 2, 3, 4], "iscrowd": 0}]}
    ] * 2
    long = [{"frame_id": "a.jpg", "class": "car", "bbox": [1, 2, 3, 4], "confidence": 0.5, "area": 3}] * 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.jsonl"
        path.write_text("\n".join(map(json.dumps, mutated(data, mutated(data, nested)))))
        read_all(TabularDataset(path, task=task))
        read_all(TabularDataset(labels=path, task=task))
        TabularMetadata(path).metadata(LOOKUP, ProblemLog())
        path.write_text("\n".join(map(json.dumps, mutated(data, mutated(data, long)))))
        source = TabularInferences(path, task=task)
        for batch in source.inferences(LOOKUP, ClassResolver(CLASSES), ProblemLog()):
            check_objects(batch, list(INFERENCE_COLUMNS), 2, 1)


@settings(deadline=None, max_examples=60)
@given(st.data(), tasks)
def test_csv_with_strange_cells(data: st.DataObject, task: Task) -> None:
    lines = ["frame_id,class,x,y,w,h,score,area,note", "a.jpg,car,1,2,3,4,.5,3,n", "b.jpg,car,1,2,3,4,.5,3,n"]
    cells = [line.split(",") for line in lines]
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from(cells))
        odd = st.sampled_from(
            ["", '"', "nan", "-1", "1e999", "007", "\r", "background", "x", "²", "1_0", "٣"]
        )
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(odd | st.text(max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes("\n".join(",".join(row) for row in cells).encode("utf-8", "replace"))
        read_all(TabularDataset(path, task=task))
        read_all(TabularDataset(labels=path, task=task))
        TabularMetadata(path).metadata(LOOKUP, ProblemLog())
        source = TabularInferences(path, task=task)
        for batch in source.inferences(LOOKUP, ClassResolver(CLASSES), ProblemLog()):
            check_objects(batch, list(INFERENCE_COLUMNS), 2, 1)
