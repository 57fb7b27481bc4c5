"""Names of uploaded files that stay inside their upload."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from shoal.errors import ForbiddenError, InvalidInputError

MAX_NAME_BYTES: Final = 1024
MAX_PART_BYTES: Final = 255


def safe_name(name: str) -> PurePosixPath:
    """Return an uploaded file's name as a relative path.

    Raises:
        ForbiddenError: the name is absolute, has a drive, a backslash or a `..`.
        InvalidInputError: the name is empty, too long, or has characters no file name may have.
    """
    shown = name if len(name) <= 80 else name[:80] + "…"
    where = {"field": "name"}
    try:
        encoded = name.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(f"File name {shown!r} is not valid Unicode.", location=where) from error
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise InvalidInputError(f"File name {shown!r} has a control character.", location=where)
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or (len(name) > 1 and name[1] == ":"):
        raise ForbiddenError(
            f"File name {shown!r} leads out of the upload.",
            hint="Name files relative to the upload, with / between folders.",
            location=where,
        )
    if any(part in ("", ".") for part in parts):
        raise InvalidInputError(f"File name {shown!r} has an empty part.", location=where)
    if len(encoded) > MAX_NAME_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        raise InvalidInputError(
            f"File name {shown!r} is too long: at most {MAX_NAME_BYTES} bytes, {MAX_PART_BYTES} in a part.",
            location=where,
        )
    return PurePosixPath(*parts)


def inside(root: Path, name: PurePosixPath) -> Path:
    """Return the path of a name under a folder.

    Raises:
        ForbiddenError: something on the way is a symbolic link.
    """
    path = root
    for part in name.parts:
        path = path / part
        if path.is_symlink():
            raise ForbiddenError(f"File name {str(name)!r} leads through a symbolic link.")
    return path
