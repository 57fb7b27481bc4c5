"""Bootstrap intervals of average precision against pycocotools on images that are really repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coco_oracle import twelve_numbers
from shoal.kernels.average_precision import average_precision
from shoal.kernels.average_precision_resampling import resampled_precision, resampled_values
from shoal.kernels.coco_matching import coco_matches
from shoal.kernels.objects import CROWD, Objects
from shoal.kernels.resampling import resample_counts
from twins.scenes import random_scene

N_CLASSES = 4


def repeated(labels: Objects, inferences: Objects, times: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return COCO's form of the scene with each frame as often as `times` says, copies side by side."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for frame, n in enumerate(times):
        for _ in range(n):
            image = len(images) + 1
            images.append({"id": image, "file_name": f"{image}.jpg", "width": 1000, "height": 1000})
            for row in range(labels.offsets[frame], labels.offsets[frame + 1]):
                box = labels.boxes[row].tolist()
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": image,
                        "category_id": int(labels.classes[row]) + 1,
                        "bbox": box,
                        "area": box[2] * box[3],
                        "iscrowd": int(labels.flags[row] == CROWD),
                    }
                )
            results += [
                {
                    "image_id": image,
                    "category_id": int(inferences.classes[row]) + 1,
                    "bbox": inferences.boxes[row].tolist(),
                    "score": float(inferences.scores[row]),
                }
                for row in range(inferences.offsets[frame], inferences.offsets[frame + 1])
            ]
    categories = [{"id": i + 1, "name": str(i)} for i in range(N_CLASSES)]
    return {"images": images, "annotations": annotations, "categories": categories}, results


@pytest.mark.parametrize("seed", [1, 2])
def test_a_resample_equals_repeated_images(seed: int) -> None:
    labels, inferences, areas = random_scene(
        seed, n_frames=20, n_labels=120, n_false=60, n_classes=N_CLASSES, whole=False
    )
    matches = coco_matches(labels, inferences, areas, N_CLASSES)
    draws = resample_counts(20, 4, seed)
    frames = np.arange(20)
    values = resampled_values(matches, frames, frames, draws)
    for times, found in zip(draws, values, strict=True):
        truth, results = repeated(labels, inferences, times)
        expected = twelve_numbers(truth, results, [image["id"] for image in truth["images"]])
        assert found == pytest.approx([expected["AP"], expected["AP50"], expected["AP75"]], abs=1e-9)


def test_each_frame_once_is_average_precision() -> None:
    labels, inferences, areas = random_scene(3, n_classes=N_CLASSES)
    matches = coco_matches(labels, inferences, areas, N_CLASSES)
    frames = np.arange(0, labels.n_frames, 2)
    once = resampled_values(matches, frames, np.arange(len(frames)), np.ones((1, len(frames)), np.int64))
    mask = np.zeros(labels.n_frames, np.bool_)
    mask[frames] = True
    assert once[0] == pytest.approx(average_precision(matches, mask[None]).summary[0, :3], abs=1e-12)


def test_intervals_hold_the_value_and_repeat() -> None:
    labels, inferences, areas = random_scene(4, n_classes=N_CLASSES)
    matches = coco_matches(labels, inferences, areas, N_CLASSES)
    frames = np.arange(labels.n_frames)
    found = resampled_precision(matches, frames, None, seed=5, n_resamples=300)
    value = average_precision(matches, np.ones((1, labels.n_frames), np.bool_)).summary[0, :3]
    assert (found.low <= value).all()
    assert (value <= found.high).all()
    again = resampled_precision(matches, frames, None, seed=5, n_resamples=300)
    assert (again.low == found.low).all()
    groups = frames // 4
    assert resampled_precision(matches, frames, groups, seed=5, n_resamples=50).n_groups == groups.max() + 1
    alone = resampled_precision(matches, frames[:1], None, seed=5)
    assert np.isnan(alone.low).all()
