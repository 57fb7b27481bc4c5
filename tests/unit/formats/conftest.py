from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shoal.errors import ProblemLog
from shoal.formats.source import ClassResolver, DatasetSource, FrameLookup, InferenceSource
from shoal.formats.user_columns import conform, merge_schemas
from shoal.model.class_map import ClassMap


@dataclass
class Reading:
    """All that one source gave."""

    frames: pa.Table
    objects: pa.Table
    problems: ProblemLog
    classes: ClassResolver
    notes: list[str]
    lookup: FrameLookup
    messages: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.messages = [str(problem) for problem in self.problems.problems]

    @property
    def labels(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.objects.to_pylist()
        return rows


def table_of(batches: Iterator[pa.RecordBatch]) -> pa.Table:
    gathered = list(batches)
    schema = merge_schemas(batch.schema for batch in gathered)
    return pa.Table.from_batches([conform(batch, schema) for batch in gathered], schema=schema)


def lookup_of(frames: pa.Table) -> FrameLookup:
    if not frames.num_columns:
        return FrameLookup([])
    return FrameLookup(
        frames["frame_id"],
        frames["source_id"],
        frames["file_name"],
        widths=frames["width"],
        heights=frames["height"],
    )


@pytest.fixture
def read_dataset() -> Callable[..., Reading]:
    def read(source: DatasetSource, class_map: ClassMap | None = None, *, add: bool = False) -> Reading:
        problems = ProblemLog()
        classes = ClassResolver(ClassMap(source.classes()) if class_map is None else class_map, add=add)
        frames = table_of(source.frames(problems))
        lookup = lookup_of(frames)
        labels = table_of(source.labels(lookup, classes, problems))
        return Reading(frames, labels, problems, classes, list(source.notes), lookup)

    return read


@pytest.fixture
def read_inferences() -> Callable[..., Reading]:
    def read(
        source: InferenceSource, lookup: FrameLookup, class_map: ClassMap, *, add: bool = False
    ) -> Reading:
        problems = ProblemLog()
        classes = ClassResolver(class_map, add=add)
        rows = table_of(source.inferences(lookup, classes, problems))
        return Reading(pa.table({}), rows, problems, classes, list(source.notes), lookup)

    return read


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    def written(name: str, content: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8", newline="")
        else:
            path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return written
