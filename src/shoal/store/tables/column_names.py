"""Column names as users give them, and as Lance takes them: a dot or a backtick means something to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

_ESCAPES: Final = {"%": "%25", ".": "%2E", "`": "%60"}
"""The escape itself comes first, so that the others are not escaped again."""


def stored_name(name: str) -> str:
    """Return the name a column has in the files."""
    for character, escape in _ESCAPES.items():
        name = name.replace(character, escape)
    return name


def given_name(name: str) -> str:
    """Return the name a column was given, from its name in the files."""
    for character, escape in reversed(_ESCAPES.items()):
        name = name.replace(escape, character)
    return name


def as_stored(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the names of the files."""
    return pa.schema([field.with_name(stored_name(field.name)) for field in schema])


def as_given(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the names that were given."""
    return pa.schema([field.with_name(given_name(field.name)) for field in schema])


def renamed(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield batches with the columns of `schema`, which differ in name alone."""
    for batch in batches:
        yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)
