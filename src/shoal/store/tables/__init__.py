"""Frames, labels and inferences: Lance tables, written in streams, read by version."""

from __future__ import annotations

from shoal.store.tables.amending import amend
from shoal.store.tables.kinds import TableKind, stored_schema, user_fields
from shoal.store.tables.reading import pick, read, scan, schema
from shoal.store.tables.upkeep import cleanup, drop
from shoal.store.tables.writing import write
from shoal.store.versions import TableVersion

__all__ = [
    "TableKind",
    "TableVersion",
    "amend",
    "cleanup",
    "drop",
    "pick",
    "read",
    "scan",
    "schema",
    "stored_schema",
    "user_fields",
    "write",
]
