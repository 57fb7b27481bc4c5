"""Segments as the client makes and changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from shoal.errors import InvalidInputError
from shoal.model.segment import SegmentType
from shoal.services import segments
from shoal.services.aquarium.addresses import find_address
from shoal.services.aquarium.batches import DEFAULT_BATCH_SIZE, batch_numbers
from shoal.services.aquarium.body_values import maybe_text_of, objects_of, text_of, whole_number_of
from shoal.services.aquarium.elements import SortedElements, check_datasets, sort_elements
from shoal.services.aquarium.issues import NOTE, Issue, find_issue
from shoal.services.aquarium.notes import read_note, write_note
from shoal.services.aquarium.segment_words import STATUSES, element_word, segment_state, segment_type
from shoal.services.aquarium.sent_crops import with_crop_types
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.segment_versions import change_elements
from shoal.wire.segments import ElementsChange, SegmentCreate, SegmentUpdate
from shoal.wire.selections import SelectionBody

Note = dict[str, Any]

_EDITS: Final = ("add", "remove", "update")


def create_issue(runtime: Runtime, project: str, body: dict[str, Any], *, author: str = "") -> dict[str, Any]:
    """Make a segment and return its summary.

    Raises:
        InvalidInputError: the dataset is of another project, or elements and type do not go together.
        NotFoundError: no such dataset, inference set or frame.
        AlreadyExistsError: the name is taken in the dataset.
    """
    kind = segment_type(maybe_text_of(body, "issue_template_type") or "bucket")
    dataset, inference_set = _about(runtime, project, body)
    word = text_of(body, "element_type")
    if word not in ("frame", "crop"):
        raise InvalidInputError(f"Expected element_type frame or crop, found {word!r}.")
    elements = objects_of(body, "elements")
    batch_size = whole_number_of(body, "work_queue_batch_size", default=DEFAULT_BATCH_SIZE)
    scene = open_scene(runtime, project, dataset)
    check_datasets(scene, elements, is_scored=kind.is_model_performance)
    found = sort_elements(scene, elements, word=word, inference_set=inference_set)
    found.others += with_crop_types(scene, found.unknown)
    request = SegmentCreate(
        name=text_of(body, "name"),
        type=kind,
        selection=SelectionBody(ids=found.ids),
        elements=found.kind,
        inference_set=found.inference_set,
    )
    made = segments.create_segment(runtime, project, dataset, request, author=author)
    note: Note = {}
    if inference_set is not None and inference_set != found.inference_set:
        note["inference_set"] = inference_set
    if kind is SegmentType.WORK_QUEUE:
        note["batch_size"] = batch_size
    _keep(runtime, project, made.id, lambda _: _with_added(note, elements, found))
    return find_issue(runtime, project, made.id).summary()


def _about(runtime: Runtime, project: str, body: dict[str, Any]) -> tuple[str, str | None]:
    """Return the dataset and the inference set a new segment is about."""
    address = text_of(body, "dataset")
    with runtime.catalog.read() as session:
        owner, dataset, inference_set = find_address(session, address)
        if owner.name != project_named(session, project).name:
            raise InvalidInputError(f"{address!r} is not of project {project!r}.")
        return dataset.name, inference_set.name if inference_set is not None else None


def edit_elements(
    runtime: Runtime, project: str, issue_id: str, body: dict[str, Any], *, author: str = ""
) -> None:
    """Add or remove elements, which makes the next version, or note where the work on them stands.

    Raises:
        InvalidInputError: an unknown edit or status, or elements of the other kind.
        NotFoundError: no such segment or element.
    """
    edit = text_of(body, "edit_type")
    elements = objects_of(body, "elements")
    if edit not in _EDITS:
        raise InvalidInputError(f"Expected edit_type among {', '.join(_EDITS)}, found {edit!r}.")
    issue = find_issue(runtime, project, issue_id)
    if edit == "update":
        _set_statuses(runtime, project, issue, elements, body.get("new_status"))
        return
    word = element_word(issue.body.elements)
    if body.get("element_type") != word:
        raise InvalidInputError(
            f"Segment {issue.body.name!r} holds elements of type {word}, found {body.get('element_type')!r}."
        )
    scene = open_scene(runtime, project, issue.body.dataset)
    if edit == "add":
        check_datasets(scene, elements, is_scored=issue.body.type.is_model_performance)
    found = sort_elements(
        scene, elements, word=word, inference_set=issue.body.inference_set, kind=issue.body.elements
    )
    found.others += with_crop_types(scene, found.unknown) if edit == "add" else found.unknown
    if found.ids:
        selection = SelectionBody(ids=found.ids)
        change = ElementsChange(add=selection) if edit == "add" else ElementsChange(remove=selection)
        change_elements(runtime, project, issue.body.dataset, issue.body.id, change, author=author)
    with_edit = _with_added if edit == "add" else _with_removed
    _keep(runtime, project, issue.body.id, lambda note: with_edit(note, elements, found))


def set_state(runtime: Runtime, project: str, issue_id: str, body: dict[str, Any]) -> None:
    """Change the state; the client's own word is noted, for it has more of them."""
    word = text_of(body, "state")
    state = segment_state(word)
    issue = find_issue(runtime, project, issue_id)
    segments.update_segment(runtime, project, issue.body.dataset, issue_id, SegmentUpdate(state=state))
    _keep(runtime, project, issue_id, lambda note: {**note, "state": word})


