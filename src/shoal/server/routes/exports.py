"""Files to take away."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from shoal.model.metric import Average, Metric
from shoal.server.access import Confidence, Iou, Names, RuntimeOf
from shoal.services import exports, selections
from shoal.wire.evaluation import GateRequest, MatrixRequest
from shoal.wire.selections import QueryRequest

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/export", tags=["export"])

Format = Annotated[str, Query(alias="format")]


def _response(download: exports.Download) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(download.name)}"
    return Response(
        download.content,
        media_type=download.media_type,
        headers={"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"},
    )


@router.get("/segment/{segment:path}")
def export_segment(
    runtime: RuntimeOf, project: str, dataset: str, segment: str, kind: Format = "json"
) -> Response:
    """Return a segment as JSON, CSV, Parquet, Arrow or a COCO subset."""
    return _response(exports.export_segment(runtime, project, dataset, segment, kind))


@router.get("/outcomes")
def export_outcomes(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    inference_set: str,
    segment: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
    truth: str | None = None,
    predicted: str | None = None,
    outcome_kind: Annotated[str | None, Query(alias="kind")] = None,
    query: str | None = None,
    where: str | None = None,
    kind: Format = "csv",
) -> Response:
    """Return all outcomes behind a number."""
    from shoal.services import reports
    from shoal.services.outcomes import OutcomeFilter

    view = reports.open_view(runtime, project, dataset, inference_set, segment, confidence, iou)
    wanted = OutcomeFilter(truth, predicted, outcome_kind, query, where)
    return _response(exports.export_outcomes(view, wanted, kind))


@router.get("/frames")
def export_frames(
    runtime: RuntimeOf, project: str, dataset: str, query: str | None = None, kind: Format = "csv"
) -> Response:
    """Return frames with all their columns."""
    return _response(exports.export_frames(runtime, project, dataset, kind, query=query))


@router.get("/matrix")
def export_matrix(
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
    query: str | None = None,
    query_set: str | None = None,
    kind: Format = "csv",
) -> Response:
    """Return the matrix, one row per score."""
    given: dict[str, Any] = {} if metric is None else {"metrics": metric}
    request = MatrixRequest(
        segments=segment,
        inference_sets=inference_set,
        baseline=baseline,
        confidence=confidence,
        iou=iou,
        average=average,
        class_name=class_name,
        query=query,
        query_set=query_set,
        **given,
    )
    return _response(exports.export_matrix(runtime, project, dataset, request, kind))


@router.get("/gate")
def export_gate(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    candidate: str,
    baseline: str | None = None,
    confidence: Confidence = None,
    iou: Iou = None,
    kind: Format = "markdown",
) -> Response:
    """Return the answer of the default gate as Markdown, JUnit XML or JSON."""
    from shoal.services import gates

    request = GateRequest(candidate=candidate, baseline=baseline, confidence=confidence, iou=iou)
    return _response(exports.export_gate(gates.run_gate(runtime, project, dataset, request), kind))


@router.post("/ids")
def export_ids(runtime: RuntimeOf, project: str, dataset: str, request: QueryRequest) -> Response:
    """Return all ids of a selection, and the columns asked for, as an Arrow stream."""
    table = selections.selected_table(runtime, project, dataset, request)
    return _response(exports.table_download(table, "ids", "arrow"))
