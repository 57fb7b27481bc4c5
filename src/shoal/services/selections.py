"""Sets of elements: resolved, counted, paged, completed, summarised."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shoal.errors import InvalidInputError, NotFoundError
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.segment import ElementKind
from shoal.query.check import check, check_outcomes
from shoal.query.naming import name_chosen_set, name_spaces
from shoal.query.parser import parse
from shoal.query.predicate import FRAMES, LABELS, Rows
from shoal.query.printer import to_text
from shoal.query.requirements import required_columns
from shoal.query.types import Table
from shoal.services.elements import element_ids, element_table
from shoal.services.lookup import segment_version
from shoal.services.map_points import area_mask
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.similar_masks import similar_masks
from shoal.store.bitmaps import decode
from shoal.store.catalog import SegmentVersion
from shoal.wire.selections import Belonging, QueryPage, QueryRequest, SelectionBody

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Selected:
    """A resolved selection.

    Attributes:
        mask: bool over the elements of the dataset version.
        query: the query as Shoal prints it, when the selection is one query.
    """

    mask: BoolArray
    query: str | None


def n_elements(scene: Scene, elements: ElementKind, inference_set: str | None) -> int:
    """Return how many elements of a kind the dataset version has."""
    if elements is ElementKind.FRAMES:
        return scene.snapshot.n_frames
    if elements is ElementKind.LABELS:
        return scene.snapshot.n_labels
    return len(scene.query_data(inference_set).inference_snapshot(inference_set).stored_rows)


def query_mask(scene: Scene, text: str, elements: ElementKind, inference_set: str | None) -> Selected:
    """Run a query.

    Raises:
        QuerySyntaxError: the text cannot be parsed.
        QueryTypeError: it does not fit the data.
    """
    from shoal.engine.selection import select

    data = scene.query_data(inference_set)
    node = parse(text)
    checked = check(node, data.schema(), elements)
    data.similar_masks = similar_masks(scene, checked)
    return Selected(select(checked, data), to_text(node))


def outcome_mask(scene: Scene, text: str, inference_set: str) -> BoolArray:
    """Return which outcomes of a set a condition holds for, in the order of `Evaluation.outcomes`.

    Raises:
        QuerySyntaxError: the text cannot be parsed.
        QueryTypeError: it does not fit the data.
    """
    from shoal.engine.selection import select

    data = scene.query_data(inference_set)
    checked = check_outcomes(parse(text), data.schema(), inference_set)
    data.similar_masks = similar_masks(scene, checked)
    return select(checked, data)


def self_contained(scene: Scene, text: str, elements: ElementKind, inference_set: str | None) -> str:
    """Return a query that means the same without a chosen inference set, as a segment's rule must.

    A query that needs no change comes back as it was written.
    """
    node, schema = parse(text), scene.query_data(inference_set).schema()
    if elements is ElementKind.INFERENCES:
        named = name_spaces(node, schema, Rows(Table.INFERENCES, schema.inference_set))
    else:
        named = name_chosen_set(node, schema, FRAMES if elements is ElementKind.FRAMES else LABELS)
    return text if named == node else to_text(named)


def chosen_by_errors(
    scene: Scene, selection: SelectionBody, elements: ElementKind, inference_set: str | None
) -> set[str]:
    """Return the inference sets whose errors a selection goes by, also through the segments it names."""
    if selection.query is not None:
        return _judged_sets(scene, selection.query, elements, inference_set)
    if selection.segment is not None:
        return picked_by(scene.segment_version(selection.segment))
    if selection.of is not None:
        of = selection.of
        return chosen_by_errors(scene, of.selection, of.elements, of.inference_set or inference_set)
    parts = [selection.complement, *(selection.minus or ()), *(selection.all_of or selection.any_of or ())]
    found = [chosen_by_errors(scene, part, elements, inference_set) for part in parts if part is not None]
    return set[str]().union(*found)


def picked_by(version: SegmentVersion) -> set[str]:
    """Return the inference sets whose errors chose the elements of a segment version."""
    return set(version.origin.get("selected_on", ()))


def _judged_sets(scene: Scene, text: str, elements: ElementKind, inference_set: str | None) -> set[str]:
    """Return the sets a query judges frames by: outcomes, frame scores, flips, segments picked that way."""
    data = scene.query_data(inference_set)
    needs = required_columns(check(parse(text), data.schema(), elements))
    found = {rows.inference_set for rows in needs.columns if rows.table is Table.OUTCOMES}
    found |= needs.frame_scores
    for name in needs.segments:
        found |= picked_by(scene.segment_version(name))
    return {name for name in found if name is not None}


def resolve(
    scene: Scene, selection: SelectionBody, elements: ElementKind, inference_set: str | None = None
) -> Selected:
    """Return the elements a selection holds.

    Raises:
        NotFoundError: ids or a segment that do not exist; the first ten are named.
        InvalidInputError: a segment of other elements.
    """
    if selection.query is not None:
        return query_mask(scene, selection.query, elements, inference_set)
    if selection.ids is not None:
        return Selected(_mask_of_ids(scene, selection.ids, elements, inference_set), None)
    if selection.segment is not None:
        return Selected(_segment(scene, selection, elements, inference_set), None)
    if selection.of is not None:
        return Selected(_belonging(scene, selection.of, elements, inference_set), None)
    if selection.area is not None:
        return Selected(area_mask(scene, selection.area, elements, inference_set), None)
    if selection.complement is not None:
        return Selected(~resolve(scene, selection.complement, elements, inference_set).mask, None)
    if selection.minus is not None:
        first, second = (resolve(scene, part, elements, inference_set).mask for part in selection.minus)
        return Selected(first & ~second, None)
    parts = selection.all_of if selection.all_of is not None else selection.any_of or []
    combine = np.logical_and if selection.all_of is not None else np.logical_or
    mask = np.full(n_elements(scene, elements, inference_set), selection.all_of is not None)
    for part in parts:
        mask = combine(mask, resolve(scene, part, elements, inference_set).mask)
    return Selected(mask, None)


def _mask_of_ids(
    scene: Scene, ids: Sequence[str], elements: ElementKind, inference_set: str | None
) -> BoolArray:
    if elements is ElementKind.FRAMES:
        position = scene.snapshot.position_of_id
    else:
        known = element_ids(scene, elements, inference_set).to_list()
        position = {element_id: row for row, element_id in enumerate(known)}
    missing = [element_id for element_id in ids if element_id not in position]
    if missing:
        shown = ", ".join(repr(element_id) for element_id in missing[:10])
        raise NotFoundError(
            f"{len(missing)} of {len(ids)} ids are not {elements.value} of dataset "
            f"{scene.dataset.name!r}: {shown}{' …' if len(missing) > 10 else ''}.",
            location={"ids": missing[:10]},
        )
    mask = np.zeros(n_elements(scene, elements, inference_set), np.bool_)
    mask[[position[element_id] for element_id in ids]] = True
    return mask


def _segment(
    scene: Scene, selection: SelectionBody, elements: ElementKind, inference_set: str | None
) -> BoolArray:
    name = selection.segment or ""
    segment = scene.segment(name)
    if elements is ElementKind.FRAMES and selection.version is None:
        return scene.segment_mask(name)
    if segment.elements is not elements:
        raise InvalidInputError(
            f"Segment {segment.name!r} holds {segment.elements.value}, not {elements.value}."
        )
    if selection.version is None:
        return scene.segment_rows(name)
    with scene.runtime.catalog.read() as session:
        version = segment_version(session, segment, selection.version)
    return np.isin(scene.element_ordinals(elements, inference_set), decode(version.members))


def _belonging(scene: Scene, of: Belonging, elements: ElementKind, inference_set: str | None) -> BoolArray:
    owner = of.inference_set or inference_set
    found = resolve(scene, of.selection, of.elements, owner).mask
    frames = found if of.elements is ElementKind.FRAMES else scene.frames_of(found, of.elements, owner)
    return frames if elements is ElementKind.FRAMES else scene.rows_of(frames, elements, inference_set)


def run_query(runtime: Runtime, project: str, dataset: str, request: QueryRequest) -> QueryPage:
    """Count a selection and return one page of it."""
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    selected = resolve(scene, request.selection, request.elements, request.inference_set)
    positions = np.flatnonzero(selected.mask)
    if request.sort:
        first = None if request.around is not None else _start(scene, positions, request) + request.limit
        positions = sorted_positions(
            scene, positions, request.sort, request.elements, request.inference_set, first=first
        )
    start = _start(scene, positions, request)
    page, cursor = positions[start : start + request.limit], cursor_after(start, request.limit, positions)
    columns = None if request.columns is None else list(dict.fromkeys(("id", *request.columns)))
    table = element_table(scene, page, request.elements, request.inference_set, columns)
    return QueryPage(
        count=len(positions),
        total=len(selected.mask),
        dataset_version=scene.source.number,
        query=selected.query,
        items=table.to_dicts(),
        next_cursor=cursor,
        offset=start,
        selected_on=sorted(
            chosen_by_errors(scene, request.selection, request.elements, request.inference_set)
        ),
    )


def _start(scene: Scene, positions: Int64Array, request: QueryRequest) -> int:
    """Return where the page begins; at the end when the element it is to be around is not selected."""
    if request.around is None:
        return request.offset if request.offset is not None else start_of(request.cursor)
    ids = element_ids(scene, request.elements, request.inference_set).gather(positions)
    found = np.flatnonzero((ids.cast(str) == request.around).to_numpy())
    return max(0, int(found[0]) - request.limit // 2) if len(found) else len(positions)


def selected_table(runtime: Runtime, project: str, dataset: str, request: QueryRequest) -> pl.DataFrame:
    """Return all elements of a selection with the columns asked for, for bulk export."""
    scene = open_scene(runtime, project, dataset, confidence=request.confidence, iou=request.iou)
    mask = resolve(scene, request.selection, request.elements, request.inference_set).mask
    return element_table(
        scene, np.flatnonzero(mask), request.elements, request.inference_set, request.columns
    )


def sorted_positions(
    scene: Scene,
    positions: Int64Array,
    sort: str,
    elements: ElementKind,
    inference_set: str | None,
    *,
    first: int | None = None,
) -> Int64Array:
    """Return positions ordered by a field; missing values last; ties keep their order.

    Args:
        scene: the dataset.
        positions: what to order.
        sort: a field; prefix `-` for falling order.
        elements: what the positions are about.
        inference_set: the set that scores and counts are about.
        first: how many have to be in order; the others follow in the order they had, which takes a hundredth
            of the time.
    """
    import polars as pl

    falling = sort.startswith("-")
    name = sort.lstrip("-")
    values = element_table(scene, positions, elements, inference_set, [name])[name]
    places = pl.Series("place", np.arange(len(values), dtype=np.uint32))
    query = pl.DataFrame([values.alias("value"), places]).lazy()
    query = query.sort("value", "place", descending=[falling, False], nulls_last=True)
    if first is not None:
        query = query.head(first)
    order = query.collect()["place"].to_numpy()
    rest = np.ones(len(positions), np.bool_)
    rest[order] = False
    return np.concatenate([positions[order], positions[rest]])


def page_of(items: NDArray[Any], limit: int, cursor: str | None) -> tuple[NDArray[Any], str | None]:
    """Return one page and the cursor of the next; `None` after the last.

    Raises:
        InvalidInputError: the cursor is not one of ours.
    """
    start = start_of(cursor)
    return items[start : start + limit], cursor_after(start, limit, items)


def start_of(cursor: str | None) -> int:
    """Return how many items are before a cursor.

    Raises:
        InvalidInputError: the cursor is not one of ours.
    """
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor.encode()).decode())
    except ValueError as error:
        raise InvalidInputError(
            f"The cursor {cursor[:40]!r} is not one Shoal gave.", location={"field": "cursor"}
        ) from error


def cursor_after(start: int, limit: int, items: NDArray[Any]) -> str | None:
    """Return the cursor of the page after this one; `None` when nothing is left."""
    end = start + limit
    return base64.urlsafe_b64encode(str(end).encode()).decode() if limit and end < len(items) else None
