"""Opening files that may be compressed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

from shoal.errors import InvalidInputError

_CODECS = {".gz": "gzip", ".zst": "zstd"}


def is_compressed(path: Path) -> bool:
    """Whether a file's name says that it is compressed."""
    return path.suffix.lower() in _CODECS


def plain_suffix(path: Path) -> str:
    """Return the suffix that tells the format, in lower case: `.csv` for `a.CSV.gz`."""
    return Path(path.stem if is_compressed(path) else path.name).suffix.lower()


def open_plain(path: Path) -> IO[bytes]:
    """Open a file for reading bytes at any place; a compressed one is unpacked to a temporary file first.

    Raises:
        InvalidInputError: it cannot be unpacked.
    """
    if not is_compressed(path):
        return path.open("rb")
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    codec = _CODECS[path.suffix.lower()]
    try:
        with pa.input_stream(str(path), compression=codec) as source:
            while block := _unpacked(source, path, codec):
                target.write(block)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _unpacked(source: pa.NativeFile, path: Path, codec: str) -> bytes:
    try:
        block: bytes = source.read(1 << 20)
    except (OSError, pa.ArrowException) as error:
        raise InvalidInputError(
            f"{path.name}: expected a file compressed with {codec}, found one that cannot be unpacked.",
            hint="The file is damaged or cut off, or its ending is wrong; compress it again.",
            location={"file": path.name},
        ) from error
    return block
