"""Whatever stands in a row: it is read or it is a problem, and never an accident."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from shoal.errors import ProblemLog
from shoal.formats.aquarium import AquariumDataset, AquariumInferences
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.frame_lookup import FrameLookup
from shoal.model.class_map import ClassMap
from shoal.model.task import Task

ODD: tuple[Any, ...] = (
    None,
    True,
    7,
    -1,
    0.5,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "x",
    "\x00",
    "\ud800",
    [],
    [1],
    [None],
    ["a", 1],
    [[]],
    {},
    {"a": 1},
    [{"a": 1}],
)
BOX = {
    "uuid": "l",
    "label_type": "BBOX_2D",
    "label": "car",
    "class_id": 0,
    "attributes": {"top": 1, "left": 2, "width": 3, "height": 4, "confidence": 0.5, "user__a": 1},
}
SENSOR = {"sensor_type": "IMAGE_V0", "data_urls": {"image_url": "https://x/1.png"}, "sensor_metadata": {}}
FRAME = {
    "task_id": "a",
    "date_captured": "2024-01-01",
    "device_id": "d",
    "sensor_data": [SENSOR],
    "coordinate_frames": [],
    "geo_data": {"geo_EPSG4326_lat": 1, "geo_EPSG4326_lon": 2},
    "user__x": 1,
    "user_metadata_types": {},
    "change": "ADD",
    "explicitly_set_keys": ["user__x", "sensor_data", "user_metadata_types"],
    "label_data": [BOX],
}
KNOWN: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {"a": (FRAME, [BOX])}


def known(_ids: Sequence[str]) -> Mapping[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    return KNOWN


def odd_rows() -> list[dict[str, Any]]:
    rows = [{**FRAME, key: value} for key in FRAME for value in ODD]
    rows += [{**FRAME, "label_data": [{**BOX, key: value}]} for key in BOX for value in ODD]
    rows += [{**FRAME, "sensor_data": [{**SENSOR, key: value}]} for key in SENSOR for value in ODD]
    attributes: Any = BOX["attributes"]
    rows += [
        {**FRAME, "label_data": [{**BOX, "attributes": {**attributes, key: value}}]}
        for key in attributes
        for value in ODD
    ]
    return rows


@pytest.mark.parametrize("change", ["ADD", "MODIFY"])
@pytest.mark.parametrize("task", [Task.OBJECT_DETECTION, Task.CLASSIFICATION])
def test_odd_frames_and_labels(tmp_path: Path, task: Task, change: str) -> None:
    file = tmp_path / "f.jsonl"
    classes = ClassMap.from_names(["car"])
    for row in odd_rows():
        file.write_text(json.dumps({"change": change, **row} if "change" not in row else row))
        if change == "MODIFY":
            file.write_text(json.dumps({**row, "change": "MODIFY"}))
        problems = ProblemLog()
        source = AquariumDataset([file], [], task=task, known=known, locate=str)
        for frames in source.frames(problems):
            lookup = FrameLookup(frames.column("frame_id"))
            list(source.labels(lookup, ClassResolver(classes), problems))


def test_odd_inferences(tmp_path: Path) -> None:
    file = tmp_path / "i.jsonl"
    for row in odd_rows():
        file.write_text(json.dumps(row))
        source = AquariumInferences([file], task=Task.OBJECT_DETECTION)
        resolver = ClassResolver(ClassMap.from_names(["car"]))
        list(source.inferences(FrameLookup(["a"]), resolver, ProblemLog()))
