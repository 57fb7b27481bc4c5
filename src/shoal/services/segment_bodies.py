"""Segments as the wire shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.services.targets import targets_by_segment
from shoal.store.catalog import Dataset, InferenceSet, Project, Segment, SegmentVersion
from shoal.wire.segments import SegmentBody, TargetBody


def segment_bodies(
    session: Session, project: Project, dataset: Dataset, segments: Sequence[Segment]
) -> list[SegmentBody]:
    """Return segments as the wire shows them."""
    targets = targets_by_segment(session, dataset)
    ids = [segment.current_version_id for segment in segments]
    versions = {v.id: v for v in session.scalars(select(SegmentVersion).where(SegmentVersion.id.in_(ids)))}
    names = dict(
        session.execute(
            select(InferenceSet.id, InferenceSet.name).where(InferenceSet.dataset_id == dataset.id)
        ).all()
    )
    bodies = []
    for segment in segments:
        version = versions[segment.current_version_id or ""]
        bodies.append(
            SegmentBody(
                id=segment.id,
                project=project.name,
                dataset=dataset.name,
                name=segment.name,
                type=segment.type,
                elements=segment.elements,
                inference_set=names.get(segment.inference_set_id or ""),
                state=segment.state,
                owner=segment.owner,
                description=segment.description,
                rule=segment.rule,
                query=segment.query,
                version=version.number,
                n_elements=version.n_elements,
                targets=[
                    TargetBody(metric=t.metric, minimum=t.minimum, average=t.average, class_name=t.class_name)
                    for t in targets.get(segment.id, [])
                ],
                revision=segment.revision,
                created_at=segment.created_at,
                updated_at=segment.updated_at,
                url=f"/api/v1/projects/{project.name}/datasets/{dataset.name}/segments/{segment.id}",
            )
        )
    return bodies


def segment_body(session: Session, segment: Segment) -> SegmentBody:
    """Return one segment as the wire shows it, with what the session has not written yet."""
    session.flush()
    dataset = session.get_one(Dataset, segment.dataset_id)
    return segment_bodies(session, session.get_one(Project, dataset.project_id), dataset, [segment])[0]
