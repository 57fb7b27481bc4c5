"""Near-duplicates as groups, and those that cross from one set of elements into another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from shoal.errors import InvalidInputError
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.near_pairs import components, links_across
from shoal.kernels.objects import BoolArray, Int64Array, UInt64Array

MAX_SETS: Final = 64
"""So many sets can be told apart at a time."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of near-identical elements, nearest first.

    Attributes:
        first: int64, shape (P,): positions of elements, each less than its partner.
        second: int64, shape (P,).
        distances: float32, shape (P,).
    """

    first: Int64Array
    second: Int64Array
    distances: Float32Array

    @property
    def elements(self) -> Int64Array:
        """int64, rising: the elements that have a partner."""
        return np.unique(np.concatenate([self.first, self.second]))


@dataclass(frozen=True, slots=True)
class Groups:
    """Links whose elements hang together, those with the nearest pair first.

    Attributes:
        links: all of them.
        order: int64, shape (P,): the links group after group, nearest first.
        offsets: int64, shape (G + 1,): where each group begins in `order`.
    """

    links: Links
    order: Int64Array
    offsets: Int64Array

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def links_of(self, group: int) -> Links:
        """Return the links of one group, nearest first."""
        chosen = self.order[self.offsets[group] : self.offsets[group + 1]]
        return Links(self.links.first[chosen], self.links.second[chosen], self.links.distances[chosen])


def grouped(links: Links, n_elements: int) -> Groups:
    """Return links in groups: two elements share one when links lead from one to the other.

    Args:
        links: nearest first.
        n_elements: positions are less than this.
    """
    roots = components(n_elements, links.first, links.second)[links.first]
    _, starts, group = np.unique(roots, return_index=True, return_inverse=True)
    rank = np.empty(len(starts), np.int64)
    rank[np.argsort(starts)] = np.arange(len(starts))
    ranks = rank[group]
    offsets = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(np.bincount(ranks, minlength=len(starts)), out=offsets[1:])
    return Groups(links, np.argsort(ranks, kind="stable"), offsets)


def links_between(links: Links, sets: Sequence[BoolArray], n_elements: int) -> Links:
    """Return links of elements in two different sets, nearest first.

    Elements that share their vector stand for one another: each of them that is near to an element of another
    set is linked with one such element.

    Args:
        links: nearest first; an element whose vector another has may be linked with that one alone.
        sets: bool masks of shape (n_elements,), at most `MAX_SETS`.
        n_elements: how many elements there are.

    Raises:
        InvalidInputError: there are too many sets.
    """
    if len(sets) > MAX_SETS:
        raise InvalidInputError(f"Expected at most {MAX_SETS} segments to compare, found {len(sets)}.")
    bits = _bits(sets, n_elements)
    same = links.distances == 0
    classes = components(n_elements, links.first[same], links.second[same])
    members = np.argsort(classes, kind="stable")
    offsets = np.zeros(n_elements + 1, np.int64)
    np.cumsum(np.bincount(classes, minlength=n_elements), out=offsets[1:])
    crowded = np.flatnonzero(np.diff(offsets) > 1)
    apart = np.flatnonzero(~same)
    first = np.concatenate([crowded, classes[links.first[apart]]])
    second = np.concatenate([crowded, classes[links.second[apart]]])
    distances = np.concatenate([np.zeros(len(crowded), np.float32), links.distances[apart]])
    points, others, pairs = links_across(offsets, members, bits, first, second)
    return _distinct(np.minimum(points, others), np.maximum(points, others), distances[pairs])


def _bits(sets: Sequence[BoolArray], n_elements: int) -> UInt64Array:
    bits = np.zeros(n_elements, np.uint64)
    for i, mask in enumerate(sets):
        bits[mask] |= np.uint64(1) << np.uint64(i)
    return bits


def _distinct(first: Int64Array, second: Int64Array, distances: Float32Array) -> Links:
    order = np.lexsort((second, first, distances))
    pairs = np.stack([first[order], second[order]], axis=1)
    _, kept = np.unique(pairs, axis=0, return_index=True)
    chosen = order[np.sort(kept)]
    return Links(first[chosen], second[chosen], distances[chosen])
