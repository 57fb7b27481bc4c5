"""The quick order inside frames against the general one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.kernels.objects import offsets_of, order_by_confidence
from shoal.kernels.ordering import order_within_frames


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 6), st.integers(0, 900), st.integers(1, 9), st.integers(0, 99))
def test_rows_come_in_the_order_of_the_general_sort(
    n_frames: int, n_rows: int, n_scores: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = np.sort(rng.integers(0, n_frames, n_rows)) if n_frames else np.empty(0, np.int64)
    scores = rng.integers(0, n_scores, len(frame)) / n_scores
    order = order_within_frames(offsets_of(frame, n_frames), scores)
    assert order.tolist() == order_by_confidence(frame, scores).tolist()
