"""What must hold of a row the client writes, so that everything after can rely on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from shoal.formats.faults import shorten

Shape = tuple[str, Callable[[Any], bool]]
Fault = tuple[str, str, str]
"""Field, expected, found."""


def is_text(value: Any) -> bool:
    """Whether a value is a text the store can hold."""
    return isinstance(value, str) and "\0" not in value


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TEXT: Final[Shape] = ("a text", is_text)
_OBJECT: Final[Shape] = ("an object", _is_object)
_OBJECTS: Final[Shape] = ("a list of objects", _are_objects)

_FRAME: Final[Mapping[str, Shape]] = {
    "device_id": _TEXT,
    "sensor_data": _OBJECTS,
    "coordinate_frames": _OBJECTS,
    "geo_data": _OBJECT,
    "label_data": _OBJECTS,
    "inference_data": _OBJECTS,
    "user_metadata_types": _OBJECT,
    "user_metadata_modes": _OBJECT,
    "explicitly_set_keys": ("a list of texts", _are_texts),
}
_SENSOR: Final[Mapping[str, Shape]] = {
    "sensor_id": _TEXT,
    "data_urls": _OBJECT,
    "sensor_metadata": _OBJECT,
}
_COORDINATE_FRAME: Final[Mapping[str, Shape]] = {
    "coordinate_frame_id": _TEXT,
    "coordinate_frame_metadata": _TEXT,
}
_LABEL: Final[Mapping[str, Shape]] = {"uuid": _TEXT, "label": _TEXT, "attributes": _OBJECT}


def faults_of(row: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the shape of a row; a key that is missing or null is fine, but for ids."""
    yield from _unfit(row, _FRAME, "")
    for key in row:
        if "\0" in key:
            yield key, "a key without NUL characters", shorten(key)
    for key, shapes, named in (
        ("sensor_data", _SENSOR, None),
        ("coordinate_frames", _COORDINATE_FRAME, None),
        ("label_data", _LABEL, "uuid"),
        ("inference_data", _LABEL, "uuid"),
    ):
        parts: Any = row.get(key) or ()
        for i, part in enumerate(parts if _are_objects(parts) else ()):
            yield from _unfit(part, shapes, f"{key}[{i}].")
            if named is not None and part.get(named) is None:
                yield f"{key}[{i}].{named}", "an id", "nothing"


def _unfit(values: Mapping[str, Any], shapes: Mapping[str, Shape], prefix: str) -> Iterator[Fault]:
    for key, (expected, fits) in shapes.items():
        value = values.get(key)
        if value is not None and not fits(value):
            yield f"{prefix}{key}", expected, shorten(value)
