"""One inference set held against one dataset version: match once, slice for ever."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from threading import Lock

import numpy as np

from shoal.engine.inference_snapshot import InferenceSnapshot
from shoal.engine.prepared_segments import PreparedSegments
from shoal.engine.recently_used import RecentlyUsed
from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSnapshot
from shoal.kernels.coco_matching import CocoMatches, coco_matches
from shoal.kernels.matching import match_same_class
from shoal.kernels.objects import BoolArray, FloatArray, Int32Array, Int64Array, Objects
from shoal.kernels.outcomes import Outcomes, binary_outcomes, classification_outcomes, detection_outcomes
from shoal.kernels.tally import (
    FrameCounts,
    fast_frame_counts,
    frame_cells,
    prediction_cells,
    tally_cells,
    tally_segments,
    tally_support,
)
from shoal.model.class_map import EvaluationClasses
from shoal.model.operating_point import OperatingPoint
from shoal.model.task import MatchingRule, Task
from shoal.store.derived import Derived

IOU_GRID = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))
"""IoU thresholds matched when an inference set arrives; others are matched when first asked for."""

_KEPT_POINTS = 8
_KEPT_COUNT_BYTES = 64 << 20
_KEPT_MATCHES = 3
_KEPT_CELLS = 2


class Evaluation:
    """Everything scores need of one (dataset version, inference set version, settings).

    Args:
        dataset: the dataset version.
        inferences: the inference set on it.
        settings: the project's.
        derived: where matches are kept on disk.
    """

    def __init__(
        self,
        dataset: DatasetSnapshot,
        inferences: InferenceSnapshot,
        settings: EvaluationSettings,
        derived: Derived,
    ) -> None:
        self.dataset = dataset
        self.inference_snapshot = inferences
        self.settings = settings
        self._derived = derived
        self._matches: RecentlyUsed[Mapping[str, Int32Array]] = RecentlyUsed(_KEPT_MATCHES)
        self._cells: RecentlyUsed[Int32Array] = RecentlyUsed(_KEPT_CELLS)
        self._support: RecentlyUsed[FloatArray] = RecentlyUsed(_KEPT_POINTS)
        self._counts: OrderedDict[OperatingPoint, FrameCounts] = OrderedDict()
        self._outcomes: OrderedDict[OperatingPoint, Outcomes] = OrderedDict()
        self._lock = Lock()

    @cached_property
    def classes(self) -> EvaluationClasses:
        """The evaluation classes."""
        return self.settings.classes

    @cached_property
    def labels(self) -> Objects:
        """The labels as kernels read them."""
        return self.dataset.label_objects(self.settings.class_map)

    @cached_property
    def inferences(self) -> Objects:
        """The inferences as kernels read them."""
        return self.inference_snapshot.objects(self.settings.class_map)

    @property
    def covered(self) -> BoolArray:
        """bool, shape (F,): frames the set covers."""
        return self.inference_snapshot.covered

    @cached_property
    def key(self) -> str:
        """A digest of everything outcomes depend on but the operating point."""
        return evaluation_key(self.dataset, self.inference_snapshot, self.settings)

    def same_class(self, iou: float) -> Int32Array:
        """Return step 1 of `class-first` at one IoU threshold for every confidence, int32 (N,).

        Thresholds on `IOU_GRID` share one derived entry; another makes its own.
        """
        thresholds = IOU_GRID if iou in IOU_GRID else (iou,)
        arrays = self._matches.get_or_make(thresholds, lambda: self._kept_matches(thresholds))
        matches: Int32Array = arrays[f"iou_{thresholds.index(iou)}"]
        return matches

    def _kept_matches(self, thresholds: tuple[float, ...]) -> Mapping[str, Int32Array]:
        return self._derived.get_or_make(
            {"what": "same_class", "evaluation": self.key, "iou": list(thresholds)},
            lambda: self._match(thresholds),
        )

    def _match(self, thresholds: tuple[float, ...]) -> dict[str, Int32Array]:
        rows = match_same_class(self.labels, self.inferences, np.array(thresholds, np.float64))
        return {f"iou_{i}": rows[i] for i in range(len(thresholds))}

    @cached_property
    def _by_step_one(self) -> bool:
        """Whether counts follow from step 1 alone, without the confusions of step 2."""
        return (
            self.settings.task is Task.OBJECT_DETECTION
            and self.settings.matching is MatchingRule.CLASS_FIRST
            and not self.labels.has_ignored_classes
        )

    def prepared(self, keys: tuple[str, ...], frames: Callable[[], BoolArray]) -> PreparedSegments:
        """Return segments, cut down to what the set covers, prepared for `totals`.

        Args:
            keys: a name for the frames of each segment.
            frames: makes bool, shape (S, F), when these were not asked for lately.
        """
        return self.dataset.prepared(keys, frames, self.covered, self.inference_snapshot.coverage_key)

    def totals(self, point: OperatingPoint, segments: PreparedSegments) -> FloatArray:
        """Return true positives, predicted and support of every segment and class: float64, (S, K, 3).

        Where step 1 of `class-first` decides, this reads the matches once and makes no counts per frame.
        """
        n_classes = len(self.classes)
        if not self._by_step_one:
            return tally_segments(self.counts(point), segments.patterns, n_classes)
        totals = np.empty((len(segments.n_frames), n_classes, 3))
        cells = self._cells.get_or_make(
            point.iou, lambda: prediction_cells(self.inferences, self.same_class(point.iou), n_classes)
        )
        totals[:, :, :2] = tally_cells(self.inferences, cells, point.confidence, segments.patterns, n_classes)
        totals[:, :, 2] = self._support.get_or_make(
            segments.key, lambda: tally_support(self.labels, segments.patterns, n_classes)
        )
        return totals

    def counts(self, point: OperatingPoint) -> FrameCounts:
        """Return the counts of every frame and class at one operating point."""
        with self._lock:
            if point in self._counts:
                self._counts.move_to_end(point)
                return self._counts[point]
        counts = self._make_counts(point)
        with self._lock:
            self._counts[point] = counts
            most = max(1, min(_KEPT_POINTS, _KEPT_COUNT_BYTES // max(1, counts.n_bytes)))
            while len(self._counts) > most:
                self._counts.popitem(last=False)
        return counts

    def _make_counts(self, point: OperatingPoint) -> FrameCounts:
        if self._by_step_one:
            return fast_frame_counts(
                self.labels, self.inferences, self.same_class(point.iou), point.confidence, len(self.classes)
            )
        return frame_cells(self.outcomes(point), self.dataset.n_frames, len(self.classes))

    def outcomes(self, point: OperatingPoint, positions: Int64Array | None = None) -> Outcomes:
        """Return the outcomes at one operating point, of all covered frames or of those at `positions`.

        Args:
            point: the thresholds.
            positions: int64, rising frame positions; frames not covered are passed over.
        """
        if positions is not None:
            return self._make_outcomes(point, positions[self.covered[positions]])
        with self._lock:
            if point in self._outcomes:
                self._outcomes.move_to_end(point)
                return self._outcomes[point]
        outcomes = self._make_outcomes(point, np.flatnonzero(self.covered).astype(np.int64))
        with self._lock:
            self._outcomes[point] = outcomes
            while len(self._outcomes) > 2:
                self._outcomes.popitem(last=False)
        return outcomes

    def _make_outcomes(self, point: OperatingPoint, positions: Int64Array) -> Outcomes:
        n_classes = len(self.classes)
        if self.settings.task is Task.CLASSIFICATION:
            return classification_outcomes(
                self.labels, self.inferences, point.confidence, n_classes, frames=positions
            )
        if self.settings.task is Task.BINARY_CLASSIFICATION:
            positive, negative = self.settings.binary_classes()
            return binary_outcomes(
                self.labels, self.inferences, point.confidence, positive, negative, frames=positions
            )
        is_global = self.settings.matching is MatchingRule.GLOBAL
        return detection_outcomes(
            self.labels,
            self.inferences,
            point.confidence,
            point.iou,
            global_matching=is_global,
            same_class=None if is_global else self.same_class(point.iou),
            n_classes=n_classes,
            frames=positions,
        )

    @cached_property
    def coco_matches(self) -> CocoMatches:
        """The matches COCO's numbers are made of, at ten IoU thresholds and four areas."""
        return coco_matches(
            self.labels,
            self.inferences,
            self.dataset.label_areas(),
            len(self.classes),
            frame_rank=self.dataset.source_rank,
        )

    def prepare(self) -> None:
        """Make and keep what later questions need, so that the first of them does not wait."""
        if self._by_step_one:
            self.same_class(IOU_GRID[0])


def evaluation_key(
    dataset: DatasetSnapshot, inferences: InferenceSnapshot, settings: EvaluationSettings
) -> str:
    """Return a digest of table versions, classes and rules: equal keys mean equal outcomes."""
    facts = {
        "frames": [dataset.source.frames.uri, dataset.source.frames.version],
        "labels": [dataset.source.labels.uri, dataset.source.labels.version],
        "inferences": [inferences.source.table.uri, inferences.source.table.version],
        "coverage": inferences.coverage_key,
        "classes": [list(settings.classes.names), list(settings.classes.of_class)],
        "task": settings.task.value,
        "matching": settings.matching.value,
        "negative": settings.negative_class,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
