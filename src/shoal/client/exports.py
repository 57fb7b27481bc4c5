"""Files the server writes: subsets, outcomes, frames, matrices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path as FilePath

from shoal.client.session import Path, Session
from shoal.client.transport import Params

Target = str | os.PathLike[str]


class Exports:
    """Exports of one dataset; each writes `to` and returns its path."""

    def __init__(self, session: Session, dataset_path: Path) -> None:
        self._session = session
        self._path = (*dataset_path, "export")

    def segment(self, name: str, to: Target, *, format: str = "coco") -> FilePath:  # noqa: A002
        """Write a segment's frames and labels: `coco`, `json` or `csv`."""
        return self._write(to, ("segment", name), {"format": format})

    def outcomes(
        self,
        inference_set: str,
        to: Target,
        *,
        segment: str | None = None,
        confidence: float | None = None,
        iou: float | None = None,
        where: str | None = None,
        format: str = "csv",  # noqa: A002
    ) -> FilePath:
        """Write outcomes: `csv`, `parquet`, `json` or `arrow`; `where` as in `Dataset.outcomes`."""
        params: Params = {
            "inference_set": inference_set,
            "segment": segment,
            "confidence": confidence,
            "iou": iou,
            "where": where,
            "format": format,
        }
        return self._write(to, ("outcomes",), params)

    def frames(self, to: Target, *, query: str | None = None, format: str = "csv") -> FilePath:  # noqa: A002
        """Write the frames a query selects, with their fields: `csv`, `parquet` or `json`."""
        return self._write(to, ("frames",), {"query": query, "format": format})

    def matrix(
        self,
        to: Target,
        *,
        segments: Sequence[str] | None = None,
        inference_sets: Sequence[str] | None = None,
        baseline: str | None = None,
        format: str = "csv",  # noqa: A002
    ) -> FilePath:
        """Write the matrix: `csv`, `parquet`, `json` or `markdown`."""
        params: Params = {
            "segment": list(segments or ()),
            "inference_set": list(inference_sets or ()),
            "baseline": baseline,
            "format": format,
        }
        return self._write(to, ("matrix",), params)

    def _write(self, to: Target, below: Path, params: Params) -> FilePath:
        response = self._session.call("GET", (*self._path, *below), params=params)
        path = FilePath(to).expanduser()
        path.write_bytes(response.content)
        return path
