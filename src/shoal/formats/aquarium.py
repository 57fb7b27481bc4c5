"""Uploads of the `aquariumlearning` client, read as any other format is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.aquarium_frames import Locate, frames_batch
from shoal.formats.aquarium_objects import ObjectBatches
from shoal.formats.aquarium_rows import FrameRow, Json, Known, read_rows
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.notes import Notes
from shoal.model.class_map import ClassEntry
from shoal.model.task import Task

_BATCH_FRAMES: Final = 5000


def _nothing_known(_ids: Sequence[str]) -> dict[str, tuple[Json, list[Json]]]:
    return {}


class AquariumDataset:
    """Frames and labels the client wrote.

    Args:
        frame_files: one frame in a line.
        label_files: beside each file of frames, their labels; none where frames hold their own.
        task: the project's; `None` where nothing in the frames is scored.
        known: looks up frames that are changed.
        locate: says where images lie.

    Attributes:
        changed_frames: ids of the frames that were changed rather than replaced, once they were read.
    """

    def __init__(
        self,
        frame_files: Sequence[Path],
        label_files: Sequence[Path],
        *,
        task: Task | None,
        known: Known,
        locate: Locate,
    ) -> None:
        self.notes = Notes()
        self._frame_files = frame_files
        self._label_files = label_files
        self._task = task
        self._known = known
        self._locate = locate
        self.changed_frames: list[str] = []

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return nothing: the project has its classes already."""
        return ()

    def brings_labels(self) -> bool:
        """Return whether the upload says anything of labels; it always does."""
        return True

    def rows(self, problems: ProblemLog) -> Iterator[FrameRow]:
        """Yield the frames as they are after the upload, in order."""
        return read_rows(self._frame_files, self._label_files, self._known, problems)

    def frames(self, problems: ProblemLog) -> Iterator[pa.RecordBatch]:
        """Yield the frames; one that occurs twice is a problem."""
        seen: set[str] = set()
        pending: list[Json] = []
        for row in read_rows(self._frame_files, (), self._known, problems, self.notes):
            if row.frame_id in seen:
                expected = "a frame that occurs once in the upload"
                problems.add(Problem(row.file, row.place, "task_id", expected, f"{row.frame_id!r} again"))
                continue
            seen.add(row.frame_id)
            if row.is_change:
                self.changed_frames.append(row.frame_id)
            pending.append(row.frame)
            if len(pending) == _BATCH_FRAMES:
                yield frames_batch(pending, self._locate, self.notes)
                pending = []
        if pending:
            yield frames_batch(pending, self._locate, self.notes)

    def labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the labels that are scored."""
        objects = ObjectBatches(self._task, frames, classes, problems, self.notes, is_inference=False)
        for position, row in enumerate(self.rows(problems)):
            objects.add(row, position)
            if objects.is_full:
                yield objects.take()
        yield objects.take()
        objects.finish()


class AquariumInferences:
    """Inferences the client wrote; frames of the files are covered, with or without any.

    Args:
        files: one frame with its inferences in a line.
        task: the project's; `None` where Shoal scores nothing of it.
    """

    def __init__(self, files: Sequence[Path], *, task: Task | None) -> None:
        self.notes = Notes()
        self._files = files
        self._task = task
        self._listed: set[int] = set()

    @property
    def listed_frames(self) -> npt.NDArray[np.int32]:
        """Rows of the frames in the files; ascending, complete after reading."""
        return np.array(sorted(self._listed), np.int32)

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return nothing: the project has its classes already."""
        return ()

    def rows(self, frames: FrameLookup, problems: ProblemLog) -> Iterator[tuple[int, FrameRow]]:
        """Yield frames with their row in the dataset; those that are not in it are problems."""
        index = {frame_id: i for i, frame_id in enumerate(frames.frame_ids.to_pylist())}
        seen: set[int] = set()
        for row in read_rows(self._files, (), _nothing_known, problems):
            position = index.get(row.frame_id)
            if position is None or position in seen:
                expected = "a frame of the dataset" if position is None else "a frame that occurs once"
                problems.add(Problem(row.file, row.place, "task_id", expected, repr(row.frame_id)))
                continue
            seen.add(position)
            yield position, row

    def inferences(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the inferences that are scored."""
        objects = ObjectBatches(self._task, frames, classes, problems, self.notes, is_inference=True)
        for position, row in self.rows(frames, problems):
            self._listed.add(position)
            objects.add(row, position)
            if objects.is_full:
                yield objects.take()
        yield objects.take()
        objects.finish()
