"""What a user hands in to be uploaded: paths, data frames, rows; and where it goes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from shoal.client.progress import Progress
from shoal.client.session import Session, build
from shoal.client.uploading import StagedFile, Upload
from shoal.errors import InvalidInputError
from shoal.wire.jobs import HealthBody
from shoal.wire.uploads import FileRef

Source = str | os.PathLike[str] | Any
"""A path, a Polars, pandas or Arrow table, or an iterable of dicts."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"})


class Staging:
    """Collects the sources of one ingest, sends them, and cleans up; a context manager.

    Args:
        session: what the upload goes through.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._files: list[StagedFile] = []
        self._pending: dict[str, str] = {}
        self._ready: dict[str, FileRef] = {}
        self._upload: Upload | None = None
        self._exit = ExitStack()

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()
        if self._upload is not None:
            self._upload.discard()

    def add(self, role: str, source: Source) -> None:
        """Take in a file or table; `role` becomes its folder in the upload.

        Raises:
            InvalidInputError: the file is missing or the kind of source is not known.
        """
        path = _local_file(role, source) if isinstance(source, (str, os.PathLike)) else None
        if path is None:
            path = write_table(role, source, self._scratch())
        self._files.append(StagedFile(f"{role}/{path.name}", path))
        self._pending[role] = f"{role}/{path.name}"

    def add_images(self, folder: str | os.PathLike[str]) -> None:
        """Take in a folder of images: by its path where the server can read it, else file by file.

        Raises:
            InvalidInputError: it is no folder, or holds no image.
        """
        path = Path(folder).expanduser().absolute()
        if (self._session.transport.in_process and path.is_dir()) or self._server_reads(path):
            self._ready["images"] = FileRef(path=str(path))
            return
        if not path.is_dir():
            raise InvalidInputError(
                f"Expected a folder of images, found {str(folder)!r}.",
                hint="Give a folder of this machine, or one under a root of the server "
                "(`shoal serve --root DIR`).",
                location={"field": "images"},
            )
        files = _image_files(path)
        if not files:
            raise InvalidInputError(f"No image in {str(folder)!r}.", location={"field": "images"})
        self._files.extend(StagedFile(f"images/{file.relative_to(path).as_posix()}", file) for file in files)
        self._pending["images"] = "images"

    def send(self, progress: Progress) -> dict[str, FileRef]:
        """Upload what must be, and return a reference for each role."""
        if self._files:
            self._upload = Upload(self._session)
            self._upload.send(self._files, progress)
            upload_id = self._upload.id
            sizes = {file.name: file.path.stat().st_size for file in self._files}
            for role, path in self._pending.items():
                self._ready[role] = build(FileRef, upload=upload_id, path=path, n_bytes=sizes.get(path))
        return self._ready

    def _scratch(self) -> Path:
        return Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="shoal-upload-")))

    def _server_reads(self, path: Path) -> bool:
        roots = self._session.read(HealthBody, "GET", ("health",)).roots
        return any(path.is_relative_to(root) for root in roots)


def _local_file(role: str, source: str | os.PathLike[str]) -> Path:
    path = Path(source).expanduser()
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "nothing there"
        raise InvalidInputError(
            f"Expected a file for {role}, found {kind}: {os.fspath(source)!r}.", location={"field": role}
        )
    return path


def _image_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in IMAGE_SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def write_table(role: str, source: Any, folder: Path) -> Path:
    """Write a table or rows into `folder`: Parquet from data frames, JSONL from dicts.

    Raises:
        InvalidInputError: the kind of source is not known.
    """
    library = type(source).__module__.partition(".")[0]
    if library == "polars":
        frame = source.collect() if hasattr(source, "collect") else source
        frame.write_parquet(folder / f"{role}.parquet")
        return folder / f"{role}.parquet"
    if library in ("pandas", "pyarrow"):
        _write_arrow(source, folder / f"{role}.parquet", from_pandas=library == "pandas")
        return folder / f"{role}.parquet"
    if isinstance(source, Iterable) and not isinstance(source, (bytes, Mapping)):
        return _write_rows(role, source, folder / f"{role}.jsonl")
    raise InvalidInputError(
        f"Expected a path, a Polars, pandas or Arrow table, or dicts for {role}, "
        f"found {type(source).__name__}.",
        location={"field": role},
    )


def _write_arrow(source: Any, path: Path, *, from_pandas: bool) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if from_pandas:
        source = pa.Table.from_pandas(source, preserve_index=False)
    elif isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    elif not isinstance(source, pa.Table):
        source = source.read_all()
    pq.write_table(source, path)


def _write_rows(role: str, rows: Iterable[Any], path: Path) -> Path:
    with path.open("w", encoding="utf-8") as target:
        for number, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise InvalidInputError(
                    f"Expected a dict for row {number} of {role}, found {type(row).__name__}.",
                    location={"field": role, "row": number},
                )
            target.write(json.dumps(dict(row), default=_plain, ensure_ascii=False) + "\n")
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    for convert in ("tolist", "to_dict"):
        if hasattr(value, convert):
            return getattr(value, convert)()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise InvalidInputError(f"Expected values JSON can hold, found {type(value).__name__}.")
