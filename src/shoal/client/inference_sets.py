"""The inference sets of a dataset: list, create, upload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, overload

from shoal.client.jobs import Job, wait_for
from shoal.client.progress import open_progress
from shoal.client.resource import Resource
from shoal.client.session import Path, Session, build, given
from shoal.client.sources import Source, Staging
from shoal.errors import InvalidInputError, NotFoundError
from shoal.wire.inference_sets import (
    InferenceSetBody,
    InferenceSetCreate,
    InferenceSetList,
    InferenceSetUpdate,
)
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import DryRun, InferenceIngest


class InferenceSet(Resource[InferenceSetBody]):
    """One model's inferences over one dataset, as it was when last read.

    Attributes:
        notes: what the upload that made this object had to say.
        n_without_inferences: frames that upload covered and named no inference for; `None` when unknown.
    """

    def __init__(self, session: Session, body: InferenceSetBody) -> None:
        super().__init__(session, body)
        self.notes: list[str] = []
        self.n_without_inferences: int | None = None

    @property
    def path(self) -> Path:
        """Its place under the API."""
        return ("projects", self.body.project, "datasets", self.body.dataset, "inference-sets", self.name)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def version(self) -> int:
        """Counts its uploads."""
        return self.body.version

    @property
    def n_inferences(self) -> int:
        """How many inferences it holds."""
        return self.body.n_inferences

    @property
    def n_covered(self) -> int:
        """Frames of the current dataset version it covers."""
        return self.body.n_covered

    @property
    def coverage(self) -> float | None:
        """Share of the dataset's frames it covers; `None` when there are no frames."""
        return self.body.n_covered / self.body.n_frames if self.body.n_frames else None

    def update(self, **changes: Any) -> InferenceSet:
        """Change `confidence`, `iou` or `details`; `None` returns to the project's default."""
        body = build(InferenceSetUpdate, **changes)
        self.body = self.session.read(InferenceSetBody, "PATCH", self.path, body=body)
        return self

    def refresh(self) -> InferenceSet:
        """Read it again and return it."""
        self.body = self.session.read(InferenceSetBody, "GET", self.path)
        return self

    def delete(self) -> None:
        """Delete it."""
        self.session.call("DELETE", self.path)

    def __repr__(self) -> str:
        body = self.body
        return (
            f"InferenceSet({body.name!r}, {body.n_inferences:,} inferences, "
            f"covers {body.n_covered:,} of {body.n_frames:,} frames)"
        )


