"""Datasets, versions, checkpoints and frames."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from shoal.wire.base import Shape, Slug, Title


class DatasetCreate(Shape):
    """A new, empty dataset."""

    name: Slug


class FieldBody(Shape):
    """One field that queries can use."""

    name: str
    type: str


class DatasetBody(Shape):
    """A dataset at its current version; version 0 is the empty one."""

    id: str
    project: str
    name: str
    version: int
    n_frames: int
    n_labels: int
    fields: list[FieldBody]
    label_fields: list[FieldBody]
    inference_sets: list[str]
    created_at: datetime
    url: str


class DatasetList(Shape):
    """Datasets by name."""

    items: list[DatasetBody]


class VersionBody(Shape):
    """One dataset version."""

    number: int
    n_frames: int
    n_labels: int
    note: str
    checkpoints: list[str]
    created_at: datetime


class VersionList(Shape):
    """Versions, newest first."""

    items: list[VersionBody]


class CheckpointCreate(Shape):
    """A name for a version."""

    name: Title
    version: int | None = Field(default=None, description="Default: the current version.")
    note: str = ""


class FramePage(Shape):
    """Frames in order, and where to go on."""

    items: list[dict[str, Any]]
    total: int
    next_cursor: str | None


class FrameBody(Shape):
    """One frame with its labels, the inferences of the sets asked for, and the segments it is in."""

    frame: dict[str, Any]
    labels: list[dict[str, Any]]
    inferences: dict[str, list[dict[str, Any]]]
    segments: list[str]
