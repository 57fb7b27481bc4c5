"""Sets of ordinals: roaring bitmaps, their bytes, and NumPy arrays.

A `BitMap` holds numbers from 0 to 2**32 - 1 and combines with `&`, `|`, `-` and `^`.
"""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from shoal.errors import InvalidInputError, StorageError

MAX_ORDINAL = 2**32 - 1
"""The largest number a set of ordinals can hold."""


def from_array(ordinals: npt.NDArray[np.integer]) -> BitMap:
    """Return the set of the numbers in an array; order and repeats do not matter.

    Args:
        ordinals: shape (N,), any integer dtype, each in 0 … 2**32 - 1; N may be 0.

    Raises:
        InvalidInputError: a number lies outside that range.
    """
    if ordinals.size and ordinals.dtype != np.uint32:
        low, high = int(ordinals.min()), int(ordinals.max())
        if low < 0 or high > MAX_ORDINAL:
            raise InvalidInputError(f"Expected ordinals from 0 to {MAX_ORDINAL}, found {low} to {high}.")
    return BitMap(array("I", ordinals.astype(np.uint32).tobytes()))


def to_array(bitmap: BitMap) -> npt.NDArray[np.uint32]:
    """Return the members in rising order, shape (N,), dtype uint32."""
    return np.array(bitmap.to_array(), dtype=np.uint32)


def to_mask(bitmap: BitMap, size: int) -> npt.NDArray[np.bool_]:
    """Return shape (size,), True where the position is a member; members from `size` on are left out."""
    members = to_array(bitmap)
    mask = np.zeros(size, dtype=np.bool_)
    mask[members[: np.searchsorted(members, size)]] = True
    return mask


def from_mask(mask: npt.NDArray[np.bool_]) -> BitMap:
    """Return the set of the positions that are True in an array of shape (N,)."""
    return from_array(np.flatnonzero(mask).astype(np.uint32))


def to_bytes(bitmap: BitMap) -> bytes:
    """Return the portable serialisation, run-length encoded where that is smaller."""
    compact = bitmap.copy()
    compact.run_optimize()
    return bytes(compact.serialize())


def from_bytes(data: bytes) -> BitMap:
    """Read what `to_bytes` wrote.

    Raises:
        StorageError: the bytes are no roaring bitmap.
    """
    try:
        return BitMap.deserialize(data)
    except (ValueError, IndexError) as error:
        raise StorageError("A stored set of elements cannot be read: its bytes are damaged.") from error


def encode(ordinals: npt.NDArray[np.integer]) -> bytes:
    """Return the stored form of the numbers in an array of shape (N,)."""
    return to_bytes(from_array(ordinals))


def decode(data: bytes) -> npt.NDArray[np.uint32]:
    """Return the members of a stored set in rising order, uint32, shape (N,)."""
    return to_array(from_bytes(data))
