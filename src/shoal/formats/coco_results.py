"""Reading COCO results files: a list of `image_id`, `category_id`, `bbox`, `score`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import box_values, inference_batch
from shoal.formats.boxes import BoxCheck, BoxFormat, check_confidence
from shoal.formats.category_table import CategoryTable, names_by_id, read_categories
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.coco_elements import (
    boxes_and_areas,
    floats,
    gathered,
    image_shape,
    integers,
    note_dropped_keys,
    report_rejected,
    report_values,
    result_shape,
    segmentation_texts,
)
from shoal.formats.duplicates import DuplicateIntegers
from shoal.formats.faults import listed, shorten
from shoal.formats.frame_lookup import AMBIGUOUS, FrameLookup
from shoal.formats.json_errors import MalformedJsonError
from shoal.formats.json_file import JsonFile, Section
from shoal.formats.json_shape import ElementShape
from shoal.formats.notes import Notes
from shoal.formats.user_columns import user_columns
from shoal.model.class_map import ClassEntry
from shoal.model.task import Task

_LISTS = ("annotations", "predictions", "results")


class CocoResults:
    """A COCO results file as inferences: a list, or an object with a list under one of
    `annotations`, `predictions`, `results` (and then, perhaps, `images` and `categories`).

    Args:
        path: the file; `.gz` and `.zst` are unpacked.
        categories: class names by category id, when the file's ids are not those of the class map.
        box_format: how `bbox` is written; COCO says `xywh` in pixels.
        task: classification keeps one inference per frame and no boxes.
        name: what problems call the file; its own name if not given.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        categories: Mapping[int, str] | None = None,
        box_format: BoxFormat | str = BoxFormat.XYWH,
        task: Task = Task.OBJECT_DETECTION,
        name: str | None = None,
    ) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        self.notes = Notes()
        self._file = JsonFile(self.path)
        self._categories = categories
        self._box_format = BoxFormat(box_format)
        self._task = task
        self._listed = np.zeros(0, dtype=np.bool_)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def listed_frames(self) -> npt.NDArray[np.int32]:
        """Rows of frames that occur, or that the file's `images` list; ascending."""
        return np.flatnonzero(self._listed).astype(np.int32)

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the categories the file declares; `()` for a plain list of results."""
        try:
            section = self._file.section("categories")
            return () if section is None else read_categories(self._file.value(section))[0]
        except MalformedJsonError:
            return ()

    def inferences(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the results as inferences; image ids are looked up among source ids, then frame ids."""
        self._listed = np.zeros(len(frames), dtype=np.bool_)
        try:
            section = self._results_section(problems)
            if section is not None:
                self._list_images(frames, problems)
                yield from self._inferences(section, frames, classes, problems)
        except MalformedJsonError as error:
            problems.add(error.problem(self.path, self.name))

    def _inferences(
        self, section: Section, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        word = section.key or "results"
        declared = names_by_id(self.classes())
        categories = CategoryTable(classes, self._categories or declared or None)
        columns = _InferenceColumns(self, word, frames, problems)
        shape = result_shape()
        reject = partial(report_rejected, section=word, file=self.name, problems=problems)
        for items, indices in gathered(self._file.blocks(section, shape), reject):
            batch = columns.batch(items, indices, categories, shape)
            self._listed[batch.column("frame_row").to_numpy()] = True
            if batch.num_rows:
                yield batch
        columns.finish()
        note_dropped_keys(shape, word, self.notes)
        categories.report(problems, self.name)
        for _ in self._file.sections():
            pass

    def _results_section(self, problems: ProblemLog) -> Section | None:
        keys = []
        for section in self._file.sections():
            if section.is_array and (section.key == "" or section.key in _LISTS):
                return section
            keys.append(section.key)
        found = f"an object with {listed(keys)}" if keys else "an empty object"
        hint = "COCO results are a list of {image_id, category_id, bbox, score}."
        problems.add(Problem(self.name, "", "", "a list of results", found, hint))
        return None

    def _list_images(self, frames: FrameLookup, problems: ProblemLog) -> None:
        section = self._file.section("images")
        if section is None or not section.is_array:
            return
        reject = partial(report_rejected, section="images", file=self.name, problems=problems)
        shape = image_shape()
        for items, indices in gathered(self._file.blocks(section, shape), reject):
            ids = shape.column(items, "id") or []
            rows = frames.rows_of_image_ids(ids)
            report_unknown_frames(
                problems, rows, self.name, lambda i, at=indices: f"images[{at[i]}]", "id", ids, frames
            )
            self._listed[rows[rows >= 0]] = True


class _InferenceColumns:
    """Turns results into columns, and remembers what must hold over all of them."""

    def __init__(self, source: CocoResults, word: str, frames: FrameLookup, problems: ProblemLog) -> None:
        self._file = source.name
        self._word = word
        self._notes = source.notes
        self._frames = frames
        self._problems = problems
        self._has_boxes = source._task.has_boxes
        self._boxes = BoxCheck(source._box_format, frames, self._file, problems, source.notes)
        self._frames_seen = DuplicateIntegers()

    def batch(
        self, items: list[Any], indices: Sequence[int], categories: CategoryTable, shape: ElementShape
    ) -> pa.RecordBatch:
        """Return the good ones of `items` as a batch of inferences."""

        def place(position: int) -> str:
            return f"{self._word}[{indices[position]}]"

        image_ids = shape.column(items, "image_id") or []
        rows = self._frames.rows_of_image_ids(image_ids)
        report_unknown_frames(self._problems, rows, self._file, place, "image_id", image_ids, self._frames)
        class_index = categories.indices(integers(shape.column(items, "category_id") or []), place)
        confidence = floats(shape.column(items, "score") or [])
        good = (rows >= 0) & (class_index >= 0)
        good &= check_confidence(confidence, self._file, "score", self._problems, place)
        segmentations = segmentation_texts(items, shape)
        values: dict[str, Any] = {
            "frame_row": rows,
            "inference_id": pa.array(np.asarray(indices, dtype=np.int64)).cast(pa.string()),
            "class_index": class_index,
            "confidence": confidence,
            "segmentation": segmentations,
        }
        if self._has_boxes:
            good &= self._add_boxes(values, items, shape, place)
        else:
            self._frames_seen.add(rows[rows >= 0].astype(np.int64), np.asarray(indices)[rows >= 0].tolist())
        user = user_columns(shape.learnt_values(items), self._notes)
        batch = inference_batch(values, user, len(items))
        return batch if good.all() else batch.filter(pa.array(good))

    def finish(self) -> None:
        """Report what only all results together show."""
        self._boxes.finish()
        for _, index in self._frames_seen.repeated():
            hint = "Keep the most confident class of each frame."
            place = f"{self._word}[{index}]"
            self._problems.add(
                Problem(self._file, place, "image_id", "one inference per frame", "another", hint)
            )

    def _add_boxes(self, values: dict[str, Any], items: list[Any], shape: ElementShape, place: Any) -> Any:
        def missing(mask: Any) -> None:
            expected = "a box, or a segmentation to take it from"
            report_values(self._problems, mask, self._file, place, "bbox", [None] * len(items), expected)

        boxes, areas, have_box = boxes_and_areas(items, shape, values["segmentation"], missing)
        xywh, good = self._boxes.check(boxes, np.where(have_box, values["frame_row"], -1), place)
        areas = np.where(np.isnan(areas), xywh[:, 2] * xywh[:, 3], areas)
        values |= box_values(xywh) | {"area_px": areas}
        return good


def report_unknown_frames(
    problems: ProblemLog,
    rows: npt.NDArray[np.int32],
    file: str,
    place: Any,
    key: str,
    names: Sequence[Any],
    frames: FrameLookup,
) -> None:
    """Add a problem for every name, shape (N,), that no frame or more than one frame goes by."""
    if not (rows < 0).any():
        return
    examples = listed([shorten(name) for name in frames.examples()]).replace('"', "")
    some = f", such as {examples}" if examples else " (the dataset is empty)"
    report_values(
        problems, rows == AMBIGUOUS, file, place, key, names, "the name of one frame, not of several"
    )
    report_values(
        problems, (rows < 0) & (rows != AMBIGUOUS), file, place, key, names, f"a frame of the dataset{some}"
    )
