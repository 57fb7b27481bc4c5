"""User columns: their types, inferred from plain values, and agreement between batches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from shoal.formats.notes import Notes
from shoal.model.columns import USER_PREFIX

TIMESTAMP = pa.timestamp("us", tz="UTC")
LIST_OF_STRINGS = pa.list_(pa.string())


def user_name(key: str) -> str:
    """Return the column name of a user's key; a key that has the prefix keeps its name."""
    return key if key.startswith(USER_PREFIX) else f"{USER_PREFIX}{key}"


def as_text(value: Any) -> str | None:
    """Return a plain value as text: strings as they are, everything else as JSON; `None` stays."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def user_array(values: Sequence[Any]) -> pa.Array | None:
    """Return plain values as one Arrow array of a user type, or `None` when no user type holds them.

    Numbers make int64 or double (NaN and infinities become null), a mixture of scalars becomes text.
    All-null input, objects and lists of anything but texts give `None`.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds == {datetime}:
        return pa.array(values, TIMESTAMP)
    if kinds == {date}:
        return pa.array(values).cast(pa.timestamp("us")).cast(TIMESTAMP)
    if not kinds or not kinds <= {bool, int, float, str, list, tuple}:
        return None
    if kinds <= {list, tuple}:
        if not all(isinstance(item, str) for value in values if value for item in value):
            return None
        return pa.array(values, LIST_OF_STRINGS)
    if kinds & {list, tuple}:
        return None
    if kinds <= {int, float} and float in kinds:
        return pa.array([_finite(value) for value in values], pa.float64())
    if len(kinds) == 1:
        try:
            return pa.array(values)
        except OverflowError:
            return pa.array([as_text(value) for value in values], pa.string())
    return pa.array([as_text(value) for value in values], pa.string())


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def user_columns(values: Mapping[str, Sequence[Any]], notes: Notes) -> dict[str, pa.Array]:
    """Return the user columns of keys and their values; keys no user type can hold are noted and left out."""
    columns: dict[str, pa.Array] = {}
    for key, column in values.items():
        array = user_array(column)
        if array is not None:
            columns[user_name(key)] = array
        elif any(value is not None for value in column):
            notes.add(f"{key!r} is neither a number, a text, a yes/no nor a list of texts; left out.")
    return columns


def merge_schemas(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """Return one schema for batches whose user columns differ: integer with double gives double,
    any other disagreement gives text; columns keep the order of first appearance."""
    types: dict[str, pa.DataType] = {}
    for schema in schemas:
        for column in schema:
            known = types.setdefault(column.name, column.type)
            if known != column.type:
                numeric = {known, column.type} == {pa.int64(), pa.float64()}
                types[column.name] = pa.float64() if numeric else pa.string()
    return pa.schema(list(types.items()))


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch in a merged schema: absent columns are null, types are widened, lists become JSON."""
    arrays = []
    for column in schema:
        position = batch.schema.get_field_index(column.name)
        if position < 0:
            arrays.append(pa.nulls(batch.num_rows, column.type))
        else:
            arrays.append(_widened(batch.column(position), column.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _widened(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    if array.type == wanted:
        return array
    if pa.types.is_list(array.type):
        return pa.array([as_text(value) for value in array.to_pylist()], pa.string())
    if pa.types.is_timestamp(array.type):
        return pc.strftime(array, format="%Y-%m-%dT%H:%M:%SZ")
    return array.cast(wanted)


def parse_date(text: str) -> datetime | None:
    """Return an ISO 8601 date or time in UTC (no zone means UTC), or `None` when it is not one."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
