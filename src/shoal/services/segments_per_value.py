"""A segment for each value of a field."""

from __future__ import annotations

from datetime import date

import numpy as np

from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.query.tokens import quote
from shoal.services.elements import element_table
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.segments import create_segments
from shoal.services.selections import query_mask
from shoal.wire.segments import SegmentCreate, SegmentList, SegmentPerValue
from shoal.wire.selections import SelectionBody

_LONGEST_NAME = 256


def create_per_value(
    runtime: Runtime, project: str, dataset: str, request: SegmentPerValue, *, author: str = ""
) -> SegmentList:
    """Make a segment for each value of a field; the segment's rule is the query for that value.

    Of a field of lists, a segment holds the frames whose list has the value.

    Raises:
        InvalidInputError: an unknown field, more than 200 values, or one too long for a name.
    """
    scene = open_scene(runtime, project, dataset)
    values = _values_of(scene, request)
    bodies = create_segments(
        runtime,
        project,
        dataset,
        [
            SegmentCreate(
                name=_name(request, value),
                type=request.type,
                selection=SelectionBody(query=_value_query(request, value)),
                targets=request.targets,
                owner=request.owner,
            )
            for value in values
        ],
        author=author,
    )
    return SegmentList(items=bodies)


def _name(request: SegmentPerValue, value: object) -> str:
    name = f"{request.prefix}{_value_text(value)}".strip() or "(empty)"
    if len(name) > _LONGEST_NAME:
        raise InvalidInputError(
            f"Field {request.field!r} has a value of {len(name):,} characters, too long for a name.",
            location={"field": request.field},
        )
    return name


def _value_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value_query(request: SegmentPerValue, value: object) -> str:
    own = value_query(request.field, value)
    return f"({request.query}) AND {own}" if request.query else own


def value_query(field: str, value: object) -> str:
    """Return the query for one value of a field; `frame.` before its name is about the frame of a crop."""
    word = _value_text(value)
    if isinstance(value, str | date):
        word = quote(word)
    prefix = "frame." if field.startswith("frame.") else ""
    own = field.removeprefix(prefix)
    name = own if own.isidentifier() else f'"{own}"'
    return f"{prefix}{name}:{word}"


def _values_of(scene: Scene, request: SegmentPerValue) -> list[object]:
    import polars as pl

    positions = np.arange(scene.snapshot.n_frames)
    if request.query:
        positions = np.flatnonzero(query_mask(scene, request.query, ElementKind.FRAMES, None).mask)
    column = element_table(scene, positions, ElementKind.FRAMES, None, [request.field])[request.field]
    if column.dtype == pl.List:
        column = column.explode()
    values = column.drop_nulls().unique().sort().to_list()
    if not values or len(values) > 200:
        raise InvalidInputError(
            f"Field {request.field!r} has {len(values)} values; a segment per value needs 1 to 200.",
            hint="Choose a field with few values, such as split, or use a query with a range.",
            location={"field": request.field},
        )
    return values
