"""Elements of segments as the client addresses them, found among frames, labels and inferences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shoal.errors import InvalidInputError
from shoal.kernels.objects import Int64Array
from shoal.model.segment import ElementKind
from shoal.services.aquarium.addresses import find_address, full_id
from shoal.services.aquarium.body_values import maybe_text_of, text_of
from shoal.services.elements import element_ids
from shoal.services.scene import Scene

Address = tuple[str, str]
"""Frame id and the id of a label or an inference."""


@dataclass
class SortedElements:
    """Elements of one request, told apart.

    Attributes:
        kind: what the segment holds.
        inference_set: whose inferences, when it holds these.
        ids: elements the segment can hold.
        inference_sets: the address of the inference set some of these name beside themselves.
        others: elements it cannot hold, as they came, crops with their `cropType`: of another dataset, labels
            among inferences, inferences of another set, labels of a type Shoal does not know.
        unknown: crops that are neither labels nor inferences Shoal holds.
    """

    kind: ElementKind
    inference_set: str | None
    ids: list[str] = field(default_factory=list)
    inference_sets: dict[str, str] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)


def sort_elements(
    scene: Scene,
    elements: Sequence[dict[str, Any]],
    *,
    word: str,
    inference_set: str | None,
    kind: ElementKind | None = None,
) -> SortedElements:
    """Find out what each element is.

    Args:
        scene: the segment's dataset.
        elements: objects with `id`, `frameId`, `dataset` and maybe `inferenceSet`.
        word: `frame` or `crop`.
        inference_set: the one the segment is about; crops of a new segment are its inferences, if any are.
        kind: what the segment holds already; `None` for a new one.

    Raises:
        InvalidInputError: an element has no id or no frame, or one id occurs in several frames.
        NotFoundError: an inference set that does not exist.
    """
    for element in elements:
        text_of(element, "id")
        text_of(element, "frameId")
        maybe_text_of(element, "dataset")
        maybe_text_of(element, "inferenceSet")
    own = f"{scene.project.name}.{scene.dataset.name}"
    foreign = [element for element in elements if element.get("dataset", own) != own]
    local = [element for element in elements if element.get("dataset", own) == own]
    if word == "frame":
        found = SortedElements(ElementKind.FRAMES, None, [element["frameId"] for element in local])
        found.inference_sets = {e["frameId"]: e["inferenceSet"] for e in local if e.get("inferenceSet")}
    else:
        found = _crops(scene, local, inference_set, kind)
    found.others += foreign
    return found


def check_datasets(scene: Scene, elements: Sequence[dict[str, Any]], *, is_scored: bool) -> None:
    """Check the datasets that elements to be added name.

    Args:
        scene: the segment's dataset.
        elements: as in `sort_elements`.
        is_scored: whether numbers are made of the segment; elements of other datasets would be missing.

    Raises:
        InvalidInputError: a segment with numbers is given elements of another dataset.
        NotFoundError: a dataset that does not exist.
    """
    own = f"{scene.project.name}.{scene.dataset.name}"
    named = [str(element.get("dataset", own)) for element in elements]
    others = sorted({address for address in named if address != own})
    with scene.runtime.catalog.read() as session:
        for address in others:
            find_address(session, address)
    if others and is_scored:
        raise InvalidInputError(
            f"Expected elements of {own}, found some of {', '.join(others)}: a segment that is scored holds "
            "frames of its own dataset.",
            hint="Take a Bucket for elements of several datasets.",
        )


def _crops(
    scene: Scene, elements: Sequence[dict[str, Any]], inference_set: str | None, kind: ElementKind | None
) -> SortedElements:
    sets = _sets_named(scene, elements)
    addresses = [(element["frameId"], element["id"]) for element in elements]
    labels = crop_rows(scene, ElementKind.LABELS, None, addresses)
    inferences = {
        name: crop_rows(scene, ElementKind.INFERENCES, name, addresses) for name in set(sets.values())
    }
    named = [sets.get(element.get("inferenceSet") or "") for element in elements]
    owners = [
        name if name is not None and at in inferences[name] else None
        for name, at in zip(named, addresses, strict=True)
    ]
    found = _empty(owners, inference_set, kind)
    rows: list[int] = []
    for element, at, owner in zip(elements, addresses, owners, strict=True):
        own_rows = labels if owner is None else inferences[owner]
        if owner == found.inference_set and at in own_rows:
            found.ids.append(element["id"])
            rows.append(own_rows[at])
            if owner is None and element.get("inferenceSet"):
                found.inference_sets[element["id"]] = element["inferenceSet"]
        elif at in own_rows:
            found.others.append({**element, "cropType": "label" if owner is None else "inference"})
        else:
            found.unknown.append(element)
    _refuse_ambiguous(scene, found, rows)
    return found


def _empty(owners: Sequence[str | None], asked: str | None, kind: ElementKind | None) -> SortedElements:
    """Return what a segment of crops holds: of a new one, inferences where any element is one."""
    if kind is not None:
        return SortedElements(kind, asked if kind is ElementKind.INFERENCES else None)
    inferred = [owner for owner in owners if owner is not None]
    if asked in inferred or (not owners and asked is not None):
        return SortedElements(ElementKind.INFERENCES, asked)
    if inferred:
        return SortedElements(ElementKind.INFERENCES, inferred[0])
    return SortedElements(ElementKind.LABELS, None)


def _sets_named(scene: Scene, elements: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the inference set of each address the elements name, where it is one of this dataset."""
    known = {
        f"{scene.project.name}.{full_id(scene.dataset.name, name)}": name for name in scene.inference_sources
    }
    named = {element["inferenceSet"] for element in elements if element.get("inferenceSet")}
    return {address: known[address] for address in named if address in known}


