"""How many errors of each kind one inference set makes on segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.kernels.confusion_matrix import confusion_matrices
from shoal.kernels.objects import BoolArray, FloatArray
from shoal.model.segment import ALL_FRAMES
from shoal.services.scene import Scene


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Sums of weights of wrong outcomes (metrics.md, section 5); of one class: those it has a part in.

    Attributes:
        false_positives: nothing was taken for a class.
        false_negatives: a class was taken for nothing.
        confusions: a class was taken for another.
        n_frames: how many frames they are about.
    """

    false_positives: float
    false_negatives: float
    confusions: float
    n_frames: int


def error_counts(
    scene: Scene, inference_set: str, segments: Sequence[str], class_index: int | None = None
) -> list[ErrorCounts]:
    """Return the errors of an inference set on the covered frames of each segment.

    Args:
        scene: the dataset, at the operating point wanted.
        inference_set: a name or id.
        segments: names or ids; `All Frames` is the whole dataset.
        class_index: evaluation index of the one class to count; `None` for all.

    Raises:
        NotFoundError: no such inference set or segment.
    """
    if not segments:
        return []
    evaluation = scene.evaluation(inference_set)
    outcomes = evaluation.outcomes(scene.point(inference_set))
    frames = np.stack([evaluation.covered & _frames(scene, name) for name in segments])
    confusions = confusion_matrices(outcomes, frames, len(evaluation.classes))
    n_frames = frames.sum(axis=1).tolist()
    return [_counts(one, class_index, n) for one, n in zip(confusions, n_frames, strict=True)]


def _frames(scene: Scene, segment: str) -> BoolArray:
    if segment.casefold() == ALL_FRAMES.casefold():
        return np.ones(scene.snapshot.n_frames, np.bool_)
    return scene.segment_mask(segment)


def _counts(confusion: FloatArray, class_index: int | None, n_frames: int) -> ErrorCounts:
    """Count the errors of a confusion matrix, float64 (K + 1, K + 1), background last."""
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0.0)
    if class_index is not None:
        others = np.ones(len(wrong), np.bool_)
        others[class_index] = False
        wrong[np.ix_(others, others)] = 0.0
    return ErrorCounts(
        false_positives=float(wrong[-1, :-1].sum()),
        false_negatives=float(wrong[:-1, -1].sum()),
        confusions=float(wrong[:-1, :-1].sum()),
        n_frames=n_frames,
    )
