"""The matrix of the frames a query selects: the numbers a segment of those frames would have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import shoal
from shoal.client.dataset import Dataset
from shoal.errors import QuerySyntaxError

QUERIES = ["light:night", "speed >= 20 OR light:day", "n_errors > 0 NOT light:day", "speed > 1000"]


@pytest.fixture(scope="module")
def val(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Forty frames; the model misses every third object and sees things in every fifth frame."""
    box = {"class": "car", "w": 20.0, "h": 20.0}
    frames: list[dict[str, Any]] = []
    found: dict[str, list[dict[str, Any]]] = {"one": [], "two": []}
    for i in range(40):
        name = f"f{i:02}"
        labels = [{**box, "x": 30.0 * k, "y": 0.0} for k in range(1 + i % 3)]
        light = "night" if i % 4 == 0 else "day"
        frames.append({"frame_id": name, "width": 200, "height": 100, "light": light, "speed": i})
        frames[-1]["labels"] = labels
        for number, inferences in enumerate(found.values()):
            seen = [label for k, label in enumerate(labels) if (i + k) % (3 + number)]
            ghosts = [{**box, "x": 150.0, "y": 60.0}] if i % 5 == 0 else []
            inferences += [{"frame_id": name, "confidence": 0.9, **one} for one in [*seen, *ghosts]]
    home = tmp_path_factory.mktemp("restricted")
    with shoal.connect(home / "home") as sh:
        dataset = sh.create_project("p", classes=["car"]).datasets.upload(
            "val", frames=frames, progress=False
        )
        for name, inferences in found.items():
            dataset.inference_sets.upload(name, inferences=inferences, progress=False)
        dataset.segments.create("Fast", type="scenario", query="speed >= 25", targets={"f1": 0.5})
        yield dataset


def numbers(rows: list[dict[str, Any]], segment: str) -> list[tuple[Any, ...]]:
    names = ("inference_set", "metric", "value", "low", "high", "delta", "n_frames", "n_labels")
    return [tuple(row[name] for name in names) for row in rows if row["segment"] == segment]


@pytest.mark.parametrize("text", QUERIES)
def test_numbers_are_those_of_a_segment_of_the_same_frames(val: Dataset, text: str) -> None:
    query = text.replace("n_errors", "n_errors@one")
    rows = val.matrix(baseline="one", query=query, details=True).to_dicts()
    whole = val.segments.create("Of the query", type="scenario", query=query)
    part = val.segments.create("Of both", type="scenario", query=f'({query}) segment:"Fast"')
    try:
        saved = val.matrix(baseline="one", details=True).to_dicts()
    finally:
        whole.delete()
        part.delete()
    assert numbers(rows, "All Frames") == numbers(saved, "Of the query")
    assert numbers(rows, "Fast") == numbers(saved, "Of both")
    assert {row["segment"] for row in rows} == {"All Frames", "Fast"}


def test_targets_are_left_out_and_the_restriction_is_told(val: Dataset) -> None:
    table = val.matrix(query="light:night")
    assert all(row["target_verdict"] is None for row in table.to_dicts())
    assert any("light:night" in note for note in table.body.notes)
    assert any(row["target_verdict"] is not None for row in val.matrix().to_dicts())
    assert val.matrix(query="  ").body == val.matrix().body


def test_a_query_on_errors_is_told_of(val: Dataset) -> None:
    rows = val.matrix(baseline="one", query="n_errors@one > 0").body.rows
    assert {row.selected_on for row in rows} == {"one"}


def test_a_faulty_query_is_refused_at_its_character(val: Dataset) -> None:
    with pytest.raises(QuerySyntaxError) as found:
        val.matrix(query="light:(")
    assert found.value.location["offset"] == 7


def test_frames_in_order_of_disagreement(val: Dataset) -> None:
    column = "disagreement@two"
    found = {
        name: {row["label_id"] for row in val.outcomes(name).to_dicts() if row["truth"] == row["predicted"]}
        for name in ("one", "two")
    }
    labels = val.query(elements="labels").table(["label_id", "frame_id"])
    expected = Counter(row["frame_id"] for row in labels if row["label_id"] in found["one"] ^ found["two"])
    rows = (
        val.query(inference_set="one").page(sort=f"-{column}", limit=40, columns=["frame_id", column]).items
    )
    assert {row["frame_id"]: row[column] for row in rows if row[column]} == dict(expected)
    values = [row[column] for row in rows]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
