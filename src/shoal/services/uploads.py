"""Files on their way in, and where a request may point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from shoal.errors import ForbiddenError, InvalidInputError, NotFoundError
from shoal.wire.base import Shape
from shoal.wire.uploads import FileRef, UploadBody, UploadFile

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


def create_upload(runtime: Runtime) -> UploadBody:
    """Make an empty staging folder."""
    return UploadBody(id=runtime.uploads.create(), files=[])


def get_upload(runtime: Runtime, upload: str) -> UploadBody:
    """Return what was received so far."""
    return UploadBody(
        id=upload,
        files=[UploadFile(name=file.name, size=file.n_bytes) for file in runtime.uploads.files(upload)],
    )


def write_chunk(runtime: Runtime, upload: str, name: str, offset: int, data: bytes) -> UploadFile:
    """Append to a staged file; a chunk sent twice is harmless."""
    return UploadFile(name=name, size=runtime.uploads.write_chunk(upload, name, offset, data))


def discard_upload(runtime: Runtime, upload: str) -> None:
    """Throw a staging folder away."""
    runtime.uploads.discard(upload)


def discard_uploads(runtime: Runtime, request: Shape) -> None:
    """Throw away the staging folders a request read from; what they held is stored now."""
    references = [value for _, value in request if isinstance(value, FileRef)]
    for upload in {reference.upload for reference in references if reference.upload}:
        runtime.uploads.discard(upload)


def path_of(runtime: Runtime, reference: FileRef) -> Path:
    """Return the file or folder a request names.

    Raises:
        ForbiddenError: a path on the server outside the allowed roots.
        NotFoundError: it does not exist.
    """
    if reference.upload is not None:
        return _staged(runtime, reference.upload, reference)
    path = _resolved(reference.path)
    if not runtime.is_local and not any(path.is_relative_to(root) for root in runtime.roots):
        raise ForbiddenError(
            f"{path} lies outside the folders this server may read.",
            hint=f"Start it with: shoal serve --root {path if path.is_dir() else path.parent}",
            location={"path": str(path)},
        )
    if not path.exists():  # what is outside was refused above, whether it exists or not
        raise NotFoundError(f"There is no file {path}.", location={"path": str(path)})
    return path


def _resolved(text: str) -> Path:
    """Return a path with its links followed; what no file can be called is refused."""
    fault = InvalidInputError(
        f"Expected an absolute path on the server, found {text[:200]!r}.", location={"field": "path"}
    )
    try:
        path = Path(text).expanduser()
        if not path.is_absolute():
            raise fault
        resolved = path.resolve()
        resolved.is_dir()  # fails on names that are too long
    except (OSError, RuntimeError, ValueError) as error:
        raise fault from error
    return resolved


def _staged(runtime: Runtime, upload: str, reference: FileRef) -> Path:
    """Return a staged file or folder, complete: what was sent of it is all there is."""
    name = reference.path.rstrip("/")
    files = runtime.uploads.files(upload)
    wanted = [file for file in files if file.name == name or file.name.startswith(f"{name}/")]
    if not wanted:
        held = ", ".join(file.name for file in files[:10]) or "nothing"
        raise NotFoundError(
            f"Upload {upload} has no file {name!r}; it holds {held}.", location={"path": name}
        )
    for file in wanted:
        n_bytes = file.n_bytes if reference.n_bytes is None else reference.n_bytes
        path = runtime.uploads.finish(upload, file.name, n_bytes=n_bytes)
    if wanted[0].name == name:
        return path
    below = len(wanted[-1].name.split("/")) - len(name.split("/"))
    return path.parents[below - 1]
