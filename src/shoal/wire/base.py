"""The base of all shapes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]+$", min_length=1, max_length=128)]
"""A name of a project, dataset or inference set: letters, digits, `_`, `.` and `-`."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
"""A name of a segment or checkpoint: any text on one line."""


class Shape(BaseModel):
    """A request or response body; unknown fields are refused, so that a typing error is never ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, protected_namespaces=())
