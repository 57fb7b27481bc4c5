"""Near-duplicates and leakage from Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from shoal.client.jobs import Job, wait_for
from shoal.client.progress import open_progress
from shoal.client.session import build
from shoal.client.tables import RowTable
from shoal.wire.embeddings import DuplicateElement, DuplicatesBody, DuplicateSearch, DuplicatesRequest
from shoal.wire.jobs import JobBody

if TYPE_CHECKING:
    from shoal.client.dataset_elements import DatasetElements

COLUMNS: Final = {
    "group": "int64",
    "id": "string",
    "frame_id": "string",
    "other_id": "string",
    "other_frame_id": "string",
    "distance": "float64",
    "segment": "string",
    "other_segment": "string",
}

_ALL_PAIRS = 10_000_000
_GROUPS_AT_ONCE = 1_000


class DuplicatesTable(RowTable):
    """Pairs of near-identical elements, group after group, nearest first.

    `segment` and `other_segment` are the Split segments (or those asked about) an element is in, with commas
    between.  An element whose vector equals another's is linked with that one alone.

    Attributes:
        n_groups: groups of elements that hang together.
        n_elements: elements in them.
        counts: of leakage, how many elements of each segment are in a pair.
    """

    def __init__(self, bodies: list[DuplicatesBody]) -> None:
        groups = [group for body in bodies for group in body.items]
        rows = [
            _row(number, pair.first, pair.second, pair.distance)
            for number, group in enumerate(groups)
            for pair in group.pairs
        ]
        super().__init__(rows, COLUMNS)
        self.n_groups = bodies[0].n_groups
        self.n_elements = bodies[0].n_elements
        self.counts = bodies[0].counts


def near_duplicates(dataset: DatasetElements, *, progress: bool, **question: Any) -> DuplicatesTable:
    """Return the near-duplicates of a dataset, searched for unless they are known.

    Args:
        dataset: where to look.
        progress: whether to show a bar on a terminal while a search runs.
        question: fields of `DuplicatesRequest`.
    """
    path = (*dataset.path, "duplicates")
    request = build(DuplicatesRequest, **question, limit=_GROUPS_AT_ONCE, max_pairs=_ALL_PAIRS)
    body = dataset.session.read(DuplicatesBody, "POST", path, body=request)
    if not body.is_ready:
        search = build(DuplicateSearch, **{k: v for k, v in question.items() if k != "between"})
        started = dataset.session.read(JobBody, "POST", (*path, "find"), body=search)
        with open_progress(progress) as shown:
            wait_for(Job(dataset.session, started), shown)
        body = dataset.session.read(DuplicatesBody, "POST", path, body=request)
    return DuplicatesTable([body, *_further(dataset, request, body)])


def _further(
    dataset: DatasetElements, request: DuplicatesRequest, body: DuplicatesBody
) -> Iterator[DuplicatesBody]:
    while body.next_cursor is not None:
        following = request.model_copy(update={"cursor": body.next_cursor})
        body = dataset.session.read(DuplicatesBody, "POST", (*dataset.path, "duplicates"), body=following)
        yield body


def _row(group: int, one: DuplicateElement, other: DuplicateElement, distance: float) -> dict[str, Any]:
    return {
        "group": group,
        "id": one.id,
        "frame_id": one.frame_id,
        "other_id": other.id,
        "other_frame_id": other.frame_id,
        "distance": distance,
        "segment": ", ".join(one.segments) or None,
        "other_segment": ", ".join(other.segments) or None,
    }
