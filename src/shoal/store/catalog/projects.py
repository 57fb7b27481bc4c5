"""Projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from shoal.model.task import MatchingRule, Task
from shoal.store.catalog.base import Base, SortedName, new_id, now


class Project(Base, kw_only=True):
    """A task, a class map and the defaults of everything evaluated under it.

    `class_map` is what `ClassMap.to_list` returns.  `revision` rises with every change of the row; a change
    of a row read before somebody else's change is a `ConflictError`.
    """

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("prj"))
    name: Mapped[str] = mapped_column(SortedName, unique=True)
    task: Mapped[Task]
    confidence: Mapped[float] = mapped_column(default=0.1)
    iou: Mapped[float] = mapped_column(default=0.5)
    matching: Mapped[MatchingRule] = mapped_column(default=MatchingRule.CLASS_FIRST)
    group_field: Mapped[str | None] = mapped_column(default=None)
    allow_partial_coverage: Mapped[bool] = mapped_column(default=False)
    margin: Mapped[float] = mapped_column(default=0.01)
    negative_class: Mapped[str | None] = mapped_column(default=None)
    class_map: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=now, onupdate=now)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)
