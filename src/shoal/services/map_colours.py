"""What colours the points of a map: a field, segments, the outcomes of an inference set."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from shoal.model.segment import ElementKind
from shoal.query.tokens import quote
from shoal.services.elements import element_table
from shoal.services.map_groups import by_outcome, by_segments
from shoal.services.map_legends import NO_VALUE, encoded, legend_body
from shoal.services.scene import Scene, open_scene
from shoal.services.segments_per_value import value_query
from shoal.services.vector_spaces import open_space
from shoal.wire.embeddings import LegendEntry, MapColoursBody, MapColoursRequest

if TYPE_CHECKING:
    import polars as pl

    from shoal.kernels.objects import BoolArray
    from shoal.services.runtime import Runtime

_MOST_COLOURS: Final = 32
_FEW_NUMBERS: Final = 12
_CLASS: Final = "class"


def get_colours(runtime: Runtime, project: str, dataset: str, request: MapColoursRequest) -> MapColoursBody:
    """Return the value of every point of a map, and the legend; counts are of points.

    Raises:
        InvalidInputError: an unknown field, or outcomes of one set for the inferences of another.
        NotFoundError: an unknown segment, inference set or space.
    """
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    has_point = open_space(scene, request).has_vector
    if request.segments is not None:
        return by_segments(scene, request, has_point)
    if request.outcome_of is not None:
        return by_outcome(scene, request, request.outcome_of, has_point)
    return _by_field(scene, request, request.field or "", has_point)


def _by_field(scene: Scene, request: MapColoursRequest, field: str, has_point: BoolArray) -> MapColoursBody:
    import polars as pl

    if field == _CLASS and request.elements is ElementKind.FRAMES:
        return _categories(_main_class(scene), has_point, partial(_main_class_query, scene))
    positions = np.arange(len(has_point))
    values = element_table(scene, positions, request.elements, request.inference_set, [field])[field]
    if values.dtype == pl.List:
        return _categories(values.list.first(), has_point, None)
    if values.dtype.is_temporal():
        return _categories(_periods(values), has_point, partial(_period_query, field), in_order=True)
    if values.dtype.is_numeric() and values.n_unique() > _FEW_NUMBERS:
        return _numbers(values, has_point)
    return _categories(values, has_point, partial(value_query, field))


def _main_class(scene: Scene) -> pl.Series:
    """Return the class most labels of each frame have; of equals the first in the class map."""
    import polars as pl

    table = scene.query_data().labels(["class_index"])
    counts = table.group_by("frame", "class_index").len()
    best = counts.sort("frame", "len", "class_index", descending=[False, True, False])
    best = best.group_by("frame", maintain_order=True).first()
    names = pl.Series(_CLASS, list(scene.settings.class_map.names), dtype=pl.String)
    index = np.full(scene.snapshot.n_frames, -1, np.int64)
    index[best["frame"].to_numpy()] = best["class_index"].to_numpy()
    places = pl.Series(index).replace(-1, None).cast(pl.UInt32)
    return names.gather(places)


def _main_class_query(scene: Scene, name: object) -> str | None:
    """Return the query for frames with more labels of a class than of any other; equals as above."""
    names = scene.settings.class_map.names
    if len(names) > _MOST_COLOURS:
        return None
    place = names.index(str(name))
    counts = [f"count(label(class:{quote(other)}))" for other in names]
    more = [f"{counts[place]} > {count}" for count in counts[:place]]
    as_many = [f"{counts[place]} >= {count}" for count in counts[place + 1 :]]
    return " ".join([f"{counts[place]} > 0", *more, *as_many])


def _periods(values: pl.Series) -> pl.Series:
    """Return dates as the shortest periods of which there are few: days, months, years."""
    for pattern in ("%Y-%m-%d", "%Y-%m"):
        named = values.dt.strftime(pattern)
        if named.n_unique() < _MOST_COLOURS:
            return named
    return values.dt.strftime("%Y")


def _period_query(field: str, period: object) -> str:
    """Return the query for a day, a month or a year."""
    year, *rest = (int(part) for part in str(period).split("-"))
    name = value_query(field, "").removesuffix(':""')
    if len(rest) == 2:
        return f"{name}:{period}"
    first, last = (rest[0], rest[0]) if rest else (1, 12)
    return f"{name}:{year:04}-{first:02}-01..{year:04}-{last:02}-{monthrange(year, last)[1]}"


def _numbers(values: pl.Series, has_point: BoolArray) -> MapColoursBody:
    import polars as pl

    numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    finite = numbers[np.isfinite(numbers) & has_point]
    return MapColoursBody(
        kind="numbers",
        legend=[],
        low=float(finite.min()) if len(finite) else None,
        high=float(finite.max()) if len(finite) else None,
        values=encoded(numbers.astype("<f4")),
    )


def _categories(
    values: pl.Series,
    has_point: BoolArray,
    query_of: Callable[[object], str | None] | None,
    *,
    in_order: bool = False,
) -> MapColoursBody:
    """Return the most frequent values, each with a colour; the others share one.

    Args:
        values: one for each element.
        has_point: the elements that are counted.
        query_of: returns the query for a value.
        in_order: the legend goes by value; by count when not.
    """
    import polars as pl

    plain = values.cast(pl.String) if values.dtype in (pl.Categorical, pl.Enum) else values
    plain = plain.fill_nan(None) if plain.dtype.is_float() else plain
    shown = plain.filter(pl.Series(has_point)).drop_nulls().rename("value")
    counts = shown.value_counts(sort=True, name="n").sort(["n", "value"], descending=[True, False])
    if in_order and len(counts) <= _MOST_COLOURS:
        counts = counts.sort("value")
    n_named = len(counts) if len(counts) <= _MOST_COLOURS else _MOST_COLOURS - 1
    named = counts["value"].head(n_named)
    legend = [
        LegendEntry(
            value=value,
            count=int(n),
            query=None if query_of is None else query_of(value),
        )
        for value, n in counts.head(n_named).iter_rows()
    ]
    codes = pl.DataFrame({"value": plain}).join(
        pl.DataFrame({"value": named, "code": pl.Series(range(n_named), dtype=pl.UInt8)}),
        on="value",
        how="left",
        maintain_order="left",
    )["code"]
    other = NO_VALUE
    if n_named < len(counts):
        other = n_named
        legend.append(LegendEntry(value=None, count=int(counts["n"].slice(n_named).sum())))
    is_other = codes.is_null() & plain.is_not_null()
    filled = codes.fill_null(NO_VALUE).to_numpy().copy()
    filled[is_other.to_numpy()] = other
    return legend_body(filled, legend)
