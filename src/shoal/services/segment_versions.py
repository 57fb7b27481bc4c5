"""Versions of segments: frozen lists of elements, how they were made, and what changed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.services.elements import element_ids, element_table
from shoal.services.lookup import check_revision, dataset_named, segment_named, segment_version
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import (
    chosen_by_errors,
    page_of,
    picked_by,
    query_mask,
    resolve,
    self_contained,
)
from shoal.store.bitmaps import decode, encode
from shoal.store.catalog import Dataset, DatasetVersion, Segment, SegmentVersion, now
from shoal.wire.segments import (
    ElementsChange,
    SegmentCreate,
    SegmentDifference,
    SegmentVersionBody,
    SegmentVersionList,
)
from shoal.wire.selections import QueryPage, SelectionBody

Ordinals = NDArray[np.uint32]


def origin_of(scene: Scene, request: SegmentCreate) -> tuple[Ordinals, dict[str, Any]]:
    """Return the members a request selects and how they were chosen."""
    members = _ordinals(scene, request.selection, request.elements, request.inference_set)
    errors = chosen_by_errors(scene, request.selection, request.elements, request.inference_set)
    origin = describe(scene, request.selection, request.elements, request.inference_set)
    return members, _marked(origin, errors)


def describe(
    scene: Scene, selection: SelectionBody, elements: ElementKind, inference_set: str | None
) -> dict[str, Any]:
    """Return how a selection was made, for the record: its kind and its query, list or parts."""
    if selection.query is not None:
        text = self_contained(scene, selection.query, elements, inference_set)
        return {"kind": "query", "query": text}
    if selection.ids is not None:
        return {"kind": "ids"}
    if selection.segment is not None:
        return {"kind": "segment", "segment": selection.segment}
    return {"kind": "selection", "selection": selection.model_dump(mode="json", exclude_none=True)}


def _marked(origin: dict[str, Any], errors: set[str]) -> dict[str, Any]:
    """Return an origin that names the inference sets whose errors chose the elements."""
    return {**origin, "selected_on": sorted(errors)} if errors else origin


def add_version(
    session: Session,
    segment: Segment,
    members: Ordinals,
    origin: dict[str, Any],
    dataset_version_id: str,
    *,
    author: str = "",
    note: str = "",
) -> SegmentVersion:
    """Make the next version of a segment; the same members as before make none."""
    current = session.get(SegmentVersion, segment.current_version_id) if segment.current_version_id else None
    encoded = encode(members)
    if current is not None and current.members == encoded:
        return current
    version = SegmentVersion(
        segment_id=segment.id,
        number=current.number + 1 if current else 1,
        members=encoded,
        n_elements=len(members),
        origin=origin,
        dataset_version_id=dataset_version_id,
        author=author,
        note=note,
    )
    session.add(version)
    session.flush()
    segment.current_version_id = version.id
    segment.updated_at = now()
    return version


def _ordinals(
    scene: Scene, selection: SelectionBody, elements: ElementKind, inference_set: str | None
) -> Ordinals:
    mask = resolve(scene, selection, elements, inference_set).mask
    return np.sort(scene.element_ordinals(elements, inference_set)[mask])


def change_elements(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    request: ElementsChange,
    *,
    if_match: int | None = None,
    author: str = "",
) -> str:
    """Make the next version by adding and removing, or by what the kept query selects; return the id.

    Raises:
        InvalidInputError: nothing is asked for, or the segment keeps no query to follow.
        ConflictError: the segment changed since `if_match`.
    """
    if not request.follow_query and request.add is None and request.remove is None:
        raise InvalidInputError("Expected elements to add or remove, or follow_query; found none.")
    scene = open_scene(runtime, project, dataset)
    with runtime.catalog.begin() as session:
        segment = segment_named(session, session.get_one(Dataset, scene.dataset.id), name)
        check_revision(segment, if_match)
        owner = _set_meant(scene, segment, request.inference_set)
        current = segment_version(session, segment)
        members = decode(current.members)
        errors = picked_by(current)
        origin: dict[str, Any] = {"kind": "edit"}
        if request.follow_query:
            kept = _kept_query(segment)
            members = _ordinals(scene, kept, segment.elements, owner)
            errors = chosen_by_errors(scene, kept, segment.elements, owner)
            origin = describe(scene, kept, segment.elements, owner)
        if request.add is not None:
            members = np.union1d(members, _ordinals(scene, request.add, segment.elements, owner))
            errors |= chosen_by_errors(scene, request.add, segment.elements, owner)
            origin["add"] = describe(scene, request.add, segment.elements, owner)
        if request.remove is not None:
            members = np.setdiff1d(members, _ordinals(scene, request.remove, segment.elements, owner))
            errors |= chosen_by_errors(scene, request.remove, segment.elements, owner)
            origin["remove"] = describe(scene, request.remove, segment.elements, owner)
        origin = _marked(origin, errors)
        add_version(
            session, segment, members, origin, scene.source.version_id, author=author, note=request.note
        )
        return segment.id


def _set_meant(scene: Scene, segment: Segment, asked: str | None) -> str | None:
    owner = scene.owner_of(segment)
    if owner is None or asked is None or scene.inference_source(asked).name == owner:
        return owner or asked
    raise InvalidInputError(
        f"Segment {segment.name!r} holds inferences of {owner!r}, not of {asked!r}.",
        location={"field": "inference_set"},
    )


def _kept_query(segment: Segment) -> SelectionBody:
    if not segment.query:
        raise InvalidInputError(
            f"Segment {segment.name!r} keeps no query.",
            hint="Give it one, or add and remove elements by hand.",
        )
    return SelectionBody(query=segment.query)


def list_versions(runtime: Runtime, project: str, dataset: str, name: str) -> SegmentVersionList:
    """Return the versions of a segment, newest first, with what each added and removed."""
    with runtime.catalog.read() as session:
        segment = segment_named(session, dataset_named(session, project, dataset), name)
        rows = list(
            session.scalars(
                select(SegmentVersion)
                .where(SegmentVersion.segment_id == segment.id)
                .order_by(SegmentVersion.number)
            )
        )
        numbers = dict(
            session.execute(
                select(DatasetVersion.id, DatasetVersion.number).where(
                    DatasetVersion.dataset_id == segment.dataset_id
                )
            ).all()
        )
    before = np.empty(0, np.uint32)
    bodies = []
    for row in rows:
        members = decode(row.members)
        bodies.append(
            SegmentVersionBody(
                number=row.number,
                n_elements=row.n_elements,
                n_added=len(np.setdiff1d(members, before, assume_unique=True)),
                n_removed=len(np.setdiff1d(before, members, assume_unique=True)),
                origin=row.origin,
                dataset_version=numbers.get(row.dataset_version_id or "", 0),
                author=row.author,
                note=row.note,
                created_at=row.created_at,
            )
        )
        before = members
    return SegmentVersionList(items=bodies[::-1])


def list_elements(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    *,
    version: int | None,
    limit: int,
    cursor: str | None,
) -> QueryPage:
    """Return one page of a segment's elements; those deleted from the dataset are left out."""
    scene = open_scene(runtime, project, dataset)
    with runtime.catalog.read() as session:
        segment = segment_named(session, session.get_one(Dataset, scene.dataset.id), name)
        members = decode(segment_version(session, segment, version).members)
    owner = scene.owner_of(segment)
    positions = np.flatnonzero(np.isin(scene.element_ordinals(segment.elements, owner), members))
    page, following = page_of(positions, limit, cursor)
    return QueryPage(
        count=len(positions),
        total=len(members),
        dataset_version=scene.source.number,
        query=segment.query,
        items=element_table(scene, page, segment.elements, owner, None).to_dicts(),
        next_cursor=following,
    )


def difference(runtime: Runtime, project: str, dataset: str, name: str) -> SegmentDifference:
    """Return what a segment's kept query would add and remove today."""
    scene = open_scene(runtime, project, dataset)
    with runtime.catalog.read() as session:
        segment = segment_named(session, session.get_one(Dataset, scene.dataset.id), name)
        version = segment_version(session, segment)
    owner = scene.owner_of(segment)
    query = _kept_query(segment).query or ""
    wanted = query_mask(scene, query, segment.elements, owner).mask
    present = np.isin(scene.element_ordinals(segment.elements, owner), decode(version.members))
    ids = element_ids(scene, segment.elements, owner)
    added, removed = np.flatnonzero(wanted & ~present), np.flatnonzero(present & ~wanted)
    return SegmentDifference(
        query=query,
        version=version.number,
        n_add=len(added),
        n_remove=len(removed),
        add=ids.gather(added[:1000]).cast(str).to_list(),
        remove=ids.gather(removed[:1000]).cast(str).to_list(),
    )
