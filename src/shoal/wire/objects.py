"""Objects to draw over images: many frames at once, in arrays."""

from __future__ import annotations

from pydantic import Field

from shoal.wire.base import Shape


class ObjectsRequest(Shape):
    """Whose labels and inferences to give."""

    frame_ids: list[str] = Field(max_length=200)
    inference_sets: list[str] = Field(default_factory=list)


class ObjectColumns(Shape):
    """Labels, or one set's inferences, of several frames, one after the other."""

    offsets: list[int] = Field(description="Objects of frame `i` are `offsets[i]` to `offsets[i + 1]`.")
    classes: list[int] = Field(description="Position in the class map.")
    boxes: list[float] | None = Field(
        description="x, y, width, height of each object, pixels to a tenth; null for tasks without boxes."
    )
    confidence: list[float] | None = Field(description="Of inferences, falling in each frame; else null.")


class ObjectsBody(Shape):
    """Labels and inferences of frames, in the order asked for."""

    frame_ids: list[str]
    labels: ObjectColumns
    inferences: dict[str, ObjectColumns] = Field(description="By inference set.")
