"""What a query reads, over a snapshot and its inference sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shoal.errors import QueryTypeError
from shoal.model.class_map import BACKGROUND, ClassMap, EvaluationClasses
from shoal.model.columns import FRAME_COLUMNS, USER_PREFIX
from shoal.model.operating_point import OperatingPoint
from shoal.model.segment import ElementKind
from shoal.query.predicate import SimilarTo
from shoal.query.types import FieldType, Schema, Table

if TYPE_CHECKING:
    import polars as pl

    from shoal.engine.evaluation import Evaluation
    from shoal.engine.inference_snapshot import InferenceSnapshot
    from shoal.engine.snapshot import DatasetSnapshot
    from shoal.kernels.objects import BoolArray

OUTCOME_KINDS = ("true_positive", "confusion", "false_positive", "false_negative")

_FIELD_TYPES = {
    "string": FieldType.STRING,
    "bool": FieldType.BOOLEAN,
    "list<string>": FieldType.LIST,
    "date": FieldType.DATE,
}


def field_type(name: str) -> FieldType:
    """Return the query type of a column type as the tables name it."""
    if name.startswith("timestamp"):
        return FieldType.DATE
    if name.startswith(("list", "large_list")):
        return FieldType.LIST
    return _FIELD_TYPES.get(name, FieldType.NUMBER)


class SnapshotData:
    """The columns of one dataset version and its inference sets, for `shoal.engine.selection`.

    Args:
        dataset: the dataset version.
        class_map: names by class index.
        chosen: the inference set meant where a query names none; `None` when there is no choice.
        evaluation: returns the evaluation of a named inference set.
        point: returns the operating point of a named inference set.
        segment: returns the bool mask of a named segment over the rows it is about.
        inference_sets: names of all inference sets.
        segments: what each segment holds, by name.
        segment_sets: the inference set that each segment of inferences is about, by the segment's name.
        spaces: names of the embedding spaces of the rows of a table, with inferences those of a set.

    Attributes:
        similar_masks: which rows each `similar(...)` of the query holds; set before the query runs.
    """

    def __init__(
        self,
        dataset: DatasetSnapshot,
        class_map: ClassMap,
        *,
        chosen: str | None,
        evaluation: Callable[[str], Evaluation],
        point: Callable[[str], OperatingPoint],
        segment: Callable[[str], BoolArray],
        inference_sets: Sequence[str],
        segments: Mapping[str, ElementKind],
        segment_sets: Mapping[str, str],
        spaces: Mapping[tuple[Table, str | None], tuple[str, ...]] | None = None,
    ) -> None:
        self.dataset = dataset
        self._class_map = class_map
        self._chosen = chosen
        self._evaluation = evaluation
        self._point = point
        self._segment = segment
        self._inference_sets = tuple(inference_sets)
        self._segments = dict(segments)
        self._segment_sets = dict(segment_sets)
        self._spaces = dict(spaces or {})
        self.similar_masks: Mapping[SimilarTo, BoolArray] = {}

    @property
    def n_frames(self) -> int:
        """The number of frames."""
        return self.dataset.n_frames

    def _named(self, inference_set: str | None) -> str:
        name = inference_set or self._chosen
        if name is None:
            known = ", ".join(self._inference_sets) or "none uploaded yet"
            raise QueryTypeError(
                "The query is about inferences, but no inference set is chosen.",
                hint=f"Name one in the query, as in inference@NAME(…), or choose one. Known: {known}.",
            )
        return name

    def schema(self) -> Schema:
        """Return the fields, classes, segments and inference sets a query may name."""
        source = self.dataset.source
        own = [self._evaluation(name).inference_snapshot.source.fields for name in self._inference_sets]
        return Schema(
            user_fields={
                Table.FRAMES: _types(source.fields),
                Table.LABELS: _types(source.label_fields),
                Table.INFERENCES: _types({name: kind for fields in own for name, kind in fields.items()}),
            },
            classes=self._class_map.names,
            evaluation_classes=EvaluationClasses.of(self._class_map).names,
            segments=self._segments,
            segment_sets=self._segment_sets,
            inference_sets=self._inference_sets,
            spaces=self._spaces,
            inference_set=self._chosen,
        )

    def frames(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return frame columns in position order; `n_labels` and `n_inferences` are counted."""
        import polars as pl

        stored = [name for name in columns if name in FRAME_COLUMNS or name.startswith(USER_PREFIX)]
        parts = {name: self.dataset.frames(name)[name] for name in stored}
        if "n_labels" in columns:
            parts["n_labels"] = pl.Series(np.diff(self.dataset.label_offsets))
        if "n_inferences" in columns:
            snapshot = self._evaluation(self._named(None)).inference_snapshot
            parts["n_inferences"] = pl.Series(np.diff(snapshot.offsets))
        return pl.DataFrame(parts)

    def labels(self, columns: Sequence[str]) -> pl.DataFrame:
        """Return label columns by frame, then stored order, with `frame` and `class`."""
        import polars as pl

        found = _object_columns(self.dataset.labels, columns, self._class_map)
        return pl.DataFrame([*found, _repeat_positions(self.dataset.label_offsets)])

    def inferences(self, inference_set: str | None, columns: Sequence[str]) -> pl.DataFrame:
        """Return inference columns by frame, then falling confidence, with `frame` and `class`."""
        import polars as pl

        snapshot = self._evaluation(self._named(inference_set)).inference_snapshot
        missing = [name for name in columns if name.startswith(USER_PREFIX)]
        missing = [name for name in missing if name not in snapshot.source.fields]
        stored = [name for name in columns if name not in missing]
        rows = pl.Series(snapshot.stored_rows, dtype=pl.UInt32)
        found = [series.gather(rows) for series in _object_columns(snapshot.table, stored, self._class_map)]
        found += [pl.repeat(None, len(rows), eager=True).alias(name) for name in missing]
        return pl.DataFrame([*found, _repeat_positions(snapshot.offsets)])

    def outcomes(self, inference_set: str | None) -> pl.DataFrame:
        """Return every outcome of an inference set at its operating point."""
        import polars as pl

        from shoal.kernels.outcomes import outcome_kind

        name = self._named(inference_set)
        evaluation = self._evaluation(name)
        outcomes = evaluation.outcomes(self._point(name))
        names = pl.Series([*evaluation.classes.names, BACKGROUND])
        kinds = pl.Series(OUTCOME_KINDS)
        kind = outcome_kind(outcomes, evaluation.classes.background)
        return pl.DataFrame(
            {
                "frame": outcomes.frame.astype(np.uint32),
                "truth": names.gather(outcomes.truth),
                "predicted": names.gather(outcomes.predicted),
                "kind": kinds.gather(kind),
                "confidence": pl.Series(outcomes.confidence).fill_nan(None),
                "iou": pl.Series(outcomes.iou).fill_nan(None),
                "weight": outcomes.weight,
                "label_row": outcomes.label,
                "inference_row": outcomes.inference,
            }
        )

    def frame_scores(self, inference_set: str | None) -> pl.DataFrame:
        """Return precision, recall, f1, number of errors and rightness of each frame; null if not covered."""
        import polars as pl

        from shoal.kernels.frame_scores import frame_scores, n_errors, right_frames

        name = self._named(inference_set)
        evaluation = self._evaluation(name)
        counts = evaluation.counts(self._point(name))
        scores = frame_scores(counts)
        uncovered = ~evaluation.covered
        table = pl.DataFrame(
            {
                "precision": scores.precision,
                "recall": scores.recall,
                "f1": scores.f1,
                "n_errors": n_errors(evaluation.outcomes(self._point(name)), self.n_frames),
                "right": right_frames(counts),
            }
        ).with_columns(pl.col("precision", "recall", "f1").fill_nan(None))
        return table.with_columns(pl.when(pl.Series(uncovered)).then(None).otherwise(pl.all()).name.keep())

    def segment(self, name: str) -> BoolArray:
        """Return which rows are in the current version of a segment: frames, labels or inferences."""
        return self._segment(name)

    def similar(self, wanted: SimilarTo) -> BoolArray:
        """Return which rows are among those nearest to the seeds."""
        return self.similar_masks[wanted]

    def inference_snapshot(self, inference_set: str | None) -> InferenceSnapshot:
        """Return the snapshot of the chosen or named inference set."""
        return self._evaluation(self._named(inference_set)).inference_snapshot


def _types(fields: Mapping[str, str]) -> dict[str, FieldType]:
    return {name: field_type(kind) for name, kind in fields.items()}


def _object_columns(
    read: Callable[..., pl.DataFrame], columns: Sequence[str], class_map: ClassMap
) -> list[pl.Series]:
    """Return the columns asked for; `class` is the name of `class_index`."""
    import polars as pl

    wanted = [name for name in columns if name != "frame"]
    stored = ["class_index" if name == "class" else name for name in wanted]
    table = read(*stored) if stored else pl.DataFrame()
    names = pl.Series("class", list(class_map.names), dtype=pl.Enum(list(class_map.names)))
    return [names.gather(table["class_index"]) if name == "class" else table[name] for name in wanted]


def _repeat_positions(offsets: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    import polars as pl

    counts = np.diff(offsets)
    return pl.Series("frame", np.repeat(np.arange(len(counts), dtype=np.uint32), counts))
