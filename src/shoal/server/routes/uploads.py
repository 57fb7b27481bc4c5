"""Files on their way in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from shoal.server.access import RuntimeOf
from shoal.services import uploads
from shoal.wire.uploads import UploadBody, UploadFile

router = APIRouter(prefix="/uploads", tags=["uploads"])


@router.post("", status_code=201)
def create_upload(runtime: RuntimeOf) -> UploadBody:
    """Make an empty staging folder."""
    return uploads.create_upload(runtime)


@router.get("/{upload}")
def get_upload(runtime: RuntimeOf, upload: str) -> UploadBody:
    """Return what was received so far."""
    return uploads.get_upload(runtime, upload)


@router.delete("/{upload}", status_code=204)
def discard_upload(runtime: RuntimeOf, upload: str) -> None:
    """Throw a staging folder away."""
    uploads.discard_upload(runtime, upload)


@router.put("/{upload}/files/{name:path}")
async def write_chunk(
    runtime: RuntimeOf,
    request: Request,
    upload: str,
    name: str,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> UploadFile:
    """Append raw bytes to a staged file; a chunk sent twice is harmless."""
    data = await request.body()
    return await run_in_threadpool(uploads.write_chunk, runtime, upload, name, offset, data)
