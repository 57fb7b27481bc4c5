"""COCO's numbers for one inference set on one segment; matches are kept with the evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shoal.kernels.average_precision import average_precision
from shoal.kernels.average_precision_resampling import resampled_precision
from shoal.kernels.objects import FloatArray
from shoal.kernels.resampling import seed_of
from shoal.services.reports import View

NAMES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
"""The twelve numbers in pycocotools' order."""


@dataclass(frozen=True, slots=True)
class CocoSummary:
    """COCO's numbers of one segment; NaN where no label counts.

    Attributes:
        metrics: by name, in [0, 1].
        per_class: shape (K,), AP over IoU .50:.05:.95.
    """

    metrics: Mapping[str, float]
    per_class: FloatArray


def coco_intervals(view: View) -> dict[str, tuple[float, float]]:
    """Return 95 % bootstrap intervals of AP, AP50 and AP75 by name; NaN where none can be given."""
    groups = view.evaluation.dataset.groups(view.scene.settings.group_field)
    frames = hashlib.sha256(np.packbits(view.mask).tobytes()).hexdigest()
    seed = seed_of(frames, view.evaluation.inference_snapshot.name)
    found = resampled_precision(view.evaluation.coco_matches, view.positions, groups, seed=seed)
    bounds = zip(found.low.tolist(), found.high.tolist(), strict=True)
    return dict(zip(NAMES[:3], bounds, strict=True))


def coco_summary(view: View) -> CocoSummary:
    """Return what pycocotools prints when run on just the frames of a view."""
    found = average_precision(view.evaluation.coco_matches, view.mask[None])
    return CocoSummary(
        dict(zip(NAMES, (float(value) for value in found.summary[0]), strict=True)), found.per_class[0]
    )
