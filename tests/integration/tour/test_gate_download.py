"""The gate's answer as a file: what the page offers is what the SDK writes."""

from __future__ import annotations

from pathlib import Path

import pytest

import shoal
from shoal.client.dataset import Dataset
from shoal.errors import InvalidInputError

BOX = {"x": 0, "y": 0, "w": 20, "h": 20}


@pytest.fixture(scope="module")
def val(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    home: Path = tmp_path_factory.mktemp("home")
    sh = shoal.connect(home)
    project = sh.create_project("streets", classes=["car"])
    frames = [{"frame_id": f"f{i:02}", "labels": [{"class": "car", **BOX}]} for i in range(40)]
    dataset = project.datasets.upload("val", frames=frames, progress=False)
    for name, n in (("v1", 40), ("v2", 10)):
        found = [{"frame_id": f"f{i:02}", "class": "car", "confidence": 0.9, **BOX} for i in range(n)]
        dataset.inference_sets.upload(name, inferences=found, covers="dataset", progress=False)
    dataset.segments.create("All | <cars>", type="regression_test", query="", targets={"recall": 0.9})
    return dataset


def download(val: Dataset, kind: str) -> str:
    params = {"candidate": "v2", "baseline": "v1", "format": kind}
    return val.session.call("GET", (*val.path, "export", "gate"), params=params).content.decode()


@pytest.mark.parametrize(("kind", "method"), [("markdown", "to_markdown"), ("junit", "to_junit")])
def test_the_file_is_the_sdks(val: Dataset, kind: str, method: str) -> None:
    report = val.gate(candidate="v2", baseline="v1")
    assert report.passed is False
    assert download(val, kind) == getattr(report, method)()


def test_another_format_is_refused(val: Dataset) -> None:
    with pytest.raises(InvalidInputError, match="markdown, junit or json"):
        download(val, "csv")
