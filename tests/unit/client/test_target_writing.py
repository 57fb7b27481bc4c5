"""Targets as users write them."""

from __future__ import annotations

from typing import Any

import pytest

from shoal.client.targets import target_key, targets_from
from shoal.errors import InvalidInputError
from shoal.wire.segments import TargetBody


def full(
    metric: str, minimum: float, average: str = "weighted", class_name: str | None = None
) -> dict[str, Any]:
    return {"metric": metric, "minimum": minimum, "average": average, "class_name": class_name}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"recall": 0.9}, full("recall", 0.9)),
        ({"F1": 1}, full("f1", 1.0)),
        ({"f1@macro": 0.8}, full("f1", 0.8, "macro")),
        ({"recall@pedestrian": 0.85}, full("recall", 0.85, "class", "pedestrian")),
        ({"recall@a@b": 0.5}, full("recall", 0.5, "class", "a@b")),
        ([{"metric": "recall", "minimum": 0.5}], full("recall", 0.5)),
        ([full("precision", 0.5, "micro")], full("precision", 0.5, "micro")),
        (
            [{"metric": "recall", "minimum": 0.5, "class_name": "macro"}],
            full("recall", 0.5, "class", "macro"),
        ),
    ],
)
def test_short_and_full_forms(written: Any, expected: dict[str, Any]) -> None:
    assert targets_from(written) == [expected]


@pytest.mark.parametrize("key", ["recall", "f1@macro", "precision@micro", "recall@traffic light"])
def test_short_names_come_back(key: str) -> None:
    (target,) = targets_from({key: 0.5})
    assert target_key(TargetBody.model_validate(target)) == key


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"recal": 0.9}, "recal"),
        ({"recall": 85}, "from 0 to 1"),
        ({"recall": "0.9"}, "found '0.9'"),
        ({"recall": True}, "found True"),
        ({"recall": float("nan")}, "nan"),
        ([{"metric": "recall"}], "minimum"),
        ([{"metric": "recall", "minimum": 0.5, "averge": "macro"}], "averge"),
        ([{"metric": "recall", "minimum": 0.5, "average": "mean"}], "mean"),
        ([{"metric": "recall", "minimum": 0.5, "average": "macro", "class_name": "car"}], "car"),
    ],
)
def test_what_does_not_fit_is_refused(written: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        targets_from(written)


def test_a_near_name_is_offered() -> None:
    with pytest.raises(InvalidInputError) as caught:
        targets_from({"recal": 0.9})
    assert "recall" in caught.value.hint
