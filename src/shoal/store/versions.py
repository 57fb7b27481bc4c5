"""The name of one state of one stored table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One version of one table; what it names never changes.

    Attributes:
        uri: the table's folder relative to the home, or a full URI such as `s3://bucket/tables/…`.
        version: the Lance version.
        n_rows: rows in that version.
    """

    uri: str
    version: int
    n_rows: int
