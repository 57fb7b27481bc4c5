"""Segments of labels Shoal keeps but does not score, and refusals, as the real client reads them."""

from __future__ import annotations

from typing import Any

import pytest

import shoal
from aquarium_client import Driver
from shoal_server import RunningServer


@pytest.fixture(scope="module")
def told(server: RunningServer, drive: Driver) -> Any:
    return drive("segments_shapes.py", server.url)


def test_crops_of_any_type_come_back(told: Any, server: RunningServer) -> None:
    assert sorted(told["elements"]) == [
        ["box", "label", "BBOX_2D"],
        ["found", "inference", "POLYGON_LIST_2D"],
        ["polygon", "label", "POLYGON_LIST_2D"],
    ]
    assert sorted(told["left"]) == ["box", "found"]
    with shoal.connect(server.url) as sh:
        assert sh.project("shapes").datasets["leaves"].segments["odd"].ids() == ["box"]


def test_refusals_say_why(told: Any) -> None:
    assert "crops are neither labels nor inferences in the frames they name: 'nobody'" in told["nobody"]
    assert "A Split segment holds frames" in told["split"]
    assert "Segment 'odd' exists already" in told["taken"]


def test_a_task_without_numbers_says_so(told: Any) -> None:
    assert told["task"] == "No valid metrics computed."
