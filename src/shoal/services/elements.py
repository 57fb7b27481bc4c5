"""Elements as rows: frames, labels and inferences with the columns a person asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError
from shoal.model.columns import BOX_COLUMNS, FRAME_COLUMNS, INFERENCE_COLUMNS, LABEL_COLUMNS, USER_PREFIX
from shoal.model.segment import ElementKind
from shoal.services.scene import Scene

if TYPE_CHECKING:
    import polars as pl

_ID = {ElementKind.FRAMES: "frame_id", ElementKind.LABELS: "label_id", ElementKind.INFERENCES: "inference_id"}
_COUNTED = ("n_labels", "n_inferences")
_FRAME = "frame."
_SCORES = ("precision", "recall", "f1", "n_errors", "right")
_DISAGREEMENT = "disagreement@"
"""Followed by an inference set: on how many labels of a frame the set meant and that one disagree."""


def known_columns(scene: Scene, elements: ElementKind, inference_set: str | None) -> list[str]:
    """Return the columns rows of a kind have, in order."""
    source = scene.source
    if elements is ElementKind.FRAMES:
        counted = [name for name in _COUNTED if name == "n_labels" or scene.inference_sources]
        return [*FRAME_COLUMNS, *counted, *source.fields]
    fields = source.label_fields
    columns = LABEL_COLUMNS
    if elements is ElementKind.INFERENCES:
        fields = scene.query_data(inference_set).inference_snapshot(inference_set).source.fields
        columns = INFERENCE_COLUMNS
    named = ["class" if name == "class_index" else name for name in columns if name != "frame_row"]
    return ["frame_id", *named, *fields]


def element_ids(scene: Scene, elements: ElementKind, inference_set: str | None) -> pl.Series:
    """Return the id of every element."""
    name = _ID[elements]
    data = scene.query_data(inference_set)
    if elements is ElementKind.FRAMES:
        return data.frames([name])[name]
    if elements is ElementKind.LABELS:
        return data.labels([name])[name]
    return data.inferences(inference_set, [name])[name]


def element_table(
    scene: Scene,
    positions: NDArray[Any],
    elements: ElementKind,
    inference_set: str | None,
    columns: Sequence[str] | None,
) -> pl.DataFrame:
    """Return rows for elements at `positions`; without columns only `id`.

    A column may be named with or without its `user__` prefix, and comes back as it was asked for.  Labels and
    inferences also have the columns of the frame they are in, as in `frame.width`.

    Raises:
        InvalidInputError: an unknown column.
    """
    import polars as pl

    if columns is None:
        ids = element_ids(scene, elements, inference_set)
        return pl.DataFrame({"id": ids.gather(positions).cast(pl.String)})
    known = known_columns(scene, elements, inference_set)
    of_frame = known_columns(scene, ElementKind.FRAMES, inference_set)
    wanted = {
        name: _FRAME + _stored_name(name.removeprefix(_FRAME), of_frame, ElementKind.FRAMES)
        if name.startswith(_FRAME) and elements is not ElementKind.FRAMES
        else _stored_name(name, known, elements)
        for name in columns
    }
    table = _columns_at(scene, positions, elements, inference_set, list(dict.fromkeys(wanted.values())))
    return table.select(pl.col(stored).alias(name) for name, stored in wanted.items())


def _stored_name(name: str, known: Sequence[str], elements: ElementKind) -> str:
    if name == "id":
        return _ID[elements]
    is_score = name in _SCORES or name.startswith(_DISAGREEMENT)
    if name in known or (elements is ElementKind.FRAMES and is_score):
        return name
    if f"{USER_PREFIX}{name}" in known:
        return f"{USER_PREFIX}{name}"
    raise InvalidInputError(
        f"There is no column {name!r} of {elements.value}.",
        hint=f"Known: {', '.join(known)}.",
        location={"field": name},
    )


def _columns_at(
    scene: Scene,
    positions: NDArray[Any],
    elements: ElementKind,
    inference_set: str | None,
    columns: Sequence[str],
) -> pl.DataFrame:
    import polars as pl

    data = scene.query_data(inference_set)
    if elements is ElementKind.FRAMES:
        parts = []
        scores = [name for name in columns if name in _SCORES]
        if scores:
            parts.append(data.frame_scores(inference_set).select(scores))
        compared = [name for name in columns if name.startswith(_DISAGREEMENT)]
        parts += [_disagreement(scene, inference_set, name) for name in compared]
        others = [name for name in columns if name not in (*scores, *compared)]
        if others:
            parts.append(data.frames(others))
        return _plain(pl.concat(parts, how="horizontal")[positions])
    own = [name for name in columns if name != "frame_id" and not name.startswith(_FRAME)]
    if elements is ElementKind.LABELS:
        table = data.labels(own)[positions]
    else:
        table = data.inferences(inference_set, own)[positions]
    if "frame_id" in columns:
        ids = data.frames(["frame_id"])["frame_id"].gather(table["frame"])
        table = table.with_columns(frame_id=ids)
    of_frame = [name.removeprefix(_FRAME) for name in columns if name.startswith(_FRAME)]
    if of_frame:
        at = table["frame"].to_numpy()
        frames = _columns_at(scene, at, ElementKind.FRAMES, inference_set, of_frame)
        table = table.hstack(frames.rename({name: _FRAME + name for name in of_frame}))
    return _plain(table.select(columns))


def _disagreement(scene: Scene, inference_set: str | None, column: str) -> pl.DataFrame:
    """Return on how many labels of each frame two sets disagree; null where one of them does not cover it."""
    import polars as pl

    from shoal.kernels.frame_scores import disagreement

    if inference_set is None:
        raise InvalidInputError(f"{column} needs an inference set to compare.", location={"field": column})
    names = (inference_set, column.removeprefix(_DISAGREEMENT))
    first, second = (scene.evaluation(name) for name in names)
    outcomes = [one.outcomes(scene.point(name)) for one, name in zip((first, second), names, strict=True)]
    counts = pl.Series(column, disagreement(outcomes[0], outcomes[1], scene.snapshot.label_offsets))
    is_covered = pl.Series(first.covered & second.covered)
    return pl.select(pl.when(is_covered).then(counts).otherwise(None).alias(column))


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with dictionary-encoded text as text, for JSON and Arrow alike."""
    import polars as pl

    encoded = [name for name, kind in table.schema.items() if kind in (pl.Categorical, pl.Enum)]
    return table.with_columns(pl.col(name).cast(pl.String) for name in encoded)


def box_of(row: dict[str, Any]) -> list[float] | None:
    """Return x, y, width, height of a label or inference row, or `None`."""
    values = [row.pop(name) for name in BOX_COLUMNS]
    return None if values[0] is None else [float(value) for value in values]


def rows_of_frame(
    scene: Scene, position: int, elements: ElementKind, inference_set: str | None = None
) -> list[dict[str, Any]]:
    """Return the labels, or the inferences of one set, of the frame at a position."""
    offsets = scene.offsets(elements, inference_set)
    rows = np.arange(offsets[position], offsets[position + 1])
    columns = [name for name in known_columns(scene, elements, inference_set) if name != "frame_id"]
    table = element_table(scene, rows, elements, inference_set, columns)
    return [{**row, "box": box_of(row)} for row in table.to_dicts()]
