"""The columns of stored tables, and how batches are brought to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import pyarrow as pa

from shoal.errors import InvalidInputError
from shoal.model.columns import (
    AQUARIUM_COLUMNS,
    FRAME_COLUMNS,
    INFERENCE_COLUMNS,
    LABEL_COLUMNS,
    ORDINAL,
    ROW_ORDINAL,
    USER_PREFIX,
)

ARROW_TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
    "list<string>": pa.list_(pa.field("item", pa.string())),
}
"""Arrow types by the names `shoal.model.columns` uses."""

TYPE_NAMES: Final[dict[pa.DataType, str]] = {type_: name for name, type_ in ARROW_TYPES.items()}

USER_TYPES: Final = tuple(type_ for name, type_ in ARROW_TYPES.items() if name != "int32")


class TableKind(StrEnum):
    """What a table holds."""

    FRAMES = "frames"
    LABELS = "labels"
    INFERENCES = "inferences"
    AQUARIUM = "aquarium"


_COLUMNS: Final[dict[TableKind, tuple[dict[str, str], tuple[str, ...]]]] = {
    TableKind.FRAMES: (FRAME_COLUMNS, (ORDINAL,)),
    TableKind.LABELS: (LABEL_COLUMNS, (ORDINAL, ROW_ORDINAL)),
    TableKind.INFERENCES: (INFERENCE_COLUMNS, (ORDINAL, ROW_ORDINAL)),
    TableKind.AQUARIUM: (AQUARIUM_COLUMNS, (ORDINAL,)),
}

REQUIRED: Final = frozenset({ORDINAL, ROW_ORDINAL, "frame_id", "class_index", "confidence"})
"""Columns that are never null, in the tables that have them."""


def stored_schema(kind: TableKind, user: Mapping[str, str] | None = None) -> pa.Schema:
    """Return the schema of a stored table: ordinals, the kind's own columns, then user columns.

    Args:
        kind: what the table holds.
        user: user columns (named `user__…`) and the names of their types.
    """
    columns, ordinals = _COLUMNS[kind]
    fields = [pa.field(name, pa.uint32(), nullable=False) for name in ordinals]
    fields += [
        pa.field(name, ARROW_TYPES[type_], nullable=name not in REQUIRED)
        for name, type_ in columns.items()
        if name != "frame_row"
    ]
    fields += [pa.field(name, ARROW_TYPES[type_]) for name, type_ in (user or {}).items()]
    return pa.schema(fields)


def user_fields(schema: pa.Schema) -> dict[str, str]:
    """Return the user columns of a schema and the names of their types, as the catalog keeps them."""
    return {field.name: TYPE_NAMES[field.type] for field in schema if field.name.startswith(USER_PREFIX)}


def widened(schema: pa.Schema, incoming: pa.Schema) -> pa.Schema:
    """Return `schema` with the user columns of `incoming` taken in; the same object if nothing is new.

    int64 beside double becomes double; a column of nulls only fits any type.

    Raises:
        InvalidInputError: a column is not one of the table's, or its types do not go together.
    """
    result = schema
    for field in incoming:
        index = result.get_field_index(field.name)
        if not field.name.startswith(USER_PREFIX):
            if index < 0:
                raise InvalidInputError(
                    f"Column {field.name!r} is not stored in this table.",
                    hint=f"Columns of your own begin with {USER_PREFIX}.",
                    location={"column": field.name},
                )
            continue
        found = _user_type(field)
        if index < 0:
            result = result.append(pa.field(field.name, found))
            continue
        merged = _merged(field.name, result.field(index).type, found)
        if merged != result.field(index).type:
            result = result.set(index, pa.field(field.name, merged))
    return result


def settled(schema: pa.Schema) -> pa.Schema:
    """Return the schema with columns that only ever held nulls typed as strings."""
    return pa.schema(
        [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in schema]
    )


def conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with exactly the columns and types of `schema`; absent columns are null.

    Raises:
        InvalidInputError: a value does not fit its column's type, or a required column has nulls.
    """
    arrays = []
    for field in schema:
        index = batch.schema.get_field_index(field.name)
        array = pa.nulls(batch.num_rows, field.type) if index < 0 else _cast(batch.column(index), field)
        if not field.nullable and array.null_count:
            raise InvalidInputError(
                f"Column {field.name!r} must have a value in every row; {array.null_count} have none.",
                location={"column": field.name},
            )
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cast(array: pa.Array, field: pa.Field) -> pa.Array:
    if array.type == field.type:
        return array
    try:
        return array.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InvalidInputError(
            f"Column {field.name!r} holds {array.type} where {field.type} is stored: {error}.",
            location={"column": field.name},
        ) from error


def _user_type(field: pa.Field) -> pa.DataType:
    """The stored type a user column's type is brought to."""
    type_ = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if type_ in USER_TYPES or pa.types.is_null(type_):
        return type_
    if pa.types.is_integer(type_) and type_ != pa.uint64():
        return pa.int64()
    if pa.types.is_floating(type_):
        return pa.float64()
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return pa.string()
    if pa.types.is_timestamp(type_) and type_.tz is not None:
        return ARROW_TYPES["timestamp[us, tz=UTC]"]
    if (pa.types.is_list(type_) or pa.types.is_large_list(type_)) and _user_type(
        type_.value_field
    ) == pa.string():
        return ARROW_TYPES["list<string>"]
    allowed = ", ".join(TYPE_NAMES[known] for known in USER_TYPES)
    raise InvalidInputError(
        f"Column {field.name!r} has the type {field.type}, which cannot be stored.",
        hint=f"User columns are {allowed}.",
        location={"column": field.name},
    )


def _merged(name: str, known: pa.DataType, found: pa.DataType) -> pa.DataType:
    if known == found or pa.types.is_null(found):
        return known
    if pa.types.is_null(known):
        return found
    if {known, found} == {pa.int64(), pa.float64()}:
        return pa.float64()
    raise InvalidInputError(
        f"Column {name!r} holds {TYPE_NAMES[known]} in some rows and {TYPE_NAMES[found]} in others.",
        hint="Give the whole column one type, or store the new values under another name.",
        location={"column": name},
    )
