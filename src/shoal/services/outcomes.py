"""The outcomes behind every number, page by page or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.engine.query_data import OUTCOME_KINDS
from shoal.errors import InvalidInputError
from shoal.kernels.objects import Int64Array
from shoal.kernels.outcomes import Outcomes, outcome_kind
from shoal.model.class_map import BACKGROUND
from shoal.model.segment import ElementKind
from shoal.services.lookup import not_found
from shoal.services.reports import View, open_view
from shoal.services.runtime import Runtime
from shoal.services.selections import outcome_mask, page_of, query_mask
from shoal.wire.evaluation import OutcomePage

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (
    "frame_id",
    "truth",
    "predicted",
    "weight",
    "confidence",
    "iou",
    "label_id",
    "inference_id",
    "kind",
)
_SORTS = ("frame_id", "truth", "predicted", "weight", "confidence", "iou", "kind", "area_px")


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """Which outcomes are meant.

    Attributes:
        truth: only this true class, or `background`.
        predicted: only this predicted class, or `background`.
        kind: `true_positive`, `confusion`, `false_positive` or `false_negative`.
        query: only frames this query selects.
        where: only outcomes for which this condition holds, as it would stand inside `outcome(...)`:
            `label.area_px < 1024 label.occluded:true`.
    """

    truth: str | None = None
    predicted: str | None = None
    kind: str | None = None
    query: str | None = None
    where: str | None = None


def outcome_table(view: View, wanted: OutcomeFilter, *, sort: str | None = None) -> pl.DataFrame:
    """Return one row per outcome of the view, with the columns `COLUMNS`.

    Args:
        view: an inference set on a segment.
        wanted: which of its outcomes.
        sort: a column, or `area_px` of the label, else of the inference; `-` in front for falling order.

    Raises:
        NotFoundError: no such class.
        InvalidInputError: no such kind, or nothing to sort by.
        QuerySyntaxError: the query or the condition cannot be parsed; QueryTypeError: it does not fit.
    """
    import polars as pl

    outcomes, kinds, rows = _found(view, wanted)
    names = pl.Series([*view.evaluation.classes.names, BACKGROUND])
    table = pl.DataFrame(
        {
            "frame_id": _ids(view.scene.snapshot.frames("frame_id")["frame_id"], outcomes.frame[rows]),
            "truth": names.gather(outcomes.truth[rows]),
            "predicted": names.gather(outcomes.predicted[rows]),
            "weight": outcomes.weight[rows],
            "confidence": pl.Series(outcomes.confidence[rows]).fill_nan(None),
            "iou": pl.Series(outcomes.iou[rows]).fill_nan(None),
            "label_id": _ids(view.scene.snapshot.labels("label_id")["label_id"], outcomes.label[rows]),
            "inference_id": _inference_ids(view, outcomes.inference[rows]),
            "kind": pl.Series(list(OUTCOME_KINDS)).gather(kinds[rows]),
        }
    )
    if sort is not None and sort.lstrip("-") == "area_px":
        areas = _areas(view, outcomes.label[rows], outcomes.inference[rows])
        return _sorted(table.with_columns(area_px=areas), sort).drop("area_px")
    return _sorted(table, sort)


def _found(view: View, wanted: OutcomeFilter) -> tuple[Outcomes, NDArray[Any], Int64Array]:
    """Return outcomes, the kind of each, and the rows of those that are wanted."""
    mask, inference_set = view.mask, view.evaluation.inference_snapshot.name
    if wanted.query:
        mask = mask & query_mask(view.scene, wanted.query, ElementKind.FRAMES, inference_set).mask
    classes = view.evaluation.classes
    if wanted.where:
        outcomes = view.evaluation.outcomes(view.point)
        keep = mask[outcomes.frame] & outcome_mask(view.scene, wanted.where, inference_set)
    else:
        outcomes = view.evaluation.outcomes(view.point, np.flatnonzero(mask).astype(np.int64))
        keep = np.ones(len(outcomes.frame), np.bool_)
    kinds = outcome_kind(outcomes, classes.background)
    for name, found in ((wanted.truth, outcomes.truth), (wanted.predicted, outcomes.predicted)):
        if name is not None:
            index = classes.index(name)
            if index is None:
                raise not_found("class", name, [*classes.names, BACKGROUND])
            keep &= found == index
    if wanted.kind is not None:
        if wanted.kind not in OUTCOME_KINDS:
            raise InvalidInputError(
                f"Expected a kind among {', '.join(OUTCOME_KINDS)}, found {wanted.kind!r}.",
                location={"field": "kind"},
            )
        keep &= kinds == OUTCOME_KINDS.index(wanted.kind)
    return outcomes, kinds, np.flatnonzero(keep)


def _areas(view: View, labels: NDArray[Any], inferences: NDArray[Any]) -> pl.Series:
    """Return the area of each outcome's label, else of its inference, square pixels; null without boxes."""
    snapshot = view.evaluation.inference_snapshot
    found = _values(snapshot.table("area_px")["area_px"], _stored(view, inferences))
    return _values(view.scene.snapshot.labels("area_px")["area_px"], labels).fill_null(found)


def _ids(ids: pl.Series, rows: NDArray[Any]) -> pl.Series:
    """Return the id of each row; null where there is none (-1)."""
    import polars as pl

    return _values(ids.cast(pl.String), rows)


def _values(values: pl.Series, rows: NDArray[Any]) -> pl.Series:
    """Return the value of each row; null where there is no row (-1)."""
    import polars as pl

    if len(values) == 0:
        return pl.Series([None] * len(rows), dtype=values.dtype)
    index = pl.Series(np.where(rows < 0, 0, rows), dtype=pl.UInt32).set(pl.Series(rows < 0), None)
    return values.gather(index)


def _inference_ids(view: View, rows: NDArray[Any]) -> pl.Series:
    ids = view.evaluation.inference_snapshot.table("inference_id")["inference_id"]
    return _ids(ids, _stored(view, rows))


def _stored(view: View, rows: NDArray[Any]) -> NDArray[Any]:
    """Return the row in the table of inferences of each inference; -1 stays."""
    stored = view.evaluation.inference_snapshot.stored_rows
    return rows if len(stored) == 0 else np.where(rows < 0, -1, stored[np.maximum(rows, 0)])


def _sorted(table: pl.DataFrame, sort: str | None) -> pl.DataFrame:
    if not sort:
        return table
    name = sort.lstrip("-")
    if name not in _SORTS:
        raise InvalidInputError(
            f"Outcomes cannot be sorted by {name!r}.",
            hint=f"Sort by one of {', '.join(_SORTS)}.",
            location={"field": "sort"},
        )
    return table.sort(name, descending=sort.startswith("-"), nulls_last=True, maintain_order=True)


def list_outcomes(
    runtime: Runtime,
    project: str,
    dataset: str,
    inference_set: str,
    wanted: OutcomeFilter,
    *,
    segment: str | None = None,
    confidence: float | None = None,
    iou: float | None = None,
    sort: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> OutcomePage:
    """Return one page of the outcomes behind a number."""
    view = open_view(runtime, project, dataset, inference_set, segment, confidence, iou)
    table = outcome_table(view, wanted, sort=sort)
    rows, following = page_of(np.arange(table.height), limit, cursor)
    return OutcomePage(
        context=view.context(), total=table.height, items=table[rows].to_dicts(), next_cursor=following
    )
