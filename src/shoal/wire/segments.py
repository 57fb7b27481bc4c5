"""Segments, their versions, targets and comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from shoal.model.metric import Average, Metric
from shoal.model.segment import ElementKind, SegmentState, SegmentType
from shoal.model.verdict import VerdictRule
from shoal.wire.base import Changes, Shape, Title
from shoal.wire.selections import SelectionBody


class TargetBody(Shape):
    """A minimum for one score."""

    metric: Metric
    minimum: float = Field(ge=0, le=1)
    average: Average = Average.WEIGHTED
    class_name: str | None = None


Targets = list[TargetBody] | dict[str, float]
"""Targets in full, or `{"recall": 0.9, "f1@macro": 0.8, "recall@pedestrian": 0.85}`."""


class SegmentCreate(Shape):
    """A new segment with its first version."""

    name: Title
    type: SegmentType
    selection: SelectionBody
    elements: ElementKind = ElementKind.FRAMES
    inference_set: str | None = None
    targets: Targets | None = None
    keep_query: bool = Field(default=True, description="Keep the selection's query as the segment's rule.")
    state: SegmentState = SegmentState.TRIAGE
    owner: str = ""
    description: str = ""
    rule: VerdictRule = VerdictRule.DEFAULT


class SegmentPerValue(Shape):
    """A segment for each value of a field, named after the value."""

    field: str
    type: SegmentType
    prefix: str = Field(default="", description="Put before each value to make the name.")
    targets: Targets | None = None
    owner: str = ""
    query: str | None = Field(default=None, description="Only frames this query selects.")


class SegmentUpdate(Changes):
    """What may change without a new version; absent fields stay."""

    emptied = frozenset({"query"})

    name: Title | None = None
    type: SegmentType | None = None
    state: SegmentState | None = None
    owner: str | None = None
    description: str | None = None
    rule: VerdictRule | None = None
    query: str | None = Field(default=None, description="The kept query; an empty text drops it.")


class SegmentBody(Shape):
    """A segment at its current version."""

    id: str
    project: str
    dataset: str
    name: str
    type: SegmentType
    elements: ElementKind
    inference_set: str | None
    state: SegmentState
    owner: str
    description: str
    rule: VerdictRule
    query: str | None
    version: int
    n_elements: int
    targets: list[TargetBody]
    revision: int = Field(description="The ETag; changes need it in `If-Match`.")
    created_at: datetime
    updated_at: datetime
    url: str


class SegmentList(Shape):
    """Segments by type and name."""

    items: list[SegmentBody]


class SegmentVersionBody(Shape):
    """One frozen list of elements."""

    number: int
    n_elements: int
    n_added: int
    n_removed: int
    origin: dict[str, Any]
    dataset_version: int
    author: str
    note: str
    created_at: datetime


class SegmentVersionList(Shape):
    """Versions, newest first."""

    items: list[SegmentVersionBody]


class ElementsChange(Shape):
    """A change that makes the next version: add and remove, or replace by the kept query."""

    add: SelectionBody | None = None
    remove: SelectionBody | None = None
    follow_query: bool = Field(default=False, description="Take what the kept query selects today.")
    inference_set: str | None = Field(
        default=None, description="The set `inference(…)` and scores in `add` and `remove` are about."
    )
    note: str = ""


class SegmentDifference(Shape):
    """What the kept query would add and remove today."""

    query: str
    version: int
    n_add: int
    n_remove: int
    add: list[str] = Field(description="Ids, at most 1,000.")
    remove: list[str]


class CommentCreate(Shape):
    """A remark."""

    text: str = Field(min_length=1, max_length=10_000)
    author: str = ""


class CommentBody(Shape):
    """A remark on a segment."""

    id: str
    author: str
    text: str
    created_at: datetime


class CommentList(Shape):
    """Remarks, oldest first."""

    items: list[CommentBody]


class SegmentSucceeds(Shape):
    """One inference set against the targets of one segment."""

    inference_set: str
    rows: list[dict[str, Any]] = Field(description="Matrix rows, one per target, or one per metric without.")
    succeeds: dict[str, bool | None] = Field(description="Per target: `recall`, `f1@macro`, `recall@car` …")
    passed: bool | None = Field(description="All targets met; null when it cannot be said or none is set.")


class SegmentMetrics(Shape):
    """All inference sets on one segment, in order of upload."""

    segment: str
    segment_version: int
    dataset_version: int
    baseline: str | None
    items: list[SegmentSucceeds]
