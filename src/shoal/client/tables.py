"""Tables of results: readable as they are, convertible to Polars, pandas and Arrow."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shoal.errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

SHOWN_ROWS = 30
_MISSING = "–"


class Table(ABC):
    """Rows with named columns, in order; an undefined number is `None`.

    Attributes:
        columns: names in order.
    """

    columns: tuple[str, ...]

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dict per row."""

    @abstractmethod
    def to_arrow(self) -> pa.Table:
        """Return a `pyarrow.Table`."""

    @abstractmethod
    def _head(self, n: int) -> list[dict[str, Any]]: ...

    def to_polars(self) -> pl.DataFrame:
        """Return a `polars.DataFrame`."""
        import polars as pl

        frame = pl.from_arrow(self.to_arrow())
        assert isinstance(frame, pl.DataFrame)
        return frame

    def to_pandas(self) -> pd.DataFrame:
        """Return a `pandas.DataFrame`, where pandas writes an undefined number as NaN.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            raise MissingExtraError(
                "pandas is not installed.", hint='Install it with: pip install "shoal[pandas]"'
            ) from error
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def column(self, name: str) -> list[Any]:
        """Return the values of one column.

        Raises:
            InvalidInputError: there is no such column.
        """
        if name not in self.columns:
            raise InvalidInputError(f"No column {name!r}.", hint=f"Columns: {', '.join(self.columns)}.")
        return [row[name] for row in self.to_dicts()]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __getitem__(self, index: int) -> dict[str, Any]:
        return self.to_dicts()[index]

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns that the readable form shows."""
        return self.columns

    def __repr__(self) -> str:
        names = self.shown_columns
        cells = [list(names), *self._cells()]
        widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([*lines, *self._more()])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.shown_columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>"
            for line in self._cells()
        )
        more = "".join(f"<p>{html.escape(line)}</p>" for line in self._more())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def _cells(self) -> list[list[str]]:
        return [[_cell(row[name]) for name in self.shown_columns] for row in self._head(SHOWN_ROWS)]

    def _more(self) -> list[str]:
        hidden = len(self) - SHOWN_ROWS
        return [f"… {hidden} more rows; `.to_polars()` has all."] if hidden > 0 else []


class RowTable(Table):
    """A table made of rows.

    Args:
        rows: mappings; keys that are not columns are left out.
        columns: Arrow type names by column name, in order.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
        self.columns = tuple(columns)
        self._types = dict(columns)
        # What differs from itself is NaN, which nobody wants in a table.
        self._rows = [
            {name: value if (value := row.get(name)) == value else None for name in self.columns}
            for row in rows
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dict per row."""
        return [dict(row) for row in self._rows]

    def to_arrow(self) -> pa.Table:
        """Return a `pyarrow.Table`; a column without any value keeps its type."""
        import pyarrow as pa

        schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in self._types.items()])
        return pa.Table.from_pylist(self._rows, schema=schema)

    def _head(self, n: int) -> list[dict[str, Any]]:
        return self._rows[:n]


class ArrowTable(Table):
    """A table made of an Arrow table; NaN becomes null.

    Args:
        table: a `pyarrow.Table`.
    """

    def __init__(self, table: pa.Table) -> None:
        self.columns = tuple(table.column_names)
        self._table = _without_nan(table)

    @staticmethod
    def from_stream(content: bytes) -> ArrowTable:
        """Read an Arrow IPC stream."""
        import pyarrow as pa

        with pa.ipc.open_stream(content) as reader:
            return ArrowTable(reader.read_all())

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dict per row."""
        rows: list[dict[str, Any]] = self._table.to_pylist()
        return rows

    def to_arrow(self) -> pa.Table:
        """Return the `pyarrow.Table`."""
        return self._table

    def column(self, name: str) -> list[Any]:
        """Return the values of one column without building the rows."""
        if name not in self.columns:
            return super().column(name)
        values: list[Any] = self._table.column(name).to_pylist()
        return values

    def __getitem__(self, index: int) -> dict[str, Any]:
        size = len(self)
        if not -size <= index < size:
            raise IndexError(index)
        return self._rows(self._table.slice(index % size, 1))[0]

    def _head(self, n: int) -> list[dict[str, Any]]:
        return self._rows(self._table.slice(0, n))

    @staticmethod
    def _rows(table: pa.Table) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows


def _without_nan(table: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for index, column in enumerate(table.columns):
        if pa.types.is_floating(column.type) and pc.any(pc.is_nan(column)).as_py():
            cleaned = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
            table = table.set_column(index, table.field(index), cleaned)
    return table


def _cell(value: Any) -> str:
    if value is None:
        return _MISSING
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
