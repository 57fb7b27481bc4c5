"""Outcomes by what their objects are: size, attributes, frame; held against the rows themselves."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import shoal
from shoal.client.dataset import Dataset
from shoal.errors import QuerySyntaxError, QueryTypeError

Row = dict[str, Any]


@pytest.fixture(scope="module")
def data() -> tuple[list[Row], list[Row]]:
    """Frames with labels of many sizes, some occluded, and what a model finds of them."""
    draw = random.Random(7)
    frames, inferences = [], []
    for i in range(60):
        name, labels = f"f{i:02}", []
        for k in range(draw.randint(0, 4)):
            size = draw.choice([10.0, 40.0, 120.0])
            label: Row = {"id": f"{name}.{k}", "class": draw.choice(["car", "bus"]), "x": 200.0 * k, "y": 0.0}
            label |= {"w": size, "h": size, "occluded": draw.random() < 0.4}
            labels.append(label)
            if draw.random() < 0.7:
                box = {key: label[key] for key in ("x", "y", "w", "h")}
                found_class = label["class"] if draw.random() < 0.8 else "bus"
                inferences.append(
                    {"frame_id": name, "id": f"i{name}.{k}", "class": found_class, **box, "confidence": 0.6}
                )
        if draw.random() < 0.3:
            ghost = {"frame_id": name, "id": f"g{name}", "class": "car", "x": 0.0, "y": 400.0}
            inferences.append({**ghost, "w": 12.0, "h": 12.0, "confidence": draw.choice([0.3, 0.9])})
        frames.append({"frame_id": name, "light": draw.choice(["day", "night"]), "labels": labels})
    return frames, inferences


@pytest.fixture(scope="module")
def val(tmp_path_factory: pytest.TempPathFactory, data: tuple[list[Row], list[Row]]) -> Iterator[Dataset]:
    frames, inferences = data
    with shoal.connect(tmp_path_factory.mktemp("conditions") / "home") as sh:
        project = sh.create_project("p", classes=["car", "bus"], confidence=0.5)
        dataset = project.datasets.upload("val", frames=frames, progress=False)
        dataset.inference_sets.upload("m", inferences=inferences, progress=False)
        dataset.segments.create("Night", type="scenario", query="light:night")
        yield dataset


def is_small(row: Row, label: Row, _inference: Row) -> bool:
    return bool(label) and label["w"] * label["h"] < 1024


def is_missed_and_occluded(row: Row, label: Row, _inference: Row) -> bool:
    return bool(label) and label["occluded"] and row["predicted"] == "background"


def is_small_on_either_side(row: Row, label: Row, inference: Row) -> bool:
    one = label or inference
    return bool(one["w"] * one["h"] < 1024)


CONDITIONS: dict[str, Callable[[Row, Row, Row], bool]] = {
    "label.area_px < 1024": is_small,
    "kind:false_negative label.occluded:true": is_missed_and_occluded,
    "(label.area_px < 1024 OR (truth:background inference.area_px < 1024))": is_small_on_either_side,
    "confidence > 0.5 light:day": lambda row, label, inference: (
        row["confidence"] is not None and row["confidence"] > 0.5 and row["light"] == "day"
    ),
    "truth:bus NOT predicted:bus": lambda row, label, inference: (
        row["truth"] == "bus" and row["predicted"] != "bus"
    ),
}


@pytest.mark.parametrize("where", CONDITIONS)
@pytest.mark.parametrize("point", [{}, {"confidence": 0.2}, {"segment": "Night"}])
def test_a_condition_keeps_the_outcomes_it_holds_for(
    val: Dataset, data: tuple[list[Row], list[Row]], where: str, point: dict[str, Any]
) -> None:
    frames, inferences = data
    labels = {label["id"]: label for frame in frames for label in frame["labels"]}
    found = {inference["id"]: inference for inference in inferences}
    light = {frame["frame_id"]: frame["light"] for frame in frames}
    expected = []
    for row in val.outcomes("m", **point).to_dicts():
        known = {**row, "light": light[row["frame_id"]]}
        if CONDITIONS[where](known, labels.get(row["label_id"], {}), found.get(row["inference_id"], {})):
            expected.append(row)
    assert val.outcomes("m", **point, where=where).to_dicts() == expected
    assert expected or point


def test_the_frames_behind_are_those_of_the_same_condition_in_a_query(val: Dataset) -> None:
    where = "kind:false_negative label.area_px < 1024"
    frames = {row["frame_id"] for row in val.outcomes("m", where=where).to_dicts()}
    assert set(val.query(f"outcome@m({where})").ids()) == frames


def test_a_fault_in_a_condition_names_its_character(val: Dataset) -> None:
    with pytest.raises(QuerySyntaxError) as syntax:
        val.outcomes("m", where="label.area_px <")
    assert syntax.value.location["offset"] == 15
    with pytest.raises(QueryTypeError, match="area_pxx"):
        val.outcomes("m", where="label.area_pxx < 3")
