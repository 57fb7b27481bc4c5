"""What a project decides about evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.errors import InvalidInputError
from shoal.model.class_map import ClassMap, EvaluationClasses
from shoal.model.operating_point import OperatingPoint
from shoal.model.task import MatchingRule, Task


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """The settings numbers depend on, as the project holds them today.

    Attributes:
        task: how outcomes are made.
        matching: how objects of one frame are paired.
        class_map: classes by index, as the tables store them.
        negative_class: binary classification: the class predicted below the threshold; `None`: the first.
        group_field: metadata field whose values are resampled as one unit; `None`: each frame is its own.
        margin: how much worse still counts as not worse.
        allow_partial_coverage: whether a target is judged below full coverage.
        default_point: thresholds where neither the request nor the inference set names others.
    """

    task: Task
    matching: MatchingRule
    class_map: ClassMap
    negative_class: str | None
    group_field: str | None
    margin: float
    allow_partial_coverage: bool
    default_point: OperatingPoint

    @property
    def classes(self) -> EvaluationClasses:
        """The evaluation classes of the class map."""
        return EvaluationClasses.of(self.class_map)

    def binary_classes(self) -> tuple[int, int]:
        """Return the evaluation indices of the positive and the negative class.

        Raises:
            InvalidInputError: the class map does not have exactly two evaluation classes.
        """
        classes = self.classes
        if len(classes) != 2:
            raise InvalidInputError(
                f"Binary classification needs two classes, found {len(classes)}: {', '.join(classes.names)}.",
                hint="Give the project two classes, or the task `classification`.",
            )
        negative = 0 if self.negative_class is None else classes.index(self.negative_class)
        if negative not in (0, 1):
            raise InvalidInputError(
                f"The negative class {self.negative_class!r} is not one of {', '.join(classes.names)}.",
                location={"field": "negative_class"},
            )
        return 1 - negative, negative
