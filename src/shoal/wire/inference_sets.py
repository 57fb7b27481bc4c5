"""Inference sets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from shoal.wire.base import Shape, Slug
from shoal.wire.datasets import FieldBody


class InferenceSetCreate(Shape):
    """A new, empty inference set."""

    name: Slug
    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)
    details: dict[str, Any] = Field(default_factory=dict)


class InferenceSetUpdate(Shape):
    """Settings that may change; absent fields stay, null returns to the project's default."""

    confidence: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0.1, le=1)
    details: dict[str, Any] | None = None


class InferenceSetBody(Shape):
    """An inference set."""

    id: str
    project: str
    dataset: str
    name: str
    version: int
    n_inferences: int
    n_covered: int = Field(description="Frames of the current dataset version the set covers.")
    n_frames: int = Field(description="Frames of the current dataset version.")
    confidence: float | None
    iou: float | None
    fields: list[FieldBody] = Field(description="Fields of its inferences that queries can use.")
    details: dict[str, Any]
    created_at: datetime
    url: str


class InferenceSetList(Shape):
    """Inference sets in order of upload."""

    items: list[InferenceSetBody]
