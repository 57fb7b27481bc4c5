"""The dataset versions and evaluations in memory, least recently used dropped first."""

from __future__ import annotations

from shoal.engine.evaluation import Evaluation, evaluation_key
from shoal.engine.inference_snapshot import InferenceSnapshot, InferenceSource
from shoal.engine.recently_used import RecentlyUsed
from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSnapshot, DatasetSource
from shoal.store.columns import ColumnCache
from shoal.store.derived import Derived


class Workspace:
    """Loads snapshots and evaluations and shares them between requests.

    Args:
        cache: columns in memory.
        derived: arrays on disk.
    """

    def __init__(self, cache: ColumnCache, derived: Derived) -> None:
        self.cache = cache
        self.derived = derived
        self._datasets: RecentlyUsed[DatasetSnapshot] = RecentlyUsed(8)
        self._inferences: RecentlyUsed[InferenceSnapshot] = RecentlyUsed(24)
        self._evaluations: RecentlyUsed[Evaluation] = RecentlyUsed(24)

    def dataset(self, source: DatasetSource) -> DatasetSnapshot:
        """Return the snapshot of a dataset version."""
        return self._datasets.get_or_make(
            source.version_id, lambda: DatasetSnapshot(source, self.cache, self.derived)
        )

    def inferences(self, source: InferenceSource, dataset: DatasetSnapshot) -> InferenceSnapshot:
        """Return the snapshot of an inference set on a dataset version."""
        key = (source.version_id, dataset.source.version_id)
        return self._inferences.get_or_make(
            key, lambda: InferenceSnapshot(source, dataset, self.cache, self.derived)
        )

    def evaluation(
        self, dataset: DatasetSource, inferences: InferenceSource, settings: EvaluationSettings
    ) -> Evaluation:
        """Return the evaluation of an inference set on a dataset version under the project's settings."""
        frames = self.dataset(dataset)
        snapshot = self.inferences(inferences, frames)
        key = evaluation_key(frames, snapshot, settings)
        return self._evaluations.get_or_make(
            key, lambda: Evaluation(frames, snapshot, settings, self.derived)
        )

    def clear(self) -> None:
        """Drop everything held in memory."""
        self._datasets.clear()
        self._inferences.clear()
        self._evaluations.clear()
