from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shoal.services.element_pictures import ElementPictures


def pictures(frame_of: list[int], urls: list[str | None] | None = None) -> ElementPictures:
    boxes = np.full((len(frame_of), 4), np.nan)
    return ElementPictures(urls or [None], np.array(frame_of, np.int64), boxes, 0.1)


@pytest.mark.parametrize("seed", range(6))
def test_parts_hold_every_element_once_and_those_of_a_frame_together(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame_of = np.sort(rng.integers(0, rng.integers(1, 90), 400)).tolist()
    positions = np.flatnonzero(rng.random(400) < rng.uniform(0.1, 1))
    parts = list(pictures(frame_of).parts(positions))
    assert np.concatenate(parts).tolist() == positions.tolist()
    for one, other in pairwise(parts):
        assert 16 <= len(one) <= 128
        if len(one) < 128:
            assert frame_of[one[-1]] != frame_of[other[0]]


def test_a_frame_of_many_elements_is_read_in_several_parts() -> None:
    parts = list(pictures([0] * 300 + [1] * 5).parts(np.arange(305)))
    assert [len(part) for part in parts] == [128, 128, 44, 5]
    assert list(pictures([]).parts(np.arange(0))) == []


def test_elements_are_told_apart_by_frame() -> None:
    found = list(pictures([0, 0, 2, 2, 5]).by_frame(np.array([1, 2, 3, 4])))
    assert found == [(0, [1]), (2, [2, 3]), (5, [4])]


def test_a_crop_has_its_margin_and_a_missing_box_is_the_whole_image() -> None:
    boxes = np.array([[1, 2, 3, 4], [np.nan] * 4])
    both = ElementPictures(["file:///a.jpg"], np.array([0, 0]), boxes, 0.25)
    crop = both.crop(0)
    assert crop is not None
    assert (crop.x, crop.y, crop.width, crop.height, crop.margin) == (1, 2, 3, 4, 0.25)
    assert both.crop(1) is None
    assert not both.are_remote
    assert pictures([0], [None, "s3://bucket/key"]).are_remote
