"""The dataset versions and evaluations in memory, least recently used dropped first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

from shoal.engine.evaluation import Evaluation, evaluation_key
from shoal.engine.inference_snapshot import InferenceSnapshot, InferenceSource
from shoal.engine.settings import EvaluationSettings
from shoal.engine.snapshot import DatasetSnapshot, DatasetSource
from shoal.store.columns import ColumnCache
from shoal.store.derived import Derived

T = TypeVar("T")


class RecentlyUsed(Generic[T]):
    """A small thread-safe cache that drops what was used longest ago.

    Args:
        size: how many values to keep.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = RLock()

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made when it is not there; makers of other keys wait."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
            return self._values[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()


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
        return self._datasets.get_or_make(source.version_id, lambda: DatasetSnapshot(source, self.cache))

    def inferences(self, source: InferenceSource, dataset: DatasetSnapshot) -> InferenceSnapshot:
        """Return the snapshot of an inference set on a dataset version."""
        key = (source.version_id, dataset.source.version_id)
        return self._inferences.get_or_make(key, lambda: InferenceSnapshot(source, dataset, self.cache))

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
