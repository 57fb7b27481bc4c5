"""The outcomes of chosen cells of a confusion matrix, with the boxes behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.columns import BOX_COLUMNS
from shoal.services.reports import View

if TYPE_CHECKING:
    import polars as pl

LABEL, INFERENCE = "label_", "inference_"
"""What the columns of the two sides of an outcome begin with."""


def cell_outcomes(view: View, cells: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """Return one row per outcome in any of the cells, by frame.

    Columns: `frame_id`, `truth`, `predicted`, `confidence`, `iou`, and for label and inference each `…_id`
    and `…_x`, `…_y`, `…_w`, `…_h` (pixels); null where there is none.

    Args:
        view: an inference set on a segment.
        cells: true class and predicted class, compared without case, background among them; unknown ones
            hold nothing.
    """
    import polars as pl

    wanted = _mask(view, cells)
    outcomes = view.evaluation.outcomes(view.point, view.positions)
    rows = np.flatnonzero(wanted[outcomes.truth, outcomes.predicted])
    snapshot, inferences = view.scene.snapshot, view.evaluation.inference_snapshot
    stored = inferences.stored_rows
    found = outcomes.inference[rows]
    names = pl.Series([*view.evaluation.classes.names, "background"])
    own = pl.DataFrame(
        {
            "frame_id": snapshot.frames("frame_id")["frame_id"].gather(outcomes.frame[rows]).cast(pl.String),
            "truth": names.gather(outcomes.truth[rows]),
            "predicted": names.gather(outcomes.predicted[rows]),
            "confidence": pl.Series(outcomes.confidence[rows]).fill_nan(None),
            "iou": pl.Series(outcomes.iou[rows]).fill_nan(None),
        }
    )
    at = stored[np.maximum(found, 0)] if len(stored) else found
    sides = (
        _objects(snapshot.labels("label_id", *BOX_COLUMNS), outcomes.label[rows], LABEL),
        _objects(inferences.table("inference_id", *BOX_COLUMNS), np.where(found < 0, -1, at), INFERENCE),
    )
    return pl.concat([own, *sides], how="horizontal")


def _mask(view: View, cells: Iterable[tuple[str, str]]) -> BoolArray:
    classes = view.evaluation.classes
    mask = np.zeros((len(classes) + 1, len(classes) + 1), np.bool_)
    for truth, predicted in cells:
        row, column = classes.index(truth), classes.index(predicted)
        if row is not None and column is not None:
            mask[row, column] = True
    return mask


def _objects(table: pl.DataFrame, rows: Int64Array, prefix: str) -> pl.DataFrame:
    """Return id and box of each row of a table; null for -1."""
    import polars as pl

    id_column, *boxes = table.columns
    named = table.select(
        pl.col(id_column).cast(pl.String).alias(f"{prefix}id"),
        *(pl.col(name).alias(f"{prefix}{name}") for name in boxes),
    )
    index = pl.Series(rows, dtype=pl.Int64)
    return named.select(pl.all().gather(index.set(index < 0, None)))
