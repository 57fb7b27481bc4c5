"""Objects of many frames at once."""

from __future__ import annotations

from fastapi import APIRouter

from shoal.server.access import RuntimeOf
from shoal.services import objects
from shoal.wire.objects import ObjectsBody, ObjectsRequest

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}", tags=["datasets"])


@router.post("/objects")
def post_objects(runtime: RuntimeOf, project: str, dataset: str, request: ObjectsRequest) -> ObjectsBody:
    """Return labels and inferences of up to 200 frames, as arrays."""
    return objects.get_objects(runtime, project, dataset, request)
