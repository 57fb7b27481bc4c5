"""The datasets of a project: list, create, upload."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Literal, overload

from shoal.client.dataset import Dataset
from shoal.client.jobs import Job, wait_for
from shoal.client.progress import open_progress
from shoal.client.session import Session, build, given
from shoal.client.sources import Source, Staging
from shoal.errors import InvalidInputError, NotFoundError
from shoal.wire.datasets import DatasetBody, DatasetCreate, DatasetList
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import DatasetIngest, DryRun

Folder = str | os.PathLike[str]


class Datasets:
    """The datasets of one project; iterable, and `datasets["val"]`."""

    def __init__(self, session: Session, project: str) -> None:
        self._session = session
        self._project = project
        self._path = ("projects", project, "datasets")

    def create(self, name: str, *, exist_ok: bool = False) -> Dataset:
        """Create an empty dataset.

        Raises:
            AlreadyExistsError: the name is taken, unless `exist_ok`.
        """
        method, path = ("PUT", (*self._path, name)) if exist_ok else ("POST", self._path)
        body = build(DatasetCreate, name=name)
        return Dataset(self._session, self._session.read(DatasetBody, method, path, body=body))

    def get(self, name: str) -> Dataset:
        """Return a dataset by its name.

        Raises:
            NotFoundError: there is none.
        """
        return Dataset(self._session, self._session.read(DatasetBody, "GET", (*self._path, name)))

    def delete(self, name: str) -> None:
        """Delete a dataset with its inference sets and segments."""
        self._session.call("DELETE", (*self._path, name))

    @overload
    def upload(self, name: str, *, dry_run: Literal[True], **options: Any) -> DryRun: ...

    @overload
    def upload(
        self,
        name: str,
        *,
        coco: Source | None = None,
        labels: Source | None = None,
        frames: Source | None = None,
        images: Folder | None = None,
        metadata: Source | None = None,
        frame_id_from: str = "file_name",
        box_format: str = "auto",
        normalised: bool = False,
        add_classes: bool = False,
        mode: str = "replace",
        note: str = "",
        progress: bool = True,
        dry_run: Literal[False] = False,
    ) -> Dataset: ...

    def upload(  # type: ignore[misc]  # the first overload stands for the same options
        self,
        name: str,
        *,
        coco: Source | None = None,
        labels: Source | None = None,
        frames: Source | None = None,
        images: Folder | None = None,
        metadata: Source | None = None,
        frame_id_from: str = "file_name",
        box_format: str = "auto",
        normalised: bool = False,
        add_classes: bool = False,
        mode: str = "replace",
        note: str = "",
        progress: bool = True,
        dry_run: bool = False,
    ) -> Dataset | DryRun:
        """Upload a dataset and return it once it is ready; all sources together become one new version.

        A table is a path (CSV, Parquet or JSONL, by suffix), a Polars, pandas or Arrow table, or an
        iterable of dicts.

        Args:
            name: of the dataset; created when absent.
            coco: a COCO instances file.
            labels: a table of frames and labels, long (a row per label) or nested (a row per frame).
            frames: a table of frames; dicts with a `labels` key are taken as `labels`.
            images: the folder the images are in; a folder per class when nothing names labels.
            metadata: a table of more fields, joined by `frame_id` or `file_name`.
            frame_id_from: `file_name` (without folder), `path` or `id`.
            box_format: `auto`, `xywh`, `xyxy` or `cxcywh`.
            normalised: whether boxes are fractions of width and height.
            add_classes: whether classes the project lacks are added to it.
            mode: `replace` (the dataset is what the files hold) or `upsert` (other frames stay).
            note: kept with the version.
            progress: whether to show a bar on a terminal.
            dry_run: report what would be read, and store nothing.

        Raises:
            UploadRejectedError: the files have faults; nothing was stored.
            InvalidInputError: no source, two for the same thing, or a file that is not there.
        """
        build(DatasetCreate, name=name)
        options = _ingest_options(frame_id_from, box_format, normalised, add_classes, mode, note)
        with Staging(self._session) as staging, open_progress(progress) as shown:
            if coco is not None:
                options["labels_format"] = "coco"
            _collect(staging, coco=coco, labels=labels, frames=frames, images=images, metadata=metadata)
            dataset, is_new = self._get_or_create(name)
            try:
                ingest = build(DatasetIngest, **options, **staging.send(shown))
                if dry_run:
                    path = (*dataset.path, "ingest", "dry-run")
                    return self._session.read(DryRun, "POST", path, body=ingest)
                started = self._session.read(JobBody, "POST", (*dataset.path, "ingest"), body=ingest)
                result = wait_for(Job(self._session, started), shown)
                is_new = False
            finally:
                if is_new:
                    self.delete(name)
        dataset.refresh()
        dataset.notes = list(result.get("notes", ()))
        return dataset

    def _get_or_create(self, name: str) -> tuple[Dataset, bool]:
        try:
            return self.get(name), False
        except NotFoundError:
            return self.create(name), True

    def __getitem__(self, name: str) -> Dataset:
        return self.get(name)

    def __iter__(self) -> Iterator[Dataset]:
        body = self._session.read(DatasetList, "GET", self._path)
        return (Dataset(self._session, item) for item in body.items)

    def __repr__(self) -> str:
        return "\n".join(repr(dataset) for dataset in self) or f"Datasets of {self._project!r} (none)"


def _ingest_options(
    frame_id_from: str, box_format: str, normalised: bool, add_classes: bool, mode: str, note: str
) -> dict[str, Any]:
    options = {
        "frame_id_from": frame_id_from,
        "box_format": box_format,
        "normalised": normalised,
        "add_classes": add_classes,
        "mode": mode,
        "note": note,
    }
    build(DatasetIngest, **options)
    return options


def _collect(staging: Staging, *, images: Folder | None, **tables: Source | None) -> None:
    if tables["coco"] is not None and tables["labels"] is not None:
        raise InvalidInputError("Expected either coco or labels, found both.", location={"field": "labels"})
    sources = given(
        labels=tables["labels"] if tables["coco"] is None else tables["coco"],
        frames=tables["frames"],
        metadata=tables["metadata"],
    )
    if not sources and images is None:
        raise InvalidInputError(
            "Expected something to upload, found nothing.",
            hint="Give coco=, labels=, frames=, metadata= or images=.",
        )
    rows = sources.get("frames")
    if isinstance(rows, (list, tuple)) and any("labels" in row for row in rows if isinstance(row, dict)):
        if "labels" in sources:
            raise InvalidInputError(
                "Expected labels in one place, found them in frames and in labels.",
                location={"field": "frames"},
            )
        sources["labels"] = sources.pop("frames")
    for role, source in sources.items():
        staging.add(role, source)
    if images is not None:
        staging.add_images(images)
