"""Near-duplicates and leakage."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.services import duplicates
from shoal.wire.embeddings import DuplicatesBody, DuplicateSearch, DuplicatesRequest
from shoal.wire.jobs import JobBody

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/duplicates", tags=["embeddings"])


@router.post("/find", status_code=202)
def find_duplicates(runtime: RuntimeOf, project: str, dataset: str, request: DuplicateSearch) -> JobBody:
    """Look for near-duplicates, as a job; what a stop cuts short goes on from there."""
    return duplicates.start_search(runtime, project, dataset, request)


@router.post("")
def get_duplicates(
    runtime: RuntimeOf, project: str, dataset: str, request: DuplicatesRequest
) -> DuplicatesBody:
    """Return what was found, in groups; with `between`, what crosses from one segment into another."""
    return duplicates.get_duplicates(runtime, project, dataset, request)
