"""Segments as the client knows them, which calls them issues: found and listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from shoal.errors import NotFoundError
from shoal.model.metric import Average
from shoal.model.segment import SegmentType
from shoal.services.aquarium.addresses import full_id
from shoal.services.aquarium.notes import read_note, read_notes
from shoal.services.aquarium.segment_words import element_word, state_word, template_of
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.services.segment_bodies import segment_bodies
from shoal.store.catalog import Dataset, Segment
from shoal.wire.segments import SegmentBody

NOTE: Final = "issue"


@dataclass(frozen=True, slots=True)
class Issue:
    """A segment with what the client said of it beyond what Shoal keeps.

    Attributes:
        project_id: the catalog's id of its project.
        body: the segment.
        note: `state` as written; `inference_set`, the one a segment of frames or labels is about;
            `inference_sets` by element id; `statuses` by element id; `others`, elements the segment cannot
            hold; `batch_size` and `batches` by element id.
    """

    project_id: str
    body: SegmentBody
    note: dict[str, Any]

    @property
    def dataset_address(self) -> str:
        """The address of its dataset."""
        return f"{self.body.project}.{self.body.dataset}"

    @property
    def inference_set_address(self) -> str | None:
        """The address of the inference set it is about, if any."""
        name = self.body.inference_set or self.note.get("inference_set")
        return None if name is None else f"{self.body.project}.{full_id(self.body.dataset, name)}"

    @property
    def assignee(self) -> str | None:
        """Who owns it."""
        return self.body.owner or None

    def summary(self) -> dict[str, Any]:
        """Return the segment without its elements.

        With an inference set, `dataset` is that one and `compare_dataset` is the dataset.
        """
        inference_set = self.inference_set_address
        return {
            "id": self.body.id,
            "name": self.body.name,
            "dataset": inference_set or self.dataset_address,
            "compare_dataset": self.dataset_address if inference_set else None,
            "element_type": element_word(self.body.elements),
            "created_at": self.body.created_at.isoformat(),
            "updated_at": self.body.updated_at.isoformat(),
            "reporter": None,
            "assignee": self.assignee,
            "state": state_word(self.body.state, self.note.get("state")),
            "template_type": template_of(self.body.type),
            "custom_template_fields": thresholds_of(self.body),
            "comments": None,
        }


def thresholds_of(body: SegmentBody) -> dict[str, float]:
    """Return the targets the client knows: those on the weighted averages."""
    return {
        f"{target.metric.value}_threshold": target.minimum
        for target in body.targets
        if target.average is Average.WEIGHTED
    }


def list_issues(
    runtime: Runtime, project: str, *, dataset: str | None = None, kind: SegmentType | None = None
) -> list[Issue]:
    """Return the segments of a project by dataset, then name."""
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        notes = read_notes(session, owner.id, NOTE)
        chosen = select(Dataset).where(Dataset.project_id == owner.id).order_by(Dataset.name)
        if dataset is not None:
            chosen = chosen.where(Dataset.name == dataset)
        found = []
        for row in session.scalars(chosen):
            rows = select(Segment).where(Segment.dataset_id == row.id).order_by(Segment.name)
            if kind is not None:
                rows = rows.where(Segment.type == kind)
            bodies = segment_bodies(session, owner, row, list(session.scalars(rows)))
            found += [Issue(owner.id, body, notes.get(body.id, {})) for body in bodies]
        return found


def find_issue(runtime: Runtime, project: str, issue_id: str) -> Issue:
    """Return a segment of a project by its id.

    Raises:
        NotFoundError: there is none.
    """
    with runtime.catalog.read() as session:
        owner = project_named(session, project)
        in_project = select(Segment, Dataset).join(Dataset, Dataset.id == Segment.dataset_id)
        row = session.execute(
            in_project.where(Dataset.project_id == owner.id, Segment.id == issue_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError(
                f"Project {owner.name!r} has no segment {issue_id!r}.",
                hint="list_segment_summaries() has the ids of all its segments.",
            )
        segment, dataset = row
        body = segment_bodies(session, owner, dataset, [segment])[0]
        return Issue(owner.id, body, read_note(session, owner.id, NOTE, body.id) or {})
