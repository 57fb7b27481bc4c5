"""What the catalog names in the rest of the store."""

from __future__ import annotations

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from shoal.store.catalog.aquarium import AquariumRows
from shoal.store.catalog.datasets import DatasetVersion
from shoal.store.catalog.embeddings import EmbeddingSpace
from shoal.store.catalog.inference_sets import InferenceSetVersion


def named_tables(session: Session) -> dict[str, set[int]]:
    """Return the versions of every table that something in the catalog names, by URI."""
    named: dict[str, set[int]] = {}
    rows = session.execute(
        union(
            select(DatasetVersion.frames_uri, DatasetVersion.frames_version),
            select(DatasetVersion.labels_uri, DatasetVersion.labels_version),
            select(InferenceSetVersion.uri, InferenceSetVersion.version),
            select(EmbeddingSpace.uri, EmbeddingSpace.table_version),
            select(AquariumRows.uri, AquariumRows.version),
        )
    )
    for uri, version in rows:
        named.setdefault(uri, set()).add(version)
    return named
