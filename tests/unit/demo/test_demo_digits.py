from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shoal.demo import DigitFiles, make_digits
from shoal.errors import MissingExtraError
from shoal.evaluate.policy_file import read_policy
from shoal.query import parse


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> DigitFiles:
    return make_digits(tmp_path_factory.mktemp("digits"))


def test_there_is_a_picture_a_label_and_an_answer_for_each_digit(digits: DigitFiles) -> None:
    frames = rows(digits.frames)
    ids = [row["frame_id"] for row in frames]
    assert len(ids) == len(set(ids)) == 1797
    assert [row["frame_id"] for row in rows(digits.labels)] == ids
    for path in digits.results.values():
        assert [row["frame_id"] for row in rows(path)] == ids
    assert all((digits.images / row["file_name"]).is_file() for row in frames)


def test_a_picture_has_dark_ink_on_white_paper(digits: DigitFiles) -> None:
    frame = rows(digits.frames)[0]
    with Image.open(digits.images / frame["file_name"]) as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (int(frame["height"]), int(frame["width"]))
    assert pixels[:, 0].min() > 200
    assert pixels.min() < 40


def test_both_classifiers_are_good_and_the_candidate_is_better_on_held_out_digits(digits: DigitFiles) -> None:
    split = {row["frame_id"]: row["split"] for row in rows(digits.frames)}
    truth = {row["frame_id"]: row["class"] for row in rows(digits.labels)}
    accuracy = {}
    for name, path in digits.results.items():
        held_out = [row for row in rows(path) if split[row["frame_id"]] == "test"]
        accuracy[name] = np.mean([row["class"] == truth[row["frame_id"]] for row in held_out])
    assert accuracy[digits.baseline] > 0.85
    assert accuracy[digits.candidate] > accuracy[digits.baseline] + 0.01


def test_confidences_are_probabilities_of_the_likeliest_class(digits: DigitFiles) -> None:
    for path in digits.results.values():
        confidences = np.array([float(row["confidence"]) for row in rows(path)])
        assert confidences.min() > 0.1
        assert confidences.max() <= 1.0


def test_splits_follow_the_order_of_the_digits(digits: DigitFiles) -> None:
    order = [row["split"] for row in rows(digits.frames)]
    assert [order.count(name) for name in ("training", "validation", "test")] == [1079, 359, 359]
    assert order == sorted(order, key=["training", "validation", "test"].index)


def test_segments_and_policy_can_be_read(digits: DigitFiles) -> None:
    for segment in digits.segments:
        parse(segment.query)
    read_policy(digits.policy.read_text(encoding="utf-8"))


def test_without_scikit_learn_the_error_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'shoal\[digits\]'"):
        make_digits(tmp_path)
    assert list(tmp_path.iterdir()) == []
