"""Rows in the client's words of frames and labels that came, or were changed since, another way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shoal.model.columns import USER_PREFIX

Json = dict[str, Any]

_SENSOR: Final = "DEFAULT"
_SCORED: Final = ("BBOX_2D", "CLASSIFICATION_2D")
_COORDINATE_FRAMES: Final = (
    {
        "coordinate_frame_id": _SENSOR,
        "coordinate_frame_type": "IMAGE",
        "coordinate_frame_metadata": json.dumps({"parent_frame_id": "world"}),
    },
    {
        "coordinate_frame_id": "world",
        "coordinate_frame_type": "WORLD",
        "coordinate_frame_metadata": json.dumps({"parent_frame_id": None}),
    },
)


def composed_frame(columns: Mapping[str, Any]) -> Json:
    """Return the row the client would have sent for a frame of Shoal's table."""
    captured = columns.get("date_captured")
    date = captured.isoformat() if isinstance(captured, datetime) else "1970-01-01T00:00:00+00:00"
    size = {key: columns[key] for key in ("width", "height") if columns.get(key) is not None}
    sensor = {
        "sensor_id": _SENSOR,
        "sensor_type": "IMAGE_V0",
        "coordinate_frame": _SENSOR,
        "data_urls": {"image_url": columns.get("url") or columns.get("file_name") or ""},
        "sensor_metadata": size if len(size) == 2 else {},
        "date_captured": date,
        "mirror_asset": False,
    }
    geo = {}
    if columns.get("latitude") is not None and columns.get("longitude") is not None:
        geo = {"geo_EPSG4326_lat": columns["latitude"], "geo_EPSG4326_lon": columns["longitude"]}
    return {
        "task_id": columns["frame_id"],
        "date_captured": date,
        "device_id": columns.get("device_id") or "default_device",
        "coordinate_frames": list(_COORDINATE_FRAMES),
        "sensor_data": [sensor],
        "geo_data": geo,
        **_metadata(columns),
    }


def composed_object(columns: Mapping[str, Any], class_ids: Mapping[str, int]) -> Json:
    """Return the row the client would have sent for a label or an inference of Shoal's tables.

    Args:
        columns: the row of the table, with `class` in place of the class index.
        class_ids: ids of the class map by name.
    """
    box = _box(columns)
    attributes: Json = {**box, **_metadata(columns)}
    if columns.get("iscrowd"):
        attributes["iscrowd"] = True
    if columns.get("confidence") is not None:
        attributes["confidence"] = columns["confidence"]
    return {
        "uuid": columns.get("label_id") or columns.get("inference_id"),
        "label_type": "BBOX_2D" if box else "CLASSIFICATION_2D",
        "label": columns["class"],
        "class_id": class_ids.get(columns["class"]),
        "label_coordinate_frame": _SENSOR,
        "attributes": attributes,
    }


def renewed_frame(sent: Json, columns: Mapping[str, Any]) -> Json:
    """Return the row that was sent with the metadata the frame has now."""
    return {**sent, **{key: value for key, value in _metadata(columns).items() if sent.get(key) != value}}


def renewed_objects(
    sent: Sequence[Json], now: Sequence[Mapping[str, Any]], class_ids: Mapping[str, int]
) -> list[Json]:
    """Return the objects that were sent as they are now; those Shoal does not score are as they were."""
    current = {str(row.get("label_id") or row.get("inference_id")): row for row in now}
    answer = []
    for one in sent:
        row = current.pop(one["uuid"], None)
        if row is not None:
            fresh = composed_object(row, class_ids)
            attributes = {**(one.get("attributes") or {}), **fresh["attributes"]}
            answer.append(
                {**one, "label": fresh["label"], "class_id": fresh["class_id"], "attributes": attributes}
            )
        elif one.get("label_type") not in _SCORED:
            answer.append(one)
    return [*answer, *(composed_object(row, class_ids) for row in current.values())]


def _box(columns: Mapping[str, Any]) -> Json:
    x, y, w, h = (columns.get(name) for name in "xywh")
    return {} if x is None else {"top": y, "left": x, "width": w, "height": h}


def _metadata(columns: Mapping[str, Any]) -> Json:
    found = {
        key: value for key, value in columns.items() if key.startswith(USER_PREFIX) and value is not None
    }
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in found.items()}
