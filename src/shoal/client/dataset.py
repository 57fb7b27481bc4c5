"""A dataset: what is in it, and every question about it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from shoal.client.checkpoints import Checkpoints
from shoal.client.duplicates import DuplicatesTable, near_duplicates
from shoal.client.embeddings import Embeddings
from shoal.client.exports import Exports
from shoal.client.frames import Frames
from shoal.client.gate import Policy, policy_body
from shoal.client.inference_sets import InferenceSets
from shoal.client.maps import MapTable, compute_map, in_area, read_map
from shoal.client.resource import Resource
from shoal.client.results import COCO_METRICS, OUTCOME_COLUMNS, MatrixTable, ReportTable
from shoal.client.segments import Segments
from shoal.client.selection import Selection
from shoal.client.session import Path, Session, build, given
from shoal.client.similarity import SimilarTable, find_similar
from shoal.client.tables import ArrowTable, Table
from shoal.client.transport import Params
from shoal.errors import InvalidInputError
from shoal.model.embedding import Projection
from shoal.model.gate_report import GateReport
from shoal.model.segment import ElementKind
from shoal.wire.datasets import DatasetBody, VersionBody, VersionList
from shoal.wire.evaluation import (
    CocoBody,
    CurvesBody,
    FlipsBody,
    GateRequest,
    MatrixBody,
    MatrixRequest,
    ReportBody,
)
from shoal.wire.selections import CompletionBody, FacetList, SelectionBody

PerSet = float | Mapping[str, float]
"""One number for all inference sets, or one per set by name."""


class Dataset(Resource[DatasetBody]):
    """A dataset as it was when last read.

    Attributes:
        inference_sets: the models' inferences over it.
        segments: its named groups of elements.
        embeddings: vectors of its elements, by space.
        frames: its frames, one by one.
        checkpoints: named versions.
        export: files written by the server.
        notes: what the upload that made this object had to say.
    """

    def __init__(self, session: Session, body: DatasetBody) -> None:
        super().__init__(session, body)
        self.inference_sets = InferenceSets(session, self.path)
        self.segments = Segments(self)
        self.embeddings = Embeddings(session, self.path)
        self.frames = Frames(session, self.path)
        self.checkpoints = Checkpoints(session, self.path)
        self.export = Exports(session, self.path)
        self.notes: list[str] = []

    @property
    def path(self) -> Path:
        """Its place under the API."""
        return ("projects", self.body.project, "datasets", self.body.name)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def version(self) -> int:
        """The number of its current version."""
        return self.body.version

    @property
    def n_frames(self) -> int:
        """How many frames its current version holds."""
        return self.body.n_frames

    @property
    def n_labels(self) -> int:
        """How many labels its current version holds."""
        return self.body.n_labels

    @property
    def fields(self) -> dict[str, str]:
        """Types of the fields that queries about frames can use, by name."""
        return {field.name: field.type for field in self.body.fields}

    @property
    def label_fields(self) -> dict[str, str]:
        """Types of the fields that queries about labels can use, by name."""
        return {field.name: field.type for field in self.body.label_fields}

    @property
    def versions(self) -> list[VersionBody]:
        """Its versions, newest first."""
        return self.session.read(VersionList, "GET", (*self.path, "versions")).items

    def query(
        self, text: str = "", elements: str = ElementKind.FRAMES, inference_set: str | None = None
    ) -> Selection:
        """Return what a query selects; the query is read when a number or a list is asked for.

        Args:
            text: a query such as `time_of_day:night lux < 10`; empty for everything.
            elements: `frames`, `labels` or `inferences`.
            inference_set: the set that `inference(…)` and scores are about.
        """
        kind = _element_kind(elements)
        body = build(SelectionBody, query=text)
        return Selection(self, body, elements=kind, inference_set=inference_set)

    def matrix(
        self,
        segments: Iterable[str] | None = None,
        inference_sets: Iterable[str] | None = None,
        baseline: str | None = None,
        confidence: PerSet | None = None,
        iou: PerSet | None = None,
        average: str = "weighted",
        class_name: str | None = None,
        metrics: Sequence[str] = ("precision", "recall", "f1"),
        *,
        details: bool = False,
        statistics: bool = True,
        query: str | None = None,
    ) -> MatrixTable:
        """Return one row per segment, inference set and metric; the first segment is `All Frames`.

        Args:
            segments: names; default every Model Performance segment.
            inference_sets: names; default all in order of upload.
            baseline: the set others are compared with.
            confidence: confidence threshold, a number or one per set; default the set's, else the project's.
            iou: IoU threshold, likewise.
            average: `weighted`, `macro` or `micro`.
            class_name: scores of one class in place of an average.
            metrics: of `precision`, `recall`, `f1`.
            details: whether to append counts, the detectable difference and reasons.
            statistics: whether intervals, tests and verdicts against the baseline are wanted; values and
                counts alone take a fraction of the time.
            query: score only the frames of each segment that it selects; targets, which are about whole
                segments, are then left out.
        """
        request = build(
            MatrixRequest,
            average=average,
            metrics=list(metrics),
            statistics=statistics,
            **given(
                segments=None if segments is None else _names(segments, "segments"),
                inference_sets=None if inference_sets is None else _names(inference_sets, "inference_sets"),
                baseline=baseline,
                confidence=_thresholds(confidence),
                iou=_thresholds(iou),
                class_name=class_name,
                query=query,
            ),
        )
        body = self.session.read(MatrixBody, "POST", (*self.path, "matrix"), body=request)
        return MatrixTable(body, details=details)

    def report(
        self,
        inference_set: str,
        segment: str | None = None,
        confidence: float | None = None,
        iou: float | None = None,
    ) -> ReportTable:
        """Return scores per class, then `weighted`, `macro` and `micro`; `.confusion` has the matrix."""
        params = _about(inference_set, segment, confidence, iou)
        return ReportTable(self.session.read(ReportBody, "GET", (*self.path, "report"), params=params))

    def coco(self, inference_set: str, segment: str | None = None) -> dict[str, float | None]:
        """Return pycocotools' twelve numbers in its order; `None` where it prints -1."""
        params = {"inference_set": inference_set, "segment": segment}
        body = self.session.read(CocoBody, "GET", (*self.path, "coco"), params=params)
        return {name: body.metrics[name] for name in COCO_METRICS}

    def coco_intervals(
        self, inference_set: str, segment: str | None = None
    ) -> dict[str, tuple[float | None, float | None]]:
        """Return 95 % bootstrap intervals of AP, AP50 and AP75: low and high by name.

        Whole frames are resampled, or groups of them where the project has a group field.
        """
        params = {"inference_set": inference_set, "segment": segment, "intervals": True}
        return self.session.read(CocoBody, "GET", (*self.path, "coco"), params=params).intervals

    def curves(self, inference_set: str, segment: str | None = None, iou: float | None = None) -> CurvesBody:
        """Return precision, recall and F1 over confidence per class, calibration and IoU of matches."""
        params = _about(inference_set, segment, None, iou)
        return self.session.read(CurvesBody, "GET", (*self.path, "curves"), params=params)

    def outcomes(
        self,
        inference_set: str,
        segment: str | None = None,
        confidence: float | None = None,
        iou: float | None = None,
    ) -> Table:
        """Return one row per outcome: the confusion matrix before it is counted."""
        params = {**_about(inference_set, segment, confidence, iou), "format": "arrow"}
        response = self.session.call("GET", (*self.path, "export", "outcomes"), params=params)
        table = ArrowTable.from_stream(response.content)
        return ArrowTable(table.to_arrow().select(list(OUTCOME_COLUMNS)))

    def flips(
        self,
        baseline: str,
        candidate: str,
        segment: str | None = None,
        confidence: float | None = None,
        iou: float | None = None,
    ) -> FlipsBody:
        """Return the frames one set got right and the other wrong: `broken` and `mended`."""
        params = {
            "baseline": baseline,
            "candidate": candidate,
            "segment": segment,
            "confidence": confidence,
            "iou": iou,
        }
        return self.session.read(FlipsBody, "GET", (*self.path, "flips"), params=params)

    def facets(
        self,
        fields: str | Sequence[str],
        query: str | None = None,
        *,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> FacetList:
        """Return how the values of fields are spread over what a query selects."""
        params: Params = {
            "field": [fields] if isinstance(fields, str) else list(fields),
            "query": query,
            "elements": _element_kind(elements).value,
            "inference_set": inference_set,
        }
        return self.session.read(FacetList, "GET", (*self.path, "facets"), params=params)

    def complete(
        self,
        text: str,
        cursor: int | None = None,
        *,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> CompletionBody:
        """Return what can be typed at `cursor` (default the end) of a query."""
        params: Params = {
            "text": text,
            "cursor": len(text) if cursor is None else cursor,
            "elements": _element_kind(elements).value,
            "inference_set": inference_set,
        }
        return self.session.read(CompletionBody, "GET", (*self.path, "query", "complete"), params=params)

    def similar(
        self,
        ids: Iterable[str] | None = None,
        *,
        vector: Sequence[float] | None = None,
        image: str | os.PathLike[str] | None = None,
        selection: Selection | None = None,
        k: int = 20,
        query: str | None = None,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> SimilarTable:
        """Return the elements nearest to seeds, nearest first: `id`, `frame_id`, `distance`, `nearest`.

        Args:
            ids: seeds by id; or
            vector: a vector of the space's dimension; or
            image: a file, described by the model of a computed space; or
            selection: seeds as a selection.
            k: how many at most; the seeds themselves are left out.
            query: only among what this selects.
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose; else the set the query speaks of.
        """
        return find_similar(
            self,
            ids=ids,
            vector=vector,
            image=image,
            selection=selection,
            k=k,
            query=query,
            space=space,
            elements=_element_kind(elements).value,
            inference_set=inference_set,
        )

    def near_duplicates(
        self,
        max_distance: float = 0.05,
        *,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        between: Iterable[str] | None = None,
        progress: bool = True,
    ) -> DuplicatesTable:
        """Return all pairs of near-identical elements, in groups, those with the nearest pair first.

        The first call of a distance searches, which takes a while; later ones read what was found.

        Args:
            max_distance: the largest distance of a pair, itself included.
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose.
            between: leakage: only pairs of elements in two different ones of these segments; an empty list
                for all Split segments.
            progress: whether to show a bar on a terminal.
        """
        return near_duplicates(
            self,
            max_distance=max_distance,
            elements=_element_kind(elements),
            progress=progress,
            **given(
                space=space,
                inference_set=inference_set,
                between=None if between is None else _names(between, "between"),
            ),
        )

    def leakage(
        self,
        segments: Iterable[str] | None = None,
        max_distance: float = 0.05,
        *,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        progress: bool = True,
    ) -> DuplicatesTable:
        """Return pairs of near-identical elements in two different segments; default all Split segments.

        `.counts` has how many elements of each segment are in such a pair.
        """
        return self.near_duplicates(
            max_distance,
            space=space,
            elements=elements,
            inference_set=inference_set,
            between=[] if segments is None else segments,
            progress=progress,
        )

    def map(
        self,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str | None = None,
    ) -> MapTable:
        """Return where each element lies on the map of its vectors: `id`, `x`, `y`.

        Args:
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose.
            method: `pca`, always there, or `pacmap`; default the best that is there.
        """
        kind = _element_kind(elements)
        return read_map(self, space=space, elements=kind, inference_set=inference_set, method=method)

    def compute_map(
        self,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str = Projection.PACMAP,
        *,
        progress: bool = True,
    ) -> MapTable:
        """Make a map that keeps neighbours together, and return it; vectors added later are placed on it.

        Raises:
            MissingExtraError: the server lacks `shoal[embed]`; the map by PCA needs nothing.
        """
        kind = _element_kind(elements)
        return compute_map(
            self, space=space, elements=kind, inference_set=inference_set, method=method, progress=progress
        )

    def in_area(
        self,
        polygon: Iterable[tuple[float, float]],
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str | None = None,
    ) -> Selection:
        """Return the elements whose point on a map lies in a polygon, its border included (even-odd rule)."""
        kind = _element_kind(elements)
        return in_area(self, polygon, space=space, elements=kind, inference_set=inference_set, method=method)

    def gate(
        self,
        candidate: str,
        baseline: str | None = None,
        policy: Policy | None = None,
        *,
        confidence: PerSet | None = None,
        iou: PerSet | None = None,
    ) -> GateReport:
        """Accept or reject a candidate inference set.

        Args:
            candidate: the set before the gate.
            baseline: the set it is compared with.
            policy: a path to a YAML file, YAML text, or a mapping; default the default policy.
            confidence: confidence threshold, a number or one per set.
            iou: IoU threshold, likewise.

        Raises:
            PolicyError: the policy is malformed or names what does not exist.
        """
        request = build(
            GateRequest,
            candidate=candidate,
            **given(
                baseline=baseline,
                policy=policy_body(policy),
                confidence=_thresholds(confidence),
                iou=_thresholds(iou),
            ),
        )
        return GateReport.from_dict(self.session.call("POST", (*self.path, "gate"), body=request).json())

    def refresh(self) -> Dataset:
        """Read it again and return it."""
        self.body = self.session.read(DatasetBody, "GET", self.path)
        return self

    def delete(self) -> None:
        """Delete it with its inference sets and segments."""
        self.session.call("DELETE", self.path)

    def __repr__(self) -> str:
        body = self.body
        return (
            f"Dataset({body.name!r}, version {body.version}, {body.n_frames:,} frames, "
            f"{body.n_labels:,} labels, {len(body.inference_sets)} inference sets)"
        )


def _about(
    inference_set: str, segment: str | None, confidence: float | None, iou: float | None
) -> dict[str, str | float | None]:
    return {"inference_set": inference_set, "segment": segment, "confidence": confidence, "iou": iou}


def _thresholds(value: PerSet | None) -> float | dict[str, float] | None:
    return dict(value) if isinstance(value, Mapping) else value


def _names(names: Iterable[str], field: str) -> list[str]:
    if isinstance(names, str):
        raise InvalidInputError(
            f"Expected a list of names, found the text {names!r}.",
            hint=f"Write [{names!r}].",
            location={"field": field},
        )
    return [str(getattr(one, "name", one)) for one in names]


def _element_kind(text: str) -> ElementKind:
    try:
        return ElementKind(text)
    except ValueError:
        raise InvalidInputError(
            f"Expected elements of {', '.join(ElementKind)}, found {text!r}.", location={"field": "elements"}
        ) from None
