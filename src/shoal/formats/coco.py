"""Reading COCO instances files: images, annotations and categories, in any order and of any size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.batches import box_values, label_batch
from shoal.formats.boxes import BoxCheck, BoxFormat
from shoal.formats.category_table import CategoryTable, names_by_id, read_categories
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.coco_elements import (
    annotation_shape,
    boxes_and_areas,
    gathered,
    integers,
    note_dropped_keys,
    report_rejected,
    report_values,
    segmentation_texts,
)
from shoal.formats.coco_images import CocoImages, FrameIdFrom
from shoal.formats.duplicates import DuplicateIds, DuplicateIntegers
from shoal.formats.frame_lookup import FrameLookup, plain_integers
from shoal.formats.image_rows import ImageRows
from shoal.formats.json_errors import MalformedJsonError
from shoal.formats.json_file import JsonFile, Section
from shoal.formats.json_shape import ElementShape
from shoal.formats.notes import Notes
from shoal.formats.user_columns import user_columns
from shoal.model.class_map import ClassEntry
from shoal.model.task import Task


class CocoDataset:
    """A COCO instances file as a dataset.

    Args:
        path: the file; `.gz` and `.zst` are unpacked.
        images: the folder the images lie in.
        frame_id_from: what becomes the frame id; `file_name` means without its folder.
        box_format: how `bbox` is written; COCO says `xywh` in pixels.
        task: classification keeps one category per image and no boxes.
        name: what problems call the file; its own name if not given.

    Memory stays below about 300 MB plus 200 bytes an image and 8 bytes an annotation.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        images: Path | str | None = None,
        frame_id_from: FrameIdFrom | str = FrameIdFrom.FILE_NAME,
        box_format: BoxFormat | str = BoxFormat.XYWH,
        task: Task = Task.OBJECT_DETECTION,
        name: str | None = None,
    ) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        self.notes = Notes()
        self._file = JsonFile(self.path)
        self._root = None if images is None else Path(images)
        self._frame_id_from = FrameIdFrom(frame_id_from)
        self._box_format = BoxFormat(box_format)
        self._task = task
        self._images: CocoImages | None = None
        self._reported: int | None = None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def classes(self) -> tuple[ClassEntry, ...]:
        """Return the categories, in the file's order, with their ids; `()` when they cannot be read."""
        try:
            return read_categories(self._categories_value())[0]
        except MalformedJsonError:
            return ()

    def brings_labels(self) -> bool:
        """Return whether the file has annotations."""
        try:
            return self._file.section("annotations") is not None
        except MalformedJsonError:
            return True

    def frames(self, problems: ProblemLog) -> Iterator[pa.RecordBatch]:
        """Yield the images as frames; what is wrong with the file as a whole is reported here too."""
        images = CocoImages(self.name, self.notes, self._frame_id_from, self._root)
        try:
            section = self._array("images", problems)
            if section is not None:
                yield from images.batches(self._file, section, problems)
                if not images.n_seen:
                    problems.add(Problem(self.name, "", "images", "at least one image", "none"))
        except MalformedJsonError as error:
            self._report(error, problems)
        self._images = images

    def labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        """Yield the annotations as labels of the file's own images."""
        if self._images is None:
            for _ in self.frames(ProblemLog()):
                pass
            self._reported = None
        try:
            yield from self._labels(frames, classes, problems)
        except MalformedJsonError as error:
            self._report(error, problems)

    def _report(self, error: MalformedJsonError, problems: ProblemLog) -> None:
        # Frames and labels are two walks through one file; its fault counts once.
        if self._reported != error.offset:
            problems.add(error.problem(self.path, self.name))
            self._reported = error.offset

    def _labels(
        self, frames: FrameLookup, classes: ClassResolver, problems: ProblemLog
    ) -> Iterator[pa.RecordBatch]:
        assert self._images is not None
        section = self._array("annotations", problems, is_required=False)
        if section is None:
            self.notes.add("The file has no annotations: frames without labels.")
            return
        entries, faults = read_categories(self._categories_value())
        for fault in faults:
            problems.add(
                Problem(self.name, fault.place, fault.field, fault.expected, fault.found, fault.hint)
            )
        columns = _LabelColumns(self, frames, self._images.rows(frames), problems)
        categories = CategoryTable(classes, names_by_id(entries))
        shape = annotation_shape()
        reject = partial(report_rejected, section="annotations", file=self.name, problems=problems)
        for items, indices in gathered(self._file.blocks(section, shape), reject):
            batch = columns.batch(items, indices, categories, shape)
            if batch.num_rows:
                yield batch
        columns.finish()
        note_dropped_keys(shape, "annotations", self.notes)
        categories.report(problems, self.name)
        self._walk_to_end(problems)

    def _walk_to_end(self, problems: ProblemLog) -> None:
        keys = [section.key for section in self._file.sections()]
        for key in ("images", "annotations", "categories"):
            if keys.count(key) > 1:
                problems.add(Problem(self.name, "", key, "one such section", f"{keys.count(key)}"))

    def _categories_value(self) -> Any:
        value = self._file.tail_value("categories")
        if value is None:
            section = self._file.section("categories")
            value = None if section is None else self._file.value(section)
        return value

    def _array(self, key: str, problems: ProblemLog, *, is_required: bool = True) -> Section | None:
        section = self._file.section(key)
        if section is not None and section.is_array:
            return section
        if section is not None or is_required:
            found = "another type" if section is not None else self._found_keys()
            hint = (
                "This looks like a COCO results file; upload it as inferences." if found == "a list" else ""
            )
            problems.add(Problem(self.name, "", key, f"an object with a list {key!r}", found, hint))
        return None

    def _found_keys(self) -> str:
        keys = [section.key for section in self._file.sections()]
        if keys == [""]:
            return "a list"
        return f"an object with {', '.join(map(repr, keys))}" if keys else "an empty object"


