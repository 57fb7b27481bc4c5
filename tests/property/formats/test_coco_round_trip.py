"""What is written as COCO is read back unchanged."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.errors import ProblemLog
from shoal.formats.batches import frame_batch, inference_batch, label_batch
from shoal.formats.coco import CocoDataset
from shoal.formats.coco_results import CocoResults
from shoal.formats.coco_writing import write_coco_results, write_coco_subset
from shoal.formats.source import ClassResolver, FrameLookup
from shoal.model.class_map import ClassEntry, ClassMap

CLASSES = ClassMap((ClassEntry("Füße", 7), ClassEntry("car", 3)))

names = st.text("abcdeü 0", min_size=1, max_size=8).filter(str.strip)
sizes = st.floats(2, 500, allow_nan=False)
rows = st.fixed_dictionaries(
    {
        "class_index": st.integers(0, 1),
        "box": st.tuples(sizes, sizes, sizes, sizes),
        "confidence": st.floats(0, 1),
        "iscrowd": st.booleans(),
        "size": st.none() | st.integers(0, 9),
    }
)


@st.composite
def datasets(draw: st.DrawFn) -> tuple[pa.Table, pa.Table, pa.Table]:
    ids = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    n = len(ids)
    numbers = draw(st.lists(st.integers(1, 10**9), min_size=n, max_size=n, unique=True))
    frames: dict[str, Any] = {
        "frame_id": ids,
        "source_id": [str(i) for i in numbers],
        "file_name": ids,
        "width": [640] * n,
    }
    frames["height"] = [480] * n
    user = {"user__lux": pa.array([draw(st.none() | st.floats(-9, 9)) for _ in ids], pa.float64())}
    objects: list[dict[str, Any]] = draw(st.lists(rows, max_size=6))
    values: dict[str, Any] = {
        "frame_row": [draw(st.integers(0, n - 1)) for _ in objects],
        "class_index": [one["class_index"] for one in objects],
        "area_px": [one["box"][2] * one["box"][3] for one in objects],
        "iscrowd": [one["iscrowd"] for one in objects],
        "difficult": [False] * len(objects),
        "confidence": [one["confidence"] for one in objects],
        "label_id": [str(i + 1) for i in range(len(objects))],
        "inference_id": [str(i) for i in range(len(objects))],
        "segmentation": [None] * len(objects),
        **{key: [one["box"][k] for one in objects] for k, key in enumerate("xywh")},
    }
    size = {"user__size": pa.array([one["size"] for one in objects], pa.int64())}
    return (
        pa.Table.from_batches([frame_batch(frames, user, n)]),
        pa.Table.from_batches([label_batch(values, size, len(objects))]),
        pa.Table.from_batches([inference_batch(values, {}, len(objects))]),
    )


def rows_of(batches: list[pa.RecordBatch], wanted: pa.Table) -> list[dict[str, Any]]:
    blank = dict.fromkeys(wanted.column_names)
    return [blank | row for batch in batches for row in batch.to_pylist()]


@settings(deadline=None, max_examples=50)
@given(datasets())
def test_round_trip(tables: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    frames, labels, inferences = tables
    with tempfile.TemporaryDirectory() as folder:
        path, results = Path(folder) / "gt.json", Path(folder) / "results.json"
        write_coco_subset(path, frames, labels, CLASSES)
        with results.open("wb") as file:
            write_coco_results(file, frames, inferences, CLASSES)
        problems = ProblemLog()
        source = CocoDataset(path)
        assert source.classes() == CLASSES.entries
        assert rows_of(list(source.frames(problems)), frames) == frames.to_pylist()
        lookup = FrameLookup(frames["frame_id"], frames["source_id"])
        classes = ClassResolver(CLASSES)
        assert rows_of(list(source.labels(lookup, classes, problems)), labels) == labels.to_pylist()
        read = list(CocoResults(results).inferences(lookup, classes, problems))
        assert rows_of(read, inferences) == inferences.to_pylist()
        assert problems.problems == []


@settings(deadline=None, max_examples=20)
@given(datasets())
def test_a_stream_gets_the_same_bytes(tables: tuple[pa.Table, pa.Table, pa.Table]) -> None:
    stream = io.BytesIO()
    write_coco_subset(stream, tables[0], tables[1], CLASSES)
    content = json.loads(stream.getvalue())
    assert len(content["images"]) == tables[0].num_rows
    assert len(content["annotations"]) == tables[1].num_rows
