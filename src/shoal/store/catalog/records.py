"""Jobs, the audit log, and facts about the catalog itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from shoal.store.catalog.base import Base, ToProject, new_id, now
from shoal.store.catalog.states import JobState


class Job(Base, kw_only=True):
    """A piece of work that survives a restart."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=lambda: new_id("jb"))
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED, index=True)
    progress: Mapped[float] = mapped_column(default=0.0)
    step: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    error: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    project_id: Mapped[ToProject] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=now, index=True)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy reads it as is)


class Audit(Base, kw_only=True):
    """Who did what to what, in the order it happened."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True, init=False
    )
    at: Mapped[datetime] = mapped_column(default_factory=now)
    actor: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Fact(Base, kw_only=True):
    """Something the catalog knows of itself, such as the home it belongs to."""

    __tablename__ = "fact"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
