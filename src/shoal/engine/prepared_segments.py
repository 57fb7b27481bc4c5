"""Segments of one dataset version, prepared once for tallying any number of inference sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.kernels.objects import BoolArray, Int64Array
from shoal.kernels.patterns import SegmentPatterns, patterns_of
from shoal.kernels.tally import sum_over_segments


@dataclass(frozen=True, slots=True)
class PreparedSegments:
    """Segments cut down to the frames an inference set covers.

    Attributes:
        key: names the segments and the coverage.
        patterns: the covered frames of each segment.
        n_frames: int64, shape (S,): frames of each segment, covered or not.
        n_covered: int64, shape (S,): frames of each segment that are covered.
    """

    key: tuple[str, ...]
    patterns: SegmentPatterns
    n_frames: Int64Array
    n_covered: Int64Array


def prepare_segments(key: tuple[str, ...], frames: BoolArray, covered: BoolArray) -> PreparedSegments:
    """Prepare segments.

    Args:
        key: names the segments and the coverage.
        frames: bool, shape (S, F).
        covered: bool, shape (F,).
    """
    patterns = patterns_of(frames if covered.all() else frames & covered)
    n_covered = sum_over_segments(np.ones(len(covered)), patterns).astype(np.int64)
    n_frames = np.count_nonzero(frames, axis=1).astype(np.int64)
    return PreparedSegments(key, patterns, n_frames, n_covered)
