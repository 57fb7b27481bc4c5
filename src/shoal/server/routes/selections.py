"""Queries, completion, facets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from shoal.model.segment import ElementKind
from shoal.server.access import Names, RuntimeOf
from shoal.services import facets, selections
from shoal.wire.selections import CompletionBody, FacetList, QueryPage, QueryRequest

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}", tags=["selections"])


@router.post("/query")
def query(runtime: RuntimeOf, project: str, dataset: str, request: QueryRequest) -> QueryPage:
    """Count a selection and return one page of it."""
    return selections.run_query(runtime, project, dataset, request)


@router.get("/query/complete")
def complete(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    text: str,
    cursor: Annotated[int, Query(ge=0)],
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
) -> CompletionBody:
    """Return what can be typed at a place of a query."""
    return facets.complete_query(
        runtime, project, dataset, text, cursor, elements=elements, inference_set=inference_set
    )


@router.get("/facets")
def get_facets(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    query: str | None = None,
    field: Names = None,
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
    query_elements: ElementKind | None = None,
    contains: str | None = None,
) -> FacetList:
    """Return the distribution of fields over a selection.

    `query_elements`: what the query selects; `contains`: a text the listed values have in them.
    """
    return facets.get_facets(
        runtime,
        project,
        dataset,
        query=query,
        fields=field or [],
        elements=elements,
        inference_set=inference_set,
        query_elements=query_elements,
        contains=contains,
    )
