"""Frames of a dataset that are like a segment's elements, by embeddings of one model in both datasets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from shoal.errors import InvalidInputError, NotFoundError
from shoal.model.segment import ElementKind
from shoal.services.answers import get_answers
from shoal.services.aquarium.addresses import find
from shoal.services.aquarium.issues import Issue, find_issue
from shoal.services.elements import element_table
from shoal.services.neighbours import nearest_elements, seeds_of
from shoal.services.runtime import Runtime
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.services.similarity import named
from shoal.services.vector_spaces import OpenSpace, open_space, spaces_of
from shoal.wire.embeddings import SpaceChoice
from shoal.wire.selections import SelectionBody

MOST_RESULTS: Final = 1000
"""How many frames an answer holds; the nearest come first."""

_STATUSES: Final = ("UNSORTED", "ACCEPTED", "DISCARDED")


def check_search(runtime: Runtime, project: str, issue_id: str, search_dataset: str) -> None:
    """Refuse a search that cannot be made; one that can needs no preparation.

    Raises:
        NotFoundError: no such segment or dataset, or the two have no vectors of one model.
    """
    issue = find_issue(runtime, project, issue_id)
    _spaces(_scene(runtime, project, issue.body.dataset), _scene(runtime, project, search_dataset), issue)


def similar_elements(
    runtime: Runtime, project: str, issue_id: str, search_dataset: str | None, status: str | None
) -> list[dict[str, Any]]:
    """Return elements of a dataset like those of a segment, the most similar first.

    Args:
        runtime: the open home.
        project: its project.
        issue_id: the segment.
        search_dataset: where to look; `None` asks for frames a client collected, of which there are none.
        status: `UNSORTED`, what nobody answered yet; `ACCEPTED` or `DISCARDED`, what was answered in Shoal.

    Raises:
        NotFoundError: as `check_search`.
        InvalidInputError: another status, or the segment has no element with a vector.
    """
    if status is not None and status not in _STATUSES:
        raise InvalidInputError(f"Expected sort_status among {', '.join(_STATUSES)}, found {status!r}.")
    issue = find_issue(runtime, project, issue_id)
    if search_dataset is None:
        return []
    here = _scene(runtime, project, issue.body.dataset)
    there = _scene(runtime, project, search_dataset)
    is_same = there.dataset.id == here.dataset.id
    answered = _answered(runtime, issue) if is_same else {"ACCEPTED": [], "DISCARDED": []}
    if status in answered:
        named_answers = _addresses(here, issue, answered[status])
        return [_row(issue, own, frame, None, status) for own, frame in named_answers]
    own_space, space = _spaces(here, there, issue)
    members = here.segment_rows(here.segment(issue.body.id).name)
    seeds = seeds_of(own_space, members)
    if not len(seeds.vectors):
        raise InvalidInputError(f"No element of segment {issue.body.name!r} has a vector.")
    allowed = np.ones(len(space.rows), np.bool_)
    if is_same and own_space.row.id == space.row.id:
        allowed &= ~members
    found = nearest_elements(space, seeds.vectors, MOST_RESULTS, allowed)
    seen = {own for ids in answered.values() for own in ids}
    return [
        _row(issue, own, frame, 1.0 - float(distance), "UNSORTED")
        for (own, frame), distance in zip(named(there, space, found.positions), found.distances, strict=True)
        if own not in seen
    ]


def _scene(runtime: Runtime, project: str, dataset: str) -> Scene:
    with runtime.catalog.read() as session:
        owner, row, _ = find(session, project, dataset)
    return open_scene(runtime, owner.name, row.name)


def _spaces(here: Scene, there: Scene, issue: Issue) -> tuple[OpenSpace, OpenSpace]:
    """Return the first spaces of both datasets that one model made."""
    kind = issue.body.elements
    # Proposals of an unlabeled dataset are its labels.
    sought = ElementKind.FRAMES if kind is ElementKind.FRAMES else ElementKind.LABELS
    others = spaces_of(there, sought, None)
    for name, row in spaces_of(here, kind, issue.body.inference_set).items():
        for other_name, other in others.items():
            if (row.model_id, row.dimension) == (other.model_id, other.dimension):
                own = SpaceChoice(space=name, elements=kind, inference_set=issue.body.inference_set)
                return open_space(here, own), open_space(
                    there, SpaceChoice(space=other_name, elements=sought)
                )
    raise NotFoundError(
        f"Datasets {here.dataset.name!r} and {there.dataset.name!r} have no embeddings of one model.",
        hint="Upload both with embeddings of the same model, or compute them: shoal embeddings compute.",
    )


def _answered(runtime: Runtime, issue: Issue) -> dict[str, Sequence[str]]:
    answers = get_answers(runtime, issue.body.project, issue.body.dataset, issue.body.id)
    return {"ACCEPTED": answers.accepted, "DISCARDED": answers.discarded}


def _addresses(scene: Scene, issue: Issue, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return elements with the frames they are in."""
    kind, owner = issue.body.elements, issue.body.inference_set
    mask = resolve(scene, SelectionBody(ids=list(ids)), kind, owner).mask
    table = element_table(scene, np.flatnonzero(mask), kind, owner, ["id", "frame_id"])
    return [(str(own), str(frame)) for own, frame in table.rows()]


def _row(issue: Issue, element_id: str, frame_id: str, score: float | None, status: str) -> dict[str, Any]:
    return {
        "task_id": frame_id,
        "sampled_element_id": element_id,
        "similarity_score": score,
        "sort_status": status,
        "issue_uuid": issue.body.id,
    }
