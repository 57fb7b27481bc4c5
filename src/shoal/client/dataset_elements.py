"""A dataset as a store of elements: found by query, by likeness, by where they lie on a map."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from shoal.client.arguments import element_kind, names_of
from shoal.client.duplicates import DuplicatesTable, near_duplicates
from shoal.client.maps import MapTable, compute_map, in_area, read_map
from shoal.client.resource import Resource
from shoal.client.selection import Selection
from shoal.client.session import Path, build, given
from shoal.client.similarity import SimilarTable, find_similar
from shoal.client.transport import Params
from shoal.model.embedding import Projection
from shoal.model.segment import ElementKind
from shoal.wire.datasets import DatasetBody
from shoal.wire.selections import CompletionBody, FacetList, SelectionBody


class DatasetElements(Resource[DatasetBody]):
    """Everything of a dataset that selects; `Dataset` adds what scores."""

    @property
    def path(self) -> Path:
        """Its place under the API."""
        return ("projects", self.body.project, "datasets", self.body.name)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def version(self) -> int:
        """The number of its current version."""
        return self.body.version

    @property
    def n_frames(self) -> int:
        """How many frames its current version holds."""
        return self.body.n_frames

    @property
    def n_labels(self) -> int:
        """How many labels its current version holds."""
        return self.body.n_labels

    @property
    def fields(self) -> dict[str, str]:
        """Types of the fields that queries about frames can use, by name."""
        return {field.name: field.type for field in self.body.fields}

    @property
    def label_fields(self) -> dict[str, str]:
        """Types of the fields that queries about labels can use, by name."""
        return {field.name: field.type for field in self.body.label_fields}

    def query(
        self, text: str = "", elements: str = ElementKind.FRAMES, inference_set: str | None = None
    ) -> Selection:
        """Return what a query selects; the query is read when a number or a list is asked for.

        Args:
            text: a query such as `time_of_day:night lux < 10`; empty for everything.
            elements: `frames`, `labels` or `inferences`.
            inference_set: the set that `inference(…)` and scores are about.
        """
        kind = element_kind(elements)
        body = build(SelectionBody, query=text)
        return Selection(self, body, elements=kind, inference_set=inference_set)

    def facets(
        self,
        fields: str | Sequence[str],
        query: str | None = None,
        *,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> FacetList:
        """Return how the values of fields are spread over what a query selects."""
        params: Params = {
            "field": [fields] if isinstance(fields, str) else list(fields),
            "query": query,
            "elements": element_kind(elements).value,
            "inference_set": inference_set,
        }
        return self.session.read(FacetList, "GET", (*self.path, "facets"), params=params)

    def complete(
        self,
        text: str,
        cursor: int | None = None,
        *,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> CompletionBody:
        """Return what can be typed at `cursor` (default the end) of a query."""
        params: Params = {
            "text": text,
            "cursor": len(text) if cursor is None else cursor,
            "elements": element_kind(elements).value,
            "inference_set": inference_set,
        }
        return self.session.read(CompletionBody, "GET", (*self.path, "query", "complete"), params=params)

    def similar(
        self,
        ids: Iterable[str] | None = None,
        *,
        vector: Sequence[float] | None = None,
        image: str | os.PathLike[str] | None = None,
        selection: Selection | None = None,
        k: int = 20,
        query: str | None = None,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
    ) -> SimilarTable:
        """Return the elements nearest to seeds, nearest first: `id`, `frame_id`, `distance`, `nearest`.

        Args:
            ids: seeds by id; or
            vector: a vector of the space's dimension; or
            image: a file, described by the model of a computed space; or
            selection: seeds as a selection.
            k: how many at most; the seeds themselves are left out.
            query: only among what this selects.
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose; else the set the query speaks of.
        """
        return find_similar(
            self,
            ids=ids,
            vector=vector,
            image=image,
            selection=selection,
            k=k,
            query=query,
            space=space,
            elements=element_kind(elements).value,
            inference_set=inference_set,
        )

    def near_duplicates(
        self,
        max_distance: float = 0.05,
        *,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        between: Iterable[str] | None = None,
        progress: bool = True,
    ) -> DuplicatesTable:
        """Return all pairs of near-identical elements, in groups, those with the nearest pair first.

        The first call of a distance searches, which takes a while; later ones read what was found.

        Args:
            max_distance: the largest distance of a pair, itself included.
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose.
            between: leakage: only pairs of elements in two different ones of these segments; an empty list
                for all Split segments.
            progress: whether to show a bar on a terminal.
        """
        return near_duplicates(
            self,
            max_distance=max_distance,
            elements=element_kind(elements),
            progress=progress,
            **given(
                space=space,
                inference_set=inference_set,
                between=None if between is None else names_of(between, "between"),
            ),
        )

    def leakage(
        self,
        segments: Iterable[str] | None = None,
        max_distance: float = 0.05,
        *,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        progress: bool = True,
    ) -> DuplicatesTable:
        """Return pairs of near-identical elements in two different segments; default all Split segments.

        `.counts` has how many elements of each segment are in such a pair.
        """
        return self.near_duplicates(
            max_distance,
            space=space,
            elements=elements,
            inference_set=inference_set,
            between=[] if segments is None else segments,
            progress=progress,
        )

    def map(
        self,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str | None = None,
    ) -> MapTable:
        """Return where each element lies on the map of its vectors: `id`, `x`, `y`.

        Args:
            space: the embedding space; default the only one these elements have.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose.
            method: `pca`, always there, or `pacmap`; default the best that is there.
        """
        kind = element_kind(elements)
        return read_map(self, space=space, elements=kind, inference_set=inference_set, method=method)

    def compute_map(
        self,
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str = Projection.PACMAP,
        *,
        progress: bool = True,
    ) -> MapTable:
        """Make a map that keeps neighbours together, and return it; vectors added later are placed on it.

        Raises:
            MissingExtraError: the server lacks `shoal[embed]`; the map by PCA needs nothing.
        """
        kind = element_kind(elements)
        return compute_map(
            self, space=space, elements=kind, inference_set=inference_set, method=method, progress=progress
        )

    def in_area(
        self,
        polygon: Iterable[tuple[float, float]],
        space: str | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        method: str | None = None,
    ) -> Selection:
        """Return the elements whose point on a map lies in a polygon, its border included (even-odd rule)."""
        kind = element_kind(elements)
        return in_area(self, polygon, space=space, elements=kind, inference_set=inference_set, method=method)
