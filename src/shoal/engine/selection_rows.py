"""Conditions evaluated on the rows of one table, with Polars columns."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from shoal.engine.selection_summary import summarise
from shoal.engine.selection_test import (
    compare_columns,
    compare_constant,
    list_has,
    matches,
    normalised,
    one_of,
)
from shoal.query.predicate import (
    FRAMES,
    AllOf,
    AnyOf,
    Anything,
    Column,
    Compare,
    FlippedFrame,
    InSegment,
    Lifted,
    LiftedOperand,
    ListHas,
    Matches,
    Negation,
    OneOf,
    Operand,
    Predicate,
    Present,
    Rows,
    Score,
    SimilarTo,
    Some,
    Summary,
)
from shoal.query.requirements import Requirements
from shoal.query.types import Table

if TYPE_CHECKING:
    from shoal.engine.selection import SelectionData

IntArray: TypeAlias = npt.NDArray[np.integer]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

_LINKS: Final = {Table.FRAMES: "frame", Table.LABELS: "label_row", Table.INFERENCES: "inference_row"}


class SelectionTables:
    """The tables one query reads, each loaded once with the columns it needs.

    Args:
        data: where they come from.
        requirements: the columns of each.
    """

    def __init__(self, data: SelectionData, requirements: Requirements) -> None:
        self.data = data
        self._requirements = requirements
        self._rows: dict[Rows, SelectionRows] = {}
        self._scores: dict[str, pl.DataFrame] = {}

    def rows(self, rows: Rows) -> SelectionRows:
        """Return the rows of a table."""
        if rows not in self._rows:
            self._rows[rows] = SelectionRows(self, rows, self._load(rows))
        return self._rows[rows]

    def frame_scores(self, inference_set: str) -> pl.DataFrame:
        """Return the frame scores of an inference set."""
        if inference_set not in self._scores:
            self._scores[inference_set] = self.data.frame_scores(inference_set)
        return self._scores[inference_set]

    def _load(self, rows: Rows) -> pl.DataFrame:
        columns = sorted(self._requirements.columns.get(rows, ()))
        match rows.table:
            case Table.FRAMES:
                return self.data.frames(columns)
            case Table.LABELS:
                return self.data.labels(columns)
            case Table.INFERENCES:
                return self.data.inferences(rows.inference_set, columns)
            case Table.OUTCOMES:
                return self.data.outcomes(rows.inference_set)


class SelectionRows:
    """The rows of one table: evaluates conditions and operands to one value a row.

    Args:
        tables: the other tables.
        rows: which rows these are.
        frame: their columns.
    """

    def __init__(self, tables: SelectionTables, rows: Rows, frame: pl.DataFrame) -> None:
        self._tables = tables
        self._rows = rows
        self._frame = frame
        self.n_rows = tables.data.n_frames if rows == FRAMES else frame.height

    def evaluate(self, node: Predicate) -> pl.Series:
        """Return a condition's truth, shape (n_rows,), Boolean; null where it is unknown."""
        match node:
            case Anything():
                return pl.repeat(True, self.n_rows, dtype=pl.Boolean, eager=True)
            case AllOf(terms):
                return reduce(and_, (self.evaluate(term) for term in terms))
            case AnyOf(terms):
                return reduce(or_, (self.evaluate(term) for term in terms))
            case Negation(term):
                return ~self.evaluate(term)
            case Lifted(rows, predicate):
                return self._lifted(rows, self._tables.rows(rows).evaluate(predicate))
            case Some(_, objects, where):
                return self._any(objects, where)
            case InSegment(_, name):
                return pl.Series(self._tables.data.segment(name), dtype=pl.Boolean)
            case SimilarTo():
                return pl.Series(self._tables.data.similar(node), dtype=pl.Boolean)
            case FlippedFrame(baseline, candidate):
                right, wrong = (self._tables.frame_scores(name)["right"] for name in (baseline, candidate))
                return right & ~wrong
            case Compare() | OneOf() | Matches() | ListHas() | Present():
                return self._test(node)

    def operand(self, operand: Operand) -> pl.Series:
        """Return an operand's values, shape (n_rows,); null where missing."""
        match operand:
            case Column(_, name, kind):
                return normalised(self._frame[name], kind)
            case Score(name, inference_set):
                return normalised(self._tables.frame_scores(inference_set)[name], operand.type)
            case LiftedOperand(_, inner):
                return self._lifted(inner.rows, self._tables.rows(inner.rows).operand(inner))
            case Summary(_, objects, None, _, where):
                return self._count(objects, where)
            case Summary():
                return self._summary(operand)

    def links(self, rows: Rows) -> IntArray:
        """Return each row's frame, label or inference by position, shape (n_rows,); -1 where it has none."""
        column = self._frame[_LINKS[rows.table]]
        return column.to_numpy() if column.null_count() == 0 else column.fill_null(-1).to_numpy()

    def _test(self, node: Compare | OneOf | Matches | ListHas | Present) -> pl.Series:
        match node:
            case Compare(left, operator, right):
                if isinstance(right, Operand):
                    return compare_columns(self.operand(left), operator, self.operand(right))
                return compare_constant(self.operand(left), operator, right)
            case OneOf(operand, values):
                return one_of(self.operand(operand), values)
            case Matches(operand, parts):
                return matches(self.operand(operand), parts)
            case ListHas(operand, parts):
                return list_has(self.operand(operand), parts)
            case Present(operand):
                return self.operand(operand).is_not_null()

    def _lifted(self, rows: Rows, values: pl.Series) -> pl.Series:
        """Spread values of frames (or labels, or inferences) over the rows that belong to them."""
        links = pl.Series(self.links(rows))
        if rows != FRAMES:
            links = links.set(links < 0, None)
        return values.gather(links.cast(pl.UInt32))

    def _members(self, objects: Rows, where: Predicate) -> tuple[SelectionRows, BoolArray, IntArray]:
        """Return the objects, which of them count, and the row of this table each belongs to."""
        found = self._tables.rows(objects)
        owner = found.links(self._rows)
        mask = found.evaluate(where).fill_null(False).to_numpy()
        return found, mask if self._rows == FRAMES else mask & (owner >= 0), owner

    def _any(self, objects: Rows, where: Predicate) -> pl.Series:
        _, mask, owner = self._members(objects, where)
        found = np.zeros(self.n_rows, dtype=np.bool_)
        found[owner[mask]] = True
        return pl.Series(found)

    def _count(self, objects: Rows, where: Predicate) -> pl.Series:
        _, mask, owner = self._members(objects, where)
        return pl.Series(np.bincount(owner[mask].astype(np.int64), minlength=self.n_rows))

    def _summary(self, summary: Summary) -> pl.Series:
        assert summary.function is not None
        assert summary.value is not None
        objects, mask, owner = self._members(summary.objects, summary.where)
        values = objects.operand(summary.value).cast(pl.Float64).fill_null(float("nan")).to_numpy()
        mask = mask & ~np.isnan(values)
        summaries = summarise(summary.function, values[mask], owner[mask].astype(np.int64), self.n_rows)
        return pl.Series(summaries).fill_nan(None)
