"""The objects behind cells of a confusion matrix, as `fetch_confusions` asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shoal.errors import InvalidInputError
from shoal.model.class_map import BACKGROUND
from shoal.services.aquarium.body_values import maybe_text_of, number_of, text_of, whole_number_of
from shoal.services.aquarium.filter_classes import decode_filter_classes, evaluated_classes
from shoal.services.aquarium.judged_sets import judged_set
from shoal.services.aquarium.projects import get_project
from shoal.services.confusion_cells import INFERENCE, LABEL, cell_outcomes
from shoal.services.reports import open_view
from shoal.services.runtime import Runtime

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS: Final = 100_000
"""How many rows one answer holds, whatever is asked for."""

_ORDERS: Final = {"inference_data.confidence": "confidence", "iou": "iou", "box_size": "box_size"}


def query_confusions(runtime: Runtime, body: dict[str, Any]) -> dict[str, Any]:
    """Return one page of the outcomes in the cells asked for; `num_rows` counts all of them.

    Past the last page `num_rows` is 0, so that scripts end that count on either.

    Raises:
        InvalidInputError: a filter, an ordering or a threshold that is none.
        NotFoundError: no such inference set.
    """
    project, _, name = text_of(body, "inferences_table").partition(".")
    judged = judged_set(
        runtime,
        project,
        name,
        maybe_text_of(body, "labels_table_filtered"),
        confidence=number_of(body, "confidence_threshold"),
        iou=number_of(body, "iou_threshold"),
    )
    classes = evaluated_classes(get_project(runtime, project)["label_class_map"])
    cells = decode_filter_classes(text_of(body, "encoded_filter_classes"), classes)
    view = open_view(
        runtime, project, judged.dataset, judged.inference_set, None, judged.confidence, judged.iou
    )
    table = _ordered(cell_outcomes(view, cells), text_of(body, "ordering"))
    start = whole_number_of(body, "cur_offset", default=0)
    page = table.slice(start, min(whole_number_of(body, "max_results", default=MOST_ROWS), MOST_ROWS))
    return {
        "cur_offset": start,
        "num_rows": table.height if start < table.height else 0,
        "rows": [_row(row) for row in page.to_dicts()],
    }


def _ordered(table: pl.DataFrame, ordering: str) -> pl.DataFrame:
    """Sort by confidence, IoU or the size of the label's box (the inference's where there is no label)."""
    import polars as pl

    by, _, direction = ordering.partition("__by__")
    if by not in _ORDERS or direction not in ("asc", "desc"):
        raise InvalidInputError(
            f"Expected an ordering such as iou__by__desc, found {ordering!r}.",
            hint=f"Order by {', '.join(_ORDERS)}.",
            location={"field": "ordering"},
        )
    sizes = [pl.col(f"{side}w") * pl.col(f"{side}h") for side in (LABEL, INFERENCE)]
    sized = table.with_columns(box_size=pl.coalesce(sizes))
    falling = direction == "desc"
    return sized.sort(_ORDERS[by], descending=falling, nulls_last=True, maintain_order=True)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    inference = _object(row, INFERENCE, row["predicted"])
    if row["confidence"] is not None:
        inference["confidence"] = row["confidence"]
    return {
        "task_id": row["frame_id"],
        "gt_data": _object(row, LABEL, row["truth"]),
        "inference_data": inference,
        "iou": row["iou"],
        "box_size": row["box_size"],
    }


def _object(row: dict[str, Any], side: str, class_name: str) -> dict[str, Any]:
    """Return a label or an inference; background is its class alone."""
    found: dict[str, Any] = {"label": class_name.lower()}
    if class_name == BACKGROUND:
        return found
    found["uuid"] = row[f"{side}id"]
    if row[f"{side}x"] is not None:
        names = {"left": "x", "top": "y", "width": "w", "height": "h"}
        found["attributes"] = {theirs: row[f"{side}{ours}"] for theirs, ours in names.items()}
    return found
