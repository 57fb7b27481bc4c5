"""What colours the points of a map: a field, segments, the outcomes of an inference set."""

from __future__ import annotations

import base64
from calendar import monthrange
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.engine.query_data import OUTCOME_KINDS
from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.query.printer import name_text
from shoal.query.tokens import quote
from shoal.services.elements import element_table
from shoal.services.map_points import open_map
from shoal.services.scene import Scene, open_scene
from shoal.services.segments_per_value import value_query
from shoal.services.selections import n_elements
from shoal.wire.embeddings import LegendEntry, MapColoursBody, MapColoursRequest

if TYPE_CHECKING:
    import polars as pl

    from shoal.kernels.objects import BoolArray, UInt8Array
    from shoal.services.runtime import Runtime

_NONE: Final = 255
_MOST_COLOURS: Final = 32
_FEW_NUMBERS: Final = 12
_CLASS: Final = "class"
_RIGHT: Final = "right"
_SEVERAL: Final = "several"
_ERRORS: Final = ("confusion", "false_positive", "false_negative")
"""In the order of what a frame is coloured by when it is about one alone."""


def get_colours(runtime: Runtime, project: str, dataset: str, request: MapColoursRequest) -> MapColoursBody:
    """Return the value of every point of a map, and the legend; counts are of points.

    Raises:
        InvalidInputError: an unknown field, or outcomes of one set for the inferences of another.
        NotFoundError: an unknown segment, inference set or space.
    """
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    has_point = open_map(scene, request, request.method).has_point
    if request.segments is not None:
        return _by_segments(scene, request, has_point)
    if request.outcome_of is not None:
        return _by_outcome(scene, request, request.outcome_of, has_point)
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
        values=_encoded(numbers.astype("<f4")),
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
    other = _NONE
    if n_named < len(counts):
        other = n_named
        legend.append(LegendEntry(value=None, count=int(counts["n"].slice(n_named).sum())))
    is_other = codes.is_null() & plain.is_not_null()
    filled = codes.fill_null(_NONE).to_numpy().copy()
    filled[is_other.to_numpy()] = other
    return _legend_body(filled, legend)


def _by_segments(scene: Scene, request: MapColoursRequest, has_point: BoolArray) -> MapColoursBody:
    names = list(request.segments or [])
    if len(names) >= _NONE:
        raise InvalidInputError(
            f"Expected at most {_NONE - 1} segments, found {len(names)}.", location={"field": "segments"}
        )
    codes = np.full(len(has_point), _NONE, np.uint8)
    queries: list[str | None] = []
    for place, name in enumerate(names):
        inside = _in_segment(scene, name, request.elements, request.inference_set)
        codes[inside & (codes == _NONE)] = place
        queries.append(_segment_query(scene, names[: place + 1], request.elements))
    return _legend_body(codes, _counted(codes, has_point, names, queries))


def _in_segment(scene: Scene, name: str, elements: ElementKind, inference_set: str | None) -> BoolArray:
    """Return the elements in a segment; of other elements, those in its frames."""
    if elements is ElementKind.FRAMES:
        return scene.segment_mask(name)
    segment = scene.segment(name)
    if segment.elements is elements and scene.owner_of(segment) in (None, inference_set):
        return scene.segment_rows(name)
    return scene.rows_of(scene.segment_mask(name), elements, inference_set)


def _segment_query(scene: Scene, names: Sequence[str], elements: ElementKind) -> str | None:
    """Return the query for what is in the last of these and in none before; segments of frames alone."""
    if elements is not ElementKind.FRAMES:
        return None
    *before, own = (f"segment:{quote(scene.segment(name).name)}" for name in names)
    return " ".join([own, *(f"NOT {term}" for term in before)])


def _by_outcome(scene: Scene, request: MapColoursRequest, name: str, has_point: BoolArray) -> MapColoursBody:
    owner = scene.inference_source(name).name
    if request.elements is ElementKind.FRAMES:
        codes, names = _outcome_of_frames(scene, owner)
    else:
        codes, names = _outcome_of_crops(scene, request, owner), list(OUTCOME_KINDS)
    queries = [_outcome_query(owner, kind, request.elements) for kind in names]
    return _legend_body(codes, _counted(codes, has_point, names, queries))


def _outcome_of_frames(scene: Scene, owner: str) -> tuple[UInt8Array, list[str]]:
    """Return what went wrong on each covered frame: nothing, one kind of error, or several."""
    import polars as pl

    outcomes = scene.query_data(owner).outcomes(owner)
    names = [_RIGHT, *_ERRORS, _SEVERAL]
    n_kinds = np.zeros(scene.snapshot.n_frames, np.uint8)
    codes = np.zeros(scene.snapshot.n_frames, np.uint8)
    for place, kind in enumerate(_ERRORS, start=1):
        frames = outcomes.filter(pl.col("kind") == kind)["frame"].unique().to_numpy()
        n_kinds[frames] += 1
        codes[frames] = place
    codes[n_kinds > 1] = names.index(_SEVERAL)
    codes[~scene.evaluation(owner).covered] = _NONE
    return codes, names


def _outcome_of_crops(scene: Scene, request: MapColoursRequest, owner: str) -> UInt8Array:
    import polars as pl

    elements = request.elements
    if elements is ElementKind.INFERENCES:
        own = scene.query_data(request.inference_set).inference_snapshot(request.inference_set).name
        if own != owner:
            raise InvalidInputError(
                f"Inferences of {own!r} have no outcomes of {owner!r}.", location={"field": "outcome_of"}
            )
    column = "label_row" if elements is ElementKind.LABELS else "inference_row"
    table = scene.query_data(owner).outcomes(owner).filter(pl.col(column) >= 0)
    codes = np.full(n_elements(scene, elements, request.inference_set), _NONE, np.uint8)
    kinds = {kind: place for place, kind in enumerate(OUTCOME_KINDS)}
    codes[table[column].to_numpy()] = table["kind"].replace_strict(kinds, return_dtype=pl.UInt8).to_numpy()
    return codes


def _outcome_query(owner: str, kind: str, elements: ElementKind) -> str:
    of = f"outcome@{name_text(owner)}"
    if elements is not ElementKind.FRAMES:
        return f"{of}(kind:{kind})"
    if kind == _RIGHT:
        return f"n_errors@{name_text(owner)}:0"
    if kind == _SEVERAL:
        pairs = [f"({of}(kind:{a}) {of}(kind:{b}))" for a, b in combinations(_ERRORS, 2)]
        return f"({' OR '.join(pairs)})"
    others = [f"NOT {of}(kind:{other})" for other in _ERRORS if other != kind]
    return " ".join([f"{of}(kind:{kind})", *others])


def _counted(
    codes: UInt8Array, has_point: BoolArray, names: Sequence[str], queries: Sequence[str | None]
) -> list[LegendEntry]:
    counts = np.bincount(codes[has_point], minlength=_NONE + 1)
    return [
        LegendEntry(value=name, count=int(counts[place]), query=queries[place])
        for place, name in enumerate(names)
    ]


def _legend_body(codes: UInt8Array, legend: list[LegendEntry]) -> MapColoursBody:
    return MapColoursBody(kind="categories", legend=legend, values=_encoded(codes))


def _encoded(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.tobytes()).decode()
