"""Random street scenes as arrays: labels, and inferences that find most of them."""

from __future__ import annotations

import numpy as np

from shoal.kernels.objects import (
    CROWD,
    DIFFICULT,
    IGNORED_CLASS,
    FloatArray,
    Objects,
    offsets_of,
    order_by_confidence,
)


def random_scene(
    seed: int,
    *,
    n_frames: int = 40,
    n_labels: int = 300,
    n_false: int = 200,
    n_classes: int = 5,
    flags: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0, CROWD),
    whole: bool = True,
) -> tuple[Objects, Objects, FloatArray]:
    """Return labels, inferences and label areas; `whole` numbers make scores and overlaps tie."""
    rng = np.random.default_rng(seed)
    frame = np.sort(rng.integers(0, n_frames, n_labels))
    boxes = np.concatenate(
        [rng.uniform(0, 300, (n_labels, 2)), rng.gamma(2.0, 30, (n_labels, 2)) + 4], axis=1
    )
    classes = rng.integers(0, n_classes, n_labels)
    again = np.concatenate([np.arange(n_labels), rng.integers(0, n_labels, n_labels // 3)])
    noise = rng.normal(0, 0.08, (len(again), 4)) * boxes[again][:, [2, 3, 2, 3]]
    near = boxes[again] + noise
    far = np.concatenate([rng.uniform(0, 300, (n_false, 2)), rng.gamma(2.0, 30, (n_false, 2)) + 4], axis=1)
    found = np.concatenate([near, far])
    found[:, 2:] = np.maximum(found[:, 2:], 2)
    found_frame = np.concatenate([frame[again], rng.integers(0, n_frames, n_false)])
    confused = rng.random(len(again)) < 0.15
    said = np.where(confused, rng.integers(0, n_classes, len(again)), classes[again])
    found_class = np.concatenate([said, rng.integers(0, n_classes, n_false)])
    score = np.concatenate([rng.beta(4, 2, len(again)), rng.beta(2, 4, n_false)])
    if whole:
        boxes, found, score = np.round(boxes / 8) * 8 + [0, 0, 8, 8], np.round(found / 8) * 8, score.round(1)
        found[:, 2:] += 8
    order = order_by_confidence(found_frame, score)
    labels = Objects(
        offsets_of(frame, n_frames),
        boxes,
        classes.astype(np.int32),
        rng.choice(np.array(flags, np.uint8), n_labels),
        np.empty(0),
    )
    inferences = Objects(
        offsets_of(found_frame[order], n_frames),
        found[order],
        found_class[order].astype(np.int32),
        np.zeros(len(order), np.uint8),
        score[order],
    )
    return labels, inferences, boxes[:, 2] * boxes[:, 3] * rng.uniform(0.5, 1, n_labels)


ALL_FLAGS = (0, 0, 0, 0, 0, 0, CROWD, DIFFICULT, IGNORED_CLASS)
