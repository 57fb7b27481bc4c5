"""Record batches in the columns every reader yields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.formats.user_columns import TIMESTAMP
from shoal.model.columns import FRAME_COLUMNS, INFERENCE_COLUMNS, LABEL_COLUMNS

_TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp[us, tz=UTC]": TIMESTAMP,
}

BATCH_ROWS: Final = 1 << 16
"""Rows a reader gathers before it yields a batch."""


def record_batch(
    columns: Mapping[str, str], values: Mapping[str, Any], user: Mapping[str, pa.Array], n_rows: int
) -> pa.RecordBatch:
    """Return a batch of named columns and user columns.

    Args:
        columns: names and types, such as `LABEL_COLUMNS`.
        values: an array or list per column; absent ones are null.
        user: user columns, each of `n_rows`.
    """
    arrays = [_array(values.get(name), _TYPES[kind], n_rows) for name, kind in columns.items()]
    return pa.RecordBatch.from_arrays([*arrays, *user.values()], names=[*columns, *user])


def base_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the schema of named columns without user columns, for tables that may have no batch at all."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])


def _array(values: Any, kind: pa.DataType, n_rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(n_rows, kind)
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray):
        return pa.array(values).cast(kind)
    return pa.array(values, kind)


def frame_batch(values: Mapping[str, Any], user: Mapping[str, pa.Array], n_rows: int) -> pa.RecordBatch:
    """Return a batch of `FRAME_COLUMNS` and user columns."""
    return record_batch(FRAME_COLUMNS, values, user, n_rows)


def label_batch(values: Mapping[str, Any], user: Mapping[str, pa.Array], n_rows: int) -> pa.RecordBatch:
    """Return a batch of `LABEL_COLUMNS` and user columns."""
    return record_batch(LABEL_COLUMNS, values, user, n_rows)


def inference_batch(values: Mapping[str, Any], user: Mapping[str, pa.Array], n_rows: int) -> pa.RecordBatch:
    """Return a batch of `INFERENCE_COLUMNS` and user columns."""
    return record_batch(INFERENCE_COLUMNS, values, user, n_rows)


def box_values(xywh: npt.NDArray[np.float64] | None) -> dict[str, npt.NDArray[np.float64]]:
    """Return the columns x, y, w, h of boxes, shape (N, 4); nothing for tasks without boxes."""
    if xywh is None:
        return {}
    return {name: np.ascontiguousarray(xywh[:, i]) for i, name in enumerate("xywh")}
