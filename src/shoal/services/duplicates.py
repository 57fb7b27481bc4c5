"""Near-duplicates: searched as a job, read in groups, told apart by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sqlalchemy import select

from shoal.errors import InvalidInputError
from shoal.kernels.objects import BoolArray, Int64Array
from shoal.model.segment import ElementKind, SegmentType
from shoal.services.elements import element_table
from shoal.services.jobs import JobProgress
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import cursor_after, start_of
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.store.catalog import Job, JobState, now
from shoal.wire.embeddings import (
    DuplicateElement,
    DuplicateGroup,
    DuplicatePair,
    DuplicatesBody,
    DuplicateSearch,
    DuplicatesRequest,
)
from shoal.wire.jobs import JobBody

if TYPE_CHECKING:
    from shoal.discover.duplicates import Groups, Links
    from shoal.discover.near_pairs import PairSearch
    from shoal.services.runtime import Runtime

KIND: Final = "find_duplicates"

_MAX_SHOWN_SEGMENTS = 64


def start_search(runtime: Runtime, project: str, dataset: str, request: DuplicateSearch) -> JobBody:
    """Queue a search of near-duplicates; a job that makes the same one already is returned instead.

    Raises:
        NotFoundError: no such space.
    """
    scene = open_scene(runtime, project, dataset)
    space = open_space(scene, request)
    running = _running_job(runtime, space, request.max_distance)
    if running is not None:
        return runtime.board.get(running)
    arguments = {
        "project": scene.project.name,
        "dataset": scene.dataset.name,
        "space_id": space.row.id,
        "space": space.row.name,
        "elements": space.elements.value,
        "inference_set": space.inference_set,
        "max_distance": request.max_distance,
    }
    return runtime.board.submit(KIND, arguments)


def find_duplicates(runtime: Runtime, arguments: dict[str, Any], progress: JobProgress) -> None:
    """Find all pairs of near-identical elements and keep them; the job of kind `find_duplicates`."""
    scene = open_scene(runtime, arguments["project"], arguments["dataset"])
    names = ("space", "elements", "inference_set", "max_distance")
    request = DuplicateSearch.model_validate({name: arguments[name] for name in names})
    space = open_space(scene, request)
    found = _search(scene, space, request.max_distance).run(progress.report)
    with runtime.catalog.begin() as session:
        job = session.get_one(Job, progress.job_id)
        job.state, job.progress, job.step, job.finished_at = JobState.SUCCEEDED, 1.0, "done", now()
        job.result = {
            "space": space.row.name,
            "max_distance": request.max_distance,
            "n_pairs": len(found.first),
        }
    runtime.board.announce()


def get_duplicates(
    runtime: Runtime, project: str, dataset: str, request: DuplicatesRequest
) -> DuplicatesBody:
    """Return what the last search of these vectors at this distance found.

    Raises:
        NotFoundError: no such space or segment.
        InvalidInputError: fewer than two segments to compare, or too many.
    """
    from shoal.discover.duplicates import Links, grouped, links_between

    scene = open_scene(runtime, project, dataset)
    space = open_space(scene, request)
    segments = _segments(scene, request.between)
    members = {name: _members(scene, space, name) for name in segments}
    found = _search(scene, space, request.max_distance).known()
    nothing = np.empty(0, np.int64)
    links = Links(nothing, nothing, np.empty(0, np.float32))
    if found is not None:
        ends = np.stack([space.positions_of(found.first), space.positions_of(found.second)])
        links = Links(ends.min(axis=0), ends.max(axis=0), found.distances)
    if request.between is not None:
        links = links_between(links, list(members.values()), len(space.rows))
    groups, elements = grouped(links, len(space.rows)), links.elements
    start = start_of(request.cursor)
    return DuplicatesBody(
        is_ready=found is not None,
        job=_running_job(runtime, space, request.max_distance),
        space=space.row.name,
        model_id=space.row.model_id,
        max_distance=request.max_distance,
        n_groups=len(groups),
        n_elements=len(elements),
        n_pairs=len(links.first),
        counts=_counts(elements, members) if request.between is not None else {},
        items=_Page(scene, space, members).items(groups, start, request.limit, request.max_pairs),
        next_cursor=cursor_after(start, request.limit, groups.offsets[1:]),
        dataset_version=scene.source.number,
    )


@dataclass(frozen=True)
class _Page:
    scene: Scene
    space: OpenSpace
    members: dict[str, BoolArray]

    def items(self, groups: Groups, start: int, limit: int, max_pairs: int) -> list[DuplicateGroup]:
        chosen = [groups.links_of(i) for i in range(start, min(start + limit, len(groups)))]
        positions = np.unique(np.concatenate([np.empty(0, np.int64), *(part.elements for part in chosen)]))
        described = dict(zip(positions.tolist(), self._elements(positions), strict=True))
        return [_group(links, described, max_pairs) for links in chosen]

    def _elements(self, positions: Int64Array) -> list[DuplicateElement]:
        columns = ["id", "frame_id"]
        table = element_table(self.scene, positions, self.space.elements, self.space.inference_set, columns)
        inside = {name: mask[positions] for name, mask in self.members.items()}
        return [
            DuplicateElement(
                id=str(name), frame_id=str(frame), segments=[s for s, mask in inside.items() if mask[i]]
            )
            for i, (name, frame) in enumerate(table.rows())
        ]


def _group(links: Links, described: dict[int, DuplicateElement], max_pairs: int) -> DuplicateGroup:
    triples = zip(
        links.first[:max_pairs].tolist(),
        links.second[:max_pairs].tolist(),
        links.distances[:max_pairs].tolist(),
        strict=True,
    )
    return DuplicateGroup(
        elements=[described[position] for position in links.elements.tolist()],
        pairs=[DuplicatePair(first=described[a], second=described[b], distance=d) for a, b, d in triples],
    )


def _search(scene: Scene, space: OpenSpace, max_distance: float) -> PairSearch:
    from shoal.discover.near_pairs import PairSearch

    return PairSearch(space.table, space.rows_in(space.has_vector), max_distance, scene.runtime.derived)


def _segments(scene: Scene, between: list[str] | None) -> list[str]:
    """Return the names of the segments asked about, else of all splits."""
    if between:
        names = list(dict.fromkeys(scene.segment(name).name for name in between))
    else:
        names = sorted(name for name, row in scene.segments.items() if row.type is SegmentType.SPLIT)
    if between is None:
        return names[:_MAX_SHOWN_SEGMENTS]
    if len(names) < 2:
        what = "different segments" if between else "Split segments"
        raise InvalidInputError(
            f"Expected at least two {what} to find leakage between, found {', '.join(names) or 'none'}.",
            hint="Make a Split segment per value of a field, or name the segments.",
            location={"field": "between"},
        )
    return names


def _members(scene: Scene, space: OpenSpace, name: str) -> BoolArray:
    """Return which elements of a space are in a segment; those of another kind through their frames."""
    segment = scene.segment(name)
    if segment.elements is space.elements and scene.owner_of(segment) == space.inference_set:
        return scene.segment_rows(name)
    frames = scene.segment_mask(name)
    if space.elements is ElementKind.FRAMES:
        return frames
    return scene.rows_of(frames, space.elements, space.inference_set)


def _counts(elements: Int64Array, members: dict[str, BoolArray]) -> dict[str, int]:
    return {name: int(mask[elements].sum()) for name, mask in members.items()}


def _running_job(runtime: Runtime, space: OpenSpace, max_distance: float) -> str | None:
    active = (JobState.QUEUED, JobState.RUNNING)
    with runtime.catalog.read() as session:
        for job in session.scalars(select(Job).where(Job.kind == KIND, Job.state.in_(active))):
            arguments = job.arguments or {}
            if (arguments.get("space_id"), arguments.get("max_distance")) == (space.row.id, max_distance):
                return job.id
    return None
