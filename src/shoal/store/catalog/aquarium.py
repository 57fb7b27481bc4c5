"""What came through the `aquariumlearning` client and Shoal has no place of its own for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shoal.store.catalog.base import (
    Base,
    MaybeOfDataset,
    MaybeOfDatasetVersion,
    MaybeOfInferenceSet,
    MaybeOfInferenceSetVersion,
    MaybeOfSegment,
    OfProject,
    SortedName,
    new_id,
    now,
)
from shoal.store.versions import TableVersion


class AquariumNote(Base, kw_only=True):
    """Something the client said that Shoal does not use yet; it is given back as it came.

    `kind` and `key` find it, `content` is JSON text and may hold NaN.  It is deleted with the dataset, the
    inference set or the segment it is about, where it is about one.
    """

    __tablename__ = "aquarium_note"
    __table_args__ = (UniqueConstraint("project_id", "kind", "key"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("an"))
    project_id: Mapped[OfProject]
    dataset_id: Mapped[MaybeOfDataset] = mapped_column(default=None)
    inference_set_id: Mapped[MaybeOfInferenceSet] = mapped_column(default=None)
    segment_id: Mapped[MaybeOfSegment] = mapped_column(default=None)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(SortedName)
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)


class AquariumRows(Base, kw_only=True):
    """The table of the rows a version was made from, word for word.

    It belongs to the dataset version or the inference set version that was named in the same transaction.
    `is_whole` says that every frame of the version came as its row says, none another way.
    """

    __tablename__ = "aquarium_rows"

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("ar"))
    dataset_version_id: Mapped[MaybeOfDatasetVersion] = mapped_column(default=None)
    inference_set_version_id: Mapped[MaybeOfInferenceSetVersion] = mapped_column(default=None)
    uri: Mapped[str]
    version: Mapped[int]
    n_rows: Mapped[int]
    is_whole: Mapped[bool] = mapped_column(default=True)

    @property
    def table(self) -> TableVersion:
        """The stored rows."""
        return TableVersion(self.uri, self.version, self.n_rows)
