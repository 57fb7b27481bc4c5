"""One dataset as a request sees it: loaded once from the catalog, consistent to the end of the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.engine.inference_snapshot import InferenceSource
from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSnapshot, DatasetSource
from shoal.errors import NotEvaluableError
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.operating_point import OperatingPoint
from shoal.model.segment import ElementKind
from shoal.query.types import Table
from shoal.services.lookup import (
    current_version,
    dataset_named,
    dataset_source,
    inference_source,
    not_found,
    settings_of,
)
from shoal.services.runtime import Runtime
from shoal.store.bitmaps import decode
from shoal.store.catalog import (
    Dataset,
    EmbeddingSpace,
    InferenceSet,
    Project,
    Segment,
    SegmentVersion,
)

if TYPE_CHECKING:
    from shoal.engine.evaluation import Evaluation
    from shoal.engine.query_data import SnapshotData

Thresholds = float | Mapping[str, float] | None
"""A threshold for all inference sets, or one per set; absent ones are the set's own or the project's."""


@dataclass
class Scene:
    """A dataset at its current version with its inference sets and segments.

    Attributes:
        runtime: where columns and arrays are kept.
        project: the project's row.
        dataset: the dataset's row.
        source: tables of the current version.
        inference_sets: rows by name, in order of upload; only those that hold something.
        inference_sources: tables by name.
        segments: rows by name.
        versions: the current version of each segment, by segment name.
        confidence: thresholds the request asks for.
        iou: likewise.
        spaces: rows of the embedding spaces, by name.
    """

    runtime: Runtime
    project: Project
    dataset: Dataset
    source: DatasetSource
    inference_sets: dict[str, InferenceSet]
    inference_sources: dict[str, InferenceSource]
    segments: dict[str, Segment]
    versions: dict[str, SegmentVersion]
    confidence: Thresholds = None
    iou: Thresholds = None
    spaces: tuple[EmbeddingSpace, ...] = ()
    _masks: dict[str, BoolArray] = field(default_factory=dict)

    @cached_property
    def settings(self) -> EvaluationSettings:
        """The project's settings."""
        return settings_of(self.project)

    @cached_property
    def snapshot(self) -> DatasetSnapshot:
        """The dataset version."""
        return self.runtime.workspace.dataset(self.source)

    def evaluation(self, name: str) -> Evaluation:
        """Return the evaluation of a named inference set."""
        return self.runtime.workspace.evaluation(self.source, self.inference_source(name), self.settings)

    def inference_source(self, name: str) -> InferenceSource:
        """Return the table of a named inference set; ids are names too."""
        if name in self.inference_sources:
            return self.inference_sources[name]
        for row in self.inference_sets.values():
            if row.id == name:
                return self.inference_sources[row.name]
        raise not_found(
            "inference set", name, self.inference_sources, where=f" with inferences in {self.dataset.name!r}"
        )

    def point(self, name: str) -> OperatingPoint:
        """Return the operating point a named inference set is judged at."""
        row = self.inference_sets[self.inference_source(name).name]
        default = self.settings.default_point
        confidence = _threshold(self.confidence, row.name)
        iou = _threshold(self.iou, row.name)
        if confidence is None:
            confidence = default.confidence if row.confidence is None else row.confidence
        if iou is None:
            iou = default.iou if row.iou is None else row.iou
        return OperatingPoint(confidence, iou)

    def segment_version(self, name: str) -> SegmentVersion:
        """Return the current version of a named segment."""
        return self.versions[self.segment(name).name]

    def segment(self, name: str) -> Segment:
        """Return the row of a named segment; ids are names too."""
        named = self.segments.get(name)
        if named is not None:
            return named
        for segment in self.segments.values():
            if segment.id == name:
                return segment
        raise not_found("segment", name, self.segments, where=f" in dataset {self.dataset.name!r}")

    def segment_rows(self, name: str) -> BoolArray:
        """Return which elements, of the kind it holds, are in the current version of a segment."""
        segment = self.segment(name)
        version = self.segment_version(name)
        if segment.elements is ElementKind.FRAMES:
            return self.snapshot.mask(version.id, version.members)
        if segment.name not in self._masks:
            stored = decode(version.members)
            ordinals = self.element_ordinals(segment.elements, self.owner_of(segment))
            self._masks[segment.name] = np.isin(ordinals, stored)
        return self._masks[segment.name]

    def segment_mask(self, name: str) -> BoolArray:
        """Return bool (F,): the frames of a segment; of a segment of crops, the frames they are in."""
        segment, rows = self.segment(name), self.segment_rows(name)
        if segment.elements is ElementKind.FRAMES:
            return rows
        return self.frames_of(rows, segment.elements, self.owner_of(segment))

    def frames_of(self, crops: BoolArray, elements: ElementKind, inference_set: str | None) -> BoolArray:
        """Return bool (F,): the frames some of these labels or inferences are in."""
        return _any_per_frame(crops, self.offsets(elements, inference_set))

    def rows_of(self, frames: BoolArray, elements: ElementKind, inference_set: str | None) -> BoolArray:
        """Return bool over labels or inferences: those in these frames."""
        crops: BoolArray = np.repeat(frames, np.diff(self.offsets(elements, inference_set)))
        return crops

    def offsets(self, elements: ElementKind, inference_set: str | None) -> Int64Array:
        """Return int64 (F + 1,): where the labels, or the inferences of a set, of each frame begin."""
        if elements is ElementKind.LABELS:
            return self.snapshot.label_offsets
        return self.query_data(inference_set).inference_snapshot(inference_set).offsets

    def owner_of(self, segment: Segment) -> str | None:
        """Return the name of the inference set a segment of inferences belongs to."""
        if segment.elements is not ElementKind.INFERENCES:
            return None
        for row in self.inference_sets.values():
            if row.id == segment.inference_set_id:
                return row.name
        raise NotEvaluableError(f"The inference set of segment {segment.name!r} is gone.")

    def element_ordinals(self, elements: ElementKind, inference_set: str | None) -> NDArray[np.uint32]:
        """Return the stored number of each element: what a segment version keeps."""
        if elements is ElementKind.FRAMES:
            return self.snapshot.ordinals
        if elements is ElementKind.LABELS:
            return self.snapshot.label_ordinals
        snapshot = self.query_data(inference_set).inference_snapshot(inference_set)
        return snapshot.row_ordinals[snapshot.stored_rows]

    def query_data(self, chosen: str | None = None) -> SnapshotData:
        """Return what a query reads; `chosen` is the inference set meant where it names none."""
        from shoal.engine.query_data import SnapshotData

        if chosen is None and len(self.inference_sources) == 1:
            chosen = next(iter(self.inference_sources))
        return SnapshotData(
            self.snapshot,
            self.settings.class_map,
            chosen=self.inference_source(chosen).name if chosen else None,
            evaluation=self.evaluation,
            point=self.point,
            segment=self.segment_rows,
            inference_sets=list(self.inference_sources),
            segments={name: segment.elements for name, segment in self.segments.items()},
            segment_sets={
                name: owner for name, segment in self.segments.items() if (owner := self.owner_of(segment))
            },
            spaces=self._space_names(),
        )

    def _space_names(self) -> dict[tuple[Table, str | None], tuple[str, ...]]:
        """Return the names of the embedding spaces of each kind of element, with inferences by their set."""
        owners = {row.id: name for name, row in self.inference_sets.items()}
        names: dict[tuple[Table, str | None], tuple[str, ...]] = {}
        for row in self.spaces:
            key = (Table(row.elements.value), owners.get(row.inference_set_id or ""))
            names[key] = (*names.get(key, ()), row.name)
        return names


