"""The segments of a dataset: list, create, one per value of a field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from shoal.client.segment import Segment
from shoal.client.segment_types import segment_type
from shoal.client.selection import Selection, selection_body
from shoal.client.session import build, given
from shoal.client.targets import TargetsLike, targets_from
from shoal.model.segment import ElementKind
from shoal.wire.segments import SegmentBody, SegmentCreate, SegmentList, SegmentPerValue

if TYPE_CHECKING:
    from shoal.client.dataset import Dataset


class Segments:
    """The segments of one dataset, by type and name; iterable, and `segments["Night"]`."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._session = dataset.session
        self._path = (*dataset.path, "segments")

    def create(
        self,
        name: str,
        type: str,  # noqa: A002 — the name users know
        *,
        query: str | None = None,
        ids: Iterable[str] | None = None,
        selection: Selection | None = None,
        targets: TargetsLike | None = None,
        keep_query: bool = True,
        elements: str | None = None,
        inference_set: str | None = None,
        state: str = "triage",
        owner: str = "",
        description: str = "",
        rule: str = "default",
        exist_ok: bool = False,
    ) -> Segment:
        """Create a segment with its first version.

        Args:
            name: any text.
            type: `split`, `regression_test`, `scenario`, `bucket`, `frame_issue`, `label_quality`,
                `collection_campaign` or `work_queue`.
            query: what it holds, as a query; or
            ids: as ids; or
            selection: as a selection.
            targets: `{"recall": 0.9, "f1@macro": 0.8, "recall@pedestrian": 0.85}`.
            keep_query: whether the query stays its rule, so that `difference()` can compare.
            elements: `frames`, `labels` or `inferences`; default the selection's, else frames.
            inference_set: the set `inference(…)` in the query is about.
            state: where the work on it stands.
            owner: who looks after it.
            description: free text.
            rule: how scores are held against targets, `default` or `confident`.
            exist_ok: take an existing segment of that name, brought to this state, instead of failing.

        Raises:
            AlreadyExistsError: the name is taken.
            InvalidInputError: not exactly one of query, ids and selection.
            QuerySyntaxError: the query cannot be parsed.
        """
        body = build(
            SegmentCreate,
            name=name,
            type=segment_type(type),
            selection=selection_body(query=query, ids=ids, selection=selection),
            elements=elements or (selection.elements if selection else ElementKind.FRAMES),
            keep_query=keep_query,
            state=state,
            owner=owner,
            description=description,
            rule=rule,
            **given(
                inference_set=inference_set or (selection.inference_set if selection else None),
                targets=None if targets is None else targets_from(targets),
            ),
        )
        method, path = ("PUT", (*self._path, name)) if exist_ok else ("POST", self._path)
        return Segment(self._dataset, self._session.read(SegmentBody, method, path, body=body))

    def create_per_value(
        self,
        field: str,
        type: str = "split",  # noqa: A002 — the name users know
        *,
        prefix: str = "",
        targets: TargetsLike | None = None,
        owner: str = "",
        query: str | None = None,
    ) -> list[Segment]:
        """Create a segment for each value of a field, named after the value.

        Args:
            field: a metadata field, with or without `user__`.
            type: of the segments.
            prefix: put before each value to make the name.
            targets: set on each segment.
            owner: of each segment.
            query: only frames this query selects.
        """
        body = build(
            SegmentPerValue,
            field=field,
            type=segment_type(type),
            prefix=prefix,
            owner=owner,
            **given(targets=None if targets is None else targets_from(targets), query=query),
        )
        listed = self._session.read(SegmentList, "POST", (*self._path, "per-value"), body=body)
        return [Segment(self._dataset, item) for item in listed.items]

    def get(self, name: str) -> Segment:
        """Return a segment by its name or id.

        Raises:
            NotFoundError: there is none; the hint lists near names.
        """
        return Segment(self._dataset, self._session.read(SegmentBody, "GET", (*self._path, name)))

    def list(
        self,
        *,
        type: str | None = None,  # noqa: A002 — the name users know
        state: str | None = None,
    ) -> list[Segment]:
        """Return segments by type and name, of one type and in one state when given."""
        params = {"type": segment_type(type).value if type else None, "state": state}
        body = self._session.read(SegmentList, "GET", self._path, params=params)
        return [Segment(self._dataset, item) for item in body.items]

    def delete(self, name: str) -> None:
        """Delete a segment by its name or id."""
        self._session.call("DELETE", (*self._path, name))

    def __getitem__(self, name: str) -> Segment:
        return self.get(name)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.list())

    def __repr__(self) -> str:
        return "\n".join(repr(segment) for segment in self) or "Segments (none)"
