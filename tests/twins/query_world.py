"""A small dataset held in plain lists, as the slow twin reads it, and the same as Polars columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shoal.query.predicate import SimilarTo
from shoal.query.types import BUILT_IN, FieldType, Schema, Table

Row = dict[str, Any]

DTYPES: dict[FieldType, pl.DataType] = {
    FieldType.STRING: pl.String(),
    FieldType.NUMBER: pl.Float64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATE: pl.Datetime("us", "UTC"),
    FieldType.LIST: pl.List(pl.String()),
}
LINKS = ("frame", "label_row", "inference_row")
SCORE_COLUMNS = ("precision", "recall", "f1", "n_errors")


@dataclass
class World:
    """Rows are dicts; absent keys are missing values.

    Crops and outcomes carry `frame`, outcomes also `label_row` and `inference_row` (or -1).
    """

    schema: Schema
    frames: list[Row]
    labels: list[Row] = field(default_factory=list)
    inferences: dict[str, list[Row]] = field(default_factory=dict)
    outcomes: dict[str, list[Row]] = field(default_factory=dict)
    scores: dict[str, list[Row]] = field(default_factory=dict)
    segments: dict[str, list[bool]] = field(default_factory=dict)
    vectors: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def similar(self, table: Table, rows: list[Row], ids: Sequence[str], count: int, space: str) -> list[int]:
        """The rows nearest to any of some ids by vectors of one space, which lead from id to numbers."""
        key = {Table.FRAMES: "frame_id", Table.LABELS: "label_id"}.get(table, "inference_id")
        vectors = self.vectors[space]
        seeds = [vectors[one] for one in ids if one in vectors]
        near = (
            []
            if not seeds
            else [
                (min(math.dist(vectors[row[key]], seed) for seed in seeds), i)
                for i, row in enumerate(rows)
                if row[key] in vectors and row[key] not in ids
            ]
        )
        return [i for _, i in sorted(near)[:count]]

    def column_types(self, table: Table) -> dict[str, FieldType]:
        return {**BUILT_IN[table], **self.schema.user_fields.get(table, {})}


class WorldData:
    """The world as `SelectionData`; `dtypes` overrides the dtype of single columns."""

    def __init__(self, world: World, dtypes: Mapping[str, pl.DataType] | None = None) -> None:
        self._world = world
        self._dtypes = dtypes or {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    @property
    def n_frames(self) -> int:
        return len(self._world.frames)

    def schema(self) -> Schema:
        return self._world.schema

    def frames(self, columns: Sequence[str]) -> pl.DataFrame:
        self.asked.append(("frames", tuple(columns)))
        return self._table(Table.FRAMES, self._world.frames, columns)

    def labels(self, columns: Sequence[str]) -> pl.DataFrame:
        self.asked.append(("labels", tuple(columns)))
        return self._table(Table.LABELS, self._world.labels, columns)

    def inferences(self, inference_set: str | None, columns: Sequence[str]) -> pl.DataFrame:
        self.asked.append((f"inferences@{inference_set}", tuple(columns)))
        return self._table(Table.INFERENCES, self._world.inferences[self._name(inference_set)], columns)

    def outcomes(self, inference_set: str | None) -> pl.DataFrame:
        self.asked.append((f"outcomes@{inference_set}", ()))
        rows = self._world.outcomes[self._name(inference_set)]
        return self._table(Table.OUTCOMES, rows, list(BUILT_IN[Table.OUTCOMES]))

    def frame_scores(self, inference_set: str | None) -> pl.DataFrame:
        rows = self._world.scores[self._name(inference_set)]
        schema: dict[str, pl.DataType] = {name: pl.Float64() for name in SCORE_COLUMNS}
        columns = {name: [row.get(name) for row in rows] for name in (*SCORE_COLUMNS, "right")}
        return pl.DataFrame(columns, schema={**schema, "right": pl.Boolean()})

    def segment(self, name: str) -> npt.NDArray[np.bool_]:
        return np.array(self._world.segments[name], dtype=np.bool_)

    def similar(self, wanted: SimilarTo) -> npt.NDArray[np.bool_]:
        match wanted.rows.table:
            case Table.FRAMES:
                rows = self._world.frames
            case Table.LABELS:
                rows = self._world.labels
            case _:
                rows = self._world.inferences[self._name(wanted.rows.inference_set)]
        mask = np.zeros(len(rows), dtype=np.bool_)
        mask[self._world.similar(wanted.rows.table, rows, wanted.ids, wanted.count, wanted.space)] = True
        return mask

    def _name(self, inference_set: str | None) -> str:
        name = inference_set or self._world.schema.inference_set
        assert name is not None
        return name

    def _table(self, table: Table, rows: list[Row], columns: Sequence[str]) -> pl.DataFrame:
        types = self._world.column_types(table)
        series = [
            pl.Series(name, [row.get(name) for row in rows], dtype=DTYPES[types[name]]).cast(
                self._dtypes.get(name, DTYPES[types[name]])
            )
            for name in columns
        ]
        for link in LINKS:
            if table is Table.OUTCOMES or (link == "frame" and table is not Table.FRAMES):
                dtype = pl.UInt32() if link == "frame" else pl.Int32()
                series.append(pl.Series(link, [row[link] for row in rows], dtype=dtype))
        return pl.DataFrame(series)
