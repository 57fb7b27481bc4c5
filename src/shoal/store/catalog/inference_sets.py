"""Inference sets and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shoal.store.catalog.base import Base, OfDataset, OfInferenceSet, SortedName, new_id, now
from shoal.store.versions import TableVersion


class InferenceSet(Base, kw_only=True):
    """One model's inferences over one dataset.

    `confidence` and `iou` replace the project's thresholds where given; `details` holds what the user said
    of the model.  `next_ordinal` is the first number never given to an inference of the set.
    """

    __tablename__ = "inference_set"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("is"))
    dataset_id: Mapped[OfDataset]
    name: Mapped[str] = mapped_column(SortedName)
    current_version_id: Mapped[str | None] = mapped_column(default=None)
    confidence: Mapped[float | None] = mapped_column(default=None)
    iou: Mapped[float | None] = mapped_column(default=None)
    next_ordinal: Mapped[int] = mapped_column(default=0)
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)


class InferenceSetVersion(Base, kw_only=True):
    """One state of an inference set; never changed once stored.

    `coverage` is the roaring bitmap of the frame ordinals the model was run on.
    """

    __tablename__ = "inference_set_version"
    __table_args__ = (UniqueConstraint("inference_set_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("iv"))
    inference_set_id: Mapped[OfInferenceSet]
    number: Mapped[int]
    uri: Mapped[str]
    version: Mapped[int]
    coverage: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    n_inferences: Mapped[int]
    fields: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def table(self) -> TableVersion:
        """The stored inferences."""
        return TableVersion(self.uri, self.version, self.n_inferences)
