"""Segment types as users write them."""

from __future__ import annotations

from difflib import get_close_matches

from shoal.errors import InvalidInputError
from shoal.model.segment import SegmentType


def segment_type(text: str) -> SegmentType:
    """Return the type named `regression_test`, `Regression Test` or `regression-test`.

    Raises:
        InvalidInputError: there is no such type; the hint names a near one.
    """
    value = text.strip().lower().replace(" ", "_").replace("-", "_")
    try:
        return SegmentType(value)
    except ValueError:
        near = get_close_matches(value, list(SegmentType), n=1)
        raise InvalidInputError(
            f"Expected a segment type ({', '.join(SegmentType)}), found {text!r}.",
            hint=f"Did you mean {near[0]}?" if near else "",
            location={"field": "type"},
        ) from None
