"""The old client's words for segments and Shoal's mean the same in both directions."""

from __future__ import annotations

import pytest

from shoal.errors import InvalidInputError
from shoal.model.segment import SegmentState, SegmentType
from shoal.services.aquarium.segment_words import (
    STATES,
    TEMPLATES,
    segment_state,
    segment_type,
    state_word,
    template_of,
)


def test_every_type_has_a_word_of_its_own() -> None:
    assert set(TEMPLATES.values()) == set(SegmentType)
    assert {segment_type(template_of(kind)) for kind in SegmentType} == set(SegmentType)


@pytest.mark.parametrize("word", STATES)
def test_a_state_is_given_back_as_it_was_written(word: str) -> None:
    assert state_word(segment_state(word), word) == word


def test_a_state_changed_since_wins_over_the_word_that_was_written() -> None:
    assert state_word(SegmentState.RESOLVED, "backlog") == "resolved"
    assert {state_word(state, None) for state in SegmentState} == {
        "triage",
        "inProgress",
        "inReview",
        "resolved",
        "cancelled",
    }


def test_unknown_words_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="found 'done'"):
        segment_state("done")
    with pytest.raises(InvalidInputError, match="found 'Split'"):
        segment_type("Split")
