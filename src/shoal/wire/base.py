"""The base of all shapes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^\.*[A-Za-z0-9_\-][A-Za-z0-9_.\-]*$", max_length=128)]
"""A name of a project, dataset or inference set: letters, digits, `_`, `.` and `-`; not dots alone."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
"""A name of a segment or checkpoint: any text on one line."""


class Shape(BaseModel):
    """A request or response body; unknown fields are refused, so that a typing error is never ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, protected_namespaces=())


class Changes(Shape):
    """A change of settings: absent fields stay as they are.

    Attributes:
        emptied: fields that null empties; elsewhere null is refused.
    """

    emptied: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        nulls = sorted(name for name in self.model_fields_set - self.emptied if getattr(self, name) is None)
        if nulls:
            raise ValueError(f"{', '.join(nulls)}: null is no value; leave a field out to keep it as it is")
        return self
