"""Things the client says and Shoal does not use yet: kept beside what they are about, given back as sent."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shoal.store.catalog import AquariumNote


def read_note(session: Session, project_id: str, kind: str, key: str = "") -> Any | None:
    """Return what was noted under a kind and key, `None` when nothing was."""
    row = _row(session, project_id, kind, key)
    return None if row is None else json.loads(row.content)


def read_notes(session: Session, project_id: str, kind: str) -> dict[str, Any]:
    """Return all notes of a kind by key, oldest first."""
    rows = session.scalars(
        select(AquariumNote)
        .where(AquariumNote.project_id == project_id, AquariumNote.kind == kind)
        .order_by(AquariumNote.created_at, AquariumNote.id)
    )
    return {row.key: json.loads(row.content) for row in rows}


def write_note(
    session: Session,
    project_id: str,
    kind: str,
    key: str,
    content: Any,
    *,
    dataset_id: str | None = None,
    inference_set_id: str | None = None,
    segment_id: str | None = None,
) -> None:
    """Note something, in place of what was noted under the same kind and key.

    Args:
        session: a writing session.
        project_id: the project it is deleted with.
        kind: what it is, such as `issue`.
        key: which one; empty where a project has one.
        content: a JSON value; NaN and infinities are kept.
        dataset_id: the dataset it is deleted with as well; the next ones likewise.
        inference_set_id: an inference set.
        segment_id: a segment.
    """
    text = json.dumps(content, separators=(",", ":"))
    row = _row(session, project_id, kind, key)
    if row is None:
        row = AquariumNote(project_id=project_id, kind=kind, key=key, content=text)
        session.add(row)
    row.content = text
    row.dataset_id, row.inference_set_id, row.segment_id = dataset_id, inference_set_id, segment_id
    session.flush()


def delete_note(session: Session, project_id: str, kind: str, key: str = "") -> None:
    """Forget a note; one that is not there is fine."""
    row = _row(session, project_id, kind, key)
    if row is not None:
        session.delete(row)


def _row(session: Session, project_id: str, kind: str, key: str) -> AquariumNote | None:
    return session.scalar(
        select(AquariumNote).where(
            AquariumNote.project_id == project_id, AquariumNote.kind == kind, AquariumNote.key == key
        )
    )
