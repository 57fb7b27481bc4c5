"""Rows the `aquariumlearning` client writes: frames, what is in them, and changes of both.

A row is kept as it came, less what only told the server how to take it.  Numbers may be NaN or infinite.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from shoal.errors import Problem, ProblemLog
from shoal.formats.aquarium_shapes import faults_of, is_text
from shoal.formats.faults import shorten
from shoal.formats.json_text import without_lone_surrogates
from shoal.formats.notes import Notes

Json = dict[str, Any]

ORDERS: Final = frozenset(
    {"change", "reuse_latest_embedding", "explicitly_set_keys", "previously_written_window"}
)
"""Keys that say what is to be done with a row, and are nothing of the frame's."""

_OBJECTS: Final = ("label_data", "inference_data")
_MERGED_BY_KEY: Final = ("user_metadata_types", "user_metadata_modes")
_ADDED_BY_ID: Final = {"sensor_data": "sensor_id", "coordinate_frames": "coordinate_frame_id"}


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame with what is in it.

    Attributes:
        frame: the frame's row without objects.
        objects: labels or inferences, in order.
        file: the file it stands in.
        place: where in the file.
        is_change: whether it changes a frame that is there, rather than replacing it.
    """

    frame: Json
    objects: list[Json]
    file: str
    place: str
    is_change: bool = False

    @property
    def frame_id(self) -> str:
        """The frame's id."""
        found: str = self.frame["task_id"]
        return found


Known = Callable[[Sequence[str]], Mapping[str, tuple[Json, list[Json]]]]
"""Returns the rows of frames that are there already, by frame id."""

CHUNK_FRAMES: Final = 2000


def read_rows(
    frame_files: Sequence[Path],
    object_files: Sequence[Path],
    known: Known,
    problems: ProblemLog,
    notes: Notes | None = None,
) -> Iterator[FrameRow]:
    """Yield the frames of an upload as they are after it: changed ones merged with what is there.

    A change of a frame that is not there is dropped, as the client's documentation has it.

    Args:
        frame_files: one frame in a line.
        object_files: beside each file of frames, the labels of its frames; none where frames hold their own.
        known: looks frames up that are changed.
        problems: takes what is wrong; the row is left out.
        notes: takes what was dropped.
    """
    dropped: list[str] = []
    for i, path in enumerate(frame_files):
        beside = _objects_by_frame(object_files[i], problems) if i < len(object_files) else {}
        pending: list[FrameRow] = []
        for place, row in _lines(path, problems):
            objects = _own_objects(row)
            objects = beside.get(row["task_id"], []) if objects is None else objects
            pending.append(FrameRow(row, objects, path.name, place))
            if len(pending) == CHUNK_FRAMES:
                yield from _settled(pending, known, dropped)
                pending = []
        yield from _settled(pending, known, dropped)
    if dropped and notes is not None:
        some = ", ".join(repr(frame_id) for frame_id in dropped[:5])
        notes.add(f"{len(dropped):,} changes of frames that are not in the dataset were dropped: {some}.")


def _lines(path: Path, problems: ProblemLog) -> Iterator[tuple[str, Json]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            place = f"line {number}"
            try:
                row = _decoded(without_lone_surrogates(line))
            except ValueError as error:
                problems.add(Problem(path.name, place, "", "a JSON object", str(error)))
                continue
            if not isinstance(row, dict) or not is_text(row.get("task_id") or None):
                found = shorten(row.get("task_id") if isinstance(row, dict) else row)
                problems.add(Problem(path.name, place, "task_id", "the id of a frame", found))
                continue
            place = f"{place}, frame {row['task_id']!r}"
            faults = list(faults_of(row))
            for fault in faults:
                problems.add(Problem(path.name, place, *fault))
            if not faults:
                yield place, row


def _decoded(line: bytes) -> Any:
    """Return the value of a line; the fast decoder knows no NaN."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line)


def _objects_by_frame(path: Path, problems: ProblemLog) -> dict[str, list[Json]]:
    return {row["task_id"]: row.get("label_data") or [] for _, row in _lines(path, problems)}


def _own_objects(row: Json) -> list[Json] | None:
    """Take the objects out of a frame's row; `None` when it says nothing of any."""
    found = [row.pop(key) for key in _OBJECTS if key in row]
    return (found[-1] or []) if found else None


def _settled(rows: list[FrameRow], known: Known, dropped: list[str]) -> Iterator[FrameRow]:
    changed = [row.frame_id for row in rows if row.frame.get("change") == "MODIFY"]
    before = known(changed) if changed else {}
    for row in rows:
        if row.frame.get("change") != "MODIFY":
            kept = {key: value for key, value in row.frame.items() if key not in ORDERS}
            yield FrameRow(kept, [_plain(one) for one in row.objects], row.file, row.place)
        elif row.frame_id in before:
            frame, objects = before[row.frame_id]
            after = changed_frame(frame, row.frame), changed_objects(objects, row.objects)
            yield FrameRow(*after, row.file, row.place, is_change=True)
        else:
            dropped.append(row.frame_id)


def changed_frame(before: Json, change: Json) -> Json:
    """Return a frame with the keys a change sets; sensors and coordinate frames join those of other ids."""
    after = dict(before)
    for key in change.get("explicitly_set_keys") or []:
        if key in ORDERS or key not in change:
            continue
        if key in _MERGED_BY_KEY:
            after[key] = {**(before.get(key) or {}), **(change[key] or {})}
        elif key in _ADDED_BY_ID:
            after[key] = _joined(before.get(key) or [], change[key] or [], _ADDED_BY_ID[key])
        else:
            after[key] = change[key]
    return after


def changed_objects(before: Sequence[Json], changes: Sequence[Json]) -> list[Json]:
    """Return labels after a change: new ones are added, known ones take the values that are given.

    A change of a label that is not there is dropped, as the client's documentation has it.
    """
    after = {one["uuid"]: one for one in before}
    for change in changes:
        known = after.get(change["uuid"])
        if change.get("change") != "MODIFY":
            after[change["uuid"]] = _plain(change)
        elif known is not None:
            given = {key: value for key, value in _plain(change).items() if value is not None}
            attributes = {k: v for k, v in (given.get("attributes") or {}).items() if v is not None}
            given["attributes"] = {**(known.get("attributes") or {}), **attributes}
            after[change["uuid"]] = {**known, **given}
    return list(after.values())


def _joined(before: Sequence[Json], given: Sequence[Json], key: str) -> list[Json]:
    return list({**{one.get(key): one for one in before}, **{one.get(key): one for one in given}}.values())


def _plain(one: Json) -> Json:
    return {key: value for key, value in one.items() if key not in ORDERS}
