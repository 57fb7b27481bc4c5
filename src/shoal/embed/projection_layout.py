"""Maps that keep neighbourhoods: laid out on a sample by PaCMAP, all other vectors placed among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.embed.projection import Points, by_blocks, digest
from shoal.embed.projection_basis import MOST_COMPONENTS, Basis, fit_basis
from shoal.embed.projection_neighbours import NeighbourSearch, neighbour_graph, placed_among
from shoal.errors import InvalidInputError
from shoal.kernels.neighbour_layout import further, mid_near, pull, push, step
from shoal.model.embedding import Projection

if TYPE_CHECKING:
    from shoal.embed.codes import Vectors
    from shoal.embed.projection import Report
    from shoal.kernels.code_scan import Float32Array
    from shoal.kernels.objects import Int32Array, Int64Array
    from shoal.store.derived import Derived

FITTED_ROWS: Final = 100_000
LEAST_ROWS: Final = 20

_NEIGHBOURS: Final = 10
_FIRST_STEPS, _MIDDLE_STEPS, _LAST_STEPS = 100, 100, 250
_STEPS: Final = _FIRST_STEPS + _MIDDLE_STEPS + _LAST_STEPS
_KEEP_EVERY: Final = 50
_RATE: Final = 1.0
_FIRST_SPREAD: Final = 0.003
_SEED: Final = 20_261_123
_READ_ROWS: Final = 8192


@dataclass(frozen=True, slots=True)
class Layout:
    """A fitted map.

    Attributes:
        basis: reduces vectors before they are compared.
        reduced: float32, shape (M, C), the fitted vectors.
        xy: float32, shape (M, 2), where they lie.
        n_rows: rows of the table when it was fitted.
        name: names the map.
    """

    basis: Basis
    reduced: Float32Array
    xy: Float32Array
    n_rows: int
    name: str


def kept_layout(table: Vectors, derived: Derived) -> Layout | None:
    """Return the layout that was fitted for a table, `None` when there is none."""
    arrays = derived.find(_key(table))
    if arrays is None:
        return None
    basis = Basis.of_arrays(arrays)
    name = arrays["name"].tobytes().decode()
    return Layout(basis, arrays["reduced"], arrays["xy"], int(arrays["n_rows"][0]), name)


def layout_points(table: Vectors, layout: Layout, derived: Derived, report: Report | None = None) -> Points:
    """Return every row of a table on a fitted map; rows not placed before are placed now.

    Raises:
        MissingExtraError: there are rows to place, and faiss is not installed.
    """
    search: list[NeighbourSearch] = []

    def place(start: int, stop: int) -> Float32Array:
        if not search:
            search.append(NeighbourSearch(layout.reduced, table.n_rows - start))
        parts = [
            placed_among(layout.basis.reduce(vectors, MOST_COMPONENTS), search[0], layout.xy)
            for _, vectors in table.batches(start, stop)
        ]
        return np.concatenate(parts)

    return Points(by_blocks(table, derived, layout.name, place, report), layout.name)


def fit_layout(table: Vectors, rows: Int64Array, derived: Derived, report: Report) -> Layout:
    """Lay out a sample of a table's rows; one that was interrupted goes on where it was.

    The same rows give the same layout.  One fitted when the table had at least half its rows stays.

    Args:
        table: the vectors.
        rows: int64, rising: the rows a map is wanted of; at most 100,000 of them are laid out.
        derived: where the layout and what leads to it are kept.
        report: told of progress; raises to stop.

    Raises:
        InvalidInputError: fewer than 20 rows.
        MissingExtraError: faiss is not installed.
    """
    kept = kept_layout(table, derived)
    if kept is not None and table.n_rows <= 2 * kept.n_rows:
        return kept
    if len(rows) < LEAST_ROWS:
        raise InvalidInputError(
            f"A map that keeps neighbourhoods needs at least {LEAST_ROWS} vectors, found {len(rows)}.",
            hint="The map by PCA is there for any number.",
        )
    chosen = _sample(rows)
    basis = fit_basis(table)
    reduced = _reduced(table, chosen, basis, _part(report, 0.0, 0.1))
    xy = _laid_out(table, reduced, derived, report)
    name = digest(Projection.PACMAP, reduced, xy).encode()
    arrays = {
        **basis.arrays(),
        "reduced": reduced,
        "xy": xy,
        "n_rows": np.array([table.n_rows]),
        "name": np.frombuffer(name, np.uint8),
    }
    derived.delete(_key(table))
    derived.get_or_make(_key(table), lambda: arrays)
    found = kept_layout(table, derived)
    assert found is not None
    return found


def _key(table: Vectors) -> dict[str, Any]:
    return {"kind": "map layout", "uri": table.key["uri"]}


def _sample(rows: Int64Array) -> Int64Array:
    if len(rows) <= FITTED_ROWS:
        return rows
    chosen = np.random.default_rng(_SEED).choice(len(rows), FITTED_ROWS, replace=False)
    return rows[np.sort(chosen)]


def _reduced(table: Vectors, rows: Int64Array, basis: Basis, report: Report) -> Float32Array:
    parts = []
    for start in range(0, len(rows), _READ_ROWS):
        report(start / len(rows), "reading vectors")
        parts.append(basis.reduce(table.take(rows[start : start + _READ_ROWS]), MOST_COMPONENTS))
    return np.concatenate(parts)


def _laid_out(table: Vectors, reduced: Float32Array, derived: Derived, report: Report) -> Float32Array:
    """Find pairs, move points; both are kept on the way, and let go in the end."""
    name = digest(Projection.PACMAP, reduced)
    pairs_key = {"kind": "map pairs", "uri": table.key["uri"], "of": name}
    pairs = derived.get_or_make(pairs_key, lambda: _pairs(reduced, report))
    steps = [{**pairs_key, "kind": "map step", "step": number} for number in range(0, _STEPS, _KEEP_EVERY)]
    done = next((i for i in reversed(range(1, len(steps))) if derived.find(steps[i]) is not None), 0)
    state = (
        _started(reduced)
        if not done
        else {key: array.copy() for key, array in (derived.find(steps[done]) or _started(reduced)).items()}
    )
    for number in range(done * _KEEP_EVERY, _STEPS):
        report(0.4 + 0.3 * number / _STEPS, "laying out")
        if number % _KEEP_EVERY == 0 and number:
            derived.get_or_make(steps[number // _KEEP_EVERY], lambda: state)
            derived.delete(steps[number // _KEEP_EVERY - 1])
        _move(state, pairs["near"], pairs["middle"], pairs["far"], number)
    for key in (*steps, pairs_key):
        derived.delete(key)
    return state["xy"]


def _pairs(reduced: Float32Array, report: Report) -> dict[str, Int32Array]:
    n_near = min(_NEIGHBOURS, (len(reduced) - 1) // 4)
    near = neighbour_graph(reduced, n_near, _part(report, 0.1, 0.3))
    middle = []
    for start in range(0, len(reduced), _READ_ROWS):
        report(0.3 + 0.1 * start / len(reduced), "choosing pairs")
        stop = min(start + _READ_ROWS, len(reduced))
        middle.append(mid_near(reduced, n_near // 2, start, stop, _SEED))
    return {"near": near, "middle": np.concatenate(middle), "far": further(near, 2 * n_near, _SEED)}


def _started(reduced: Float32Array) -> dict[str, Float32Array]:
    """Return the first state: the two largest components, small."""
    xy = np.zeros((len(reduced), 2), np.float32)
    spread = float(reduced[:, 0].std()) or 1.0
    xy[:, : reduced.shape[1]] = _FIRST_SPREAD * reduced[:, :2] / spread
    return {"xy": xy, "mean": np.zeros_like(xy), "square": np.zeros_like(xy)}


def _move(
    state: dict[str, Float32Array], near: Int32Array, middle: Int32Array, far: Int32Array, number: int
) -> None:
    """Make one step.  Weights: PaCMAP's three phases."""
    if number < _FIRST_STEPS:
        share = number / _FIRST_STEPS
        weight_near, weight_middle = 2.0, (1 - share) * 1000.0 + share * 3.0
    elif number < _FIRST_STEPS + _MIDDLE_STEPS:
        weight_near, weight_middle = 3.0, 3.0
    else:
        weight_near, weight_middle = 1.0, 0.0
    xy = state["xy"]
    gradient = np.zeros_like(xy)
    pull(xy, near, weight_near, 10.0, gradient)
    if weight_middle:
        pull(xy, middle, weight_middle, 10_000.0, gradient)
    push(xy, far, 1.0, gradient)
    step(xy, gradient, state["mean"], state["square"], _RATE, number)


def _part(report: Report, low: float, high: float) -> Report:
    """Return a report of work that is a part of the whole."""
    return lambda fraction, what: report(low + (high - low) * fraction, what)
