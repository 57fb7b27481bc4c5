"""Learning from answers: a linear classifier over vectors, and the rows it finds likeliest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from shoal.embed.codes import prepared
from shoal.embed.index import VectorIndex
from shoal.errors import ShapeError
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import BoolArray, FloatArray, Int64Array

MIN_WANTED: Final = 3
"""Members and accepted elements the classifier needs."""

MIN_UNWANTED: Final = 3
"""Discarded elements it needs."""

MAX_EXAMPLES: Final = 2_000
"""Examples of each kind it learns from; of more, this many spread evenly."""

N_BACKGROUND: Final = 256
"""Rows nobody answered about, spread evenly, that stand for the rest of the dataset."""

BACKGROUND_WEIGHT: Final = 0.25
PENALTY: Final = 0.05

_MAX_STEPS = 50
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Classifier:
    """The probability of being wanted is `1 / (1 + exp(-(vector · weights + intercept)))`.

    Attributes:
        weights: float64, shape (D,).
        intercept: a number.
    """

    weights: FloatArray
    intercept: float

    def probability(self, products: FloatArray) -> FloatArray:
        """Return probabilities in [0, 1] for products `vector · weights` of any shape."""
        return _logistic(products + self.intercept)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows by how likely they are wanted, likeliest first, equals by row.

    Attributes:
        rows: int64, shape (K,).
        scores: float64, shape (K,), in [0, 1].
    """

    rows: Int64Array
    scores: FloatArray


def n_missing(n_wanted: int, n_unwanted: int) -> tuple[int, int]:
    """Return how many more wanted and unwanted examples the classifier needs; (0, 0): it is ready."""
    return max(0, MIN_WANTED - n_wanted), max(0, MIN_UNWANTED - n_unwanted)


def rank(
    index: VectorIndex,
    wanted: Int64Array,
    unwanted: Int64Array,
    k: int,
    *,
    rows: Int64Array | BoolArray | None = None,
) -> Ranked:
    """Return the rows a classifier of wanted against unwanted examples finds likeliest.

    A few rows nobody answered about count as unwanted with a quarter of the weight: what tells an example
    from a discarded one alone would as well rank rows first that have nothing to do with either.

    Args:
        index: the vectors.
        wanted: table rows of members and accepted elements, at least `MIN_WANTED`.
        unwanted: table rows of discarded elements, at least `MIN_UNWANTED`.
        k: how many rows at most.
        rows: rows that may be found, as for `VectorIndex.nearest`.

    Raises:
        ShapeError: there are too few examples of a kind.
    """
    if any(n_missing(len(wanted), len(unwanted))):
        raise ShapeError(
            f"expected {MIN_WANTED} wanted and {MIN_UNWANTED} unwanted examples, "
            f"found {len(wanted)} and {len(unwanted)}"
        )
    kinds = [_spread(wanted, MAX_EXAMPLES), _spread(unwanted, MAX_EXAMPLES)]
    answered = np.concatenate([wanted, unwanted])
    background = np.setdiff1d(_spread(np.arange(index.table.n_rows), N_BACKGROUND), answered)
    vectors = [prepared(index.table.take(chosen), index.table.distance) for chosen in (*kinds, background)]
    classifier = learned(vectors[0], vectors[1], vectors[2])
    found = index.largest(classifier.weights.astype(np.float32), k, rows=rows)
    return Ranked(found.rows, classifier.probability(found.values))


def learned(wanted: Float32Array, unwanted: Float32Array, background: Float32Array) -> Classifier:
    """Return the classifier of wanted rows against unwanted ones and the background.

    Args:
        wanted: shape (A, D), A ≥ 1; all of them together weigh 1.
        unwanted: shape (B, D), B ≥ 1; weigh 1.
        background: shape (C, D), C ≥ 0; weigh `BACKGROUND_WEIGHT`.
    """
    parts = [(wanted, 1.0), (unwanted, 1.0), (background, BACKGROUND_WEIGHT)]
    rows = np.concatenate([part for part, _ in parts]).astype(np.float64)
    weights = np.concatenate([np.full(len(part), total / max(len(part), 1)) for part, total in parts])
    is_wanted = np.arange(len(rows)) < len(wanted)
    centre = weights @ rows / weights.sum()
    rows -= centre
    spread = np.sqrt((weights @ np.einsum("ij,ij->i", rows, rows)) / weights.sum()) or 1.0
    slope, start = logistic_regression(rows / spread, is_wanted, weights, PENALTY)
    slope /= spread
    return Classifier(slope, start - float(centre @ slope))


def logistic_regression(
    rows: FloatArray, is_wanted: BoolArray, weights: FloatArray, penalty: float
) -> tuple[FloatArray, float]:
    """Return slope and intercept that minimise `Σ w · log(1 + exp(∓f)) + penalty / 2 · |slope|²`.

    Newton's method in the span of the rows, steps halved while they do not descend.

    Args:
        rows: float64, shape (N, D).
        is_wanted: bool, shape (N,): both kinds occur.
        weights: float64, shape (N,), > 0.
        penalty: > 0; the intercept is free.

    Source: Hastie, Tibshirani, Friedman 2009, *The Elements of Statistical Learning*, 4.4.1, 18.3.5.
    """
    left, size, right = np.linalg.svd(rows, full_matrices=False)
    design = np.column_stack([left * size, np.ones(len(rows))])
    ridge = np.append(np.full(len(size), penalty), 0.0)
    sign = np.where(is_wanted, 1.0, -1.0)

    def loss(point: FloatArray) -> float:
        return float(weights @ np.logaddexp(0, -sign * (design @ point)) + (ridge * point) @ point / 2)

    point = np.zeros(design.shape[1])
    for _ in range(_MAX_STEPS):
        chance = _logistic(design @ point)
        gradient = design.T @ (weights * (chance - is_wanted)) + ridge * point
        if np.abs(gradient).max() < _TOLERANCE:
            break
        curvature = design.T @ (design * (weights * chance * (1 - chance))[:, None]) + np.diag(ridge)
        step, length, before = np.linalg.solve(curvature, gradient), 1.0, loss(point)
        while loss(point - length * step) > before and length > _TOLERANCE:
            length /= 2
        point = point - length * step
    return right.T @ point[:-1], float(point[-1])


def _logistic(values: FloatArray) -> FloatArray:
    chance: FloatArray = np.exp(-np.logaddexp(0, -values))
    return chance


def _spread(rows: Int64Array, n_wanted: int) -> Int64Array:
    """Return at most so many of the rows, at even distances."""
    if len(rows) <= n_wanted:
        return rows
    return rows[np.linspace(0, len(rows) - 1, n_wanted).astype(np.int64)]
