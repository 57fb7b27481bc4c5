"""A segment: a named, versioned group of elements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shoal.client.resource import Resource
from shoal.client.segment_types import segment_type
from shoal.client.selection import Selection, id_list, selection_body
from shoal.client.session import Path, build, given
from shoal.client.suggestions import SuggestionTable
from shoal.client.targets import TargetsLike, target_key, targets_from
from shoal.errors import InvalidInputError
from shoal.wire.embeddings import (
    AnswersBody,
    AnswersChange,
    AnswersSave,
    SuggestionBody,
    SuggestionRequest,
)
from shoal.wire.segments import (
    CommentBody,
    CommentCreate,
    CommentList,
    ElementsChange,
    SegmentBody,
    SegmentDifference,
    SegmentMetrics,
    SegmentUpdate,
    SegmentVersionBody,
    SegmentVersionList,
)
from shoal.wire.selections import SelectionBody

if TYPE_CHECKING:
    from shoal.client.dataset import Dataset


class Segment(Resource[SegmentBody]):
    """A segment as it was when last read; a change fails when somebody else changed it since."""

    def __init__(self, dataset: Dataset, body: SegmentBody) -> None:
        super().__init__(dataset.session, body)
        self.dataset = dataset

    @property
    def path(self) -> Path:
        """Its place under the API, by id: a new name leaves it where it is."""
        return (*self.dataset.path, "segments", self.id)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def type(self) -> str:
        """Its type, such as `regression_test`."""
        return self.body.type.value

    @property
    def state(self) -> str:
        """Where the work on it stands."""
        return self.body.state.value

    @property
    def owner(self) -> str:
        """Who looks after it."""
        return self.body.owner

    @property
    def version(self) -> int:
        """The number of its current version."""
        return self.body.version

    @property
    def n_elements(self) -> int:
        """How many elements its current version holds."""
        return self.body.n_elements

    @property
    def query(self) -> str | None:
        """The query it keeps as its rule."""
        return self.body.query

    @property
    def versions(self) -> list[SegmentVersionBody]:
        """Its versions, newest first."""
        return self.session.read(SegmentVersionList, "GET", (*self.path, "versions")).items

    @property
    def targets(self) -> dict[str, float]:
        """Its targets: `{"recall": 0.9, "f1@macro": 0.8, "recall@pedestrian": 0.85}`; may be assigned."""
        return {target_key(target): target.minimum for target in self.body.targets}

    @targets.setter
    def targets(self, value: TargetsLike | None) -> None:
        self._change("PUT", "targets", body=targets_from(value or {}))

    @property
    def comments(self) -> list[CommentBody]:
        """Remarks, oldest first."""
        return self.session.read(CommentList, "GET", (*self.path, "comments")).items

    def elements(self, version: int | None = None) -> Selection:
        """Return its elements as a selection, of the current version or an older one."""
        body = build(SelectionBody, segment=self.id, **given(version=version))
        return Selection(
            self.dataset, body, elements=self.body.elements, inference_set=self.body.inference_set
        )

    def ids(self, version: int | None = None) -> list[str]:
        """Return the ids of its elements."""
        return self.elements(version).ids()

    def add(
        self,
        ids: Iterable[str] | None = None,
        *,
        query: str | None = None,
        selection: Selection | None = None,
        inference_set: str | None = None,
        note: str = "",
    ) -> Segment:
        """Add elements, which makes a new version, and return the segment.

        Args:
            ids: as ids; or
            query: as a query; or
            selection: as a selection.
            inference_set: the set `inference(…)` in the query is about; default the selection's.
            note: kept with the version.

        Raises:
            ConflictError: somebody else changed it since it was read; `refresh()` and look again.
            InvalidInputError: not exactly one of ids, query and selection.
        """
        return self._edit("add", ids, query, selection, inference_set, note)

    def remove(
        self,
        ids: Iterable[str] | None = None,
        *,
        query: str | None = None,
        selection: Selection | None = None,
        inference_set: str | None = None,
        note: str = "",
    ) -> Segment:
        """Take elements out, which makes a new version, and return the segment.

        Args:
            ids: as ids; or
            query: as a query; or
            selection: as a selection.
            inference_set: the set `inference(…)` in the query is about; default the selection's.
            note: kept with the version.

        Raises:
            ConflictError: somebody else changed it since it was read; `refresh()` and look again.
            InvalidInputError: not exactly one of ids, query and selection.
        """
        return self._edit("remove", ids, query, selection, inference_set, note)

    def difference(self) -> SegmentDifference:
        """Return what its kept query would add and remove today."""
        return self.session.read(SegmentDifference, "GET", (*self.path, "difference"))

    def follow_query(self, *, note: str = "") -> Segment:
        """Take what its kept query selects today, as a new version, and return the segment."""
        return self._change("POST", "elements", body=build(ElementsChange, follow_query=True, note=note))

    def similar(
        self,
        k: int = 20,
        query: str | None = None,
        ranking: str = "auto",
        space: str | None = None,
        *,
        inference_set: str | None = None,
    ) -> SuggestionTable:
        """Return elements that may belong, likeliest first: neither members, nor answered.

        Args:
            k: how many at most.
            query: only what this selects.
            ranking: `nearest` (to a member or accepted element), `classifier` (learnt from the answers), or
                `auto`: the classifier once there are enough answers.
            space: the embedding space; default the only one these elements have.
            inference_set: the set the query speaks of.
        """
        values = given(query=query, space=space, inference_set=inference_set)
        request = build(SuggestionRequest, k=k, ranking=ranking, **values)
        path = (*self.path, "similar")
        return SuggestionTable(self.session.read(SuggestionBody, "POST", path, body=request))

    @property
    def answers(self) -> AnswersBody:
        """What was accepted and discarded of the suggestions, and is not taken back."""
        return self.session.read(AnswersBody, "GET", (*self.path, "similar", "answers"))

    def accept(self, ids: Iterable[str], *, author: str = "") -> AnswersBody:
        """Accept suggestions and return all answers; they become members with `save_accepted()`."""
        return self._answer(accept=id_list(ids), author=author)

    def discard(self, ids: Iterable[str], *, author: str = "") -> AnswersBody:
        """Discard suggestions, which are not made again, and return all answers."""
        return self._answer(discard=id_list(ids), author=author)

    def take_back(self, ids: Iterable[str]) -> AnswersBody:
        """Forget the answers about these elements and return all others."""
        return self._answer(take_back=id_list(ids))

    def save_accepted(
        self, *, space: str | None = None, ranking: str = "auto", author: str = "", note: str = ""
    ) -> Segment:
        """Make accepted elements members, which makes a new version, and return the segment.

        Args:
            space: where they were suggested from, for the record; default the only space there is.
            ranking: how they were ranked, likewise.
            author: kept with the version.
            note: likewise.

        Raises:
            ConflictError: somebody else changed it since it was read; `refresh()` and look again.
            InvalidInputError: nothing is accepted.
        """
        body = build(AnswersSave, ranking=ranking, author=author, note=note, **given(space=space))
        return self._change("POST", "similar", "save", body=body)

    def metrics(self, baseline: str | None = None) -> SegmentMetrics:
        """Return all inference sets on this segment, with `succeeds` per target and `passed` overall."""
        params = {"baseline": baseline}
        return self.session.read(SegmentMetrics, "GET", (*self.path, "metrics"), params=params)

    def update(self, **changes: Any) -> Segment:
        """Change `name`, `type`, `state`, `owner`, `description`, `rule` or `query`; no new version.

        Raises:
            ConflictError: somebody else changed it since it was read; `refresh()` and look again.
        """
        if "type" in changes:
            changes["type"] = segment_type(changes["type"])
        return self._change("PATCH", body=build(SegmentUpdate, **changes))

    def comment(self, text: str, *, author: str = "") -> CommentBody:
        """Leave a remark and return it."""
        body = build(CommentCreate, text=text, author=author)
        return self.session.read(CommentBody, "POST", (*self.path, "comments"), body=body)

    def delete_comment(self, comment_id: str) -> None:
        """Delete a remark."""
        self.session.call("DELETE", (*self.path, "comments", comment_id))

    def refresh(self) -> Segment:
        """Read it again and return it."""
        self.body = self.session.read(SegmentBody, "GET", self.path)
        return self

    def delete(self) -> None:
        """Delete it with its versions."""
        self.session.call("DELETE", self.path)

    def __repr__(self) -> str:
        body = self.body
        targets = ", ".join(f"{key} ≥ {minimum:g}" for key, minimum in self.targets.items())
        shown = f", {targets}" if targets else ""
        return (
            f"Segment({body.name!r}, {body.type.display_name}, version {body.version}, "
            f"{body.n_elements:,} {body.elements}{shown})"
        )

    def _edit(
        self,
        way: str,
        ids: Iterable[str] | None,
        query: str | None,
        selection: Selection | None,
        inference_set: str | None,
        note: str,
    ) -> Segment:
        if selection is not None and selection.elements is not self.body.elements:
            raise InvalidInputError(
                f"Expected {self.body.elements} for segment {self.name!r}, found {selection.elements}."
            )
        part = selection_body(query=query, ids=ids, selection=selection)
        about = inference_set or (selection.inference_set if selection else None)
        body = build(ElementsChange, note=note, **{way: part}, **given(inference_set=about))
        return self._change("POST", "elements", body=body)

    def _answer(self, **change: Any) -> AnswersBody:
        path = (*self.path, "similar", "answers")
        return self.session.read(AnswersBody, "PUT", path, body=build(AnswersChange, **change))

    def _change(self, method: str, *below: str, body: Any) -> Segment:
        headers = {"If-Match": f'"{self.body.revision}"'}
        path = (*self.path, *below)
        self.body = self.session.read(SegmentBody, method, path, body=body, headers=headers)
        return self
