"""Option texts that stand for more than text."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.cli.faults import UsageFault
from shoal.cli.importing import result_source
from shoal.cli.values import named_files, number_per_set, targets_of


def test_numbers_for_all_sets_or_for_each() -> None:
    assert number_per_set(None, "--iou") is None
    assert number_per_set([], "--iou") is None
    assert number_per_set(["0.5"], "--iou") == 0.5
    assert number_per_set(["a=0.5", "b.c=0.75"], "--iou") == {"a": 0.5, "b.c": 0.75}


@pytest.mark.parametrize("texts", [["x"], ["a=x"], ["0.5", "0.6"], ["0.5", "a=0.6"], ["=0.5"]])
def test_other_numbers_are_usage_errors(texts: list[str]) -> None:
    with pytest.raises(UsageFault, match="--iou"):
        number_per_set(texts, "--iou")


def test_targets_by_short_name() -> None:
    assert targets_of(["recall=0.9", "recall@traffic light=0.8", "recall@a=b=0.7"]) == {
        "recall": 0.9,
        "recall@traffic light": 0.8,
        "recall@a=b": 0.7,
    }
    assert targets_of(None) is None
    with pytest.raises(UsageFault, match="--target"):
        targets_of(["recall"])


def test_files_are_named_by_themselves_or_by_the_user(tmp_path: Path) -> None:
    for name in ("v1.json", "v2.json.gz", "a=b.csv"):
        (tmp_path / name).touch()
    texts = [f"{tmp_path}/v1.json", f"new={tmp_path}/v2.json.gz", f"{tmp_path}/a=b.csv"]
    assert {name: path.name for name, path in named_files(texts, "--results").items()} == {
        "v1": "v1.json",
        "new": "v2.json.gz",
        "a=b": "a=b.csv",
    }


def test_files_missing_or_named_twice_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="no file"):
        named_files(["no.json"], "--results")
    (tmp_path / "v1.json").touch()
    (tmp_path / "v1.csv").touch()
    with pytest.raises(UsageFault, match="two files"):
        named_files([f"{tmp_path}/v1.json", f"{tmp_path}/v1.csv"], "--results")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("a.json", "coco_results"),
        ("a.JSON.gz", "coco_results"),
        ("a.jsonl", "inferences"),
        ("a.parquet", "inferences"),
    ],
)
def test_json_results_are_coco(name: str, role: str) -> None:
    assert list(result_source(Path(name))) == [role]
