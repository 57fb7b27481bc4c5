"""Running a checked query: which frames, labels or inferences it selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from shoal.engine.selection_rows import SelectionTables
from shoal.query.predicate import CheckedQuery, SimilarTo
from shoal.query.requirements import required_columns
from shoal.query.types import Schema

BoolArray: TypeAlias = npt.NDArray[np.bool_]


class SelectionData(Protocol):
    """The columns of one dataset version, as queries need them.

    Rows stand in a fixed order and are spoken of by their position.  Missing values are null (NaN in number
    columns counts as missing too).  A column may be asked for only when the schema names it.
    """

    @property
    def n_frames(self) -> int:
        """The number of frames."""
        ...

    def schema(self) -> Schema:
        """Return the names on offer."""
        ...

    def frames(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return the named columns, shape (n_frames, len(columns)).

        `n_inferences` is about the chosen inference set.
        """
        ...

    def labels(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return the named columns and `frame` (UInt32, position), sorted by frame.

        Strings may be String, Categorical or Enum.
        """
        ...

    def inferences(self, inference_set: str | None, columns: Sequence[str]) -> pl.DataFrame:
        """Return the same for the inferences of a set.

        A user column another set has and this one lacks is all null.
        """
        ...

    def outcomes(self, inference_set: str | None) -> pl.DataFrame:
        """Return the outcomes of a set at its operating point.

        Columns: `frame`, `truth`, `predicted`, `kind`, `confidence`, `iou`, `weight`, and `label_row`,
        `inference_row`: positions in `labels` and `inferences`, null or -1 where the outcome has none.
        """
        ...

    def frame_scores(self, inference_set: str | None) -> pl.DataFrame:
        """Return `precision`, `recall`, `f1`, `n_errors` (numbers) and `right` (Boolean), one row a frame.

        Null where the frame has none: not covered, or undefined.
        """
        ...

    def segment(self, name: str) -> BoolArray:
        """Return a mask over the rows the segment is about: frames, labels or the chosen set's inferences."""
        ...

    def similar(self, wanted: SimilarTo) -> BoolArray:
        """Return a mask over the rows `wanted` is about: those nearest to its seeds."""
        ...


def select(query: CheckedQuery, data: SelectionData) -> BoolArray:
    """Return which elements a query selects.

    Args:
        query: what `shoal.query.check` (or `check_outcomes`) returned for this data's schema.
        data: the columns; only those the query names are asked for.

    Returns:
        shape (n,): over frames, labels, a set's inferences by position or its outcomes in order, as
        `query.rows` says.  Where the condition is unknown because a value is missing: False.
    """
    tables = SelectionTables(data, required_columns(query))
    mask = tables.rows(query.rows).evaluate(query.predicate)
    return mask.fill_null(False).to_numpy()
