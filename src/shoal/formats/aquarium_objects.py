"""Labels and inferences of the `aquariumlearning` client in Shoal's columns."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.errors import Problem, ProblemLog
from shoal.formats.aquarium_frames import is_metadata
from shoal.formats.aquarium_rows import FrameRow, Json
from shoal.formats.batches import box_values, inference_batch, label_batch
from shoal.formats.boxes import BoxCheck, BoxFormat, check_confidence
from shoal.formats.class_resolver import ClassResolver
from shoal.formats.faults import shorten
from shoal.formats.frame_lookup import FrameLookup
from shoal.formats.notes import Notes
from shoal.formats.user_columns import user_columns
from shoal.model.class_map import BACKGROUND
from shoal.model.task import Task

BATCH_OBJECTS: Final = 20_000
_HUGE: Final = 10**300
_BOX_KEYS: Final = ("left", "top", "width", "height")
_TYPE_OF_TASK: Final = {
    Task.OBJECT_DETECTION: "BBOX_2D",
    Task.CLASSIFICATION: "CLASSIFICATION_2D",
    Task.BINARY_CLASSIFICATION: "CLASSIFICATION_2D",
}


class ObjectBatches:
    """Gathers objects a task can score and makes batches of them; counts those it cannot.

    Args:
        task: the project's; `None` where Shoal scores nothing of it.
        frames: gives the sizes of images.
        classes: resolves class names.
        problems: takes what is wrong.
        notes: takes what is kept but not scored.
        is_inference: whether the objects are inferences.
    """

    def __init__(
        self,
        task: Task | None,
        frames: FrameLookup,
        classes: ClassResolver,
        problems: ProblemLog,
        notes: Notes,
        *,
        is_inference: bool,
    ) -> None:
        self._wanted = None if task is None else _TYPE_OF_TASK[task]
        self._has_boxes = task is not None and task.has_boxes
        self._classes = classes
        self._problems = problems
        self._notes = notes
        self._is_inference = is_inference
        self._word = "inference" if is_inference else "label"
        self._boxes = BoxCheck(BoxFormat.XYWH, frames, "", problems, notes, key=", ".join(_BOX_KEYS))
        self._left_out: Counter[str] = Counter()
        self._ids: set[str] = set()
        self._objects: list[Json] = []
        self._rows: list[int] = []
        self._class_indices: list[int] = []
        self._places: list[str] = []

    @property
    def is_full(self) -> bool:
        """Whether a batch should be taken."""
        return len(self._objects) >= BATCH_OBJECTS

    def add(self, row: FrameRow, position: int) -> None:
        """Take the objects of a frame; `position` is its row."""
        n_scored = 0
        for i, one in enumerate(row.objects):
            place = f"{row.place}, {self._word} {one.get('uuid', i)!r}"
            if one.get("label_type") != self._wanted or self._is_background(one):
                self._left_out[str(one.get("label_type"))] += 1
                continue
            n_scored += 1
            if not self._has_boxes and n_scored > 1:
                expected = "one class per frame"
                self._problems.add(Problem(row.file, place, "", expected, "another"))
                continue
            self._take(one, row, place, position)

    def _is_background(self, one: Json) -> bool:
        return str(one.get("label")).casefold() == BACKGROUND

    def _take(self, one: Json, row: FrameRow, place: str, position: int) -> None:
        uuid = one.get("uuid")
        if not isinstance(uuid, str) or uuid in self._ids:
            found = f"{uuid!r} again" if uuid in self._ids else shorten(uuid)
            self._problems.add(Problem(row.file, place, "uuid", "an id that occurs once", found))
            return
        self._ids.add(uuid)
        index = self._classes.index(str(one.get("label")))
        if index is None:
            self._classes.reject(str(one.get("label")), times=1, place=place, field="label")
            self._boxes.file = row.file
            return
        self._objects.append(one)
        self._rows.append(position)
        self._class_indices.append(index)
        self._places.append(place)
        self._boxes.file = row.file

    def take(self) -> pa.RecordBatch:
        """Return what was gathered, and begin anew."""
        n = len(self._objects)
        attributes = [one.get("attributes") or {} for one in self._objects]
        values: dict[str, Any] = {
            "frame_row": np.array(self._rows, np.int32),
            "class_index": np.array(self._class_indices, np.int32),
        }
        good = np.ones(n, np.bool_)
        if self._has_boxes and n:
            good &= self._add_boxes(values, attributes)
        ids = [one["uuid"] for one in self._objects]
        keys = dict.fromkeys(key for one in attributes for key in one if is_metadata(key))
        user = user_columns({key: [one.get(key) for one in attributes] for key in keys}, self._notes)
        if self._is_inference:
            confidence = np.array([_number(one.get("confidence")) for one in attributes], np.float64)
            good &= check_confidence(
                confidence, self._boxes.file, "confidence", self._problems, self._places.__getitem__
            )
            batch = inference_batch({**values, "inference_id": ids, "confidence": confidence}, user, n)
        else:
            crowd = np.array([bool(one.get("iscrowd")) for one in attributes], np.bool_)
            more = {"label_id": ids, "iscrowd": crowd, "difficult": np.zeros(n, np.bool_)}
            batch = label_batch({**values, **more}, user, n)
        self._objects, self._rows, self._class_indices, self._places = [], [], [], []
        return batch if good.all() else batch.filter(pa.array(good))

    def finish(self) -> None:
        """Report unknown classes, and say what is kept without being scored."""
        self._classes.report(self._problems, self._boxes.file)
        what = "inferences" if self._is_inference else "labels"
        for kind, n in sorted(self._left_out.items()):
            self._notes.add(f"{n:,} {what} of the type {kind} are kept and given back, and not scored.")

    def _add_boxes(self, values: dict[str, Any], attributes: list[Json]) -> npt.NDArray[np.bool_]:
        boxes = np.array([[_number(one.get(key)) for key in _BOX_KEYS] for one in attributes], np.float64)
        xywh, good = self._boxes.check(boxes, values["frame_row"], self._places.__getitem__)
        values |= box_values(xywh) | {"area_px": xywh[:, 2] * xywh[:, 3]}
        return good


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    return float(value) if abs(value) < _HUGE else float("inf")
