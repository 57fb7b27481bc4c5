"""Class maps as the client knows them: Shoal's own, with what Shoal does not use of an entry beside it."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any, Final

from shoal.model.class_map import BACKGROUND
from shoal.services.aquarium.body_values import check_storable, text_of, whole_number_of
from shoal.wire.projects import ClassBody

_OWN_CLASS_KEYS: Final = ("name", "id", "color", "train_name", "ignore_in_eval", "keypoint_names", "skeleton")


def appended_classes(
    known: Sequence[dict[str, Any]], noted: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return Shoal's class map with the given classes it lacks, and these as they were given.

    `background` is never a class of the map: Shoal adds it where it is needed.

    Args:
        known: Shoal's class map.
        noted: the classes as they were given before.
        given: the classes that are given now.
    """
    names = {entry["name"] for entry in (*known, *noted)}
    used = {entry["id"] for entry in (*known, *noted)}
    taken = used | {entry.get("id") for entry in given}
    added, classes = [], list(known)
    for entry in given:
        if entry["name"] in names:
            continue
        names.add(entry["name"])
        number = entry.get("id")
        if number is None or number in used:
            number = max((taken_id for taken_id in taken if taken_id is not None), default=-1) + 1
            taken.add(number)
        used.add(number)
        added.append({**entry, "id": number})
        if entry["name"].casefold() != BACKGROUND:
            classes.append(_own_entry({**entry, "id": number}))
    return classes, added


def checked_entry(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as it is; one that is no class is refused."""
    check_storable(entry, "label_class_map")
    text_of(entry, "name")
    number = whole_number_of(entry, "id", default=-1)
    _own_entry({**entry, "id": number})
    return {**entry, "id": None if number < 0 else number}


def changed_entry(entry: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of Shoal's class map with what a change says of it, but for its name."""
    named = {key: value for key, value in change.items() if key in _OWN_CLASS_KEYS and key != "name"}
    return _own_entry({**entry, **named})


def shown_classes(
    class_map: Sequence[dict[str, Any]], noted: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the class map with all the client expects; classes Shoal does not hold stand at the end."""
    extra = {entry["name"]: entry for entry in noted}
    shown = [_shown(entry, extra.get(entry["name"], {}), i) for i, entry in enumerate(class_map)]
    held = {entry["name"] for entry in class_map}
    return [*shown, *(_shown({}, entry, len(shown)) for name, entry in extra.items() if name not in held)]


def _own_entry(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {key: entry.get(key) for key in _OWN_CLASS_KEYS}
    color = kept["color"]
    kept["color"] = color[:3] if isinstance(color, list | tuple) and color else None
    kept["keypoint_names"] = kept["keypoint_names"] or []
    kept["skeleton"] = kept["skeleton"] or []
    kept["ignore_in_eval"] = bool(kept["ignore_in_eval"])
    return ClassBody.model_validate(kept).model_dump()


def _shown(entry: dict[str, Any], noted: dict[str, Any], position: int) -> dict[str, Any]:
    merged = {**noted, **{key: value for key, value in entry.items() if value is not None}}
    name, number = merged["name"], merged["id"]
    red, green, blue = colorsys.hsv_to_rgb(position * 0.618 % 1, 0.7, 0.9)
    color = list(merged.get("color") or (int(red * 255), int(green * 255), int(blue * 255)))
    return {
        "train_name": name,
        "train_id": number,
        "category": name,
        "category_id": number,
        "has_instances": True,
        "ignore_in_eval": False,
        "train_color": color,
        **{key: value for key, value in merged.items() if value is not None},
        "color": color,
        "keypoint_names": merged.get("keypoint_names") or None,
        "skeleton": merged.get("skeleton") or None,
    }
