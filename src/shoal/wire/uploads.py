"""Files on their way to the server, and what is to be read from them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shoal.wire.base import Shape


class UploadFile(Shape):
    """One staged file."""

    name: str
    size: int = Field(description="Bytes received; the next chunk starts here.")


class UploadBody(Shape):
    """A staging folder; what is in it becomes visible only through an ingest."""

    id: str
    files: list[UploadFile]


class FileRef(Shape):
    """A file to read: staged in an upload, or a path on the server under an allowed root."""

    upload: str | None = Field(default=None, description="Id of the upload that holds the file.")
    path: str = Field(description="Name in the upload, or an absolute path on the server.")
    n_bytes: int | None = Field(default=None, ge=0, description="Size of a staged file; checked if given.")


FileFormat = Literal["auto", "coco", "csv", "parquet", "jsonl", "image_folder"]


class DatasetIngest(Shape):
    """What to read into a dataset. All sources together become one new dataset version, or none does."""

    labels: FileRef | None = Field(
        default=None, description="COCO instances, or a table of frames and labels."
    )
    labels_format: FileFormat = "auto"
    frames: FileRef | None = Field(default=None, description="A table of frames, without labels.")
    images: FileRef | None = Field(default=None, description="Folder of images; a folder per class if alone.")
    metadata: FileRef | None = Field(default=None, description="A table joined by `frame_id` or `file_name`.")
    frame_id_from: Literal["file_name", "path", "id"] = "file_name"
    box_format: Literal["auto", "xywh", "xyxy", "cxcywh"] = "auto"
    normalised: bool = Field(default=False, description="Boxes are fractions of width and height.")
    add_classes: bool = False
    mode: Literal["replace", "upsert"] = Field(
        default="replace",
        description="replace: the dataset is what the files hold; upsert: other frames stay.",
    )
    note: str = ""


class InferenceIngest(Shape):
    """What to read into an inference set."""

    inferences: FileRef
    format: FileFormat = "auto"
    covers: Literal["dataset", "listed"] | str = Field(
        default="dataset",
        description="Frames the set was run on: the whole dataset, those the file names, or `query:TEXT`.",
    )
    box_format: Literal["auto", "xywh", "xyxy", "cxcywh"] = "auto"
    normalised: bool = False
    add_classes: bool = False
    mode: Literal["replace", "extend"] = Field(
        default="replace", description="extend: frames covered by this file change, others stay."
    )


class DryRun(Shape):
    """What an ingest would do: nothing is stored."""

    understood: dict[str, Any] = Field(description="Per source: columns, types, classes, counts, a sample.")
    notes: list[str] = Field(default_factory=list)
    n_frames: int
    n_labels: int
    n_inferences: int
    problems: list[dict[str, Any]] = Field(default_factory=list)
    total_problems: int = 0


class FramesDelete(Shape):
    """Frames to delete: by id or by query, not both."""

    ids: list[str] | None = None
    query: str | None = None
    note: str = ""
