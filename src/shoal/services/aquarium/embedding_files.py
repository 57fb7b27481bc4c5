"""Embeddings the client uploads beside frames and labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from shoal.services.runtime import Runtime

KIND = "ingest_aquarium_embeddings"


def add_embeddings(runtime: Runtime, session: Session, arguments: Mapping[str, Any]) -> str | None:
    """Write down the job that reads the vectors of an upload, if it brings any; return its id."""
    keys = ("frame_embedding_files", "object_embedding_files", "embedding_files")
    if not any(arguments.get(key) for key in keys):
        return None
    return runtime.board.add(session, KIND, dict(arguments)).id
