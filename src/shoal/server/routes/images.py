"""Images of frames."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import FileResponse, RedirectResponse

from shoal.server.access import RuntimeOf
from shoal.services import images

router = APIRouter(prefix="/projects/{project}/datasets/{dataset}/images", tags=["images"])

Size = Annotated[
    int | None,
    Query(
        description="Longer side in pixels; default the whole image.",
        json_schema_extra={"enum": list(images.SIZES)},
    ),
]
Box = Annotated[str | None, Query(description="A part: `x,y,width,height` in pixels of the upright image.")]
Margin = Annotated[float, Query(description="Room around the box, as a share of its longer side.")]

_KINDS = ("image/jpeg", "image/webp", "image/png", "image/gif", "image/bmp", "image/avif")
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The image, upright.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _KINDS},
    },
    206: {"description": "A part of the file, as `Range` asks; whole images only."},
    304: {"description": "The image is the one of `If-None-Match`."},
    307: {"description": "The image is on another server: load it there."},
}
_HEADERS: Final = {
    # Shown at once while fresh copies are asked for: a grid scrolls back without waiting.
    "Cache-Control": "private, max-age=60, stale-while-revalidate=86400",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@router.head("/{frame_id:path}", include_in_schema=False)
@router.get("/{frame_id:path}", response_class=Response, responses=_ANSWERS)
async def get_image(
    runtime: RuntimeOf,
    project: str,
    dataset: str,
    frame_id: str,
    size: Size = None,
    box: Box = None,
    margin: Margin = 0.0,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the image of a frame: whole, small, or one part of it."""
    known = tuple(tag.strip().removeprefix("W/").strip('"') for tag in (if_none_match or "").split(","))
    answer = partial(
        images.get_image, runtime, project, dataset, frame_id, size=size, box=box, margin=margin, known=known
    )
    # Threads of its own: a grid of images leaves those of all other requests alone.
    return _response(await asyncio.get_running_loop().run_in_executor(runtime.image_threads, answer))


def _response(picture: images.Picture) -> Response:
    if picture.elsewhere is not None:
        return RedirectResponse(picture.elsewhere, headers={"Referrer-Policy": "no-referrer"})
    headers = {**_HEADERS, "ETag": f'"{picture.tag}"'}
    if picture.file is not None:
        return FileResponse(picture.file.path, media_type=picture.file.media_type, headers=headers)
    if picture.content is not None:
        return Response(picture.content.content, media_type=picture.content.media_type, headers=headers)
    return Response(status_code=304, headers=headers)
