"""Which inference set the client asks numbers of, and at which operating point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shoal.errors import InvalidInputError, NotEvaluableError
from shoal.model.operating_point import MINIMUM_IOU, OperatingPoint
from shoal.model.task import Task
from shoal.services.aquarium.addresses import find, find_address, full_id
from shoal.services.aquarium.projects import is_evaluated
from shoal.services.lookup import dataset_named, inference_set_named
from shoal.services.runtime import Runtime

_JOINED: Final = "joined:"


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """An inference set of a dataset at an operating point, by name."""

    project: str
    dataset: str
    inference_set: str
    confidence: float
    iou: float


def join_tables(runtime: Runtime, dataset: str, inference_set: str) -> str:
    """Return the name of labels and inferences side by side, as `joined_filtered_table` gives it.

    Args:
        runtime: the open home.
        dataset: an address such as `driving.val`.
        inference_set: an address such as `driving.inferences_val_yolo`.

    Raises:
        InvalidInputError: the second is no inference set of the first.
    """
    with runtime.catalog.read() as session:
        owner, base, _ = find_address(session, dataset)
        _, of, found = find_address(session, inference_set)
        name = inference_set.partition(".")[2]
        if found is None or of.id != base.id:
            found = inference_set_named(session, base, name.removeprefix(full_id(base.name, "")))
        if not is_evaluated(session, owner):
            raise NotEvaluableError(f"Shoal has no numbers for the task of project {owner.name!r}.")
        return f"{_JOINED}{owner.name}.{base.name}.{found.name}"


def judged_set(
    runtime: Runtime, project: str, name: str, joined: str | None, *, confidence: float, iou: float
) -> JudgedSet:
    """Return the inference set a full id means.

    Args:
        runtime: the open home.
        project: its project.
        name: a full id; where it can be split in several ways, `joined` tells which one is meant.
        joined: what `join_tables` gave, if the client sends it.
        confidence: a fraction.
        iou: a fraction; classification has no boxes, so that the client's 0 does for it.

    Raises:
        InvalidInputError: a threshold is out of range, or the name is that of a dataset.
        NotFoundError: there is no such inference set.
    """
    with runtime.catalog.read() as session:
        owner, base, found = find(session, project, name)
        told = _told(joined, owner.name)
        if told is not None and full_id(*told) == name:
            base = dataset_named(session, project, told[0])
            found = inference_set_named(session, base, told[1])
        if found is None:
            raise InvalidInputError(f"{name!r} is a dataset, not an inference set.")
        if not Task(owner.task).has_boxes:
            iou = max(iou, MINIMUM_IOU)
        point = OperatingPoint(confidence, iou)
        return JudgedSet(owner.name, base.name, found.name, point.confidence, point.iou)


def _told(joined: str | None, project: str) -> tuple[str, str] | None:
    """Return dataset and inference set of a joined table of this project."""
    prefix = f"{_JOINED}{project}."
    if joined is None or not joined.startswith(prefix):
        return None
    dataset, _, inference_set = joined.removeprefix(prefix).partition(".")
    return dataset, inference_set


def fraction(percentage: float) -> float:
    """Return a percentage as a fraction, without the last bits of a division."""
    return round(percentage / 100, 12)
