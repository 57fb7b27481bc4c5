"""What each column of a table is taken for, by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from shoal.formats.boxes import BoxFormat


class Role(StrEnum):
    """What the rows of a table are."""

    FRAMES = "frames"
    LABELS = "labels"
    INFERENCES = "inferences"
    METADATA = "metadata"


_KEYS: Final = {
    "frame_id": ("frame_id", "frame", "image_id", "img_id"),
    "file_name": (
        "file_name", "filename", "file", "image", "image_path", "img_path", "image_name", "image_file",
        "file_path", "filepath", "path", "img",
    ),
}  # fmt: skip

_FRAME_FIELDS: Final = {
    "frame_id": ("frame_id", "frame", "id"),
    "source_id": ("source_id", "image_id", "img_id"),
    "file_name": _KEYS["file_name"],
    "url": ("url", "uri", "image_url", "image_uri"),
    "width": ("width", "image_width", "img_width", "width_px"),
    "height": ("height", "image_height", "img_height", "height_px"),
    "date_captured": ("date_captured", "captured_at", "capture_time", "timestamp", "datetime"),
    "device_id": ("device_id", "device"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
}

_OBJECT_FIELDS: Final = {
    **_KEYS,
    "class": (
        "class", "class_name", "category", "category_name", "label", "label_name", "predicted_class",
        "prediction",
    ),
    "class_id": ("class_id", "category_id", "label_index", "class_index"),
    "confidence": ("confidence", "score", "conf", "probability", "prob"),
    "bbox": ("bbox", "box", "bounding_box"),
    "area": ("area_px", "area"),
    "segmentation": ("segmentation",),
    "image_width": ("image_width", "img_width", "width"),
    "image_height": ("image_height", "img_height", "height"),
    "url": ("url", "uri", "image_url", "image_uri"),
}  # fmt: skip

_LABEL_FIELDS: Final = {
    **_OBJECT_FIELDS,
    "id": ("label_id", "annotation_id", "object_id", "id"),
    "iscrowd": ("iscrowd", "is_crowd", "crowd"),
    "difficult": ("difficult", "is_difficult"),
}

_FIELDS: Final[dict[Role, Mapping[str, tuple[str, ...]]]] = {
    Role.FRAMES: _FRAME_FIELDS,
    Role.LABELS: {key: names for key, names in _LABEL_FIELDS.items() if key != "confidence"},
    Role.INFERENCES: {**_OBJECT_FIELDS, "id": ("inference_id", "prediction_id", "detection_id", "id")},
    Role.METADATA: {
        "frame_id": ("frame_id", "frame", "image_id", "img_id", "id"),
        "file_name": _KEYS["file_name"],
    },
}

_BOX_COLUMNS: Final[tuple[tuple[BoxFormat, tuple[str, str, str, str]], ...]] = (
    (BoxFormat.XYWH, ("x", "y", "w", "h")),
    (BoxFormat.XYXY, ("x1", "y1", "x2", "y2")),
    (BoxFormat.XYXY, ("x0", "y0", "x1", "y1")),
    (BoxFormat.XYXY, ("xmin", "ymin", "xmax", "ymax")),
    (BoxFormat.XYXY, ("x_min", "y_min", "x_max", "y_max")),
    (BoxFormat.XYXY, ("left", "top", "right", "bottom")),
    (BoxFormat.XYWH, ("x", "y", "width", "height")),
    (BoxFormat.XYWH, ("left", "top", "width", "height")),
    (BoxFormat.XYWH, ("bbox_x", "bbox_y", "bbox_w", "bbox_h")),
    (BoxFormat.XYWH, ("bbox_x", "bbox_y", "bbox_width", "bbox_height")),
    (BoxFormat.CENTRE, ("cx", "cy", "w", "h")),
    (BoxFormat.CENTRE, ("xc", "yc", "w", "h")),
    (BoxFormat.CENTRE, ("x_center", "y_center", "width", "height")),
    (BoxFormat.CENTRE, ("x_centre", "y_centre", "width", "height")),
)

_NESTED: Final = {
    Role.LABELS: ("labels", "objects", "annotations"),
    Role.INFERENCES: ("inferences", "predictions", "detections"),
}


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """The columns of one table.

    Attributes:
        fields: column name by field, such as `{"class": "Category"}`.
        box_columns: the four columns of a box, in the order of `box_format`; empty when there are none.
        box_format: how the four numbers make a box.
        user: columns that become user columns, in order.
    """

    fields: Mapping[str, str]
    box_columns: tuple[str, ...]
    box_format: BoxFormat
    user: tuple[str, ...]

    @property
    def has_boxes(self) -> bool:
        """Whether rows can carry boxes."""
        return bool(self.box_columns) or "bbox" in self.fields

    @property
    def frame_key(self) -> str | None:
        """The column that names the frame; a frame id goes before a file name."""
        return self.fields.get("frame_id") or self.fields.get("file_name")

    @property
    def names_frames_alone(self) -> bool:
        """Whether rows name a frame and nothing else: there is no object in it."""
        return not (self.fields.keys() - {"frame_id", "file_name"} or self.box_columns or self.user)

    @property
    def frame_key_kinds(self) -> tuple[str, ...]:
        """What the frame key is looked up as, in order."""
        if "frame_id" not in self.fields:
            return ("file_name", "frame_id", "source_id")
        if plain_name(self.fields["frame_id"]) in ("image_id", "img_id", "id"):
            return ("source_id", "frame_id", "file_name")
        return ("frame_id", "source_id", "file_name")


def plan_columns(names: Iterable[str], role: Role, box_format: BoxFormat | None = None) -> ColumnPlan:
    """Return what each column is taken for: names are compared without case, blanks, dots and dashes.

    For each field the first of its known names wins; a column serves one field; all others are user columns.

    Args:
        box_format: overrides how `bbox` is read; for named columns only whether they are normalised.
    """
    columns = {plain_name(name): name for name in reversed(list(names))}
    names = list(dict.fromkeys(names))
    used: set[str] = set()
    box_columns: tuple[str, ...] = ()
    found = BoxFormat.XYWH if box_format is None else box_format
    if role in _NESTED:
        for candidate, parts in _BOX_COLUMNS:
            if all(part in columns for part in parts):
                box_columns = tuple(columns[part] for part in parts)
                used.update(box_columns)
                is_normalised = box_format is not None and box_format.is_normalised
                found = candidate.normalised if is_normalised else candidate
                break
    fields: dict[str, str] = {}
    for field, synonyms in _FIELDS[role].items():
        match = next((columns[s] for s in synonyms if s in columns and columns[s] not in used), None)
        if match is not None and not (field == "bbox" and box_columns):
            fields[field] = match
            used.add(match)
    return ColumnPlan(fields, box_columns, found, tuple(name for name in names if name not in used))


def nested_column(columns: Mapping[str, Sequence[Any]], role: Role) -> str | None:
    """Return the column whose cells are lists of objects of a role, or `None` for one row per object."""
    for name in _NESTED.get(role, ()):
        values = columns.get(name)
        first = next((value for value in values if value is not None), None) if values is not None else None
        if isinstance(first, list) and (not first or isinstance(first[0], dict)):
            return name
    return None


def is_nested_name(name: str) -> bool:
    """Whether a column of this name holds nested objects of some role."""
    return any(name in names for names in _NESTED.values())


def plain_name(name: str) -> str:
    """Return a column name in lower case with single underscores."""
    return re.sub(r"[\s.\-/]+", "_", name.strip()).casefold()
