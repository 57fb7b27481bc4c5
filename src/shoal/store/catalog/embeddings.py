"""Embedding spaces, and answers to what they suggest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.store.catalog.base import (
    Base,
    MaybeOfInferenceSet,
    OfDataset,
    OfSegment,
    SortedName,
    new_id,
    now,
)
from shoal.store.versions import TableVersion


class EmbeddingSpace(Base, kw_only=True):
    """Vectors of one model for elements of one kind of a dataset.

    `uri`, `table_version` and `n_rows` name the stored vectors (`shoal.store.vectors`); `version` counts
    their changes.  `origin` is `uploaded` or `computed`.
    """

    __tablename__ = "embedding_space"
    __table_args__ = (UniqueConstraint("dataset_id", "name", "elements", "inference_set_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("es"))
    dataset_id: Mapped[OfDataset]
    name: Mapped[str] = mapped_column(SortedName)
    elements: Mapped[ElementKind]
    inference_set_id: Mapped[MaybeOfInferenceSet] = mapped_column(default=None)
    model_id: Mapped[str]
    dimension: Mapped[int]
    distance: Mapped[Distance]
    origin: Mapped[str]
    uri: Mapped[str]
    table_version: Mapped[int]
    n_rows: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)

    @property
    def table(self) -> TableVersion:
        """The stored vectors."""
        return TableVersion(self.uri, self.table_version, self.n_rows)


class Answer(Base, kw_only=True):
    """What somebody said of an element suggested for a segment; ids rise in order of answering."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("segment_id", "ordinal"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, init=False
    )
    segment_id: Mapped[OfSegment]
    ordinal: Mapped[int]
    is_accepted: Mapped[bool]
    author: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
