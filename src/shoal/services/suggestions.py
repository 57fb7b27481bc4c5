"""Elements that may belong to a segment: suggested, answered, saved as its next version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import delete

from shoal.errors import InvalidInputError, NotEvaluableError, ShoalError
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array
from shoal.model.embedding import Ranking
from shoal.services.answers import answered
from shoal.services.credentials import author_of
from shoal.services.lookup import check_revision, segment_named, segment_version
from shoal.services.neighbours import Seeds, distances_to, nearest_elements, seeds_of
from shoal.services.scene import Scene, open_scene
from shoal.services.segment_bodies import segment_body
from shoal.services.segment_versions import add_version
from shoal.services.selections import picked_by, query_mask
from shoal.services.similarity import named
from shoal.services.vector_spaces import OpenSpace, open_space
from shoal.store.bitmaps import decode
from shoal.store.catalog import Answer, Dataset, Segment
from shoal.store.vectors import Float32Array
from shoal.wire.embeddings import AnswersSave, SpaceChoice, Suggestion, SuggestionBody, SuggestionRequest
from shoal.wire.segments import SegmentBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a segment's elements: bool over the elements, and the version it was read at."""

    segment: Segment
    version: int
    members: BoolArray
    accepted: BoolArray
    discarded: BoolArray


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Suggestions, likeliest first: elements, scores, distances, and the nearest seed of each."""

    positions: Int64Array
    scores: FloatArray
    distances: Float32Array
    which: Int64Array


def suggest(
    runtime: Runtime, project: str, dataset: str, name: str, request: SuggestionRequest
) -> SuggestionBody:
    """Return elements that may belong to a segment, likeliest first: neither members, nor answered.

    Raises:
        NotFoundError: no such segment or space.
        NotEvaluableError: no member or accepted element has a vector.
    """
    scene = open_scene(runtime, project, dataset)
    known = _known(scene, name)
    space = _space(scene, known.segment, request.space)
    seeds = seeds_of(space, known.members | known.accepted)
    if not len(seeds.vectors):
        raise NotEvaluableError(
            f"Segment {known.segment.name!r} has no element with a vector in embedding space "
            f"{space.row.name!r} to start from.",
            hint="Add an element to the segment, or compute the vectors that are missing.",
        )
    allowed = ~(seeds.mask | known.discarded)
    if request.query is not None:
        about = space.inference_set or request.inference_set
        allowed &= query_mask(scene, request.query, known.segment.elements, about).mask
    missing = _missing(space, known)
    by_classifier = request.ranking is not Ranking.NEAREST and not any(missing)
    rank = _by_classifier if by_classifier else _by_nearness
    ranked = rank(space, known, seeds, request.k, allowed)
    return SuggestionBody(
        items=_items(scene, space, seeds, ranked),
        space=space.row.name,
        model_id=space.row.model_id,
        ranking="classifier" if by_classifier else "nearest",
        classifier_is_ready=not any(missing),
        n_more_accepted=missing[0],
        n_more_discarded=missing[1],
        n_candidates=int(np.count_nonzero(allowed & space.has_vector)),
        n_accepted=int(np.count_nonzero(known.accepted & ~known.members)),
        n_discarded=int(np.count_nonzero(known.discarded)),
        segment_version=known.version,
        dataset_version=scene.source.number,
    )


def save_accepted(
    runtime: Runtime,
    project: str,
    dataset: str,
    name: str,
    request: AnswersSave,
    *,
    if_match: int | None = None,
    author: str = "",
) -> SegmentBody:
    """Make accepted elements members in the segment's next version; discarded answers stay.

    Raises:
        InvalidInputError: nothing is accepted.
        ConflictError: the segment changed since `if_match`.
    """
    scene = open_scene(runtime, project, dataset)
    segment = scene.segment(name)
    here = scene.element_ordinals(segment.elements, scene.owner_of(segment))
    origin = _origin(scene, name, request)
    with runtime.catalog.begin() as session:
        segment = segment_named(session, session.get_one(Dataset, scene.dataset.id), segment.id)
        check_revision(segment, if_match)
        current = segment_version(session, segment)
        accepted = answered(session, segment, accepted=True)
        added = accepted[np.isin(accepted, here)]
        if not len(added):
            raise InvalidInputError(
                f"No suggestion for segment {segment.name!r} is accepted.",
                hint="Accept some first; there is nothing to save.",
            )
        counts = {"accepted": len(added), "discarded": len(answered(session, segment, accepted=False))}
        errors = picked_by(current)
        add_version(
            session,
            segment,
            np.union1d(decode(current.members), added),
            {**origin, **counts, **({"selected_on": sorted(errors)} if errors else {})},
            scene.source.version_id,
            author=author_of(request.author, author),
            note=request.note,
        )
        session.execute(delete(Answer).where(Answer.segment_id == segment.id, Answer.is_accepted))
        return segment_body(session, segment)


def _known(scene: Scene, name: str) -> _Known:
    segment = scene.segment(name)
    ordinals = scene.element_ordinals(segment.elements, scene.owner_of(segment))
    with scene.runtime.catalog.read() as session:
        accepted, discarded = (answered(session, segment, accepted=kind) for kind in (True, False))
    members = scene.segment_rows(name)
    return _Known(
        segment,
        scene.segment_version(name).number,
        members,
        np.isin(ordinals, accepted),
        np.isin(ordinals, discarded) & ~members,
    )


def _space(scene: Scene, segment: Segment, name: str | None) -> OpenSpace:
    owner = scene.owner_of(segment)
    return open_space(scene, SpaceChoice(space=name, elements=segment.elements, inference_set=owner))


def _missing(space: OpenSpace, known: _Known) -> tuple[int, int]:
    from shoal.embed.ranking import n_missing

    wanted = (known.members | known.accepted) & space.has_vector
    return n_missing(int(np.count_nonzero(wanted)), int(np.count_nonzero(known.discarded & space.has_vector)))


def _by_nearness(space: OpenSpace, known: _Known, seeds: Seeds, k: int, allowed: BoolArray) -> _Ranked:
    found = nearest_elements(space, seeds.vectors, k, allowed)
    return _Ranked(found.positions, 1 - found.distances.astype(np.float64), found.distances, found.which)


def _by_classifier(space: OpenSpace, known: _Known, seeds: Seeds, k: int, allowed: BoolArray) -> _Ranked:
    from shoal.embed.ranking import rank

    rows = space.allowed_rows(allowed)
    wanted, unwanted = space.rows_in(known.members | known.accepted), space.rows_in(known.discarded)
    if not rows.any():
        nothing = np.empty(0, np.int64)
        return _Ranked(nothing, nothing.astype(np.float64), nothing.astype(np.float32), nothing)
    ranked = rank(space.index, wanted, unwanted, k, rows=rows)
    distances, which = distances_to(space.table.take(ranked.rows), seeds.vectors, space.row.distance)
    return _Ranked(space.positions_of(ranked.rows), ranked.scores, distances, which)


def _items(scene: Scene, space: OpenSpace, seeds: Seeds, ranked: _Ranked) -> list[Suggestion]:
    assert seeds.positions is not None
    nearest = named(scene, space, seeds.positions[ranked.which])
    return [
        Suggestion(id=one, frame_id=frame, score=float(score), distance=float(distance), nearest=seed)
        for (one, frame), (seed, _), score, distance in zip(
            named(scene, space, ranked.positions), nearest, ranked.scores, ranked.distances, strict=True
        )
    ]


def _origin(scene: Scene, name: str, request: AnswersSave) -> dict[str, Any]:
    """Return what is written down of a version made of answers; the space, where it is clear which."""
    known = _known(scene, name)
    try:
        space = _space(scene, known.segment, request.space)
    except ShoalError:
        if request.space is not None:
            raise
        return {"kind": "similarity"}
    is_ready = request.ranking is not Ranking.NEAREST and not any(_missing(space, known))
    return {
        "kind": "similarity",
        "space": space.row.name,
        "model_id": space.row.model_id,
        "ranking": "classifier" if is_ready else "nearest",
    }
