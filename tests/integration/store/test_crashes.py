"""Uploads are killed at random moments; the home must show the old or the new state, and no litter."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

import uploading_child as child
from shoal.store import bitmaps, tables
from shoal.store.catalog import Dataset, DatasetVersion
from shoal.store.garbage import collect_garbage
from shoal.store.home import Home, read_owner

N_KILLS = 20


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Children are forked from a server that has imported everything, so that each starts at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pytest", "lance", "shoal.store.home", "shoal.store.tables", "sqlalchemy.dialects.sqlite"]
    )
    return context


def killed_after(context: ForkServerContext, path: Path, seconds: float) -> int:
    """Let a child upload for a while, kill it, and return the last version it acknowledged."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child.run, args=(str(path), theirs), daemon=True)
    process.start()
    theirs.close()
    acknowledged = int(ours.recv())
    process.join(timeout=seconds)
    assert process.is_alive(), f"the child failed with {process.exitcode}"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            acknowledged = int(ours.recv())
    except EOFError:
        return acknowledged


def check_content(home: Home, acknowledged: int) -> int:
    """Hold the current version against what its number says, and return the number."""
    with home.catalog.read() as session:
        current = session.scalars(select(Dataset.current_version_id)).one()
        if current is None:
            assert acknowledged == 0
            return 0
        version = session.get_one(DatasetVersion, current)
    assert acknowledged <= version.number <= acknowledged + 1
    expected = child.frames_of(version.number)
    frames = tables.read(home, version.frames_table)
    labels = tables.read(home, version.labels_table)
    assert np.array_equal(np.sort(frames["ordinal"].to_numpy()), expected)
    assert frames["frame_id"].to_pylist() == [f"frame {ordinal}" for ordinal in frames["ordinal"].to_pylist()]
    rounds = frames["ordinal"].to_numpy() // child.FRAMES_PER_ROUND + 1
    assert np.array_equal(frames["user__round"].to_numpy(), rounds)
    assert np.array_equal(np.sort(labels["ordinal"].to_numpy()), np.repeat(expected, child.LABELS_PER_FRAME))
    assert np.array_equal(bitmaps.to_array(bitmaps.from_bytes(version.members)), expected)
    assert (version.n_frames, version.n_labels) == (frames.num_rows, labels.num_rows)
    return version.number


def check_litter(home: Home, number: int) -> None:
    """Each version adds one data file to each table; nothing else may lie around."""
    folders = list((home.path / "tables").iterdir())
    assert len(folders) == (2 if number else 0)
    for folder in folders:
        assert len(list((folder / "data").iterdir())) == number
        assert number <= len(list((folder / "_versions").glob("*.manifest"))) <= number + 1
    assert list((home.path / "unsettled").iterdir()) == []
    again = collect_garbage(home)
    assert (again.dropped, again.cleaned) == ((), ())


def test_a_killed_upload_leaves_the_old_or_the_new_dataset(
    processes: ForkServerContext, tmp_path: Path
) -> None:
    chance = random.Random(20)
    path = tmp_path / "home"
    child.begin(path)
    numbers = [0]
    for _ in range(N_KILLS):
        acknowledged = killed_after(processes, path, chance.uniform(0.0, 0.4))
        assert acknowledged >= numbers[-1]
        assert read_owner(path) is None
        with Home.open(path) as home:
            numbers.append(check_content(home, acknowledged))
            check_litter(home, numbers[-1])
    assert numbers[-1] > 5, "the child never got far enough for this test to mean something"
