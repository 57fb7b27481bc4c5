"""Suggestions for a segment, from Python."""

from __future__ import annotations

from typing import Final

from shoal.client.tables import RowTable
from shoal.wire.embeddings import SuggestionBody

COLUMNS: Final = {
    "id": "string",
    "frame_id": "string",
    "score": "float64",
    "distance": "float64",
    "nearest": "string",
}


class SuggestionTable(RowTable):
    """Elements that may belong to a segment, likeliest first.

    Columns: `id`, `frame_id`, `score` (larger is likelier), `distance` to the nearest member or accepted
    element, and `nearest`, its id.

    Attributes:
        body: the whole answer: which ranking, and how many answers the classifier still needs.
    """

    def __init__(self, body: SuggestionBody) -> None:
        super().__init__([item.model_dump() for item in body.items], COLUMNS)
        self.body = body

    @property
    def ranking(self) -> str:
        """What the rows are ordered by: `nearest` or `classifier`."""
        return self.body.ranking
