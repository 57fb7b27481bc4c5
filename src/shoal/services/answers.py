"""Answers to what is suggested for a segment: kept with it until they are taken back or saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError
from shoal.services.credentials import author_of
from shoal.services.elements import element_ids
from shoal.services.lookup import segment_named, segment_version
from shoal.services.scene import Scene, open_scene
from shoal.services.selections import resolve
from shoal.store.bitmaps import decode
from shoal.store.catalog import Answer, Dataset, Segment
from shoal.wire.embeddings import AnswersBody, AnswersChange
from shoal.wire.selections import SelectionBody

if TYPE_CHECKING:
    from shoal.services.runtime import Runtime

Ordinals = NDArray[np.uint32]


def answered(session: Session, segment: Segment, *, accepted: bool) -> Ordinals:
    """Return the numbers of the elements with one kind of answer, in order of answering."""
    found = session.scalars(
        select(Answer.ordinal)
        .where(Answer.segment_id == segment.id, Answer.is_accepted == accepted)
        .order_by(Answer.id)
    )
    return np.fromiter(found, np.uint32)


def get_answers(runtime: Runtime, project: str, dataset: str, name: str) -> AnswersBody:
    """Return what was answered and not taken back; members, and elements that are gone, are left out."""
    scene = open_scene(runtime, project, dataset)
    with runtime.catalog.read() as session:
        return _body(session, scene, segment_named(session, _dataset(session, scene), name))


def change_answers(
    runtime: Runtime, project: str, dataset: str, name: str, request: AnswersChange, *, author: str = ""
) -> AnswersBody:
    """Accept, discard and take back; the last answer about an element holds.

    Raises:
        InvalidInputError: one element gets two answers.
        NotFoundError: an id is of no element of the kind the segment holds.
    """
    scene = open_scene(runtime, project, dataset)
    with runtime.catalog.read() as session:
        known = segment_named(session, _dataset(session, scene), name)
    ways = {"accept": request.accept, "discard": request.discard, "take_back": request.take_back}
    _refuse_repeats(ways)
    found = {way: _ordinals(scene, known, ids) for way, ids in ways.items()}
    with runtime.catalog.begin() as session:
        segment = segment_named(session, _dataset(session, scene), known.id)
        forgotten = np.concatenate(list(found.values()))
        for start in range(0, len(forgotten), 500):
            some = [int(one) for one in forgotten[start : start + 500]]
            session.execute(delete(Answer).where(Answer.segment_id == segment.id, Answer.ordinal.in_(some)))
        for way, is_accepted in (("accept", True), ("discard", False)):
            session.add_all(
                Answer(
                    segment_id=segment.id,
                    ordinal=int(one),
                    is_accepted=is_accepted,
                    author=author_of(request.author, author),
                )
                for one in found[way]
            )
            session.flush()
        return _body(session, scene, segment)


def _dataset(session: Session, scene: Scene) -> Dataset:
    return session.get_one(Dataset, scene.dataset.id)


def _refuse_repeats(ways: dict[str, list[str]]) -> None:
    seen: dict[str, str] = {}
    for way, ids in ways.items():
        for one in ids:
            if seen.setdefault(one, way) != way:
                raise InvalidInputError(
                    f"Expected one answer about {one!r}, found it under {seen[one]} and {way}.",
                    location={"field": way},
                )


def _ordinals(scene: Scene, segment: Segment, ids: Sequence[str]) -> Ordinals:
    """Return the number of each element named, in the order named, each once."""
    if not ids:
        return np.empty(0, np.uint32)
    owner = scene.owner_of(segment)
    mask = resolve(scene, SelectionBody(ids=list(ids)), segment.elements, owner).mask
    positions = np.flatnonzero(mask)
    names = element_ids(scene, segment.elements, owner).gather(positions).cast(str).to_list()
    place = dict(zip(names, positions.tolist(), strict=True))
    ordinals: Ordinals = scene.element_ordinals(segment.elements, owner)[
        [place[one] for one in dict.fromkeys(ids)]
    ]
    return ordinals


def _body(session: Session, scene: Scene, segment: Segment) -> AnswersBody:
    owner = scene.owner_of(segment)
    ordinals = scene.element_ordinals(segment.elements, owner)
    ids = element_ids(scene, segment.elements, owner)
    members = decode(segment_version(session, segment).members)

    def named(wanted: Ordinals) -> list[str]:
        here = np.flatnonzero(np.isin(ordinals, wanted) & ~np.isin(ordinals, members))
        names = ids.gather(here).cast(str).to_list()
        by_ordinal = dict(zip(ordinals[here].tolist(), names, strict=True))
        return [by_ordinal[one] for one in wanted.tolist() if one in by_ordinal]

    return AnswersBody(
        accepted=named(answered(session, segment, accepted=True)),
        discarded=named(answered(session, segment, accepted=False)),
        revision=segment.revision,
    )
