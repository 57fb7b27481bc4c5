"""The catalog: projects, datasets, inference sets, segments, jobs — small, relational, transactional."""

from __future__ import annotations

from shoal.store.catalog.aquarium import AquariumNote, AquariumRows
from shoal.store.catalog.base import Base, new_id, now
from shoal.store.catalog.database import Catalog
from shoal.store.catalog.datasets import Checkpoint, Dataset, DatasetVersion
from shoal.store.catalog.embeddings import Answer, EmbeddingSpace
from shoal.store.catalog.inference_sets import InferenceSet, InferenceSetVersion
from shoal.store.catalog.projects import Project
from shoal.store.catalog.records import Audit, Fact, Job
from shoal.store.catalog.references import named_tables
from shoal.store.catalog.segments import Comment, Segment, SegmentVersion, Target
from shoal.store.catalog.states import JobState
from shoal.store.catalog.tokens import Token

__all__ = [
    "Answer",
    "AquariumNote",
    "AquariumRows",
    "Audit",
    "Base",
    "Catalog",
    "Checkpoint",
    "Comment",
    "Dataset",
    "DatasetVersion",
    "EmbeddingSpace",
    "Fact",
    "InferenceSet",
    "InferenceSetVersion",
    "Job",
    "JobState",
    "Project",
    "Segment",
    "SegmentVersion",
    "Target",
    "Token",
    "named_tables",
    "new_id",
    "now",
]
