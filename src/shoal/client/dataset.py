"""A dataset: what is in it, and every question about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shoal.client.arguments import names_of
from shoal.client.checkpoints import Checkpoints
from shoal.client.dataset_elements import DatasetElements
from shoal.client.embeddings import Embeddings
from shoal.client.exports import Exports
from shoal.client.frames import Frames
from shoal.client.gate import Policy, policy_body
from shoal.client.inference_sets import InferenceSets
from shoal.client.results import (
    COCO_METRICS,
    OUTCOME_COLUMNS,
    REPORT_INTERVAL_COLUMNS,
    MatrixTable,
    ReportTable,
)
from shoal.client.segments import Segments
from shoal.client.session import Session, build, given
from shoal.client.tables import ArrowTable, RowTable, Table
from shoal.model.gate_report import GateReport
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

PerSet = float | Mapping[str, float]
"""One number for all inference sets, or one per set by name."""


class Dataset(DatasetElements):
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
    def versions(self) -> list[VersionBody]:
        """Its versions, newest first."""
        return self.session.read(VersionList, "GET", (*self.path, "versions")).items

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
                segments=None if segments is None else names_of(segments, "segments"),
                inference_sets=None if inference_sets is None else names_of(inference_sets, "inference_sets"),
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

    def report_intervals(
        self,
        inference_set: str,
        segment: str | None = None,
        confidence: float | None = None,
        iou: float | None = None,
    ) -> Table:
        """Return 95 % intervals of the rows of `report`: `class_name`, `precision_low`, `precision_high`, ….

        They are those of the matrix: from the spread over frames, or over groups of them where the project
        has a group field; `None` where there is too little to tell.
        """
        params = {**_about(inference_set, segment, confidence, iou), "intervals": True}
        body = self.session.read(ReportBody, "GET", (*self.path, "report"), params=params)
        found = zip(body.rows, body.intervals or (), strict=True)
        rows = [{"class_name": row.class_name, **bounds.model_dump()} for row, bounds in found]
        return RowTable(rows, REPORT_INTERVAL_COLUMNS)

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
        *,
        where: str | None = None,
    ) -> Table:
        """Return one row per outcome: the confusion matrix before it is counted.

        Args:
            inference_set: name or id.
            segment: default All Frames.
            confidence: default the set's own.
            iou: default the project's.
            where: only outcomes for which this holds, as it would stand inside `outcome(...)` in a query:
                `kind:false_negative label.area_px < 1024`.
        """
        params = {**_about(inference_set, segment, confidence, iou), "format": "arrow", "where": where}
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
