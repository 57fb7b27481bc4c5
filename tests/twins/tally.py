"""Counting with dictionaries and loops: the slow twin of the tally kernels."""

from __future__ import annotations

from collections import Counter

from shoal.kernels.objects import BoolArray
from shoal.kernels.outcomes import Outcomes


def cells(outcomes: Outcomes, n_classes: int) -> dict[tuple[int, int], list[float]]:
    """Return {(frame, class): [tp, predicted, support]}."""
    counts: dict[tuple[int, int], list[float]] = {}
    columns = (outcomes.frame, outcomes.truth, outcomes.predicted, outcomes.weight)
    for frame, truth, predicted, weight in zip(*(column.tolist() for column in columns), strict=True):
        for name, kind in ((truth, 2), (predicted, 1)):
            if name < n_classes:
                counts.setdefault((frame, name), [0.0, 0.0, 0.0])[kind] += weight
        if truth == predicted:
            counts[frame, truth][0] += weight
    return counts


def segment_totals(outcomes: Outcomes, segments: BoolArray, n_classes: int) -> list[list[list[float]]]:
    """Return totals[segment][class] = [tp, predicted, support]."""
    totals = [[[0.0, 0.0, 0.0] for _ in range(n_classes)] for _ in segments]
    for (frame, name), counts in cells(outcomes, n_classes).items():
        for segment, inside in enumerate(segments):
            if inside[frame]:
                for kind in range(3):
                    totals[segment][name][kind] += counts[kind]
    return totals


def confusion_counts(outcomes: Outcomes, frames: BoolArray) -> Counter[tuple[int, int]]:
    """Return how often each (truth, predicted) occurs in the frames marked."""
    return Counter(
        (truth, predicted)
        for frame, truth, predicted in zip(
            outcomes.frame.tolist(), outcomes.truth.tolist(), outcomes.predicted.tolist(), strict=True
        )
        if frames[frame]
    )
