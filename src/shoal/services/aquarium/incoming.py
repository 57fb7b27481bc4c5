"""Files the client sends to the links it was given: data in resumable chunks, assets whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from shoal.errors import ConflictError, InvalidInputError, NotFoundError, TooLargeError
from shoal.services.runtime import Runtime
from shoal.services.signing import Purpose, sign, verify
from shoal.store.upload_names import inside, safe_name

CHUNK_BYTES: Final = 8 << 20
"""The client's chunks; the last one of a file may be shorter."""

OBJECTS: Final = "storage/objects"
_DAY_S: Final = 24 * 3600
_DATA: Final = Purpose("file", lifetime_s=_DAY_S)
_SESSION: Final = Purpose("session", lifetime_s=_DAY_S)
"""So long may one file take to come in, and so long may the server be away meanwhile."""

_ASSET: Final = Purpose("asset", lifetime_s=_DAY_S)
_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_OBJECT: Final = re.compile(rf"/{OBJECTS}/(up_[0-9a-z]{{12}})/([^/?#]+)$")


@dataclass(frozen=True, slots=True)
class Received:
    """Where a file stands.

    Attributes:
        is_whole: whether all of it is here.
        n_bytes: how many bytes are acknowledged; always whole chunks.
    """

    is_whole: bool
    n_bytes: int


def upload_paths(runtime: Runtime, filename: str, *, is_resumable: bool) -> tuple[str, str]:
    """Return where a file is to be sent, and where it will be found, below the client's endpoint.

    Raises:
        InvalidInputError: no file can have the name.
    """
    name = str(safe_name(filename))
    if "/" in name:
        raise InvalidInputError(f"Expected the name of a file without folders, found {filename!r}.")
    upload = runtime.uploads.create()
    kind = _DATA if is_resumable else _ASSET
    token = sign(runtime, kind, {"upload": upload, "name": name})
    way = "resumable" if is_resumable else "simple"
    return f"storage/{way}/{token}", f"{OBJECTS}/{upload}/{quote(name)}"


def begin(runtime: Runtime, token: str, n_bytes: str | None) -> str:
    """Return where the chunks of a file are to be sent, below the client's endpoint.

    Raises:
        TooLargeError: the file is past the limit.
    """
    place = verify(runtime, _DATA, token)
    limit = runtime.uploads.limits.file
    size = int(n_bytes) if n_bytes is not None and n_bytes.isdigit() else limit
    if size > limit:
        raise TooLargeError(f"The file has {n_bytes} bytes; the limit is {limit}.")
    session = sign(runtime, _SESSION, {**place, "n_bytes": size})
    return f"storage/session/{session}"


def check_session(runtime: Runtime, token: str) -> None:
    """Raise `ForbiddenError` when a link is none for chunks: before a body is read."""
    verify(runtime, _SESSION, token)


def check_asset(runtime: Runtime, token: str) -> None:
    """Raise `ForbiddenError` when a link is none for an asset: before a body is read."""
    verify(runtime, _ASSET, token)


def receive(runtime: Runtime, token: str, content_range: str, data: bytes) -> Received:
    """Take a chunk, or tell how far a file is when the range is `bytes */…`; a chunk sent again is harmless.

    Raises:
        ConflictError: other bytes are there, or chunks between are missing.
        InvalidInputError: the range is none, or the body is not as long as it says.
        NotFoundError: nothing is expected here any more.
    """
    place = verify(runtime, _SESSION, token)
    upload, name = place["upload"], place["name"]
    if content_range.startswith("bytes */"):
        return Received(False, _acknowledged(runtime.uploads.next_offset(upload, name), place["n_bytes"]))
    found = _RANGE.fullmatch(content_range)
    if found is None:
        raise InvalidInputError(f"Expected a range such as bytes 0-99/100, found {content_range!r}.")
    first, last, n_bytes = map(int, found.groups())
    if len(data) != last - first + 1:
        raise InvalidInputError(f"Expected {last - first + 1} bytes, found {len(data)}.")
    try:
        size = runtime.uploads.write_chunk(upload, name, first, data)
    except ConflictError:
        if runtime.uploads.next_offset(upload, name) >= first:
            # Other bytes are there.  Told so, the client would ask how far it is and try again for ever.
            runtime.uploads.discard(upload)
        raise
    if size < n_bytes:
        return Received(False, last + 1)
    runtime.uploads.finish(upload, name, n_bytes=n_bytes)
    return Received(True, n_bytes)


def _acknowledged(size: int, n_bytes: int) -> int:
    """Return how much to acknowledge: whole chunks, and never all.

    A process that was killed may leave part of a chunk.  A client that hears that all is there has nothing to
    send and gives up; sent the last chunk again it learns that the file is complete.
    """
    return max(0, min(size, n_bytes - 1)) // CHUNK_BYTES * CHUNK_BYTES


def receive_asset(runtime: Runtime, token: str, data: bytes) -> None:
    """Keep a file for good, such as an image the client mirrors."""
    from shoal.store.media import keep_asset

    place = verify(runtime, _ASSET, token)
    keep_asset(runtime.home, place["upload"], place["name"], data)
    runtime.uploads.discard(place["upload"])


def asset_path(runtime: Runtime, upload: str, name: str) -> Path:
    """Return an asset's file.

    Raises:
        NotFoundError: there is none; data on its way in is not given out.
    """
    found = _asset(runtime, upload, name)
    if found is None:
        raise NotFoundError(f"There is no asset {name!r}.")
    return found


def located(runtime: Runtime, url: str) -> str:
    """Return where an image lies: an asset's file in the home, else the address as it is."""
    path = urlsplit(url).path
    match = _OBJECT.search(path)
    found = None if match is None else _asset(runtime, match[1], unquote(match[2]))
    return url if found is None else found.as_uri()


def staged_file(url: Any) -> tuple[str, str]:
    """Return upload and name of a data file by the link it was found under.

    Raises:
        InvalidInputError: the link is not one this server gave out.
    """
    match = _OBJECT.search(urlsplit(str(url)).path)
    if match is None:
        raise InvalidInputError(
            f"{url!r} is not a file that was uploaded to this server.",
            hint="Upload the files through the links of get_upload_url, as the client does.",
        )
    return match[1], unquote(match[2])


def staged_path(runtime: Runtime, upload: str, name: str) -> Path:
    """Return a data file that has come whole.

    Raises:
        NotFoundError: it has not.
    """
    whole: Mapping[str, bool] = {file.name: file.finished for file in runtime.uploads.files(upload)}
    if not whole.get(name):
        raise NotFoundError(f"The file {name!r} was not uploaded whole.", hint="Run the upload again.")
    return runtime.uploads.folder(upload) / name


def _asset(runtime: Runtime, upload: str, name: str) -> Path | None:
    if not re.fullmatch(r"up_[0-9a-z]{12}", upload):
        return None
    path = inside(runtime.home.media_path / upload, safe_name(name))
    return path if path.is_file() else None
