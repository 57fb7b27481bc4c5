"""Projects and their class maps."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shoal.model.task import MatchingRule, Task
from shoal.wire.base import Changes, Shape, Slug


class ClassBody(Shape):
    """One class of a class map."""

    name: str
    id: int | None = Field(default=None, description="Default: the position in the list.")
    color: tuple[int, int, int] | None = None
    train_name: str | None = Field(
        default=None, description="What the model predicts it as; empty: not evaluated."
    )
    ignore_in_eval: bool = False
    keypoint_names: list[str] = Field(default_factory=list)
    skeleton: list[tuple[int, int]] = Field(default_factory=list)


class ProjectCreate(Shape):
    """What a new project needs."""

    name: Slug
    task: Task = Task.OBJECT_DETECTION
    classes: list[ClassBody | str] | None = Field(
        default=None, description="Absent: the first upload's categories become the class map."
    )
    confidence: float = Field(default=0.1, ge=0, le=1)
    iou: float = Field(default=0.5, ge=0.1, le=1)
    matching: MatchingRule = MatchingRule.CLASS_FIRST
    group_field: str | None = Field(
        default=None, description="Metadata field whose values are resampled as one."
    )
    margin: float = Field(default=0.01, ge=0, le=1, description="How much worse still counts as not worse.")
    allow_partial_coverage: bool = False
    negative_class: str | None = Field(default=None, description="Binary classification: the negative class.")
    description: str = ""


class ProjectUpdate(Changes):
    """Settings that may change; absent fields stay."""

    emptied = frozenset({"classes", "group_field", "negative_class"})

    classes: list[ClassBody | str] | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)
    matching: MatchingRule | None = None
    group_field: str | None = None
    margin: float | None = Field(default=None, ge=0, le=1)
    allow_partial_coverage: bool | None = None
    negative_class: str | None = None
    description: str | None = None


class ProjectBody(Shape):
    """A project."""

    id: str
    name: str
    task: Task
    classes: list[ClassBody]
    confidence: float
    iou: float
    matching: MatchingRule
    group_field: str | None
    margin: float
    allow_partial_coverage: bool
    negative_class: str | None
    description: str
    created_at: datetime
    updated_at: datetime
    url: str


class ProjectList(Shape):
    """Projects by name."""

    items: list[ProjectBody]
