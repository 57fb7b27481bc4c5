"""What the query bar offers: completions, and the distribution of every field over a selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.engine.snapshot import as_text
from shoal.errors import ShoalError
from shoal.model.segment import ElementKind
from shoal.query.check import check
from shoal.query.completion import complete
from shoal.query.parser import parse
from shoal.query.types import FieldInfo, Schema, Table
from shoal.services.elements import element_table
from shoal.services.jobs import problem_body
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.wire.problems import ProblemBody
from shoal.wire.selections import (
    Belonging,
    CompletionBody,
    CompletionItem,
    FacetBody,
    FacetList,
    FacetValue,
    SelectionBody,
)

if TYPE_CHECKING:
    import polars as pl

_MAX_VALUES = 100
_BINS = 20
_SHOWN_VALUES = 50


def complete_query(
    runtime: Runtime,
    project: str,
    dataset: str,
    text: str,
    cursor: int,
    *,
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
) -> CompletionBody:
    """Return what can be typed at a place of a query, values with their counts, and what is wrong with it."""
    scene = open_scene(runtime, project, dataset)
    data = scene.query_data(inference_set)

    def values(field: FieldInfo, prefix: str) -> Sequence[tuple[str, int]]:
        return _values_of(data, field.table, field.column, prefix, inference_set)

    schema = data.schema()
    found = complete(text, cursor, schema, values, elements)
    return CompletionBody(
        start=found.start,
        end=found.end,
        items=[
            CompletionItem(kind=str(item.kind), text=item.text, detail=item.detail) for item in found.items
        ],
        problem=_problem(text, schema, elements),
    )


def _problem(text: str, schema: Schema, elements: ElementKind) -> ProblemBody | None:
    try:
        check(parse(text), schema, elements)
    except ShoalError as error:
        return problem_body(error)
    return None


def _values_of(
    data: Any, table: Table, column: str, prefix: str, inference_set: str | None
) -> list[tuple[str, int]]:
    import polars as pl

    if table is Table.FRAMES and column in data.dataset.source.fields:
        counts = data.dataset.text_counts(column)
        if prefix:
            counts = counts.filter(pl.nth(0).str.to_lowercase().str.starts_with(prefix.lower()))
        return [(str(value), int(n)) for value, n in counts.head(_SHOWN_VALUES).iter_rows()]
    if table is Table.FRAMES:
        series = data.frames([column])[column]
    elif table is Table.LABELS:
        series = data.labels([column])[column]
    elif table is Table.INFERENCES:
        series = data.inferences(inference_set, [column])[column]
    else:
        return []
    series = as_text(series)
    if prefix:
        series = series.filter(series.str.to_lowercase().str.starts_with(prefix.lower()))
    counts = series.value_counts(sort=True, name="n").head(_SHOWN_VALUES)
    return [(str(value), int(n)) for value, n in counts.iter_rows()]


def get_facets(
    runtime: Runtime,
    project: str,
    dataset: str,
    *,
    query: str | None,
    fields: Sequence[str],
    elements: ElementKind = ElementKind.FRAMES,
    inference_set: str | None = None,
    query_elements: ElementKind | None = None,
    contains: str | None = None,
) -> FacetList:
    """Return the distribution of fields over a selection; no fields means all user fields.

    Args:
        runtime: the open home.
        project: name or id.
        dataset: name or id.
        query: selects; all elements without.
        fields: columns of the elements.
        elements: what is counted.
        inference_set: the set meant.
        query_elements: what the query selects, when that is not what is counted: the labels of some frames.
        contains: only values with this text in them, in any case, are listed and counted as distinct.
    """
    scene = open_scene(runtime, project, dataset)
    selection = SelectionBody(query=query or "")
    if query_elements not in (None, elements):
        selection = SelectionBody(of=Belonging(selection=selection, elements=query_elements))
    mask = resolve(scene, selection, elements, inference_set).mask
    positions = np.flatnonzero(mask)
    names = list(fields) or _default_fields(scene, elements)
    table = element_table(scene, positions, elements, inference_set, names)
    return FacetList(count=len(positions), items=[_facet(name, table[name], contains) for name in names])


def _default_fields(scene: Scene, elements: ElementKind) -> list[str]:
    if elements is ElementKind.FRAMES:
        return [name.removeprefix("user__") for name in scene.source.fields]
    return ["class", "area_px"]


def _facet(name: str, values: pl.Series, contains: str | None) -> FacetBody:
    import polars as pl

    n_missing = values.null_count()
    if values.dtype == pl.List:
        values = values.explode()
    values = values.drop_nulls()
    if contains:
        text = as_text(values).cast(pl.String).str.to_lowercase()
        values = values.filter(text.str.contains(contains.lower(), literal=True))
    n_distinct = values.n_unique()
    if values.dtype.is_numeric() and n_distinct > 12:
        finite = values.cast(pl.Float64).to_numpy()
        counts, edges = np.histogram(finite[np.isfinite(finite)], bins=_BINS)
        return FacetBody(
            field=name,
            type="number",
            kind="histogram",
            n_distinct=n_distinct,
            n_missing=n_missing,
            edges=edges.tolist(),
            counts=counts.tolist(),
        )
    top = values.value_counts(sort=True, name="n").sort("n", values.name, descending=[True, False])
    return FacetBody(
        field=name,
        type=_type_name(values),
        kind="values",
        n_distinct=n_distinct,
        n_missing=n_missing,
        values=[FacetValue(value=value, count=n) for value, n in top.head(_MAX_VALUES).iter_rows()],
    )


def _type_name(values: pl.Series) -> str:
    import polars as pl

    if values.dtype.is_numeric():
        return "number"
    if values.dtype == pl.Boolean:
        return "boolean"
    return "date" if values.dtype.is_temporal() else "string"
