"""The descriptor's job is killed at random moments: it goes on where it was."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np
import pytest

import describing_child as child
from shoal.model.segment import ElementKind
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.vector_spaces import open_space
from shoal.wire.embeddings import SpaceChoice

N_KILLS = 3
LONGEST_LIFE_S = 1.2


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["lance", "describing_child", "shoal.services.job_kinds", "huey", "onnxruntime"]
    )
    return context


def killed_after(context: ForkServerContext, home: Path, seconds: float) -> int:
    """Let a child compute for a while after its first word, kill it, and return what it had told."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child.run, args=(str(home), theirs), daemon=True)
    process.start()
    theirs.close()
    told = ours.recv()
    process.join(timeout=seconds)
    assert process.pid is not None
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            told = ours.recv()
    except EOFError:
        return int(told)


def vectors_of(
    runtime: Runtime, space: str
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int, int], np.dtype[np.float32]]]:
    scene = open_scene(runtime, child.PROJECT, child.DATASET)
    found = open_space(scene, SpaceChoice(space=space, elements=ElementKind.LABELS))
    here = np.flatnonzero(found.has_vector)
    return here, found.table.take(found.rows[here])


def test_a_killed_job_goes_on_without_computing_anything_twice(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    files.mkdir()
    child.prepare(home, files)
    with Runtime.open(home, is_local=True) as runtime:
        job_id = child.started(runtime)
    stored = 0
    rng = random.Random(11)
    for _ in range(N_KILLS):
        told = killed_after(processes, home, rng.uniform(0.1, LONGEST_LIFE_S))
        assert told >= stored
        stored = told
    with Runtime.open(home, is_local=True) as runtime:
        before = child.n_stored(runtime)
        done = child.ended(runtime, job_id)
        assert done.state == "succeeded"
        assert done.result is not None
        assert before >= stored
        assert child.n_stored(runtime) == child.N_LABELS  # an append-only log: nothing is there twice
        assert done.result["n_computed"] <= child.N_LABELS - stored
        assert done.attempts > 1
        whole = child.ended(runtime, child.started(runtime, "whole"))
        assert whole.state == "succeeded"
        here, vectors = vectors_of(runtime, child.SPACE)
        assert here.tolist() == list(range(child.N_LABELS))
        assert np.array_equal(vectors, vectors_of(runtime, "whole")[1])


def test_a_cancelled_job_keeps_what_it_had_and_goes_on_when_started_again(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    files.mkdir()
    child.prepare(home, files)
    with Runtime.open(home, is_local=True) as runtime:
        job_id = child.started(runtime)
        body = runtime.board.get(job_id)
        while child.n_stored(runtime) == 0 and body.state in ("queued", "running"):
            body = runtime.board.wait(job_id, after=body.revision, timeout_s=0.5)
        runtime.board.cancel(job_id)
        assert child.ended(runtime, job_id).state == "cancelled"
        kept = child.n_stored(runtime)
        assert 0 < kept < child.N_LABELS
        here, _ = vectors_of(runtime, child.SPACE)
        assert len(here) == kept
        again = child.ended(runtime, child.started(runtime))
        assert again.result is not None
        assert again.result["n_computed"] == child.N_LABELS - kept
