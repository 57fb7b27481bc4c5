"""Matrix, report, COCO numbers, curves, outcomes, flips, gate.

Services that need the kernels are imported by the first request for them, which keeps start-up short.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from shoal.model.metric import Average, Metric
from shoal.server.access import Confidence, Iou, Limit, Names, RuntimeOf
from shoal.services import matrix
from shoal.wire.evaluation import (
    CocoBody,
    CurvesBody,
    FlipsBody,
    GateRequest,
    MatrixBody,
    MatrixRequest,
    OutcomePage,
    ReportBody,
    ReportRequest,
)

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}", tags=["numbers"])


@router.post("/matrix")
def post_matrix(runtime: RuntimeOf, project: str, dataset: str, request: MatrixRequest) -> MatrixBody:
    """Return every segment × every inference set × every metric."""
    return matrix.get_matrix(runtime, project, dataset, request)


@router.get("/matrix")
def get_matrix(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    segment: Names = None,
    inference_set: Names = None,
    baseline: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
    average: Average = Average.WEIGHTED,
    class_name: str | None = None,
    metric: Annotated[list[Metric] | None, Query()] = None,
    statistics: bool = True,
    query: str | None = None,
    query_set: str | None = None,
) -> MatrixBody:
    """Return every segment × every inference set × every metric."""
    given: dict[str, Any] = {} if metric is None else {"metrics": metric}
    request = MatrixRequest(
        segments=segment,
        inference_sets=inference_set,
        baseline=baseline,
        confidence=confidence,
        iou=iou,
        average=average,
        class_name=class_name,
        statistics=statistics,
        query=query,
        query_set=query_set,
        **given,
    )
    return matrix.get_matrix(runtime, project, dataset, request)


@router.get("/report")
def get_report(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
    intervals: bool = False,
) -> ReportBody:
    """Return per class and averaged scores with the confusion matrix; with `intervals`, how sure they are."""
    from shoal.services import reports

    return reports.get_report(
        runtime,
        project,
        dataset,
        inference_set,
        segment=segment,
        confidence=confidence,
        iou=iou,
        intervals=intervals,
    )


@router.post("/report")
def post_report(runtime: RuntimeOf, project: str, dataset: str, request: ReportRequest) -> ReportBody:
    """Return the report of one inference set on any selection of frames."""
    from shoal.services import reports

    return reports.report_selection(runtime, project, dataset, request)


@router.get("/coco")
def get_coco(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None = None,
    intervals: bool = False,
) -> CocoBody:
    """Return the twelve numbers of pycocotools; with `intervals`, how sure AP, AP50 and AP75 are."""
    from shoal.services import reports

    return reports.get_coco(runtime, project, dataset, inference_set, segment=segment, intervals=intervals)


@router.get("/curves")
def get_curves(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None = None,
    iou: Iou = None,
) -> CurvesBody:
    """Return precision-recall and confidence curves, calibration, IoU of matches."""
    from shoal.services import curves

    return curves.get_curves(runtime, project, dataset, inference_set, segment=segment, iou=iou)


@router.get("/outcomes")
def list_outcomes(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
    truth: str | None = None,
    predicted: str | None = None,
    kind: str | None = None,
    query: str | None = None,
    where: Annotated[
        str | None, Query(description="A condition on each outcome, as inside `outcome(…)`.")
    ] = None,
    sort: str | None = None,
    limit: Limit = 50,
    cursor: str | None = None,
) -> OutcomePage:
    """Return one page of the outcomes behind a number."""
    from shoal.services import outcomes

    return outcomes.list_outcomes(
        runtime,
        project,
        dataset,
        inference_set,
        outcomes.OutcomeFilter(truth, predicted, kind, query, where),
        segment=segment,
        confidence=confidence,
        iou=iou,
        sort=sort,
        limit=limit,
        cursor=cursor,
    )


@router.get("/flips")
def get_flips(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    baseline: str,
    candidate: str,
    segment: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
) -> FlipsBody:
    """Return the frames one set got right and the other wrong."""
    from shoal.services import reports

    return reports.get_flips(
        runtime, project, dataset, baseline, candidate, segment=segment, confidence=confidence, iou=iou
    )


@router.post("/gate")
def run_gate(runtime: RuntimeOf, project: str, dataset: str, request: GateRequest) -> dict[str, Any]:
    """Judge a candidate by a policy."""
    from shoal.services import gates

    return gates.run_gate(runtime, project, dataset, request).to_dict()
