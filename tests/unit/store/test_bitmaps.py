from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from shoal.errors import InvalidInputError, StorageError
from shoal.store import bitmaps

ordinals = st.lists(st.integers(0, bitmaps.MAX_ORDINAL), max_size=200)


@given(ordinals)
@settings(deadline=None, max_examples=50)
def test_arrays_bitmaps_and_bytes_hold_the_same_numbers(values: list[int]) -> None:
    bitmap = bitmaps.from_array(np.array(values, dtype=np.int64))
    assert bitmap == BitMap(values)
    assert bitmaps.to_array(bitmap).tolist() == sorted(set(values))
    assert bitmaps.to_array(bitmap).dtype == np.uint32
    assert bitmaps.from_bytes(bitmaps.to_bytes(bitmap)) == bitmap


@given(st.lists(st.booleans(), max_size=100), st.integers(0, 120))
@settings(deadline=None, max_examples=50)
def test_masks_and_bitmaps_hold_the_same_positions(values: list[bool], size: int) -> None:
    bitmap = bitmaps.from_mask(np.array(values, dtype=np.bool_))
    expected = (values + [False] * size)[:size]
    assert bitmaps.to_mask(bitmap, size).tolist() == expected


def test_a_run_of_a_million_takes_few_bytes() -> None:
    assert len(bitmaps.to_bytes(bitmaps.from_array(np.arange(1_000_000)))) < 1_000


@pytest.mark.parametrize("value", [-1, 2**32])
def test_numbers_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(InvalidInputError, match=str(value)):
        bitmaps.from_array(np.array([1, value]))


@pytest.mark.parametrize("data", [b"", b"xx", b"\xff" * 100, bitmaps.to_bytes(BitMap([1, 70_000]))[:-1]])
def test_damaged_bytes_are_a_storage_error(data: bytes) -> None:
    with pytest.raises(StorageError):
        bitmaps.from_bytes(data)
