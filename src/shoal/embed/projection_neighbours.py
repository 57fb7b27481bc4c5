"""Neighbours in reduced space: for laying points out, and for placing others among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.errors import MissingExtraError

if TYPE_CHECKING:
    from shoal.embed.projection import Report
    from shoal.kernels.code_scan import Float32Array
    from shoal.kernels.objects import Int32Array

_EXACT_PRODUCTS: Final = 1_000_000_000
"""Pairs of vectors up to which all are compared: about two seconds of one core."""

_PROBED_LISTS: Final = 16
_CHUNK: Final = 4096
_SPARE: Final = 50
"""Neighbours looked at beyond those kept: distance is scaled by how dense both ends are."""

_PLACING: Final = 8
_CLOSE: Final = 1e-9


def check_extra() -> None:
    """Raise `MissingExtraError` unless what finds neighbours is installed."""
    _faiss()


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise MissingExtraError(
            "A map that keeps neighbourhoods needs faiss; without it there is the one by PCA.",
            hint='Install it with: pip install "shoal[embed]"',
        ) from error
    return faiss


class NeighbourSearch:
    """Finds the nearest of some vectors.

    Args:
        vectors: float32, shape (N, C).
        n_queries: about how many will be asked for; few are compared with all, many through a coarse index.
    """

    def __init__(self, vectors: Float32Array, n_queries: int) -> None:
        faiss = _faiss()
        n, dimension = vectors.shape
        if n * n_queries <= _EXACT_PRODUCTS:
            self._index = faiss.IndexFlatL2(dimension)
        else:
            self._index = faiss.IndexIVFFlat(faiss.IndexFlatL2(dimension), dimension, int(4 * n**0.5))
            self._index.cp.niter = 5
            self._index.train(vectors)
            self._index.nprobe = _PROBED_LISTS
        self._index.add(vectors)

    def nearest(self, queries: Float32Array, k: int) -> tuple[Float32Array, Int32Array]:
        """Return squared distances and rows of the nearest, nearest first: shape (Q, k) each; -1: fewer."""
        squared, rows = self._index.search(np.ascontiguousarray(queries), k)
        return squared, rows.astype(np.int32)


def neighbour_graph(vectors: Float32Array, k: int, report: Report) -> Int32Array:
    """Return the neighbours of every vector by distance scaled with the density at both ends.

    Args:
        vectors: float32, shape (N, C), N > k.
        k: how many neighbours.
        report: told of progress.

    Returns:
        int32, shape (N, k); a vector is not its own neighbour.

    Raises:
        MissingExtraError: faiss is not installed.

    Source: Wang et al. 2021 (PaCMAP), section 4: d² / (σ_i σ_j), σ the mean distance to neighbours 4 to 6.
    """
    n = len(vectors)
    wanted = min(k + _SPARE, n - 1) + 1
    search = NeighbourSearch(vectors, n)
    squared = np.empty((n, wanted - 1), np.float32)
    rows = np.empty((n, wanted - 1), np.int32)
    for start in range(0, n, _CHUNK):
        report(start / n, "finding neighbours")
        part = slice(start, min(start + _CHUNK, n))
        squared[part], rows[part] = _others(*search.nearest(vectors[part], wanted), part.start)
    sigma = np.sqrt(squared[:, 3:6]).mean(axis=1).clip(1e-10)
    scaled = squared / sigma[:, None] / sigma[rows]
    order = np.argsort(scaled, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(rows, order, axis=1)


def _others(squared: Float32Array, rows: Int32Array, first: int) -> tuple[Float32Array, Int32Array]:
    """Return neighbours without the query itself; where too few were found, the last one again."""
    n, found = rows.shape
    is_own = rows == first + np.arange(n, dtype=np.int32)[:, None]
    is_own[~is_own.any(axis=1), -1] = True
    others, distances = rows[~is_own].reshape(n, -1), squared[~is_own].reshape(n, -1)
    last = np.maximum.accumulate(np.where(others >= 0, np.arange(found - 1), 0), axis=1)
    return np.take_along_axis(distances, last, axis=1), np.take_along_axis(others, last, axis=1)


def placed_among(vectors: Float32Array, search: NeighbourSearch, fitted_xy: Float32Array) -> Float32Array:
    """Return a place for each vector: the mean of its nearest fitted points, nearer ones counting more.

    Args:
        vectors: float32, shape (N, C).
        search: over the fitted vectors.
        fitted_xy: float32, shape (M, 2), M ≥ 1, where those lie.

    Returns:
        float32, shape (N, 2): weights fall with the square of the distance, to nothing at the farthest of the
        neighbours; a vector equal to a fitted one lies where that lies.
    """
    if not len(vectors):
        return np.empty((0, 2), np.float32)
    squared, rows = search.nearest(vectors, min(_PLACING, len(fitted_xy)))
    squared = np.where(rows < 0, np.inf, squared).astype(np.float64)
    farthest = np.where(np.isfinite(squared), squared, 0).max(axis=1, keepdims=True)
    scale = np.maximum(farthest, _CLOSE)
    weights = np.maximum(1.0 - squared / (1.01 * scale), 0.0) / (squared / scale + _CLOSE)
    weights /= weights.sum(axis=1, keepdims=True)
    placed: Float32Array = np.einsum("nk,nkd->nd", weights, fitted_xy[rows]).astype(np.float32)
    return placed
