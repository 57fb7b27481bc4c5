"""Many overlapping segments at once: which combinations of segments do frames belong to?

Real segments overlap in few combinations (split x weather x time of day), so that counting per combination
costs one addition where counting per segment costs one for every segment a frame is in.  Where there are
too many combinations the segments are taken in groups of at least ten, at most 2,048 combinations each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numba import njit

from shoal.errors import ShapeError
from shoal.kernels.objects import BoolArray, FloatArray, Int32Array, UInt64Array

_MOST_PATTERNS = 2048
_SLOT_BITS = 13
_ALWAYS_FITS = 10


@dataclass(frozen=True, slots=True)
class SegmentPatterns:
    """Segments of F frames, prepared for tallying; make one with `patterns_of` and keep it.

    Attributes:
        n_segments: S.
        words: uint64, shape (F, ceil(S / 64)); bit s % 64 of word s // 64 is set for frames in segment s.
        pattern: int32, shape (F, G), per group of segments the combination the frame has; -1 for none.
        members: float64, shape (U, S), 1 where a frame with that combination is in the segment, else 0.
    """

    n_segments: int
    words: UInt64Array
    pattern: Int32Array
    members: FloatArray

    @property
    def n_frames(self) -> int:
        """Return the number of frames F."""
        return len(self.words)


Segments: TypeAlias = SegmentPatterns | BoolArray


def patterns_of(segments: Segments) -> SegmentPatterns:
    """Prepare segments given as a bool array of shape (S, F); what is prepared already is returned as it is.

    Raises:
        ShapeError: the array is not two-dimensional.
    """
    if isinstance(segments, SegmentPatterns):
        return segments
    if segments.ndim != 2:
        raise ShapeError(f"expected segments of shape (S, F), found {segments.shape}")
    n_segments, n_frames = segments.shape
    words = np.zeros((n_frames, -(-n_segments // 64)), np.uint64)
    _pack(np.ascontiguousarray(segments, dtype=np.bool_), words)
    return patterns_of_words(words, n_segments)


def patterns_of_words(words: UInt64Array, n_segments: int) -> SegmentPatterns:
    """Prepare segments given as bit words.

    Args:
        words: uint64, shape (F, W); bit s % 64 of word s // 64 is segment s; W ≥ ceil(S / 64).
        n_segments: S.

    Raises:
        ShapeError: there are too few words for that many segments.
    """
    if words.ndim != 2 or words.shape[1] * 64 < n_segments:
        raise ShapeError(
            f"expected (F, {-(-n_segments // 64)}) words for {n_segments} segments, found {words.shape}"
        )
    columns: list[Int32Array] = []
    members = [np.zeros((0, n_segments))]
    n_patterns = 0
    start = 0
    while start < n_segments:
        size = min(n_segments, (start // 64 + 1) * 64) - start
        numbers, distinct = _number_patterns(words, start, size)
        while len(distinct) > _MOST_PATTERNS:
            size = max(_ALWAYS_FITS, size // 2)
            numbers, distinct = _number_patterns(words, start, size)
        block = np.zeros((len(distinct), n_segments))
        bits = np.arange(size, dtype=np.uint64)
        block[:, start : start + size] = (distinct[:, None] >> bits) & np.uint64(1)
        numbers[numbers >= 0] += n_patterns
        columns.append(numbers)
        members.append(block)
        n_patterns += len(distinct)
        start += size
    pattern = np.stack(columns, axis=1) if columns else np.empty((len(words), 0), np.int32)
    return SegmentPatterns(n_segments, words, pattern, np.concatenate(members))


def spread(per_pattern: FloatArray, segments: SegmentPatterns) -> FloatArray:
    """Turn sums per combination, shape (U, ...), into sums per segment, float64, shape (S, ...)."""
    rest = per_pattern.shape[1:]
    flat = per_pattern.reshape(len(segments.members), math.prod(rest)).astype(np.float64, copy=False)
    return _spread(segments.members, flat).reshape(segments.n_segments, *rest)


@njit(cache=True, nogil=True)
def _spread(members: FloatArray, per_pattern: FloatArray) -> FloatArray:
    # A matrix product would do, but its threads wait for one another whenever the machine is busy.
    totals = np.zeros((members.shape[1], per_pattern.shape[1]))
    for combination in range(len(members)):
        for segment in range(members.shape[1]):
            if members[combination, segment] != 0.0:
                for column in range(per_pattern.shape[1]):
                    totals[segment, column] += per_pattern[combination, column]
    return totals


@njit(cache=True, nogil=True)
def _pack(segments: BoolArray, words: UInt64Array) -> None:
    for segment in range(len(segments)):
        bit = np.uint64(1) << np.uint64(segment % 64)
        for frame in range(len(words)):
            if segments[segment, frame]:
                words[frame, segment // 64] |= bit


@njit(cache=True, nogil=True)
def _number_patterns(words: UInt64Array, start: int, size: int) -> tuple[Int32Array, UInt64Array]:
    shift = np.uint64(start % 64)
    mask = ~np.uint64(0) >> np.uint64(64 - size)
    n_slots = 1 << _SLOT_BITS
    slots = np.full(n_slots, -1, np.int32)
    distinct = np.empty(_MOST_PATTERNS + 1, np.uint64)
    n_distinct = 0
    numbers = np.empty(len(words), np.int32)
    for frame in range(len(words)):
        value = (words[frame, start // 64] >> shift) & mask
        if value == 0:
            numbers[frame] = -1
            continue
        slot = np.int64((value * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _SLOT_BITS))
        while slots[slot] >= 0 and distinct[slots[slot]] != value:
            slot = (slot + 1) % n_slots
        if slots[slot] < 0:
            distinct[n_distinct] = value
            slots[slot] = n_distinct
            n_distinct += 1
            if n_distinct > _MOST_PATTERNS:
                break
        numbers[frame] = slots[slot]
    return numbers, distinct[:n_distinct].copy()
