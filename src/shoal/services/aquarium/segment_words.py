"""Types, states and kinds of elements in the old client's words and in Shoal's."""

from __future__ import annotations

from typing import Final, Literal

from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind, SegmentState, SegmentType

ElementWord = Literal["frame", "crop"]

TEMPLATES: Final = {
    "testScenarioSplit": SegmentType.SPLIT,
    "testScenarioRegression": SegmentType.REGRESSION_TEST,
    "testScenarioGeneric": SegmentType.SCENARIO,
    "collectionCampaign": SegmentType.COLLECTION_CAMPAIGN,
    "labelQuality": SegmentType.LABEL_QUALITY,
    "bucket": SegmentType.BUCKET,
    "frameIssue": SegmentType.FRAME_ISSUE,
    "workQueue": SegmentType.WORK_QUEUE,
}
"""Shoal's type of each `issue_template_type`."""

STATES: Final = {
    "triage": SegmentState.TRIAGE,
    "backlog": SegmentState.TRIAGE,
    "inProgress": SegmentState.IN_PROGRESS,
    "labeling_campaign_active": SegmentState.IN_PROGRESS,
    "inReview": SegmentState.IN_REVIEW,
    "resolved": SegmentState.RESOLVED,
    "cancelled": SegmentState.CANCELLED,
    "ignored": SegmentState.CANCELLED,
}
"""Shoal's state of each of the client's; the first one with a state is the state's own word."""

STATUSES: Final = ("unstarted", "done")
"""Where the work on one element stands; Shoal keeps it and does nothing with it."""


def segment_type(template: str) -> SegmentType:
    """Return Shoal's type of an `issue_template_type`.

    Raises:
        InvalidInputError: the client knows no such type.
    """
    if template not in TEMPLATES:
        raise InvalidInputError(
            f"Expected issue_template_type among {', '.join(TEMPLATES)}, found {template!r}.",
            location={"field": "issue_template_type"},
        )
    return TEMPLATES[template]


def template_of(kind: SegmentType) -> str:
    """Return the `issue_template_type` of a type."""
    return next(word for word, known in TEMPLATES.items() if known is kind)


def segment_state(word: str) -> SegmentState:
    """Return the nearest of Shoal's states.

    Raises:
        InvalidInputError: the client knows no such state.
    """
    if word not in STATES:
        raise InvalidInputError(
            f"Expected a state among {', '.join(STATES)}, found {word!r}.", location={"field": "state"}
        )
    return STATES[word]


def state_word(state: SegmentState, kept: str | None) -> str:
    """Return the client's word for a state: the one it wrote, unless the state was changed since."""
    if kept is not None and STATES.get(kept) is state:
        return kept
    return next(word for word, known in STATES.items() if known is state)


def element_word(elements: ElementKind) -> ElementWord:
    """Return what the client calls elements of a kind."""
    return "frame" if elements is ElementKind.FRAMES else "crop"
