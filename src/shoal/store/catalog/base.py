"""What every catalog model shares: ids, UTC times, names of constraints, column types of Python types."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, MetaData, String
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

from shoal.model.embedding import Distance
from shoal.model.metric import Average, Metric
from shoal.model.segment import ElementKind, SegmentState, SegmentType
from shoal.model.task import MatchingRule, Task
from shoal.model.verdict import VerdictRule
from shoal.store.catalog.states import JobState

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in small letters: nothing in it is mistaken for something else."""


def new_id(prefix: str) -> str:
    """Return a fresh id such as `ds_7k2m9x0qv4tz`: a prefix and 60 random bits."""
    return f"{prefix}_{''.join(secrets.choice(ID_ALPHABET) for _ in range(12))}"


def now() -> datetime:
    """Return the time in UTC, with microseconds."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware on the way in, UTC on the way out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; SQLite keeps no zone, but all it was given were UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonValue(TypeDecorator[Any]):
    """A JSON value that every database takes: no NaN or infinity, no NUL in text; `None` is NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Refuse what one of the databases would; PostgreSQL's driver would not tell before it sends."""
        if value is not None and "\\u0000" in json.dumps(value, allow_nan=False):
            raise ValueError("text in JSON holds a NUL character")
        return value


def _words(enum: type) -> EnumColumn:
    return EnumColumn(
        enum, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members]
    )


SortedName = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by code point on every database."""


def _reference(column: str, on_delete: str, *, index: bool = False) -> MappedColumn[Any]:
    return mapped_column(
        ForeignKey(column, ondelete=on_delete, deferrable=True, initially="DEFERRED"), index=index
    )


OfProject = Annotated[str, _reference("project.id", "CASCADE")]
"""The project a row is deleted with; the next ones likewise."""

OfDataset = Annotated[str, _reference("dataset.id", "CASCADE")]
OfDatasetVersion = Annotated[str, _reference("dataset_version.id", "CASCADE", index=True)]
OfInferenceSet = Annotated[str, _reference("inference_set.id", "CASCADE")]
OfSegment = Annotated[str, _reference("segment.id", "CASCADE", index=True)]
MaybeOfInferenceSet = Annotated[str | None, _reference("inference_set.id", "CASCADE", index=True)]
MaybeOfDataset = Annotated[str | None, _reference("dataset.id", "CASCADE", index=True)]
MaybeOfDatasetVersion = Annotated[str | None, _reference("dataset_version.id", "CASCADE", index=True)]
MaybeOfInferenceSetVersion = Annotated[
    str | None, _reference("inference_set_version.id", "CASCADE", index=True)
]
MaybeOfSegment = Annotated[str | None, _reference("segment.id", "CASCADE", index=True)]

ToProject = Annotated[str | None, _reference("project.id", "SET NULL", index=True)]
"""A project that may go without the row; it is emptied then."""

ToDatasetVersion = Annotated[str | None, _reference("dataset_version.id", "SET NULL", index=True)]


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The root of all catalog models.

    Models are dataclasses with keyword arguments; ids and times have defaults at construction.  JSON values
    are replaced as a whole: a change inside one is not noticed.  Foreign keys are checked at commit, so the
    order in which rows are added does not matter; deletes cascade in the database.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        int: BigInteger,
        dict[str, Any]: JsonValue,
        dict[str, str]: JsonValue,
        list[dict[str, Any]]: JsonValue,
        **{
            enum: _words(enum)
            for enum in (
                Task,
                MatchingRule,
                VerdictRule,
                SegmentType,
                SegmentState,
                ElementKind,
                Distance,
                Metric,
                Average,
                JobState,
            )
        },
    }
