"""How many errors of each kind one inference set makes on segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.kernels.confusion_matrix import confusion_matrix
from shoal.kernels.objects import FloatArray
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
    evaluation = scene.evaluation(inference_set)
    outcomes = evaluation.outcomes(scene.point(inference_set))
    found = []
    for name in segments:
        frames = evaluation.covered
        if name.casefold() != ALL_FRAMES.casefold():
            frames = frames & scene.segment_mask(name)
        confusion = confusion_matrix(outcomes, len(evaluation.classes), frames=frames)
        found.append(_counts(confusion, class_index, int(frames.sum())))
    return found


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