def _threshold(thresholds: Thresholds, name: str) -> float | None:
    return thresholds.get(name) if isinstance(thresholds, Mapping) else thresholds


def _any_per_frame(inside: BoolArray, offsets: np.ndarray[tuple[int], np.dtype[np.int64]]) -> BoolArray:
    running = np.concatenate(([0], np.cumsum(inside)))
    return running[offsets[1:]] > running[offsets[:-1]]


def open_scene(
    runtime: Runtime,
    project: str,
    dataset: str,
    *,
    confidence: Thresholds = None,
    iou: Thresholds = None,
) -> Scene:
    """Load what a request needs to know of a dataset.

    Raises:
        NotFoundError: no such project or dataset, or a threshold names an unknown inference set.
        NotEvaluableError: the dataset holds no frames yet.
    """
    with runtime.catalog.read() as session:
        row = dataset_named(session, project, dataset)
        sets, sources = _inference_sets(session, row)
        segments = {
            segment.name: segment
            for segment in session.scalars(select(Segment).where(Segment.dataset_id == row.id))
        }
        ids = [segment.current_version_id for segment in segments.values()]
        versions = {
            v.id: v for v in session.scalars(select(SegmentVersion).where(SegmentVersion.id.in_(ids)))
        }
        spaces = session.scalars(
            select(EmbeddingSpace)
            .where(EmbeddingSpace.dataset_id == row.id)
            .order_by(EmbeddingSpace.name, EmbeddingSpace.id)
        )
        owner = session.get_one(Project, row.project_id)
        scene = Scene(
            runtime=runtime,
            project=owner,
            dataset=row,
            source=dataset_source(current_version(session, row)),
            inference_sets=sets,
            inference_sources=sources,
            segments=segments,
            versions={
                name: versions[segment.current_version_id]
                for name, segment in segments.items()
                if segment.current_version_id is not None
            },
            confidence=confidence,
            iou=iou,
            spaces=tuple(spaces),
        )
    for thresholds in (confidence, iou):
        if isinstance(thresholds, Mapping):
            for name in thresholds:
                scene.inference_source(name)
    return scene


def _inference_sets(
    session: Session, dataset: Dataset
) -> tuple[dict[str, InferenceSet], dict[str, InferenceSource]]:
    rows = session.scalars(
        select(InferenceSet)
        .where(InferenceSet.dataset_id == dataset.id, InferenceSet.current_version_id.is_not(None))
        .order_by(InferenceSet.created_at, InferenceSet.id)
    )
    sets = {row.name: row for row in rows}
    return sets, {name: inference_source(session, row) for name, row in sets.items()}
