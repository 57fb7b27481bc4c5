"""The map of embeddings."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Response

from shoal.server.access import RuntimeOf
from shoal.services import map_colours, maps
from shoal.wire.embeddings import (
    MapBody,
    MapChoice,
    MapColoursBody,
    MapColoursRequest,
    MapCompute,
    MapMaskBody,
    MapMaskRequest,
    MapPoints,
)
from shoal.wire.jobs import JobBody

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/map", tags=["embeddings"])

Choice = Annotated[MapChoice, Query()]

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "float32 little-endian: x and y of each element in order, NaN without a vector.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    304: {"description": "The points are those of `If-None-Match`."},
}


@router.get("")
def get_map(runtime: RuntimeOf, project: str, dataset: str, choice: Choice) -> MapBody:
    """Return the map that is there now; the one by PCA always is."""
    return maps.get_map(runtime, project, dataset, choice)


@router.post("/compute", status_code=202)
def compute_map(runtime: RuntimeOf, project: str, dataset: str, request: MapCompute) -> JobBody:
    """Make a better map, as a job."""
    return maps.start_projection(runtime, project, dataset, request)


@router.get("/points", response_class=Response, responses=_ANSWERS)
def get_points(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    choice: Annotated[MapPoints, Query()],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the points of a map; name its `key` in the request, and they may be kept for ever."""
    key, content = maps.get_points(runtime, project, dataset, choice)
    lifetime = "max-age=31536000, immutable" if choice.key == key else "no-cache"
    headers = {"ETag": f'"{key}"', "Cache-Control": f"private, {lifetime}"}
    if if_none_match is not None and f'"{key}"' in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/colours")
def get_colours(runtime: RuntimeOf, project: str, dataset: str, request: MapColoursRequest) -> MapColoursBody:
    """Return what every point is coloured by, and the legend."""
    return map_colours.get_colours(runtime, project, dataset, request)


@router.post("/mask")
def get_mask(runtime: RuntimeOf, project: str, dataset: str, request: MapMaskRequest) -> MapMaskBody:
    """Return which elements a selection holds."""
    return maps.get_mask(runtime, project, dataset, request)
