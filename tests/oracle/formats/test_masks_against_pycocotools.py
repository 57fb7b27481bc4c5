from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from shoal.formats.masks import decode_run_lengths, mask_extent

mask = pytest.importorskip("pycocotools.mask")


@settings(deadline=None, max_examples=150)
@given(npst.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)), elements=st.integers(0, 1)))
def test_box_and_area_of_run_lengths(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
    encoded = mask.encode(np.asfortranarray(pixels))
    compressed = {"size": encoded["size"], "counts": encoded["counts"].decode()}
    plain = {"size": encoded["size"], "counts": decode_run_lengths(compressed["counts"]).tolist()}
    extent = mask_extent(compressed)
    assert extent == mask_extent(plain)
    if not pixels.any():
        assert extent is None
        return
    assert extent is not None
    assert list(extent.box) == mask.toBbox(encoded).tolist()
    assert extent.area_px == mask.area(encoded)


@pytest.mark.parametrize(
    "value",
    [
        {"size": [2, 2], "counts": [1, 2]},
        {"size": [2, 2], "counts": [-1, 5]},
        {"size": [2, 2], "counts": "\x7f"},
        {"size": [2], "counts": [4]},
        {"size": [2, 2]},
        {"counts": [4]},
        {"size": [2, 2], "counts": [10**30]},
        [],
        [[1, 2, 3]],
        [["a", "b"]],
        "mask",
        7,
    ],
)
def test_what_is_no_mask_has_no_extent(value: object) -> None:
    assert mask_extent(value) is None
