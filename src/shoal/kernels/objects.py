"""Labels and inferences as flat arrays: the shape every kernel of this package reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from shoal.errors import ShapeError

FloatArray: TypeAlias = NDArray[np.float64]
Int32Array: TypeAlias = NDArray[np.int32]
Int64Array: TypeAlias = NDArray[np.int64]
UInt8Array: TypeAlias = NDArray[np.uint8]
UInt64Array: TypeAlias = NDArray[np.uint64]
BoolArray: TypeAlias = NDArray[np.bool_]

COUNTS = 0
CROWD = 1
DIFFICULT = 2
IGNORED_CLASS = 3


@dataclass(frozen=True, slots=True)
class Objects:
    """The labels, or the inferences, of one dataset version, frame after frame.

    Attributes:
        offsets: int64, shape (F + 1,); the objects of frame `f` are the rows `offsets[f]:offsets[f + 1]`.
        boxes: float64, shape (N, 4), x, y, width, height in pixels; NaN or (0, 4) where a task has none.
        classes: int32, shape (N,), evaluation class 0..K-1; -1 is left out of evaluation and skipped
            everywhere; -2 is a class ignored in evaluation (labels carry `IGNORED_CLASS` as well).
        flags: uint8, shape (N,), `COUNTS`, `CROWD`, `DIFFICULT` or `IGNORED_CLASS`; zeros for inferences.
        scores: float64, shape (N,), confidence of inferences, falling inside each frame, ties in stored
            order; shape (0,) for labels.
    """

    offsets: Int64Array
    boxes: FloatArray
    classes: Int32Array
    flags: UInt8Array
    scores: FloatArray

    @property
    def n_frames(self) -> int:
        """Return the number of frames F."""
        return len(self.offsets) - 1

    @property
    def has_ignored_classes(self) -> bool:
        """Return whether any label is of a class that is ignored in evaluation."""
        return bool((self.flags == IGNORED_CLASS).any())


def order_by_confidence(frame_of_row: Int64Array, confidence: FloatArray) -> Int64Array:
    """Return the permutation that puts inferences in the order matching reads them.

    Args:
        frame_of_row: integers, shape (N,), frame position of every row, in any order.
        confidence: float64, shape (N,), higher is surer.

    Returns:
        int64, shape (N,): by frame, then falling confidence, then stored order.

    Raises:
        ShapeError: the arrays differ in length.
    """
    if len(frame_of_row) != len(confidence):
        raise ShapeError(f"expected one confidence per row ({len(frame_of_row)}), found {len(confidence)}")
    return np.lexsort((-np.asarray(confidence), frame_of_row)).astype(np.int64, copy=False)


def offsets_of(sorted_frame_of_row: Int64Array, n_frames: int) -> Int64Array:
    """Return where each frame's rows begin.

    Args:
        sorted_frame_of_row: integers, shape (N,), rising, each in 0..n_frames-1.
        n_frames: F, frames without rows included.

    Returns:
        int64, shape (F + 1,); the rows of frame `f` are `offsets[f]:offsets[f + 1]`.
    """
    offsets = np.zeros(n_frames + 1, np.int64)
    np.cumsum(np.bincount(sorted_frame_of_row, minlength=n_frames), out=offsets[1:])
    return offsets