def crop_rows(
    scene: Scene, kind: ElementKind, inference_set: str | None, addresses: Iterable[Address]
) -> dict[Address, int]:
    """Return the row of each label or inference that exists, by frame id and own id.

    Args:
        scene: the dataset.
        kind: labels or inferences.
        inference_set: whose inferences.
        addresses: which; those that do not exist are left out.
    """
    wanted = set(addresses)
    known = scene.snapshot.position_of_id
    frames = sorted({frame for frame, _ in wanted if frame in known}, key=known.__getitem__)
    if not frames:
        return {}
    offsets = scene.offsets(kind, inference_set)
    positions = np.array([known[frame] for frame in frames], np.int64)
    counts = offsets[positions + 1] - offsets[positions]
    rows = _ranges(offsets[positions], counts)
    ids = element_ids(scene, kind, inference_set).gather(rows).cast(str).to_list()
    owners = np.repeat(np.arange(len(frames)), counts).tolist()
    named = ((frames[owner], own) for owner, own in zip(owners, ids, strict=True))
    return {at: row for at, row in zip(named, rows.tolist(), strict=True) if at in wanted}


def _ranges(starts: Int64Array, counts: Int64Array) -> Int64Array:
    before = np.cumsum(counts) - counts
    rows: Int64Array = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    return rows


def _refuse_ambiguous(scene: Scene, found: SortedElements, rows: Sequence[int]) -> None:
    """Refuse ids that several frames have: Shoal's own selections name a crop by its id alone."""
    if not found.ids:
        return
    everything = element_ids(scene, found.kind, found.inference_set).cast(str).to_list()
    last = {own: row for row, own in enumerate(everything)}
    doubtful = [own for own, row in zip(found.ids, rows, strict=True) if last[own] != row]
    if doubtful:
        raise InvalidInputError(
            f"The id {doubtful[0]!r} occurs in several frames of dataset {scene.dataset.name!r}.",
            hint="Give every label an id of its own.",
            location={"ids": doubtful[:10]},
        )