def rename(runtime: Runtime, project: str, issue_id: str, body: dict[str, Any]) -> None:
    """Change the name."""
    issue = find_issue(runtime, project, issue_id)
    change = SegmentUpdate(name=text_of(body, "name"))
    segments.update_segment(runtime, project, issue.body.dataset, issue_id, change)


def delete_issue(runtime: Runtime, project: str, issue_id: str) -> None:
    """Delete a segment with everything noted of it."""
    issue = find_issue(runtime, project, issue_id)
    segments.delete_segment(runtime, project, issue.body.dataset, issue_id)


def _set_statuses(
    runtime: Runtime, project: str, issue: Issue, elements: Sequence[Note], status: object
) -> None:
    if status not in STATUSES:
        raise InvalidInputError(f"Expected new_status among {', '.join(STATUSES)}, found {status!r}.")
    ids = [text_of(element, "id") for element in elements]

    def change(note: Note) -> Note:
        statuses = {**note.get("statuses", {}), **dict.fromkeys(ids, status)}
        return {**note, "statuses": {own: word for own, word in statuses.items() if word != STATUSES[0]}}

    _keep(runtime, project, issue.body.id, change)


def _keep(runtime: Runtime, project: str, issue_id: str, change: Callable[[Note], Note]) -> None:
    """Change what is noted of a segment."""
    with runtime.catalog.begin() as session:
        owner = project_named(session, project)
        before = read_note(session, owner.id, NOTE, issue_id) or {}
        after = change(before)
        if after != before:
            write_note(session, owner.id, NOTE, issue_id, after, segment_id=issue_id)


def _with_added(note: Note, elements: Sequence[Note], found: SortedElements) -> Note:
    changed = dict(note)
    if found.others:
        kept = {_key(other): other for other in [*note.get("others", []), *found.others]}
        changed["others"] = list(kept.values())
    if found.inference_sets:
        changed["inference_sets"] = {**note.get("inference_sets", {}), **found.inference_sets}
    if "batch_size" in note:
        known = note.get("batches", {})
        ids = [element["id"] for element in elements]
        changed["batches"] = {**known, **batch_numbers(ids, known, note["batch_size"])}
    return changed


def _with_removed(note: Note, elements: Sequence[Note], found: SortedElements) -> Note:
    changed = dict(note)
    if "others" in note:
        gone = {_key(other) for other in found.others}
        changed["others"] = [other for other in note["others"] if _key(other) not in gone]
    for name in ("inference_sets", "statuses", "batches"):
        if name in note:
            ids = {element["id"] for element in elements}
            changed[name] = {own: value for own, value in note[name].items() if own not in ids}
    return changed


def _key(element: Note) -> tuple[str, ...]:
    return tuple(str(element.get(name)) for name in ("dataset", "inferenceSet", "frameId", "id"))
