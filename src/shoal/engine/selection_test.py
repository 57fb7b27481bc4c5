"""Single comparisons on a column.

Values from the query reach Polars as literals only, never as expressions, patterns or code.  Columns of
String, Categorical and Enum answer alike; a null row answers null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from operator import eq, ge, gt, le, lt, ne, or_
from typing import Final

import polars as pl

from shoal.query.ast import Operator
from shoal.query.predicate import Constant
from shoal.query.types import FieldType

_UTC: Final = pl.Datetime("us", "UTC")
_OPERATIONS: Final[dict[Operator, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    Operator.HAS: eq,
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
}
_MANY: Final = 8  # up to here, single comparisons are faster than a set
_EMPTY_TYPES: Final[dict[FieldType, pl.DataType]] = {
    FieldType.STRING: pl.String(),
    FieldType.NUMBER: pl.Float64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATE: _UTC,
    FieldType.LIST: pl.List(pl.String),
}


def normalised(column: pl.Series, kind: FieldType) -> pl.Series:
    """Return a column in the form comparisons expect: NaN as null, dates in UTC, no column of type Null."""
    if column.dtype == pl.Null:
        return column.cast(_EMPTY_TYPES[kind])
    if kind is FieldType.NUMBER and column.dtype.is_float():
        return column.fill_nan(None)
    if kind is FieldType.DATE and column.dtype != _UTC:
        instants = column.cast(pl.Datetime("us")) if column.dtype == pl.Date else column
        if getattr(instants.dtype, "time_zone", None) is None:
            instants = instants.dt.replace_time_zone("UTC")
        return instants.cast(_UTC)
    return column


def compare_constant(column: pl.Series, operator: Operator, constant: Constant) -> pl.Series:
    """Compare a normalised column with a constant of its type."""
    operation = _OPERATIONS[operator]
    if isinstance(constant, str):
        if column.dtype == pl.Categorical and operator in (Operator.HAS, Operator.EQUAL):
            return _test(column, lambda values: values == constant)
        return _test_text(column, lambda texts: operation(texts, pl.lit(constant, pl.String)))
    return _test(column, lambda values: operation(values, _literal(constant)))


def compare_columns(left: pl.Series, operator: Operator, right: pl.Series) -> pl.Series:
    """Compare two normalised columns of one type, row by row."""
    if isinstance(left.dtype, pl.String | pl.Categorical | pl.Enum):
        left, right = left.cast(pl.String), right.cast(pl.String)
    frame = pl.DataFrame([left.alias("left"), right.alias("right")])
    return frame.select(_OPERATIONS[operator](pl.col("left"), pl.col("right"))).to_series()


def one_of(column: pl.Series, values: Sequence[str] | Sequence[int | float]) -> pl.Series:
    """Compare a column with several constants of its type; true where any is equal."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) > _MANY:
        return _test_text(column, lambda strings: strings.is_in(texts))
    return reduce(or_, [compare_constant(column, Operator.EQUAL, value) for value in values])


def matches(column: pl.Series, parts: Sequence[str]) -> pl.Series:
    """Whether text begins with the first part, ends with the last and holds the others between, in order."""
    return _test_text(column, lambda texts: _fits(texts, parts))


def list_has(column: pl.Series, parts: Sequence[str]) -> pl.Series:
    """Whether a list of text has an element equal to the single part, or fitting the pattern of several."""
    if len(parts) == 1:
        return _test(column, lambda lists: lists.list.contains(pl.lit(parts[0], pl.String)))
    return _test(column, lambda lists: lists.list.eval(_fits(pl.element(), parts)).list.any())


def _test(column: pl.Series, test: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    return column.alias("values").to_frame().select(test(pl.col("values"))).to_series()


def _test_text(column: pl.Series, test: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Test the text of a column; of Categorical and Enum, only the distinct values."""
    if column.dtype == pl.String:
        return _test(column, test)
    if isinstance(column.dtype, pl.Enum):
        texts = column.dtype.categories
    else:
        texts = column.unique().drop_nulls().cast(pl.String)
    chosen = texts.filter(_test(texts, test)).to_list()
    if not chosen:
        return _test(column, lambda values: pl.when(values.is_not_null()).then(False))
    if len(chosen) == 1:
        return _test(column, lambda values: values == chosen[0])
    return _test(column, lambda values: values.is_in(chosen))


def _fits(texts: pl.Expr, parts: Sequence[str]) -> pl.Expr:
    first, *inside, last = parts
    if not inside:
        long_enough = texts.str.len_bytes() >= len((first + last).encode())
        if not last:
            return texts.str.starts_with(pl.lit(first)) if first else long_enough
        fit = texts.str.ends_with(pl.lit(last))
        return fit & texts.str.starts_with(pl.lit(first)) & long_enough if first else fit
    if len(inside) == 1 and not first and not last:
        return texts.str.contains(pl.lit(inside[0]), literal=True)
    rest = texts.str.strip_prefix(pl.lit(first))
    for part in inside:
        rest = rest.str.splitn(part, 2).struct.field("field_1")
    fit = texts.str.starts_with(pl.lit(first)) & rest.str.ends_with(pl.lit(last)).fill_null(False)
    return pl.when(texts.is_not_null()).then(fit)


def _literal(constant: bool | int | float | datetime) -> pl.Expr:
    match constant:
        case bool():
            return pl.lit(constant, pl.Boolean)
        case datetime():
            return pl.lit(constant, _UTC)
        case int() if abs(constant) < 2**63:
            return pl.lit(constant, pl.Int64)
        case _:
            return pl.lit(float(constant), pl.Float64)
