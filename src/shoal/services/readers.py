"""Which reader reads which file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from shoal.engine.settings import EvaluationSettings
from shoal.errors import InvalidInputError
from shoal.formats.boxes import BoxFormat
from shoal.formats.coco import CocoDataset
from shoal.formats.coco_results import CocoResults
from shoal.formats.image_folder import ImageFolderDataset
from shoal.formats.metadata import TabularMetadata
from shoal.formats.source import DatasetSource, InferenceSource, MetadataSource
from shoal.formats.tabular import TabularDataset, TabularInferences
from shoal.services.uploads import path_of
from shoal.wire.uploads import DatasetIngest, FileFormat, FileRef, InferenceIngest

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

_TABLES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_PACKED = (".gz", ".zst")


def format_of(path: Path, wanted: FileFormat) -> str:
    """Return the format of a file: as asked for, else by its suffix; `.json` is COCO.

    Raises:
        InvalidInputError: the suffix says nothing.
    """
    if wanted != "auto":
        return wanted
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in _PACKED]
    suffix = suffixes[-1] if suffixes else ""
    if path.is_dir():
        return "image_folder"
    if suffix == ".json":
        return "coco"
    if suffix in _TABLES:
        return _TABLES[suffix]
    raise InvalidInputError(
        f"The format of {path.name!r} is not clear from its name.",
        hint="Name it .json (COCO), .csv, .parquet or .jsonl, or give the format.",
        location={"file": path.name},
    )


def open_dataset_source(
    runtime: Runtime, request: DatasetIngest, settings: EvaluationSettings, images: Path | None
) -> DatasetSource | None:
    """Return the reader of a dataset upload; `None` when it brings metadata alone.

    Args:
        runtime: where staged files are.
        request: the upload.
        settings: the project's.
        images: the folder `request.images` names, where it lies now.
    """
    box_format = _box_format(request.box_format, is_normalised=request.normalised)
    if request.labels is None and request.frames is None:
        return ImageFolderDataset(images) if images is not None else None
    labels = path_of(runtime, request.labels) if request.labels else None
    if labels is not None and format_of(labels, request.labels_format) == "coco":
        if request.frames is not None:
            raise InvalidInputError(
                "A COCO file holds its frames; found a table of frames beside it.",
                hint="Give the table as metadata.",
                location={"field": "frames"},
            )
        return CocoDataset(
            labels,
            images=images,
            frame_id_from=request.frame_id_from,
            box_format=box_format or BoxFormat.XYWH,
            task=settings.task,
            name=_name_of(request.labels),
        )
    return TabularDataset(
        path_of(runtime, request.frames) if request.frames else None,
        labels,
        images=images,
        keep_folders=request.frame_id_from == "path",
        box_format=box_format,
        task=settings.task,
    )


def open_metadata_source(runtime: Runtime, reference: FileRef) -> MetadataSource:
    """Return the reader of a metadata table."""
    return TabularMetadata(path_of(runtime, reference), allow_unknown=True, name=_name_of(reference))


def open_inference_source(
    runtime: Runtime,
    request: InferenceIngest,
    settings: EvaluationSettings,
    categories: Mapping[str, str],
) -> InferenceSource:
    """Return the reader of an inference upload.

    Args:
        runtime: where staged files are.
        request: the upload.
        settings: the project's.
        categories: class names by the category ids of the dataset's own COCO files; results files name
            categories by these.
    """
    path = path_of(runtime, request.inferences)
    box_format = _box_format(request.box_format, is_normalised=request.normalised)
    name = _name_of(request.inferences)
    if format_of(path, request.format) == "coco":
        return CocoResults(
            path,
            categories={int(number): name for number, name in categories.items()} or None,
            box_format=box_format or BoxFormat.XYWH,
            task=settings.task,
            name=name,
        )
    return TabularInferences(path, box_format=box_format, task=settings.task, name=name)


def _name_of(reference: FileRef | None) -> str | None:
    return None if reference is None else Path(reference.path).name


def _box_format(name: str, *, is_normalised: bool) -> BoxFormat | None:
    if name == "auto":
        return BoxFormat.XYWH.normalised if is_normalised else None
    chosen = BoxFormat(name)
    return chosen.normalised if is_normalised else chosen
