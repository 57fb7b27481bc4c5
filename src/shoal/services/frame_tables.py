"""Frames on their way into a dataset: numbered, joined with metadata, merged with what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shoal.errors import Problem, ProblemLog
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.source import MetadataSource
from shoal.formats.user_columns import conform, merge_schemas
from shoal.model.columns import ORDINAL, ROW_ORDINAL, USER_PREFIX

_BATCH_ROWS = 65_536


def table_of(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Return batches as one table, their user columns brought together."""
    found = list(batches)
    if not found:
        return pa.table({"frame_id": pa.array([], pa.string())})
    schema = merge_schemas([batch.schema for batch in found])
    return pa.Table.from_batches([conform(batch, schema) for batch in found], schema=schema)


def lookup_of(frames: pa.Table) -> FrameLookup:
    """Return the lookup of a table of frames."""

    def column(name: str) -> pa.Array | None:
        return frames.column(name).combine_chunks() if name in frames.column_names else None

    return FrameLookup(
        column("frame_id"),
        column("source_id"),
        column("file_name"),
        widths=column("width"),
        heights=column("height"),
    )


def with_metadata(
    frames: pa.Table, source: MetadataSource, lookup: FrameLookup, problems: ProblemLog, file: str
) -> pa.Table:
    """Return frames with the metadata's columns; where both have a value, the metadata's counts.

    Rows about frames the dataset does not have are left out, as in any join; when that is all of them, the
    tables do not belong together.

    Args:
        frames: the frames of the upload.
        source: the metadata.
        lookup: of the frames.
        problems: takes what is wrong.
        file: what problems call the metadata.
    """
    more = source.metadata(lookup, problems)
    if len(more) == 0 and not problems.total:
        expected = "rows about frames of the dataset, joined by frame_id or file_name"
        found = "none that is"
        hint = f"Frame ids look like {', '.join(lookup.examples())}."
        problems.add(Problem(file, "", "frame_id", expected, found, hint))
    left = pl.from_arrow(frames.append_column("frame_row", pa.array(np.arange(len(frames)), pa.int32())))
    right = pl.from_arrow(more)
    assert isinstance(left, pl.DataFrame)
    assert isinstance(right, pl.DataFrame)
    return _coalesced(left, right, "frame_row").drop("frame_row").to_arrow()


def merged_with_old(new: pa.Table, old: pa.Table) -> pa.Table:
    """Return new rows whose missing values are taken from the old rows of the same frame id."""
    left, right = pl.from_arrow(old), pl.from_arrow(new)
    assert isinstance(left, pl.DataFrame)
    assert isinstance(right, pl.DataFrame)
    kept = right.select("frame_id").join(left, on="frame_id", how="left", maintain_order="left")
    return _coalesced(kept, right, "frame_id").to_arrow()


def refuse_other_types(new: pa.Table, old: pa.Table, problems: ProblemLog, file: str) -> None:
    """Add a problem for every user column whose new values are of another kind than those it has."""
    for field in new.schema:
        if not field.name.startswith(USER_PREFIX) or field.name not in old.column_names:
            continue
        known, found = _kind(old.schema.field(field.name).type), _kind(field.type)
        if found and known and found != known:
            name = field.name.removeprefix(USER_PREFIX)
            hint = "Correct the values, or give the column another name."
            problems.add(Problem(file, "", name, f"{known}, as in the dataset", found, hint))


def _kind(type_: pa.DataType) -> str:
    if pa.types.is_null(type_):
        return ""
    if pa.types.is_boolean(type_):
        return "yes or no"
    if pa.types.is_integer(type_) or pa.types.is_floating(type_):
        return "numbers"
    if pa.types.is_timestamp(type_):
        return "times"
    return "lists of text" if pa.types.is_list(type_) or pa.types.is_large_list(type_) else "text"


