"""What every reader offers, and what it is given: the seam between file formats and everything else.

A reader never raises for what is wrong inside a file: it adds to the `ProblemLog` it is given and goes on.
Whoever stores what it yields discards all of it when `problems.total` is above zero at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import ProblemLog
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.notes import Notes
from shoal.model.class_map import ClassEntry

__all__ = ["ClassResolver", "DatasetSource", "FrameLookup", "InferenceSource", "MetadataSource", "Notes"]


class DatasetSource(Protocol):
    """Frames and labels of one dataset.

    Call `frames` to its end before `labels`: what a file calls its frames is learnt there.  Batches of one
    reading may differ in their user columns; `user_columns.merge_schemas` and `conform` make them agree.
    """

    notes: Notes

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the classes the source declares or holds, in order; `()` when it has none."""
        ...

    def brings_labels(self) -> bool:
        """Return whether the source says anything of labels; one that does not leaves old labels be."""
        ...

    def frames(self, problems: ProblemLog) -> Iterator[pa.RecordBatch]:
        """Yield batches of `FRAME_COLUMNS` and user columns; frame ids are unique over all batches."""
        ...

    def labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield batches of `LABEL_COLUMNS` and user columns."""
        ...


class InferenceSource(Protocol):
    """Inferences of one model over one dataset."""

    notes: Notes

    @property
    def listed_frames(self) -> npt.NDArray[np.int32]:
        """Rows of frames the source lists, with or without inferences; ascending, complete after reading."""
        ...

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the classes the source declares or holds, in order; `()` when it only has numbers."""
        ...

    def inferences(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield batches of `INFERENCE_COLUMNS` and user columns."""
        ...


class MetadataSource(Protocol):
    """More user columns for frames that exist."""

    notes: Notes

    def metadata(self, frames: FrameLookup, problems: ProblemLog) -> pa.Table:
        """Return a table of `frame_row` (int32, unique) and user columns."""
        ...
