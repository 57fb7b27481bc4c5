"""Datasets, their versions and checkpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shoal.store.catalog.base import Base, OfDataset, OfDatasetVersion, OfProject, SortedName, new_id, now
from shoal.store.versions import TableVersion


class Dataset(Base, kw_only=True):
    """Frames with labels, under a name.

    `current_version_id` is set in the transaction that adds the version it names.  `next_ordinal` and
    `next_label_ordinal` are the first numbers never given to a frame or a label.  `categories` names the
    category ids of the COCO files it came from, which results files use.
    """

    __tablename__ = "dataset"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("ds"))
    project_id: Mapped[OfProject]
    name: Mapped[str] = mapped_column(SortedName)
    current_version_id: Mapped[str | None] = mapped_column(default=None)
    next_ordinal: Mapped[int] = mapped_column(default=0)
    next_label_ordinal: Mapped[int] = mapped_column(default=0)
    categories: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)


class DatasetVersion(Base, kw_only=True):
    """One state of a dataset; never changed once stored.

    `fields` and `label_fields` map user columns (with `user__`) to their Arrow types.  `members` is the
    roaring bitmap of the frame ordinals present (`shoal.store.bitmaps`).
    """

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("dataset_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("dv"))
    dataset_id: Mapped[OfDataset]
    number: Mapped[int]
    frames_uri: Mapped[str]
    frames_version: Mapped[int]
    labels_uri: Mapped[str]
    labels_version: Mapped[int]
    n_frames: Mapped[int]
    n_labels: Mapped[int]
    fields: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    label_fields: Mapped[dict[str, str]] = mapped_column(default_factory=dict)
    members: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)

    @property
    def frames_table(self) -> TableVersion:
        """The stored frames."""
        return TableVersion(self.frames_uri, self.frames_version, self.n_frames)

    @property
    def labels_table(self) -> TableVersion:
        """The stored labels."""
        return TableVersion(self.labels_uri, self.labels_version, self.n_labels)


class Checkpoint(Base, kw_only=True):
    """A name for a dataset version."""

    __tablename__ = "checkpoint"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("cp"))
    dataset_id: Mapped[OfDataset]
    name: Mapped[str] = mapped_column(SortedName)
    version_id: Mapped[OfDatasetVersion]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