class _LabelColumns:
    """Turns annotations into columns, and remembers what must hold over all of them."""

    def __init__(
        self, source: CocoDataset, frames: FrameLookup, images: ImageRows, problems: ProblemLog
    ) -> None:
        self._file = source.name
        self._notes = source.notes
        self._has_boxes = source._task.has_boxes
        self._images = images
        self._problems = problems
        self._boxes = BoxCheck(source._box_format, frames, self._file, problems, source.notes)
        self._ids = DuplicateIds()
        self._frames_seen = DuplicateIntegers()
        self._n_without_id = self._n = 0
        self._first_without_id = ""

    def batch(
        self, items: list[Any], indices: Sequence[int], categories: CategoryTable, shape: ElementShape
    ) -> pa.RecordBatch:
        """Return the good ones of `items` as a batch of labels."""

        def place(position: int) -> str:
            return f"annotations[{indices[position]}]"

        image_ids = shape.column(items, "image_id") or []
        rows = self._images.of(image_ids)
        report_values(
            self._problems,
            rows < 0,
            self._file,
            place,
            "image_id",
            image_ids,
            "the id of an image of the file",
        )
        class_index = categories.indices(integers(shape.column(items, "category_id") or []), place)
        segmentations = segmentation_texts(items, shape)
        good = (rows >= 0) & (class_index >= 0)
        values: dict[str, Any] = {
            "frame_row": rows,
            "class_index": class_index,
            "segmentation": segmentations,
        }
        if self._has_boxes:
            good &= self._add_boxes(values, items, shape, place)
        else:
            self._frames_seen.add(rows[rows >= 0].astype(np.int64), np.asarray(indices)[rows >= 0].tolist())
        values["label_id"] = self._label_ids(shape.column(items, "id"), indices)
        values["iscrowd"] = self._flags(shape.column(items, "iscrowd") or [0] * len(items), place)
        values["difficult"] = np.zeros(len(items), dtype=np.bool_)
        batch = label_batch(values, self._user(items, shape), len(items))
        return batch if good.all() else batch.filter(pa.array(good))

    def finish(self) -> None:
        """Report what only all annotations together show."""
        self._boxes.finish()
        self._ids.report(self._problems, self._file, "id", lambda i: f"annotations[{i}]")
        if 0 < self._n_without_id < self._n:
            problem = Problem(self._file, self._first_without_id, "id", "an id, as others have", "nothing")
            self._problems.add(problem, times=self._n_without_id)
        for _, index in self._frames_seen.repeated():
            expected, hint = "one label per frame", "Classification has one class per image."
            self._problems.add(
                Problem(self._file, f"annotations[{index}]", "image_id", expected, "another", hint)
            )

    def _add_boxes(self, values: dict[str, Any], items: list[Any], shape: ElementShape, place: Any) -> Any:
        def missing(mask: Any) -> None:
            expected = "a box, or a segmentation to take it from"
            report_values(self._problems, mask, self._file, place, "bbox", [None] * len(items), expected)

        boxes, areas, have_box = boxes_and_areas(items, shape, values["segmentation"], missing)
        xywh, good = self._boxes.check(boxes, np.where(have_box, values["frame_row"], -1), place)
        areas = np.where(np.isnan(areas), xywh[:, 2] * xywh[:, 3], areas)
        bad_area = have_box & good & ~(np.isfinite(areas) & (areas >= 0))
        report_values(
            self._problems, bad_area, self._file, place, "area", areas.tolist(), "an area of 0 or more"
        )
        values |= box_values(xywh) | {"area_px": areas}
        return good & ~bad_area

    def _label_ids(self, ids: list[Any] | None, indices: Sequence[int]) -> pa.Array:
        ids = ids or [None] * len(indices)
        without = ids.count(None)
        self._n += len(ids)
        if without:
            if not self._first_without_id:
                self._first_without_id = f"annotations[{indices[ids.index(None)]}]"
            self._n_without_id += without
            ids = [f"{index}" if value is None else value for value, index in zip(ids, indices, strict=True)]
        numbers = plain_integers(ids)
        if not self._n_without_id:
            self._ids.add(ids if numbers is None else numbers, indices)
        if numbers is not None:
            return pa.array(numbers).cast(pa.string())
        return pa.array([str(value) for value in ids], pa.string())

    def _flags(self, flags: list[Any], place: Any) -> Any:
        values = integers(flags)
        wrong = (values != 0) & (values != 1)
        report_values(self._problems, wrong, self._file, place, "iscrowd", flags, "0 or 1")
        return values == 1

    def _user(self, items: list[Any], shape: ElementShape) -> dict[str, pa.Array]:
        learnt = shape.learnt_values(items)
        attributes = learnt.pop("attributes", None)
        if attributes is not None:
            keys = dict.fromkeys(k for value in attributes if isinstance(value, dict) for k in value)
            for key in keys:
                nested = [v.get(key) if isinstance(v, dict) else None for v in attributes]
                learnt.setdefault(key, nested)
        return user_columns(learnt, self._notes)
