"""Embedding spaces and similarity search."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.model.segment import ElementKind
from shoal.server.access import RuntimeOf
from shoal.services import embedding_computation, embeddings, similarity
from shoal.wire.base import Slug
from shoal.wire.embeddings import (
    EmbeddingCompute,
    EmbeddingIngest,
    EmbeddingSpaceList,
    SimilarBody,
    SimilarRequest,
)
from shoal.wire.jobs import JobBody

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}", tags=["embeddings"])


@router.get("/embeddings")
def list_embeddings(runtime: RuntimeOf, project: str, dataset: str) -> EmbeddingSpaceList:
    """Return the embedding spaces by name, then kind of element."""
    return embeddings.list_spaces(runtime, project, dataset)


@router.post("/embeddings/{space}", status_code=202)
def ingest_embeddings(
    runtime: RuntimeOf, project: str, dataset: str, space: Slug, request: EmbeddingIngest
) -> JobBody:
    """Read a file of vectors into a space, which is made if it is new, as a job."""
    return embeddings.start_embedding_ingest(runtime, project, dataset, space, request)


@router.post("/embeddings/{space}/compute", status_code=202)
def compute_embeddings(
    runtime: RuntimeOf, project: str, dataset: str, space: Slug, request: EmbeddingCompute
) -> JobBody:
    """Describe elements that have no vector in a space yet, as a job; one stopped goes on where it was."""
    return embedding_computation.start_embedding_compute(runtime, project, dataset, space, request)


@router.delete("/embeddings/{space}", status_code=204)
def delete_embeddings(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    space: str,
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
) -> None:
    """Delete a space."""
    embeddings.delete_space(runtime, project, dataset, space, elements=elements, inference_set=inference_set)


@router.post("/similar")
def find_similar(runtime: RuntimeOf, project: str, dataset: str, request: SimilarRequest) -> SimilarBody:
    """Return the elements nearest to others, to a vector or to an image."""
    return similarity.find_similar(runtime, project, dataset, request)
