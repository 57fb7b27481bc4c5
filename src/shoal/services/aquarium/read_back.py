"""Frames as the client wants them back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shoal.model.columns import USER_PREFIX

_BOOKKEEPING: Final = ("user_metadata_types", "user_metadata_modes")
_SENSOR_TYPES: Final = {"POINTCLOUD_PCD_V0": "POINT_CLOUD_PCD"}
_MASKS: Final = ("SEMANTIC_LABEL_URL_2D", "INSTANCE_LABEL_URL_2D")
_MASK_ATTRIBUTES: Final = ("url", "resize_mode")
_METADATA: Final = "coordinate_frame_metadata"


def frame_read_back(frame: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a frame with its labels as the client builds its own objects from.

    It tries to read every text in a sensor, a label or a coordinate frame as JSON, so that an id such as
    `123` would become a number: texts are sent as JSON texts.
    """
    sensors = [_sensor(sensor) for sensor in frame.get("sensor_data") or []]
    default = next((sensor["sensor_id"] for sensor in frame.get("sensor_data") or []), None)
    user = {
        key: value
        for key, value in frame.items()
        if USER_PREFIX in key and key not in _BOOKKEEPING and value is not None
    }
    answer = {
        "task_id": frame["task_id"],
        "date_captured": frame.get("date_captured"),
        "device_id": frame.get("device_id"),
        "coordinate_frames": [_coordinate_frame(one) for one in frame.get("coordinate_frames") or []],
        "sensor_data": sensors,
        **user,
        "label_data": [object_read_back(one, default) for one in objects],
    }
    if frame.get("geo_data"):
        answer["geo_data"] = json.dumps(frame["geo_data"])
    return answer


def object_read_back(one: Mapping[str, Any], default_sensor: str | None) -> dict[str, Any]:
    """Return a label; one without a sensor, which the client sends for new labels of changed frames, gets
    the frame's first."""
    attributes = dict(one.get("attributes") or {})
    if one.get("label_type") in _MASKS:
        attributes = {key: attributes[key] for key in _MASK_ATTRIBUTES if attributes.get(key) is not None}
    place = one.get("label_coordinate_frame")
    filled = {**one, "label_coordinate_frame": default_sensor if place is None else place}
    return {**_quoted(filled), "attributes": attributes}


def _sensor(sensor: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(sensor.get("sensor_type"))
    metadata = sensor.get("sensor_metadata") or {}
    return {
        **_quoted({**sensor, "sensor_type": _SENSOR_TYPES.get(kind, kind)}),
        "data_urls": sensor.get("data_urls") or {},
        "sensor_metadata": {key: value for key, value in metadata.items() if value not in (None, "None")},
    }


def _coordinate_frame(frame: Mapping[str, Any]) -> dict[str, Any]:
    answer = _quoted(frame)
    text = frame.get(_METADATA)
    values = _parsed(text) if isinstance(text, str) else None
    if isinstance(values, dict):
        kept = {key: value for key, value in values.items() if value is not None or key == "parent_frame_id"}
        answer[_METADATA] = json.dumps(kept)
    return answer


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _quoted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: json.dumps(value) if isinstance(value, str) else value for key, value in values.items()}
