"""Detections drawn from a seed, as arrays and as files: the same for every tool that is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from shoal.kernels.objects import (
    BoolArray,
    FloatArray,
    Int32Array,
    Int64Array,
    Objects,
    offsets_of,
    order_by_confidence,
)

N_CLASSES = 80
LABELS_PER_FRAME = 8
SIDE_PX = 800
ATTRIBUTES = {"weather": 3, "hour": 4, "road": 3, "city": 6}

_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Detections:
    """Labels and inferences of the same frames, as the kernels read them.

    Attributes:
        labels: the labels, F frames.
        inferences: the inferences of the same frames, by falling confidence in each.
    """

    labels: Objects
    inferences: Objects

    @property
    def n_frames(self) -> int:
        """Return the number of frames F."""
        return self.labels.n_frames


def draw(
    n_frames: int, per_frame: int, *, seed: int = 0, n_sets: int = 1, n_labels: int = LABELS_PER_FRAME
) -> list[Detections]:
    """Draw labels once and inferences for every set: most labels found with noise, the rest false alarms.

    Args:
        n_frames: F.
        per_frame: mean number of inferences of a frame.
        seed: where the drawing starts.
        n_sets: how many models look at the labels.
        n_labels: mean number of labels of a frame.

    Returns:
        One pair of labels and inferences per set, all with the same labels; coordinates have two decimals,
        confidence five, so that files and arrays hold the same numbers.
    """
    rng = np.random.default_rng(seed)
    frame = np.sort(rng.integers(0, n_frames, n_frames * n_labels))
    boxes = _boxes(rng, len(frame))
    classes = _names(rng, len(frame))
    labels = Objects(offsets_of(frame, n_frames), boxes, classes, np.zeros(len(frame), np.uint8), np.empty(0))
    return [Detections(labels, _found(rng, labels, frame, per_frame)) for _ in range(n_sets)]


def _boxes(rng: np.random.Generator, n: int) -> FloatArray:
    corners, sizes = rng.uniform(0, 600, (n, 2)), rng.uniform(8, 200, (n, 2))
    return np.concatenate([corners, sizes], axis=1).round(2)


def _names(rng: np.random.Generator, n: int) -> Int32Array:
    """Few classes are common and many are rare: the most common has an eighth of all objects."""
    shares = 1 / np.arange(2, N_CLASSES + 2)
    return rng.choice(N_CLASSES, n, p=shares / shares.sum()).astype(np.int32)


def _found(rng: np.random.Generator, labels: Objects, frame: Int64Array, per_frame: int) -> Objects:
    again = np.flatnonzero(rng.random(len(frame)) < 0.85)
    n_false = max(0, labels.n_frames * per_frame - len(again))
    seen = labels.boxes[again]
    near = np.maximum(seen + rng.normal(0, 0.05, seen.shape) * seen[:, [2, 3, 2, 3]], 0.01).round(2)
    where = np.concatenate([frame[again], rng.integers(0, labels.n_frames, n_false)])
    names = np.concatenate([labels.classes[again], _names(rng, n_false)])
    score = np.concatenate([rng.beta(5, 2, len(again)), rng.beta(2, 3, n_false)]).round(5)
    order = order_by_confidence(where, score)
    boxes = np.concatenate([near, _boxes(rng, n_false)])
    return Objects(
        offsets_of(where[order], labels.n_frames),
        boxes[order],
        names[order],
        np.zeros(len(order), np.uint8),
        score[order],
    )


def frame_of_row(objects: Objects) -> Int64Array:
    """Return the frame position of every object, int64 (N,)."""
    return np.repeat(np.arange(objects.n_frames, dtype=np.int64), np.diff(objects.offsets))


def attributes(n_frames: int) -> dict[str, Int64Array]:
    """Return what segments are made of: four attributes with few values, and `pick` from 0 to 39."""
    rng = np.random.default_rng(1)
    sizes = ATTRIBUTES | {"pick": 40}
    return {name: rng.integers(0, size, n_frames) for name, size in sizes.items()}


def segment_conditions() -> dict[str, dict[str, int]]:
    """Return fifty overlapping segments by name, each as the values its frames have.

    The values of four attributes (16), pairs of values (30), and four random picks of a fortieth.
    """
    found: dict[str, dict[str, int]] = {
        f"{name}_{value}": {name: value} for name, size in ATTRIBUTES.items() for value in range(size)
    }
    for left, right in (("weather", "hour"), ("road", "city")):
        for a in range(ATTRIBUTES[left]):
            for b in range(ATTRIBUTES[right]):
                found[f"{left}_{a}.{right}_{b}"] = {left: a, right: b}
    return found | {f"pick_{i}": {"pick": i} for i in range(4)}


def segment_masks(n_frames: int) -> dict[str, BoolArray]:
    """Return the frames of the fifty segments: bool, shape (F,), by name."""
    values = attributes(n_frames)
    masks: dict[str, BoolArray] = {}
    for name, conditions in segment_conditions().items():
        mask = np.ones(n_frames, np.bool_)
        for field, value in conditions.items():
            mask &= values[field] == value
        masks[name] = mask
    return masks


def write_instances(path: Path, labels: Objects) -> None:
    """Write labels as a COCO instances file; image and category ids count from 1."""
    images = (
        {"id": i + 1, "file_name": f"{i:08d}.jpg", "width": SIDE_PX, "height": SIDE_PX}
        for i in range(labels.n_frames)
    )
    categories = ({"id": i + 1, "name": f"class {i}"} for i in range(N_CLASSES))
    with path.open("wb") as file:
        file.write(b'{"images":')
        _write_array(file.write, _chunked(images))
        file.write(b',"categories":')
        _write_array(file.write, _chunked(categories))
        file.write(b',"annotations":')
        _write_array(file.write, _annotations(labels))
        file.write(b"}")


def write_results(path: Path, inferences: Objects) -> None:
    """Write inferences as a COCO results file."""
    with path.open("wb") as file:
        _write_array(file.write, _results(inferences))


def _annotations(labels: Objects) -> Iterator[list[object]]:
    areas = (labels.boxes[:, 2] * labels.boxes[:, 3]).round(4)
    images = frame_of_row(labels) + 1
    for start in range(0, len(labels.classes), _CHUNK):
        rows = slice(start, start + _CHUNK)
        columns = (images[rows], labels.classes[rows] + 1, labels.boxes[rows], areas[rows])
        yield [
            {
                "id": start + i + 1,
                "image_id": image,
                "category_id": name,
                "bbox": box,
                "area": area,
                "iscrowd": 0,
            }
            for i, (image, name, box, area) in enumerate(
                zip(*(column.tolist() for column in columns), strict=True)
            )
        ]


def _results(inferences: Objects) -> Iterator[list[object]]:
    images = frame_of_row(inferences) + 1
    for start in range(0, len(inferences.classes), _CHUNK):
        rows = slice(start, start + _CHUNK)
        columns = (
            images[rows],
            inferences.classes[rows] + 1,
            inferences.boxes[rows],
            inferences.scores[rows],
        )
        yield [
            {"image_id": image, "category_id": name, "bbox": box, "score": score}
            for image, name, box, score in zip(*(column.tolist() for column in columns), strict=True)
        ]


def _chunked(items: Iterator[object]) -> Iterator[list[object]]:
    chunk: list[object] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _write_array(write: Callable[[bytes], object], chunks: Iterator[list[object]]) -> None:
    separator = b"["
    for chunk in chunks:
        write(separator + msgspec.json.encode(chunk)[1:-1])
        separator = b","
    write(b"[]" if separator == b"[" else b"]")
