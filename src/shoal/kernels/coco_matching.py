"""Matching for COCO average precision: ten IoU thresholds x four area ranges.

Done once for a dataset version and inference set; every segment is then summed from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numba import njit

from shoal.errors import ShapeError
from shoal.kernels.geometry import overlap
from shoal.kernels.matching import checked_frames, effective_iou, largest_frame
from shoal.kernels.objects import (
    COUNTS,
    CROWD,
    DIFFICULT,
    IGNORED_CLASS,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    UInt8Array,
    UInt64Array,
)
from shoal.kernels.threads import over_ranges

IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
AREA_RANGES = np.array([[0, 1e10], [0, 32.0**2], [32.0**2, 96.0**2], [96.0**2, 1e10]])
MOST_INFERENCES = 100

N_THRESHOLDS = 10
N_AREAS = 4
BITS_PER_AREA = 16


@dataclass(frozen=True, slots=True)
class CocoMatches:
    """Matches at ten IoU thresholds x four area ranges, one bit each: bit 16 a + t.

    Inferences of a class are ordered by falling confidence over all frames (ties: rank of the frame, then
    stored order); those beyond the hundredth of a frame and class are left out.

    Attributes:
        n_frames: F.
        class_offsets: int64, shape (K + 1,); where the inferences of each class begin.
        frame: int32, shape (D,), frame of each inference.
        rank: uint8, shape (D,), place among the inferences of its frame and class, from 0.
        matched: uint64, shape (D,), bit set where the inference is matched to any label.
        ignored: uint64, shape (D,), bit set where it counts as neither right nor wrong.
        label_frame: int32, shape (L,), frame of each label that counts in some area range.
        label_class: int32, shape (L,).
        label_areas: uint8, shape (L,), bit a set where the label counts in area range a.
    """

    n_frames: int
    class_offsets: Int64Array
    frame: Int32Array
    rank: UInt8Array
    matched: UInt64Array
    ignored: UInt64Array
    label_frame: Int32Array
    label_class: Int32Array
    label_areas: UInt8Array

    @property
    def n_classes(self) -> int:
        """Return the number of classes K."""
        return len(self.class_offsets) - 1


def coco_matches(
    labels: Objects,
    inferences: Objects,
    label_area_px: FloatArray,
    n_classes: int,
    *,
    frame_rank: Int64Array | None = None,
) -> CocoMatches:
    """Match as pycocotools does for its twelve numbers.

    Labels that are crowd, difficult, of an ignored class or outside the area range are ignored: matched to,
    they make an inference count as neither.  A difficult label takes any number of inferences, as a crowd
    does, by IoU; a label of an ignored class takes what nothing else took, of any class, by intersection over
    the inference's own area.

    Args:
        labels: the labels, F frames.
        inferences: the inferences of the same F frames.
        label_area_px: shape (N labels,), area by which labels fall into ranges; COCO's is that of the mask.
        n_classes: K.
        frame_rank: shape (F,), the order of frames that breaks ties of confidence between frames; pycocotools
            goes by rising image id.  None for the order of frames.

    Raises:
        ShapeError: an array does not fit the labels or frames.

    Source: Lin et al. 2014 (COCO); `COCOeval.evaluateImg` of pycocotools.
    """
    frames = checked_frames(labels, inferences, None)
    if len(label_area_px) != len(labels.classes):
        raise ShapeError(f"expected {len(labels.classes)} label areas, found {len(label_area_px)}")
    if frame_rank is not None and len(frame_rank) != labels.n_frames:
        raise ShapeError(f"expected {labels.n_frames} frame ranks, found {len(frame_rank)}")
    n_rows = len(inferences.classes)
    rank = np.full(n_rows, MOST_INFERENCES, np.uint8)
    matched, ignored = np.zeros(n_rows, np.uint64), np.zeros(n_rows, np.uint64)
    counts_in = _areas_of(labels, label_area_px)
    over_ranges(
        _match_frames,
        len(frames),
        n_rows,
        labels.offsets,
        labels.boxes,
        labels.classes,
        labels.flags,
        counts_in,
        inferences.offsets,
        inferences.boxes,
        inferences.classes,
        np.array([effective_iou(iou) for iou in IOU_THRESHOLDS]),
        n_classes,
        largest_frame(labels),
        rank,
        matched,
        ignored,
    )
    frame = np.repeat(frames, np.diff(inferences.offsets)).astype(np.int32)
    order = _order(inferences, frame, rank, frame_rank, n_classes)
    at = np.flatnonzero(counts_in)
    return CocoMatches(
        n_frames=labels.n_frames,
        class_offsets=np.searchsorted(inferences.classes[order], np.arange(n_classes + 1)).astype(np.int64),
        frame=frame[order],
        rank=rank[order],
        matched=matched[order],
        ignored=ignored[order],
        label_frame=np.repeat(frames, np.diff(labels.offsets))[at].astype(np.int32),
        label_class=labels.classes[at],
        label_areas=counts_in[at],
    )


def _order(
    inferences: Objects, frame: Int32Array, rank: UInt8Array, frame_rank: Int64Array | None, n_classes: int
) -> Int64Array:
    rows = np.flatnonzero(rank < MOST_INFERENCES)
    if frame_rank is not None:
        rows = rows[np.argsort(np.asarray(frame_rank)[frame[rows]], kind="stable")]
    names = inferences.classes[rows]
    # NumPy sorts 16-bit integers by radix, many times faster.
    short = names.astype(np.uint16) if n_classes < 2**16 else names
    rows = rows[np.argsort(short, kind="stable")]
    edges = np.concatenate([[0], np.cumsum(np.bincount(names, minlength=n_classes))])
    falling = -inferences.scores[rows]

    def sort_classes(first: int, last: int) -> None:
        for start, stop in pairwise(edges[first : last + 1]):
            rows[start:stop] = rows[start:stop][np.argsort(falling[start:stop], kind="stable")]

    over_ranges(sort_classes, n_classes, len(rows))
    return rows


def _areas_of(labels: Objects, area_px: FloatArray) -> UInt8Array:
    counting = (labels.flags == COUNTS) & (labels.classes >= 0)
    counts_in = np.zeros(len(area_px), np.uint8)
    for area, (smallest, largest) in enumerate(AREA_RANGES):
        counts_in[counting & ~((area_px < smallest) | (area_px > largest))] |= 1 << area
    return counts_in


@njit(cache=True, nogil=True)
def _match_frames(
    first: int,
    last: int,
    label_offsets: Int64Array,
    label_boxes: FloatArray,
    label_classes: Int32Array,
    label_flags: UInt8Array,
    counts_in: UInt8Array,
    offsets: Int64Array,
    boxes: FloatArray,
    classes: Int32Array,
    thresholds: FloatArray,
    n_classes: int,
    most_labels: int,
    rank: UInt8Array,
    matched: UInt64Array,
    ignored: UInt64Array,
) -> None:
    head = np.full(n_classes, -1, np.int32)
    seen = np.zeros(n_classes, np.int32)
    following = np.empty(most_labels, np.int32)
    taken = np.zeros(most_labels, np.uint64)
    near = np.empty(most_labels, np.int32)
    overlaps = np.empty(most_labels)
    for frame in range(first, last):
        begin, end = label_offsets[frame], label_offsets[frame + 1]
        has_ignored = False
        for label in range(end - 1, begin - 1, -1):
            name = label_classes[label]
            taken[label - begin] = 0
            if label_flags[label] == IGNORED_CLASS:
                has_ignored = True
            elif name >= 0:
                following[label - begin] = head[name]
                head[name] = label - begin
        for row in range(offsets[frame], offsets[frame + 1]):
            name = classes[row]
            if name < 0 or seen[name] == MOST_INFERENCES:
                continue
            rank[row] = seen[name]
            seen[name] += 1
            n_near = 0
            local = head[name]
            while local >= 0:
                value = overlap(boxes, row, label_boxes, begin + local, label_flags[begin + local] == CROWD)
                if value >= thresholds[0]:
                    near[n_near] = local
                    overlaps[n_near] = value
                    n_near += 1
                local = following[local]
            region = _ignored_region(row, begin, end, label_boxes, label_flags, boxes) if has_ignored else 0.0
            matched[row], ignored[row] = _decide(
                boxes[row, 2] * boxes[row, 3],
                begin,
                near[:n_near],
                overlaps,
                label_flags,
                counts_in,
                thresholds,
                region,
                taken,
            )
        for label in range(begin, end):
            if label_classes[label] >= 0:
                head[label_classes[label]] = -1
        for row in range(offsets[frame], offsets[frame + 1]):
            if classes[row] >= 0:
                seen[classes[row]] = 0


@njit(cache=True, nogil=True)
def _ignored_region(
    row: int, begin: int, end: int, label_boxes: FloatArray, label_flags: UInt8Array, boxes: FloatArray
) -> float:
    largest = 0.0
    for label in range(begin, end):
        if label_flags[label] == IGNORED_CLASS:
            largest = max(largest, overlap(boxes, row, label_boxes, label, True))
    return largest


@njit(cache=True, nogil=True)
def _decide(
    area_px: float,
    begin: int,
    near: Int32Array,
    overlaps: FloatArray,
    label_flags: UInt8Array,
    counts_in: UInt8Array,
    thresholds: FloatArray,
    region: float,
    taken: UInt64Array,
) -> tuple[np.uint64, np.uint64]:
    matched = np.uint64(0)
    ignored = np.uint64(0)
    for area in range(N_AREAS):
        outside = area_px < AREA_RANGES[area, 0] or area_px > AREA_RANGES[area, 1]
        for index in range(N_THRESHOLDS):
            bit = np.uint64(1) << np.uint64(BITS_PER_AREA * area + index)
            best, choice = thresholds[index], -1
            best_ignored, choice_ignored = thresholds[index], -1
            for candidate in range(len(near)):
                local = near[candidate]
                flag = label_flags[begin + local]
                if taken[local] & bit and flag != CROWD and flag != DIFFICULT:
                    continue
                value = overlaps[candidate]
                if (counts_in[begin + local] >> area) & 1:
                    if value >= best:
                        best, choice = value, local
                elif value >= best_ignored:
                    best_ignored, choice_ignored = value, local
            if choice < 0 and choice_ignored >= 0:
                choice = choice_ignored
                ignored |= bit
            if choice >= 0:
                taken[choice] |= bit
                matched |= bit
            elif outside or region >= thresholds[index]:
                ignored |= bit
    return matched, ignored
