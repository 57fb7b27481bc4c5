"""Reading tables (CSV, JSONL, JSON, Parquet) of frames, labels and inferences, long or nested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import InvalidInputError, Problem, ProblemLog
from shoal.formats.boxes import BoxFormat
from shoal.formats.cells import to_texts
from shoal.formats.class_resolver import ClassResolver, class_entries
from shoal.formats.column_plan import Role, nested_column, plan_columns
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.image_location import ImageFolder
from shoal.formats.nested_rows import flattened
from shoal.formats.notes import Notes
from shoal.formats.table_chunks import Chunk, read_chunks, table_format
from shoal.formats.table_frames import FrameRows
from shoal.formats.table_objects import ObjectRows
from shoal.formats.text_columns import TextKind, column_kinds
from shoal.model.class_map import BACKGROUND, ClassEntry
from shoal.model.task import Task


class TableFile:
    """One table file with its name and what its columns hold.

    Args:
        name: what problems call the file; its own name if not given.
    """

    def __init__(self, path: Path | str, name: str | None = None) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        self.is_text = table_format(self.path) == "csv"
        self._kinds: dict[str, TextKind] | None = None

    def chunks(self, problems: ProblemLog) -> Iterator[Chunk]:
        """Yield the rows."""
        return read_chunks(self.path, self.name, problems)

    def kinds(self, role: Role) -> dict[str, TextKind]:
        """Return types of the user columns of a file that only has text; reads it once."""
        if not self.is_text:
            return {}
        if self._kinds is None:
            chunks = self.chunks(ProblemLog())
            named = ({n: c.columns[n] for n in plan_columns(c.columns, role).user} for c in chunks)
            self._kinds = column_kinds(named)
        return self._kinds

    def objects(self, role: Role, problems: ProblemLog) -> Iterator[Chunk]:
        """Yield rows with one object each, taking nested ones apart."""
        nested: str | None = None
        for chunk in self.chunks(problems):
            nested = nested or nested_column(chunk.columns, role)
            if nested is None:
                yield chunk
            elif nested in chunk.columns:
                plan = plan_columns(chunk.columns, Role.METADATA)
                yield flattened(chunk, nested, plan, self.name, problems)


class TabularDataset:
    """Frames and labels from tables.

    Args:
        frames: a table of frames; a column `labels` in it may hold nested labels.
        labels: a table of labels, long or nested; without `frames` the frames are those it names.
        images: the folder the images lie in.
        keep_folders: whether a frame id taken from a file name keeps its folders.
        box_format: how boxes are written, when column names do not say; xywh in pixels if not given.
        task: classification has one label per frame and no boxes.
    """

    def __init__(
        self,
        frames: Path | str | None = None,
        labels: Path | str | None = None,
        *,
        images: Path | str | None = None,
        keep_folders: bool = False,
        box_format: BoxFormat | str | None = None,
        task: Task = Task.OBJECT_DETECTION,
    ) -> None:
        if frames is None and labels is None:
            raise InvalidInputError("Expected a table of frames, of labels, or both; found neither.")
        self.notes = Notes()
        self._frames = None if frames is None else TableFile(frames)
        self._labels = None if labels is None else TableFile(labels)
        self._images = None if images is None else Path(images)
        self._keep_folders = keep_folders
        self._box_format = None if box_format is None else BoxFormat(box_format)
        self._task = task

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the class names of the labels, in order of appearance; reads the labels once."""
        names: dict[str, None] = {}
        for chunk in self._label_chunks(ProblemLog()):
            column = plan_columns(chunk.columns, Role.LABELS).fields.get("class")
            for name in to_texts(chunk.columns[column]) if column is not None else ():
                if name is not None and name.casefold() != BACKGROUND:
                    names[name] = None
        return class_entries((name, i) for i, name in enumerate(names))

    def brings_labels(self) -> bool:
        """Return whether there is a table of labels, or nested labels in the table of frames."""
        if self._labels is not None or self._frames is None:
            return True
        first = next(self._frames.chunks(ProblemLog()), None)
        return first is not None and nested_column(first.columns, Role.LABELS) is not None

    def frames(self, problems: ProblemLog) -> Iterator[pa.RecordBatch]:
        """Yield the frames of the table of frames, or those the labels name."""
        table = self._frames or self._labels
        assert table is not None
        folder = None if self._images is None else ImageFolder(self._images, self.notes)
        is_derived = self._frames is None
        rows = FrameRows(
            table.name,
            problems,
            self.notes,
            folder=folder,
            keep_folders=self._keep_folders,
            kinds=table.kinds(Role.LABELS if is_derived else Role.FRAMES),
        )
        n_seen = 0
        for chunk in table.chunks(problems):
            n_seen += chunk.n_rows
            if is_derived and nested_column(chunk.columns, Role.LABELS) is None:
                plan = plan_columns(chunk.columns, Role.LABELS)
                chunk = rows.unseen(chunk, plan, with_user=not self._task.has_boxes)
            batch = rows.batch(chunk)
            if batch is None:
                return
            yield batch
        if not n_seen and not problems.total:
            problems.add(Problem(table.name, "", "", "at least one row", "none"))

    def labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the labels of the table of labels, or the nested ones of the table of frames."""
        table = self._labels or self._frames
        assert table is not None
        kinds = table.kinds(Role.LABELS)
        rows = ObjectRows(Role.LABELS, table.name, frames, classes, self._task, problems, self.notes, kinds)
        is_of_frame = self._frames is None and not self._task.has_boxes
        yield from _objects(
            self._label_chunks(problems), rows, Role.LABELS, self._box_format, with_user=not is_of_frame
        )
        rows.finish()

    def _label_chunks(self, problems: ProblemLog) -> Iterator[Chunk]:
        if self._labels is not None:
            yield from self._labels.objects(Role.LABELS, problems)
        elif self._frames is not None and self.brings_labels():
            yield from self._frames.objects(Role.LABELS, problems)


class TabularInferences:
    """Inferences of one model from a table, long or nested.

    A row that names a frame and nothing else says that the model found nothing there.

    Args:
        box_format: how boxes are written, when column names do not say; xywh in pixels if not given.
        task: classification has one inference per frame and no boxes.
        name: what problems call the file; its own name if not given.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        box_format: BoxFormat | str | None = None,
        task: Task = Task.OBJECT_DETECTION,
        name: str | None = None,
    ) -> None:
        self.notes = Notes()
        self._table = TableFile(path, name)
        self._box_format = None if box_format is None else BoxFormat(box_format)
        self._task = task
        self._listed = np.zeros(0, dtype=np.bool_)

    @property
    def listed_frames(self) -> npt.NDArray[np.int32]:
        """Rows of frames that occur, with or without inferences; ascending, complete after reading."""
        return np.flatnonzero(self._listed).astype(np.int32)

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the class names of the inferences, in order of appearance; reads the file once."""
        names: dict[str, None] = {}
        for chunk in self._table.objects(Role.INFERENCES, ProblemLog()):
            column = plan_columns(chunk.columns, Role.INFERENCES).fields.get("class")
            for name in to_texts(chunk.columns[column]) if column is not None else ():
                if name is not None and name.casefold() != BACKGROUND:
                    names[name] = None
        return class_entries((name, i) for i, name in enumerate(names))

    def inferences(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the inferences."""
        kinds = self._table.kinds(Role.INFERENCES)
        rows = ObjectRows(
            Role.INFERENCES, self._table.name, frames, classes, self._task, problems, self.notes, kinds
        )
        chunks = self._table.objects(Role.INFERENCES, problems)
        yield from _objects(chunks, rows, Role.INFERENCES, self._box_format)
        rows.finish()
        self._listed = rows.listed


def _objects(
    chunks: Iterator[Chunk],
    rows: ObjectRows,
    role: Role,
    box_format: BoxFormat | None,
    *,
    with_user: bool = True,
) -> Iterator[pa.RecordBatch]:
    for chunk in chunks:
        if not chunk.n_rows:
            continue
        plan = plan_columns(chunk.columns, role, box_format)
        if plan.frame_key is not None and (chunk.is_listing or plan.names_frames_alone):
            rows.rows(chunk, plan)
            continue
        if not rows.has_needed_columns(plan):
            return
        batch = rows.batch(chunk, plan if with_user else replace(plan, user=()))
        if batch.num_rows:
            yield batch
