"""Opening files that may be compressed."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyarrow as pa

_CODECS = {".gz": "gzip", ".zst": "zstd"}


def is_compressed(path: Path) -> bool:
    """Whether a file's name says that it is compressed."""
    return path.suffix.lower() in _CODECS


def plain_suffix(path: Path) -> str:
    """Return the suffix that tells the format, in lower case: `.csv` for `a.CSV.gz`."""
    return Path(path.stem if is_compressed(path) else path.name).suffix.lower()


def open_plain(path: Path) -> IO[bytes]:
    """Open a file for reading bytes at any place; a compressed one is unpacked to a temporary file first."""
    if not is_compressed(path):
        return path.open("rb")
    target = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    with pa.input_stream(str(path), compression=_CODECS[path.suffix.lower()]) as source:
        shutil.copyfileobj(source, target, 1 << 20)
    target.seek(0)
    return target
