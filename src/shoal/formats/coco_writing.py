"""Writing COCO files: instances of some frames, and results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
import pyarrow as pa

from shoal.model.class_map import ClassMap
from shoal.model.columns import USER_PREFIX

Target = Path | str | IO[bytes]


def write_coco_subset(target: Target, frames: pa.Table, labels: pa.Table, class_map: ClassMap) -> None:
    """Write frames and their labels as a COCO instances file.

    Args:
        target: a path, or a file open for writing bytes.
        frames: `FRAME_COLUMNS` and user columns, one row per frame to write.
        labels: `LABEL_COLUMNS` and user columns; `frame_row` is a position in `frames`.
        class_map: gives the categories; all are written.

    Image ids are the source ids where all are different integers, otherwise they count from 1; annotation ids
    likewise.  User columns become keys of images, and of `attributes` of annotations.
    """
    image_ids = _integer_ids(frames["source_id"].to_pylist())
    with _opened(target) as file:
        file.write(b'{"images":')
        _write_list(file, _images(frames, image_ids))
        file.write(b',"annotations":')
        _write_list(file, _annotations(labels, image_ids, class_map))
        file.write(b',"categories":')
        _write_list(file, ({"id": entry.id, "name": entry.name} for entry in class_map.entries))
        file.write(b"}\n")


def write_coco_results(target: Target, frames: pa.Table, inferences: pa.Table, class_map: ClassMap) -> None:
    """Write inferences as a COCO results file.

    Args:
        target: a path, or a file open for writing bytes.
        frames: `FRAME_COLUMNS`; image ids are chosen as `write_coco_subset` does.
        inferences: `INFERENCE_COLUMNS`; `frame_row` is a position in `frames`.
        class_map: gives the category ids.
    """
    image_ids = _integer_ids(frames["source_id"].to_pylist())
    with _opened(target) as file:
        _write_list(file, _results(inferences, image_ids, class_map))


def _images(frames: pa.Table, image_ids: list[int]) -> Iterator[dict[str, Any]]:
    for image_id, row in zip(image_ids, _rows(frames), strict=True):
        image: dict[str, Any] = {"id": image_id, "file_name": row["file_name"] or row["frame_id"]}
        for key in ("width", "height", "device_id", "latitude", "longitude"):
            if row[key] is not None:
                image[key] = row[key]
        if row["date_captured"] is not None:
            image["date_captured"] = row["date_captured"].isoformat()
        if row["url"] is not None and row["url"].startswith("http"):
            image["coco_url"] = row["url"]
        for key, value in _user_values(row).items():
            image.setdefault(key, value)
        yield image


def _annotations(labels: pa.Table, image_ids: list[int], class_map: ClassMap) -> Iterator[dict[str, Any]]:
    label_ids = _integer_ids(labels["label_id"].to_pylist())
    for label_id, row in zip(label_ids, _rows(labels), strict=True):
        annotation = {
            "id": label_id,
            "image_id": image_ids[row["frame_row"]],
            "category_id": class_map.entries[row["class_index"]].id,
            "iscrowd": int(bool(row["iscrowd"])),
        }
        _add_shape(annotation, row)
        attributes = _user_values(row)
        if row["difficult"]:
            attributes["difficult"] = True
        if attributes:
            annotation["attributes"] = attributes
        yield annotation


def _results(inferences: pa.Table, image_ids: list[int], class_map: ClassMap) -> Iterator[dict[str, Any]]:
    for row in _rows(inferences):
        result = {
            "image_id": image_ids[row["frame_row"]],
            "category_id": class_map.entries[row["class_index"]].id,
            "score": row["confidence"],
        }
        _add_shape(result, row)
        yield result


def _add_shape(target: dict[str, Any], row: Mapping[str, Any]) -> None:
    if row["x"] is not None and not math.isnan(row["x"]):
        target["bbox"] = [row["x"], row["y"], row["w"], row["h"]]
        target["area"] = row["area_px"]
    if row["segmentation"] is not None:
        target["segmentation"] = msgspec.Raw(row["segmentation"])


def _user_values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key.removeprefix(USER_PREFIX): value
        for key, value in row.items()
        if key.startswith(USER_PREFIX) and value is not None
    }


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=20_000):
        yield from batch.to_pylist()


def _integer_ids(ids: list[str | None]) -> list[int]:
    numbers = [int(text) for text in ids if text is not None and text.isdecimal() and len(text) < 19]
    if len(set(numbers)) == len(ids) and 0 not in numbers:
        return numbers
    return list(range(1, len(ids) + 1))


def _write_list(file: IO[bytes], values: Iterable[Mapping[str, Any]]) -> None:
    encoder = msgspec.json.Encoder()
    file.write(b"[")
    for i, value in enumerate(values):
        file.write(b",\n" if i else b"\n")
        file.write(encoder.encode(value))
    file.write(b"]")


@contextmanager
def _opened(target: Target) -> Iterator[IO[bytes]]:
    if isinstance(target, Path | str):
        with Path(target).open("wb") as file:
            yield file
    else:
        yield target
