"""The scan of 8-bit codes against a search over floats, and the bounds its codes promise."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.embed.codes import coded_blocks
from shoal.embed.index import VectorIndex
from shoal.kernels.code_scan import Float32Array, integer_probes, quantised
from shoal.model.embedding import Distance
from twins.vectors import VectorsInMemory, derived_in, nearest


@st.composite
def worlds(draw: st.DrawFn) -> tuple[VectorsInMemory, np.random.Generator]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_rows, dimension = draw(st.integers(1, 90)), draw(st.integers(1, 40))
    offset = draw(st.sampled_from([0.0, 3.0, -20.0]))
    rows = (rng.standard_normal((n_rows, dimension)) + offset).astype(np.float32)
    return VectorsInMemory(rows, draw(st.sampled_from(Distance))), rng


@settings(deadline=None, max_examples=50)
@given(world=worlds(), k=st.integers(1, 30), n_queries=st.integers(1, 4), share=st.floats(0, 1))
def test_the_nearest_are_those_of_a_search_over_floats(
    world: tuple[VectorsInMemory, np.random.Generator], k: int, n_queries: int, share: float
) -> None:
    table, rng = world
    queries = (rng.standard_normal((n_queries, table.dimension)) * 2 + 0.1).astype(np.float32)
    is_allowed = rng.random(table.n_rows) < share
    allowed = np.flatnonzero(is_allowed)
    _, apart = nearest(table.rows, queries, k, allowed, table.distance)
    with tempfile.TemporaryDirectory() as name:
        index = VectorIndex(table, coded_blocks(table, derived_in(Path(name)), block_rows=16))
        for rows in (allowed, is_allowed):
            found = index.nearest(queries, k, rows=rows)
            # Distances rather than rows: two rows may be equally far to the last digit.
            assert np.allclose(found.distances, apart, rtol=1e-4, atol=2e-6)
            assert np.isin(found.rows, allowed).all()
            assert len(np.unique(found.rows)) == len(found.rows)


@given(seed=st.integers(0, 2**32), n_rows=st.integers(0, 20), dimension=st.integers(1, 70))
def test_codes_are_within_half_a_step_of_what_they_stand_for(seed: int, n_rows: int, dimension: int) -> None:
    rng = np.random.default_rng(seed)
    rows: Float32Array = (rng.standard_normal((n_rows, dimension)) * rng.random() * 100).astype(np.float32)
    codes, scale = quantised(rows)
    apart = np.abs(codes * scale[:, None] - rows)
    assert (apart <= 0.5001 * scale[:, None] + 1e-5).all()


@given(seed=st.integers(0, 2**32), dimension=st.sampled_from([1, 3, 512, 4096]))
def test_no_sum_of_products_leaves_32_bits(seed: int, dimension: int) -> None:
    probes = np.random.default_rng(seed).standard_normal((2, dimension)).astype(np.float32)
    probes[1] = 1
    integers, unit = integer_probes(probes)
    assert (np.abs(integers.astype(np.int64)).sum(axis=1) * 127 < 2**31).all()
    assert np.abs(integers * unit[:, None] - probes).max() <= 0.51 * unit.max()
