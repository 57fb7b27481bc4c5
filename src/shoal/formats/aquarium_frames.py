"""Frames of the `aquariumlearning` client in Shoal's columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from shoal.formats.aquarium_rows import Json
from shoal.formats.batches import frame_batch
from shoal.formats.notes import Notes
from shoal.formats.user_columns import parse_date, user_columns
from shoal.model.columns import USER_PREFIX

_IMAGE: Final = "IMAGE_V0"
_SCHEMES: Final = frozenset({"http", "https", "s3", "gs", "file"})
_BOOKKEEPING: Final = frozenset({"user_metadata_types", "user_metadata_modes"})

Locate = Callable[[str], str]
"""Returns where an image really lies, such as a file of the home for one that was uploaded to it."""


def frames_batch(frames: Sequence[Json], locate: Locate, notes: Notes) -> pa.RecordBatch:
    """Return a batch of `FRAME_COLUMNS` and user columns.

    The image is the first image sensor's; what Shoal has no column for stays in the rows.
    """
    sensors = [_image_sensor(frame) for frame in frames]
    urls = [_url(sensor, locate) for sensor in sensors]
    geo = [frame.get("geo_data") or {} for frame in frames]
    values: dict[str, Any] = {
        "frame_id": [frame["task_id"] for frame in frames],
        "file_name": [None if url is None else _file_name(url) for url in urls],
        "url": urls,
        "width": [_size(sensor, "width") for sensor in sensors],
        "height": [_size(sensor, "height") for sensor in sensors],
        "date_captured": [parse_date(str(frame.get("date_captured") or "")) for frame in frames],
        "device_id": [frame.get("device_id") for frame in frames],
        "latitude": [_number(place.get("geo_EPSG4326_lat")) for place in geo],
        "longitude": [_number(place.get("geo_EPSG4326_lon")) for place in geo],
    }
    keys = dict.fromkeys(key for frame in frames for key in frame if is_metadata(key))
    user = {key: [frame.get(key) for frame in frames] for key in keys}
    return frame_batch(values, user_columns(user, notes), len(frames))


def is_metadata(key: str) -> bool:
    """Whether a key of a frame's row or of an object's attributes is the user's own."""
    return USER_PREFIX in key and key not in _BOOKKEEPING


def _image_sensor(frame: Json) -> Json:
    sensors = frame.get("sensor_data") or []
    return next((one for one in sensors if one.get("sensor_type") == _IMAGE), {})


def _url(sensor: Json, locate: Locate) -> str | None:
    url = (sensor.get("data_urls") or {}).get("image_url")
    if not isinstance(url, str):
        return None
    located = locate(url)
    return located if urlsplit(located).scheme in _SCHEMES else None


def _file_name(url: str) -> str | None:
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1] or None


def _size(sensor: Json, key: str) -> int | None:
    found = (sensor.get("sensor_metadata") or {}).get(key)
    return found if isinstance(found, int) and 0 < found < 1 << 31 else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < 1000 else None  # degrees
