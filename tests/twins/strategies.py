"""Hypothesis strategies for labels and inferences that tie, overlap and are ignored a lot."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from shoal.kernels.objects import CROWD, DIFFICULT, IGNORED_CLASS, Objects
from twins.matching import objects

N_CLASSES = 3


@st.composite
def scenes(draw: st.DrawFn, *, ignored: bool = True, max_frames: int = 4) -> tuple[Objects, Objects]:
    """Draw labels and inferences of a few frames on a coarse grid, so that IoU and scores tie."""
    n_frames = draw(st.integers(0, max_frames))
    flags = [0, 0, 0, CROWD] + ([DIFFICULT, IGNORED_CLASS] if ignored else [])
    box = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4), st.integers(1, 4))
    frame = st.integers(0, max(n_frames - 1, 0))
    lowest = -2 if ignored else 0
    label = st.tuples(frame, box, st.integers(lowest, N_CLASSES - 1), st.sampled_from(flags))
    inference = st.tuples(frame, box, st.integers(lowest, N_CLASSES - 1), st.integers(0, 5))
    most: Any = 18 if n_frames else 0
    labels = [(f, list(map(float, b)), c, g, 0.0) for f, b, c, g in draw(st.lists(label, max_size=most))]
    found = [(f, list(map(float, b)), c, 0, s / 5) for f, b, c, s in draw(st.lists(inference, max_size=most))]
    return objects(labels, n_frames, scored=False), objects(found, n_frames, scored=True)


ious = st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.75, 1.0])
confidences = st.sampled_from([0.0, 0.2, 0.5, 0.6, 1.0, 1.1])