class InferenceSets:
    """The inference sets of one dataset, in order of upload; iterable, and `inference_sets["yolo_v1"]`."""

    def __init__(self, session: Session, dataset_path: Path) -> None:
        self._session = session
        self._path = (*dataset_path, "inference-sets")

    def create(
        self,
        name: str,
        *,
        confidence: float | None = None,
        iou: float | None = None,
        details: Mapping[str, Any] | None = None,
        exist_ok: bool = False,
    ) -> InferenceSet:
        """Create an empty inference set.

        Args:
            name: letters, digits, `_`, `.` and `-`.
            confidence: its own confidence threshold; default the project's.
            iou: its own IoU threshold; default the project's.
            details: anything to remember about the model.
            exist_ok: take an existing set of that name instead of failing.

        Raises:
            AlreadyExistsError: the name is taken.
        """
        values = given(confidence=confidence, iou=iou, details=dict(details) if details else None)
        body = build(InferenceSetCreate, name=name, **values)
        method, path = ("PUT", (*self._path, name)) if exist_ok else ("POST", self._path)
        return InferenceSet(self._session, self._session.read(InferenceSetBody, method, path, body=body))

    def get(self, name: str) -> InferenceSet:
        """Return an inference set by its name.

        Raises:
            NotFoundError: there is none.
        """
        body = self._session.read(InferenceSetBody, "GET", (*self._path, name))
        return InferenceSet(self._session, body)

    def delete(self, name: str) -> None:
        """Delete an inference set."""
        self._session.call("DELETE", (*self._path, name))

    @overload
    def upload(self, name: str, *, dry_run: Literal[True], **options: Any) -> DryRun: ...

    @overload
    def upload(
        self,
        name: str,
        *,
        coco_results: Source | None = None,
        inferences: Source | None = None,
        covers: str = "dataset",
        confidence: float | None = None,
        iou: float | None = None,
        details: Mapping[str, Any] | None = None,
        box_format: str = "auto",
        normalised: bool = False,
        add_classes: bool = False,
        mode: str = "replace",
        progress: bool = True,
        dry_run: Literal[False] = False,
    ) -> InferenceSet: ...

    def upload(  # type: ignore[misc]  # the first overload stands for the same options
        self,
        name: str,
        *,
        coco_results: Source | None = None,
        inferences: Source | None = None,
        covers: str = "dataset",
        confidence: float | None = None,
        iou: float | None = None,
        details: Mapping[str, Any] | None = None,
        box_format: str = "auto",
        normalised: bool = False,
        add_classes: bool = False,
        mode: str = "replace",
        progress: bool = True,
        dry_run: bool = False,
    ) -> InferenceSet | DryRun:
        """Upload one model's inferences and return the set once it is ready.

        Args:
            name: of the set; created when absent.
            coco_results: a COCO results file.
            inferences: a CSV, Parquet or JSONL file by suffix, a Polars, pandas or Arrow table, or dicts.
            covers: the frames the model was run on: `dataset` (all), `listed` (those the file names) or
                `query:TEXT`.
            confidence: the set's own confidence threshold; default the project's.
            iou: the set's own IoU threshold; default the project's.
            details: anything to remember about the model.
            box_format: `auto`, `xywh`, `xyxy` or `cxcywh`.
            normalised: whether boxes are fractions of width and height.
            add_classes: whether classes the project lacks are added to it.
            mode: `replace`, or `extend` (frames this file covers change, others stay).
            progress: whether to show a bar on a terminal.
            dry_run: report what would be read, and store nothing.

        Raises:
            UploadRejectedError: the file has faults; nothing was stored.
            InvalidInputError: no source, or two.
        """
        if (coco_results is None) == (inferences is None):
            raise InvalidInputError("Expected exactly one of coco_results and inferences.")
        source = coco_results if inferences is None else inferences
        options = {
            "format": "auto" if coco_results is None else "coco",
            "covers": covers,
            "box_format": box_format,
            "normalised": normalised,
            "add_classes": add_classes,
            "mode": mode,
        }
        settings = {"confidence": confidence, "iou": iou, "details": details}
        build(InferenceSetCreate, name=name, **given(**settings))
        with Staging(self._session) as staging, open_progress(progress) as shown:
            staging.add("inferences", source)
            inference_set, is_new = self._get_or_create(name, settings)
            known = not is_new
            try:
                ingest = build(InferenceIngest, **options, **staging.send(shown))
                if dry_run:
                    path = (*inference_set.path, "ingest", "dry-run")
                    return self._session.read(DryRun, "POST", path, body=ingest)
                path = (*inference_set.path, "ingest")
                started = self._session.read(JobBody, "POST", path, body=ingest)
                result = wait_for(Job(self._session, started), shown)
                is_new = False
            finally:
                if is_new:
                    self.delete(name)
        inference_set.refresh()
        inference_set.notes = list(result.get("notes", ()))
        inference_set.n_without_inferences = result.get("n_without_inferences")
        if known and given(**settings):
            inference_set.update(**given(**settings))
        return inference_set

    def _get_or_create(self, name: str, settings: dict[str, Any]) -> tuple[InferenceSet, bool]:
        try:
            return self.get(name), False
        except NotFoundError:
            return self.create(name, **settings), True

    def __getitem__(self, name: str) -> InferenceSet:
        return self.get(name)

    def __iter__(self) -> Iterator[InferenceSet]:
        body = self._session.read(InferenceSetList, "GET", self._path)
        return (InferenceSet(self._session, item) for item in body.items)

    def __repr__(self) -> str:
        return "\n".join(repr(one) for one in self) or "InferenceSets (none)"
