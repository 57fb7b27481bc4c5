"""Targets: minimum scores of segments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError
from shoal.model.class_map import EvaluationClasses
from shoal.model.metric import Average, Metric, Target
from shoal.store.catalog import Dataset, Segment, now
from shoal.store.catalog import Target as TargetRow
from shoal.wire.segments import Targets


def targets_of(targets: Targets | None) -> list[Target]:
    """Read targets given in full or in short, such as `{"recall": 0.9, "f1@macro": 0.8, "recall@car": 0.85}`.

    Raises:
        InvalidInputError: an unknown metric, a minimum out of range, or the same target twice.
    """
    if targets is None:
        return []
    if isinstance(targets, dict):
        found = [_short_target(name, minimum) for name, minimum in targets.items()]
    else:
        found = [
            Target(
                body.metric,
                body.minimum,
                Average.CLASS if body.class_name is not None else body.average,
                body.class_name,
            )
            for body in targets
        ]
    keys = [(target.metric, target.average, target.class_name) for target in found]
    if len(set(keys)) < len(keys):
        raise InvalidInputError("The same target is given twice.", location={"field": "targets"})
    return found


def _short_target(name: str, minimum: float) -> Target:
    metric, _, of = name.partition("@")
    if metric not in set(Metric):
        raise InvalidInputError(
            f"Expected a target on precision, recall or f1, found {name!r}.",
            hint='Write {"recall": 0.9}, {"f1@macro": 0.8} or {"recall@car": 0.85}.',
            location={"field": "targets"},
        )
    if of in ("", *(average for average in Average if average is not Average.CLASS)):
        return Target(Metric(metric), minimum, Average(of or Average.WEIGHTED))
    return Target(Metric(metric), minimum, Average.CLASS, of)


def targets_by_segment(session: Session, dataset: Dataset) -> dict[str, list[Target]]:
    """Return the targets of every segment of a dataset, by segment id."""
    rows = session.scalars(
        select(TargetRow)
        .join(Segment, Segment.id == TargetRow.segment_id)
        .where(Segment.dataset_id == dataset.id)
        .order_by(TargetRow.metric, TargetRow.average, TargetRow.class_name)
    )
    found: dict[str, list[Target]] = {}
    for row in rows:
        target = Target(row.metric, row.minimum, row.average, row.class_name or None)
        found.setdefault(row.segment_id, []).append(target)
    return found


def check_classes(classes: EvaluationClasses, targets: Sequence[Target]) -> None:
    """Raise `InvalidInputError` when a target is about a class that is not evaluated."""
    for target in targets:
        if target.class_name is not None and classes.index(target.class_name) in (None, classes.background):
            raise InvalidInputError(
                f"Target on {target.metric} of an unknown class {target.class_name!r}.",
                hint=f"Known: {', '.join(classes.names[:20])}.",
                location={"field": "targets"},
            )


def write_targets(session: Session, segment: Segment, targets: Sequence[Target]) -> None:
    """Replace the targets of a segment."""
    session.execute(delete(TargetRow).where(TargetRow.segment_id == segment.id))
    for target in targets:
        session.add(
            TargetRow(
                segment_id=segment.id,
                metric=target.metric,
                average=target.average,
                class_name=target.class_name or "",
                minimum=target.minimum,
            )
        )
    segment.updated_at = now()
