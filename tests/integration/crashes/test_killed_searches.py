"""Codes, near pairs and cells whose makers are killed at random moments: they go on where they were."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np

import searching_child as child

KILLED_AFTER = (4, 11, 16, 19)
"""Steps after which a process is killed, or up to three more; steps done before are reported again."""


def test_what_is_killed_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    whole, ignored = child.vectors(), lambda fraction, step: None
    expected = child.work(tmp_path / "whole", whole, ignored)
    rng = np.random.default_rng()
    for least in KILLED_AFTER:
        assert _until(tmp_path / "killed", least + int(rng.integers(4))) is None
    n_read = _until(tmp_path / "killed", None)
    assert n_read is not None
    assert n_read < len(whole.read)
    blocks, pairs, cells = child.work(tmp_path / "killed", child.vectors(), ignored)
    assert np.array_equal(pairs.first, expected[1].first)
    assert np.array_equal(pairs.second, expected[1].second)
    assert np.array_equal(pairs.distances, expected[1].distances)
    assert len(pairs.first) == 200
    assert np.array_equal(child.codes_of(blocks), child.codes_of(expected[0]))
    assert np.array_equal(cells, expected[2])


def _until(folder: Path, n_steps: int | None) -> int | None:
    """Kill a process that works after so many steps; or let it end, and return how much it read."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=child.run, args=(str(folder), theirs))
    process.start()
    theirs.close()
    n_reported, message = 0, ""
    while n_steps is None or n_reported < n_steps:
        message = ours.recv()
        n_reported += 1
        if isinstance(message, int):
            process.join()
            return message
    process.kill()
    process.join()
    return None
