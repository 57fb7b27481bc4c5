"""Opening files that may be compressed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

from shoal.errors import InvalidInputError, TooLargeError

_CODECS = {".gz": "gzip", ".zst": "zstd"}

SPARE_BYTES = 1 << 30
"""Disk space that unpacking leaves free: a small file may unpack to more than any disk holds."""


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
        TooLargeError: unpacked, it does not fit on the disk.
    """
    if not is_compressed(path):
        return path.open("rb")
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    codec = _CODECS[path.suffix.lower()]
    try:
        with pa.input_stream(str(path), compression=codec) as source:
            n_left = shutil.disk_usage(tempfile.gettempdir()).free - SPARE_BYTES
            while block := _unpacked(source, path, codec):
                n_left -= len(block)
                if n_left < 0:
                    raise _too_large(path)
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


def _too_large(path: Path) -> TooLargeError:
    return TooLargeError(
        f"{path.name}: unpacked, it is larger than the free space of the disk for temporary files.",
        hint="Make room, point TMPDIR to a larger disk, or upload a Parquet file, which needs no unpacking.",
        location={"file": path.name},
    )
