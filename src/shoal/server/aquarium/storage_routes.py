"""Files: where they are sent and where they are found.  The links carry their own permission."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from shoal.server.access import RuntimeOf
from shoal.server.aquarium.requests import address
from shoal.services.aquarium import incoming
from shoal.services.runtime import Runtime

router = APIRouter()


def upload_links(request: Request, runtime: Runtime, filename: str, *, is_resumable: bool) -> dict[str, Any]:
    """Return where a file is to be sent and where it will be found."""
    put, download = incoming.upload_paths(runtime, filename, is_resumable=is_resumable)
    return {"put_url": address(request, put), "download_url": address(request, download)}


@router.get("/projects/{project}/datasets/{dataset}/get_upload_url")
def get_upload_url(
    request: Request,
    runtime: RuntimeOf,
    upload_filename: str,
    resumable_upload: bool = False,
) -> dict[str, Any]:
    """Return links for one file; the dataset need not exist yet."""
    return upload_links(request, runtime, upload_filename, is_resumable=resumable_upload)


@router.post("/projects/{project}/datasets/{dataset}/get_upload_url")
def post_upload_url(
    request: Request,
    runtime: RuntimeOf,
    upload_filename: str,
    resumable_upload: bool = False,
) -> dict[str, Any]:
    """Return links for one file; what the client tells of the file it tells again with the upload."""
    return upload_links(request, runtime, upload_filename, is_resumable=resumable_upload)


@router.post("/storage/resumable/{token}")
def begin(
    request: Request,
    runtime: RuntimeOf,
    token: str,
    x_upload_content_length: Annotated[str | None, Header()] = None,
) -> Response:
    """Begin a file that comes in chunks."""
    session = incoming.begin(runtime, token, x_upload_content_length)
    return Response(status_code=201, headers={"Location": address(request, session)})


@router.put("/storage/session/{token}")
async def put_chunk(
    request: Request, runtime: RuntimeOf, token: str, content_range: Annotated[str, Header()]
) -> Response:
    """Take a chunk, or tell how far the file is."""
    incoming.check_session(runtime, token)
    data = await request.body()
    received = await run_in_threadpool(incoming.receive, runtime, token, content_range, data)
    if received.is_whole:
        return Response(status_code=200)
    headers = {"Range": f"bytes=0-{received.n_bytes - 1}"} if received.n_bytes else {}
    return Response(status_code=308, headers=headers)


@router.put("/storage/simple/{token}")
async def put_asset(request: Request, runtime: RuntimeOf, token: str) -> dict[str, Any]:
    """Take a whole file and keep it."""
    incoming.check_asset(runtime, token)
    data = await request.body()
    await run_in_threadpool(incoming.receive_asset, runtime, token, data)
    return {}


@router.get("/storage/objects/{upload}/{name}")
def get_asset(runtime: RuntimeOf, upload: str, name: str) -> FileResponse:
    """Send an asset; its address has 60 random bits and does not end.  Whatever it is, it runs nothing."""
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return FileResponse(incoming.asset_path(runtime, upload, name), headers=headers)
