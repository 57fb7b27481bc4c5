"""The thresholds an inference set is judged at."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shoal.errors import InvalidInputError

MINIMUM_IOU = 0.1
"""The lowest IoU threshold: pairs below it are not kept."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Confidence threshold and IoU threshold; both compare with `≥`.

    Raises:
        InvalidInputError: confidence outside [0, 1] or IoU outside [0.1, 1].
    """

    confidence: float
    iou: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.confidence) and 0.0 <= self.confidence <= 1.0):
            raise InvalidInputError(
                f"Expected a confidence threshold from 0 to 1, found {self.confidence}.",
                location={"field": "confidence"},
            )
        if not (math.isfinite(self.iou) and MINIMUM_IOU <= self.iou <= 1.0):
            raise InvalidInputError(
                f"Expected an IoU threshold from {MINIMUM_IOU} to 1, found {self.iou}.",
                location={"field": "iou"},
            )
