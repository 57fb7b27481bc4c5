"""The embedding spaces of a dataset: list, upload, compute, delete."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Any

from shoal.client.jobs import Job, wait_for
from shoal.client.progress import open_progress
from shoal.client.selection import id_list
from shoal.client.session import Path, Session, build, given
from shoal.client.sources import Source, Staging
from shoal.errors import InvalidInputError, JobCancelledError, NotFoundError
from shoal.model.segment import ElementKind
from shoal.wire.embeddings import (
    EmbeddingCompute,
    EmbeddingIngest,
    EmbeddingSpaceBody,
    EmbeddingSpaceList,
)
from shoal.wire.jobs import JobBody


class EmbeddingSpace:
    """Vectors of one model for elements of one kind, as they were when last read.

    Attributes:
        session: what it talks through.
        body: the shape as the server sent it.
        skipped: `id` and `reason` of elements that the computation which gave this object found no picture
            for; at most 50.
        n_skipped: how many there were in all.
    """

    def __init__(self, session: Session, dataset_path: Path, body: EmbeddingSpaceBody) -> None:
        self.session = session
        self.body = body
        self.skipped: list[dict[str, str]] = []
        self.n_skipped = 0
        self._dataset_path = dataset_path

    def to_dict(self) -> dict[str, Any]:
        """Return everything known of it as plain JSON values."""
        return self.body.model_dump(mode="json")

    @property
    def path(self) -> Path:
        """Its place under the API."""
        return (*self._dataset_path, "embeddings", self.name)

    @property
    def name(self) -> str:
        """Its name."""
        return self.body.name

    @property
    def elements(self) -> str:
        """What its vectors are of: `frames`, `labels` or `inferences`."""
        return self.body.elements.value

    @property
    def n_vectors(self) -> int:
        """How many elements of the current dataset version have a vector."""
        return self.body.n_vectors

    def delete(self) -> None:
        """Delete it with its vectors."""
        params = {"elements": self.elements, "inference_set": self.body.inference_set}
        self.session.call("DELETE", self.path, params=params)

    def __repr__(self) -> str:
        body = self.body
        whose = f" of {body.inference_set!r}" if body.inference_set else ""
        return (
            f"EmbeddingSpace({body.name!r}, {body.n_vectors:,} of {body.n_elements:,} "
            f"{body.elements}{whose}, {body.dimension} numbers, {body.distance}, {body.model_id!r})"
        )


class Embeddings:
    """The embedding spaces of one dataset by name; iterable."""

    def __init__(self, session: Session, dataset_path: Path) -> None:
        self._session = session
        self._dataset_path = dataset_path
        self._path = (*dataset_path, "embeddings")

    def list(self) -> list[EmbeddingSpace]:
        """Return the spaces by name, then kind of element."""
        body = self._session.read(EmbeddingSpaceList, "GET", self._path)
        return [EmbeddingSpace(self._session, self._dataset_path, item) for item in body.items]

    def get(
        self, space: str, elements: str = ElementKind.FRAMES, inference_set: str | None = None
    ) -> EmbeddingSpace:
        """Return one space.

        Raises:
            NotFoundError: there is none of that name for these elements.
        """
        spaces = self.list()
        for one in spaces:
            if (one.name, one.elements) == (space, elements) and inference_set in (
                None,
                one.body.inference_set,
            ):
                return one
        known = ", ".join(f"{one.name} ({one.elements})" for one in spaces) or "none"
        raise NotFoundError(
            f"There is no embedding space {space!r} for {elements}.", hint=f"There are: {known}."
        )

    def upload(
        self,
        space: str,
        ids: Iterable[str] | str | os.PathLike[str] | None,
        vectors: Source,
        model_id: str,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        distance: str | None = None,
        mode: str = "upsert",
        *,
        id_column: str | None = None,
        vector_column: str | None = None,
        progress: bool = True,
    ) -> EmbeddingSpace:
        """Upload vectors and return their space once they can be searched; all are taken, or none is.

        Args:
            space: its name; made when absent.
            ids: whose the rows are: ids, or a file with an id a line or a JSON list; `None` with a table,
                which has a column of them.
            vectors: an array of shape (N, D), a path ending in `.npy`, `.parquet`, `.arrow` or `.feather`, or
                a Polars, pandas or Arrow table.
            model_id: what made the vectors; those of two models never mix.
            elements: `frames`, `labels` or `inferences`.
            inference_set: with inferences, whose.
            distance: `cosine` or `euclidean`; default the space's, cosine for a new one.
            mode: `upsert` (vectors of other elements stay) or `replace` (they go).
            id_column: of a table; default `id`, `frame_id`, `label_id` or `inference_id`.
            vector_column: of a table; default `vector` or `embedding`.
            progress: whether to show a bar on a terminal.

        Raises:
            UploadRejectedError: rows are at fault: unknown, missing or repeated ids, NaN, zeros.
            InvalidInputError: the dimension or the model is not the space's; nothing was stored.
        """
        options = {
            "model_id": model_id,
            "elements": elements,
            "mode": mode,
            **given(
                inference_set=inference_set,
                distance=distance,
                id_column=id_column,
                vector_column=vector_column,
            ),
        }
        with (
            tempfile.TemporaryDirectory(prefix="shoal-upload-") as scratch,
            Staging(self._session) as staging,
            open_progress(progress) as shown,
        ):
            staging.add("vectors", _vectors(vectors, FilePath(scratch)))
            if ids is not None:
                staging.add("ids", _ids(ids, FilePath(scratch)))
            ingest = build(EmbeddingIngest, **options, **staging.send(shown))
            started = self._session.read(JobBody, "POST", (*self._path, space), body=ingest)
            wait_for(Job(self._session, started), shown)
        return self.get(space, elements, inference_set)

    def compute(
        self,
        space: str,
        model: str | os.PathLike[str] | None = None,
        elements: str = ElementKind.FRAMES,
        inference_set: str | None = None,
        margin: float | None = None,
        *,
        query: str | None = None,
        distance: str | None = None,
        progress: bool = True,
    ) -> EmbeddingSpace:
        """Compute vectors for elements that have none in a space, and return the space.

        What is done is kept when this is cancelled or interrupted; calling it again goes on from there.

        Args:
            space: its name; made when absent.
            model: default `efficientnet-lite0`; or an ONNX file, as the server sees its path.
            elements: `frames` (whole images), `labels` or `inferences` (crops).
            inference_set: with inferences, whose; else the set the query speaks of.
            margin: of crops: room on every side, as a share of the box's longer side; default 0.1.
            query: only elements it selects.
            distance: `cosine` or `euclidean`; default the space's, cosine for a new one.
            progress: whether to show a bar on a terminal.

        Raises:
            MissingExtraError: the server lacks `shoal[embed]`.
            InvalidInputError: no model for pictures, or its vectors cannot join those of the space.
        """
        path = None if model is None else os.fspath(model)
        if isinstance(model, os.PathLike):
            path = str(FilePath(model).expanduser().resolve())
        options = given(
            model=path, inference_set=inference_set, margin=margin, query=query, distance=distance
        )
        request = build(EmbeddingCompute, elements=elements, **options)
        started = self._session.read(JobBody, "POST", (*self._path, space, "compute"), body=request)
        try:
            with open_progress(progress) as shown:
                result = wait_for(Job(self._session, started), shown)
        except JobCancelledError as error:
            raise JobCancelledError(
                "The computation was cancelled; the vectors it had made are kept.",
                hint="Start it again to go on from there.",
            ) from error
        found = self.get(space, elements, inference_set)
        found.skipped, found.n_skipped = list(result.get("skipped", ())), int(result.get("n_skipped", 0))
        return found

    def delete(
        self, space: str, elements: str = ElementKind.FRAMES, inference_set: str | None = None
    ) -> None:
        """Delete a space with its vectors.

        Raises:
            NotFoundError: there is none of that name for these elements.
        """
        params = {"elements": elements, "inference_set": inference_set}
        self._session.call("DELETE", (*self._path, space), params=params)

    def __getitem__(self, space: str) -> EmbeddingSpace:
        return self.get(space)

    def __iter__(self) -> Iterator[EmbeddingSpace]:
        return iter(self.list())

    def __repr__(self) -> str:
        return "\n".join(repr(one) for one in self) or "Embeddings (none)"


def _vectors(source: Source, scratch: FilePath) -> Source:
    """Return a path or a table as it is, and an array as a file."""
    if isinstance(source, (str, os.PathLike)) or type(source).__module__.partition(".")[0] in (
        "polars",
        "pandas",
        "pyarrow",
    ):
        return source
    import numpy as np

    try:
        array = np.asarray(source)
    except ValueError as error:
        raise InvalidInputError(
            f"Expected vectors of one length: {error}.", location={"field": "vectors"}
        ) from error
    if array.ndim != 2 or array.dtype.kind not in "fiu":
        raise InvalidInputError(
            f"Expected an array of numbers of shape (rows, dimension), found shape {array.shape} "
            f"of {array.dtype}.",
            location={"field": "vectors"},
        )
    path = scratch / "vectors.npy"
    np.save(path, array.astype(np.float32) if array.dtype.kind != "f" else array, allow_pickle=False)
    return path


def _ids(ids: Any, scratch: FilePath) -> Source:
    if isinstance(ids, (str, os.PathLike)):
        return ids
    path = scratch / "ids.json"
    path.write_text(json.dumps(id_list(ids)), encoding="utf-8")
    return path
