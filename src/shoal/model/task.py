"""What a project evaluates, and how objects are matched."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """A project's task: how labels and inferences become outcomes."""

    OBJECT_DETECTION = "object_detection"
    CLASSIFICATION = "classification"
    BINARY_CLASSIFICATION = "binary_classification"

    @property
    def has_boxes(self) -> bool:
        """Whether labels and inferences carry boxes."""
        return self is Task.OBJECT_DETECTION


class MatchingRule(StrEnum):
    """How inferences and labels of one frame are paired; `docs/decisions/0003-matching-rule.md`."""

    CLASS_FIRST = "class-first"
    GLOBAL = "global"
