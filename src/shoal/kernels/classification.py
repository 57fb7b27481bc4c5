"""Single-label classification in the shape of matches, so that every tally and curve serves it as well."""

from __future__ import annotations

import numpy as np

from shoal.kernels.matching import DROPPED, FREE
from shoal.kernels.objects import Int32Array, Objects
from shoal.kernels.outcomes import classification_outcomes


def match_classification(labels: Objects, inferences: Objects, n_classes: int) -> Int32Array:
    """Return the one inference that speaks for each frame, and whether it is right.

    Args:
        labels: the labels, F frames, at most one that counts per frame.
        inferences: the inferences of the same F frames.
        n_classes: K.

    Returns:
        int32, shape (N,), to be used where a row of `match_same_class` is: the label's row where the class is
        right, `FREE` where it is wrong, `DROPPED` for inferences that do not speak and frames without a
        label.  It serves every confidence threshold.
    """
    outcomes = classification_outcomes(labels, inferences, -np.inf, n_classes)
    matched = np.full(len(inferences.classes), DROPPED, np.int32)
    spoke = outcomes.inference >= 0
    right = outcomes.truth == outcomes.predicted
    matched[outcomes.inference[spoke]] = np.where(right, outcomes.label, FREE)[spoke]
    return matched