def _coalesced(left: pl.DataFrame, right: pl.DataFrame, key: str) -> pl.DataFrame:
    shared = [name for name in right.columns if name in left.columns and name != key]
    joined = left.join(right, on=key, how="left", suffix="\x00new", maintain_order="left")
    expressions = [
        pl.coalesce(pl.col(f"{name}\x00new"), pl.col(name)).alias(name)
        if _same_kind(left.schema[name], right.schema[name])
        else pl.coalesce(pl.col(f"{name}\x00new").cast(pl.String), pl.col(name).cast(pl.String)).alias(name)
        for name in shared
    ]
    return joined.with_columns(expressions).drop(f"{name}\x00new" for name in shared)


def _same_kind(one: pl.DataType, other: pl.DataType) -> bool:
    return one == other or (one.is_numeric() and other.is_numeric()) or pl.Null in (one, other)


def ordinals_for(
    frame_ids: pa.Array, known_ids: pa.Array | None, known: NDArray[np.uint32], next_ordinal: int
) -> tuple[NDArray[np.uint32], int]:
    """Return each frame's number, and the next free one: known frames keep theirs, new ones count on.

    Args:
        frame_ids: shape (N,), unique.
        known_ids: shape (F,), ids of the frames that are there; `None` for none.
        known: uint32, shape (F,), their numbers.
        next_ordinal: the first free number.
    """
    if known_ids is None or len(known_ids) == 0:
        end = next_ordinal + len(frame_ids)
        return np.arange(next_ordinal, end, dtype=np.uint32), end
    index = pc.index_in(frame_ids, value_set=known_ids)
    is_new = np.asarray(index.is_null())
    ordinals = np.empty(len(frame_ids), np.uint32)
    ordinals[~is_new] = known[np.asarray(index.drop_null())]
    end = next_ordinal + int(is_new.sum())
    ordinals[is_new] = np.arange(next_ordinal, end, dtype=np.uint32)
    return ordinals, end


def numbered_frames(frames: pa.Table, ordinals: NDArray[np.uint32]) -> Iterator[pa.RecordBatch]:
    """Yield the frames with their numbers, in rising order, as the store keeps them."""
    order = np.argsort(ordinals, kind="stable")
    is_sorted = bool((order == np.arange(len(order))).all())
    table = frames.append_column(ORDINAL, pa.array(ordinals))
    table = table if is_sorted else table.take(pa.array(order))
    yield from plain_text(table).to_batches(max_chunksize=_BATCH_ROWS)


def plain_text(table: pa.Table) -> pa.Table:
    """Return the table with large and view text types as plain ones, which the store keeps."""
    fields = []
    for field in table.schema:
        kind = field.type
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_dictionary(kind):
            kind = pa.string()
        elif pa.types.is_large_list(kind):
            kind = pa.list_(pa.string())
        elif pa.types.is_null(kind) and field.name.startswith(USER_PREFIX):
            kind = pa.string()
        fields.append(pa.field(field.name, kind))
    return table.cast(pa.schema(fields))


class RowNumbering:
    """Gives label and inference rows their frame's number and a number of their own.

    Args:
        ordinals: uint32, shape (F,), frame number by frame row.
        first: the first free row number.
    """

    def __init__(self, ordinals: NDArray[np.uint32], first: int) -> None:
        self._ordinals = ordinals
        self.next = first
        self.n_rows = 0
        self._has_rows = np.zeros(len(ordinals), np.bool_)

    @property
    def n_frames_with_rows(self) -> int:
        """How many frames have at least one row so far."""
        return int(self._has_rows.sum())

    def apply(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield batches with `ordinal` and `row_ordinal` in place of `frame_row`."""
        for batch in batches:
            rows = batch.column("frame_row").to_numpy()
            self._has_rows[rows] = True
            numbers = np.arange(self.next, self.next + len(rows), dtype=np.uint32)
            self.next += len(rows)
            self.n_rows += len(rows)
            names = [name for name in batch.schema.names if name != "frame_row"]
            yield pa.RecordBatch.from_arrays(
                [
                    pa.array(self._ordinals[rows]),
                    pa.array(numbers),
                    *(batch.column(name) for name in names),
                ],
                names=[ORDINAL, ROW_ORDINAL, *names],
            )
