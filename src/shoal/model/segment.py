"""Types and states of segments."""

from __future__ import annotations

from enum import StrEnum


class SegmentType(StrEnum):
    """What a segment is for; the first three are Model Performance segments."""

    SPLIT = "split"
    REGRESSION_TEST = "regression_test"
    SCENARIO = "scenario"
    BUCKET = "bucket"
    FRAME_ISSUE = "frame_issue"
    LABEL_QUALITY = "label_quality"
    COLLECTION_CAMPAIGN = "collection_campaign"
    WORK_QUEUE = "work_queue"

    @property
    def is_model_performance(self) -> bool:
        """Whether segments of this type are scored and may hold targets."""
        return self in (SegmentType.SPLIT, SegmentType.REGRESSION_TEST, SegmentType.SCENARIO)

    @property
    def display_name(self) -> str:
        """The type as people read it, such as `Regression Test`."""
        return self.value.replace("_", " ").title()


class SegmentState(StrEnum):
    """Where the work on a segment stands."""

    TRIAGE = "triage"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class ElementKind(StrEnum):
    """What a set holds: frames, or crops of labels or of inferences."""

    FRAMES = "frames"
    LABELS = "labels"
    INFERENCES = "inferences"


ALL_FRAMES = "All Frames"
"""The first row of every matrix: the whole dataset version."""
