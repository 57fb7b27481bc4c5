"""Segments, their versions, targets and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shoal.model.metric import Average, Metric
from shoal.model.segment import ElementKind, SegmentState, SegmentType
from shoal.model.verdict import VerdictRule
from shoal.store.catalog.base import (
    Base,
    MaybeOfInferenceSet,
    OfDataset,
    OfSegment,
    SortedName,
    ToDatasetVersion,
    new_id,
    now,
)


class Segment(Base, kw_only=True):
    """A named group of elements of one dataset.

    `query` is the rule it can be refreshed from, `None` for a plain list; `rule` is how scores are held
    against its targets.  `revision` rises with every change of the row and guards concurrent edits.
    """

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("sg"))
    dataset_id: Mapped[OfDataset]
    name: Mapped[str] = mapped_column(SortedName)
    type: Mapped[SegmentType]
    elements: Mapped[ElementKind] = mapped_column(default=ElementKind.FRAMES)
    inference_set_id: Mapped[MaybeOfInferenceSet] = mapped_column(default=None)
    state: Mapped[SegmentState] = mapped_column(default=SegmentState.TRIAGE)
    owner: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(Text, default="")
    query: Mapped[str | None] = mapped_column(Text, default=None)
    rule: Mapped[VerdictRule] = mapped_column(default=VerdictRule.DEFAULT)
    current_version_id: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)


class SegmentVersion(Base, kw_only=True):
    """One frozen list of elements; never changed once stored.

    `members` is the roaring bitmap of frame ordinals, or of row ordinals of labels or inferences.  `origin`
    tells where the list came from: `{"kind": "query", "query": …}`, `{"kind": "ids"}` and so on.
    """

    __tablename__ = "segment_version"
    __table_args__ = (UniqueConstraint("segment_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("sv"))
    segment_id: Mapped[OfSegment]
    number: Mapped[int]
    members: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    n_elements: Mapped[int]
    origin: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    dataset_version_id: Mapped[ToDatasetVersion] = mapped_column(default=None)
    author: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)


class Target(Base, kw_only=True):
    """A minimum for one score of a segment; `class_name` is empty unless the average is one class."""

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("segment_id", "metric", "average", "class_name"),)

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("tg"))
    segment_id: Mapped[OfSegment]
    metric: Mapped[Metric]
    average: Mapped[Average] = mapped_column(default=Average.WEIGHTED)
    class_name: Mapped[str] = mapped_column(default="")
    minimum: Mapped[float]


class Comment(Base, kw_only=True):
    """What somebody said of a segment."""

    __tablename__ = "comment"

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("cm"))
    segment_id: Mapped[OfSegment]
    author: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
