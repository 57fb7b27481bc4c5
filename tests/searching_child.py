"""A process that makes codes, near pairs and cells, and reports each step: the crash tests kill it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from shoal.discover.near_pairs import NearPairs, PairSearch
from shoal.embed import cells
from shoal.embed.codes import CodedBlock, Progress, coded_blocks
from shoal.kernels.code_scan import Float32Array
from shoal.kernels.objects import Int64Array
from twins.vectors import VectorsInMemory, derived_in

N_ROWS = 8_000
BLOCK_ROWS = 1_000
MAX_DISTANCE = 0.01


def vectors() -> VectorsInMemory:
    """Return 8,000 vectors, 200 of which are moved copies."""
    rng = np.random.default_rng(8)
    rows = rng.standard_normal((N_ROWS, 32)).astype(np.float32)
    rows[-200:] = rows[:200] + 0.01 * rng.standard_normal((200, 32)).astype(np.float32)
    return VectorsInMemory(rows, batch_rows=BLOCK_ROWS)


def work(
    folder: Path, table: VectorsInMemory, progress: Progress
) -> tuple[list[CodedBlock], NearPairs, Int64Array]:
    """Make everything under a folder, or go on with it; return codes, pairs and the cell of each row."""
    derived = derived_in(folder)
    blocks = coded_blocks(table, derived, progress, block_rows=BLOCK_ROWS)
    pairs = PairSearch(table, np.arange(N_ROWS), MAX_DISTANCE, derived).run(progress)
    made = cells.make_cells(table, derived, progress)
    return blocks, pairs, np.concatenate(list(made.blocks.values())).astype(np.int64)


def codes_of(blocks: list[CodedBlock]) -> Float32Array:
    """Return what the codes of all blocks stand for."""
    parts: list[Float32Array] = [block.codes * block.scale[:, None] + block.centre for block in blocks]
    return np.concatenate(parts)


def run(folder: str, reports: Connection) -> None:
    """Send the name of each step, and at the end how many batches of vectors were read."""
    table = vectors()
    work(Path(folder), table, lambda fraction, step: reports.send(step))
    reports.send(len(table.read))
