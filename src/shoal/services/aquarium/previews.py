"""Frames the client shows before it uploads them."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select

from shoal.errors import NotFoundError
from shoal.services.aquarium.body_values import maybe_object_of, objects_of
from shoal.services.aquarium.notes import read_note, write_note
from shoal.services.lookup import project_named
from shoal.services.runtime import Runtime
from shoal.store.catalog import AquariumNote

PREVIEW: Final = "preview"
_KEPT: Final = 20


def post_preview(runtime: Runtime, project: str, body: dict[str, Any]) -> dict[str, Any]:
    """Keep a frame for a look; the newest of a project are kept."""
    key = str(uuid4())
    kept = {name: maybe_object_of(body, name) for name in ("labeled_frame", "inference_frame")}
    objects_of(kept["labeled_frame"] or {}, "sensor_data")
    with runtime.catalog.begin() as session:
        owner = project_named(session, project)
        write_note(session, owner.id, PREVIEW, key, kept)
        newest_first = (
            select(AquariumNote)
            .where(AquariumNote.project_id == owner.id, AquariumNote.kind == PREVIEW)
            .order_by(AquariumNote.created_at.desc(), AquariumNote.id)
        )
        for row in session.scalars(newest_first.offset(_KEPT)):
            session.delete(row)
    return {"preview_frame_uuid": key}


def get_preview(runtime: Runtime, project: str, key: str) -> dict[str, Any]:
    """Return a frame that was kept for a look.

    Raises:
        NotFoundError: it is not there, or not any more.
    """
    with runtime.catalog.read() as session:
        found: dict[str, Any] | None = read_note(session, project_named(session, project).id, PREVIEW, key)
    if found is None:
        raise NotFoundError(f"There is no preview {key!r}.", hint="Ask for a new one: preview_frame().")
    return found
