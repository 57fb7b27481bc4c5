"""Names of metrics and averages, and the targets set on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from shoal.errors import InvalidInputError


class Metric(StrEnum):
    """A score of a segment."""

    PRECISION = "precision"
    RECALL = "recall"
    F1 = "f1"


class Average(StrEnum):
    """How per-class scores become one; `CLASS` means one class, no average."""

    WEIGHTED = "weighted"
    MACRO = "macro"
    MICRO = "micro"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Target:
    """A minimum for one score of a segment.

    Attributes:
        metric: precision, recall or F1.
        minimum: in [0, 1]; a score equal to it passes.
        average: weighted unless said otherwise.
        class_name: the class when `average` is `CLASS`, else `None`.

    Raises:
        InvalidInputError: the minimum is outside [0, 1], or class and average do not go together.
    """

    metric: Metric
    minimum: float
    average: Average = Average.WEIGHTED
    class_name: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.minimum) and 0.0 <= self.minimum <= 1.0):
            raise InvalidInputError(
                f"Expected a target from 0 to 1 for {self.metric}, found {self.minimum}.",
                hint="Targets are fractions: write 0.85 for 85 %.",
                location={"field": f"targets.{self.metric}"},
            )
        if (self.average is Average.CLASS) != (self.class_name is not None):
            raise InvalidInputError(
                f"Target for {self.metric}: a class name and the average `class` go together, "
                f"found average {self.average} and class {self.class_name!r}."
            )
