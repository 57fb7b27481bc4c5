"""Frames: read one, list many, delete."""

from __future__ import annotations

import numpy as np

from shoal.errors import InvalidInputError
from shoal.model.segment import ElementKind
from shoal.services.datasets import version_body
from shoal.services.drafts import drafts
from shoal.services.elements import element_table, known_columns, rows_of_frame
from shoal.services.lookup import current_version, not_found
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.selections import page_of, resolve, sorted_positions, start_of
from shoal.store.bitmaps import encode
from shoal.store.catalog import Dataset, DatasetVersion
from shoal.wire.datasets import FrameBody, FramePage, VersionBody
from shoal.wire.selections import SelectionBody
from shoal.wire.uploads import FramesDelete


def list_frames(
    runtime: Runtime,
    project: str,
    dataset: str,
    *,
    query: str | None = None,
    inference_set: str | None = None,
    sort: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> FramePage:
    """Return one page of frames with all their columns."""
    scene = open_scene(runtime, project, dataset)
    positions = np.arange(scene.snapshot.n_frames)
    if query:
        selection = SelectionBody(query=query)
        positions = np.flatnonzero(resolve(scene, selection, ElementKind.FRAMES, inference_set).mask)
    if sort:
        first = start_of(cursor) + limit
        positions = sorted_positions(scene, positions, sort, ElementKind.FRAMES, inference_set, first=first)
    page, following = page_of(positions, limit, cursor)
    columns = [
        name
        for name in known_columns(scene, ElementKind.FRAMES, inference_set)
        if name != "n_inferences" or inference_set
    ]
    table = element_table(scene, page, ElementKind.FRAMES, inference_set, columns)
    return FramePage(items=table.to_dicts(), total=len(positions), next_cursor=following)


def get_frame(
    runtime: Runtime, project: str, dataset: str, frame_id: str, inference_sets: list[str]
) -> FrameBody:
    """Return a frame with its labels, the inferences of the sets named, and the segments it is in."""
    scene = open_scene(runtime, project, dataset)
    position = scene.snapshot.position_of_id.get(frame_id)
    if position is None:
        raise not_found(
            "frame", frame_id, scene.snapshot.frame_ids[:2000], where=f" in dataset {scene.dataset.name!r}"
        )
    columns = [name for name in known_columns(scene, ElementKind.FRAMES, None) if name != "n_inferences"]
    at = np.array([position])
    return FrameBody(
        frame=element_table(scene, at, ElementKind.FRAMES, None, columns).to_dicts()[0],
        labels=rows_of_frame(scene, position, ElementKind.LABELS),
        inferences={
            scene.inference_source(name).name: rows_of_frame(scene, position, ElementKind.INFERENCES, name)
            for name in inference_sets
        },
        segments=sorted(
            name
            for name, segment in scene.segments.items()
            if segment.elements is ElementKind.FRAMES and scene.segment_mask(name)[position]
        ),
    )


def delete_frames(runtime: Runtime, project: str, dataset: str, request: FramesDelete) -> VersionBody:
    """Delete frames and their labels in a new dataset version; older versions keep them.

    Raises:
        InvalidInputError: neither or both of ids and query, or nothing would be left.
        NotFoundError: ids that do not exist.
    """
    from shoal.store import tables
    from shoal.store.tables import TableKind

    if (request.ids is None) == (request.query is None):
        raise InvalidInputError("Expected either ids or a query of the frames to delete.")
    with drafts(runtime, project) as unnamed:
        scene = open_scene(runtime, project, dataset)
        selection = SelectionBody(ids=request.ids, query=request.query)
        mask = resolve(scene, selection, ElementKind.FRAMES).mask
        if mask.all():
            raise InvalidInputError(
                "This would delete every frame of the dataset.", hint="Delete the dataset instead."
            )
        if not mask.any():
            with runtime.catalog.read() as session:
                return version_body(session, scene.dataset, current_version(session, scene.dataset))
        gone = scene.snapshot.ordinals[mask]
        frames, labels = (
            unnamed.keep(tables.amend(runtime.home, kind, table, delete_ordinals=gone))
            for kind, table in (
                (TableKind.FRAMES, scene.source.frames),
                (TableKind.LABELS, scene.source.labels),
            )
        )
        with runtime.catalog.begin() as session:
            row = session.get_one(Dataset, scene.dataset.id)
            version = DatasetVersion(
                dataset_id=row.id,
                number=scene.source.number + 1,
                frames_uri=frames.uri,
                frames_version=frames.version,
                labels_uri=labels.uri,
                labels_version=labels.version,
                n_frames=frames.n_rows,
                n_labels=labels.n_rows,
                fields=dict(scene.source.fields),
                label_fields=dict(scene.source.label_fields),
                members=encode(scene.snapshot.ordinals[~mask]),
                note=request.note or f"deleted {int(mask.sum()):,} frames",
            )
            session.add(version)
            session.flush()
            row.current_version_id = version.id
            body = version_body(session, row, version)
    runtime.board.submit("score", {"project": project, "dataset": dataset})
    return body
