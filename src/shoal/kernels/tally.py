"""From outcomes to counts: true positives, predictions and support of every frame and class."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.kernels.objects import FloatArray, Int32Array, Int64Array


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """The counts of every class that occurs in every frame, sparse.

    Attributes:
        offsets: int64, shape (F + 1,); the cells of frame `f` are the rows `offsets[f]:offsets[f + 1]`.
        classes: int32, shape (M,), rising inside a frame, each class at most once.
        tp: float64, shape (M,), weight of true positives.
        predicted: float64, shape (M,), true positives + false positives.
        support: float64, shape (M,), true positives + false negatives.
    """

    offsets: Int64Array
    classes: Int32Array
    tp: FloatArray
    predicted: FloatArray
    support: FloatArray
