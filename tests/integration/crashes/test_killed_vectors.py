"""Uploads of vectors are killed at random moments; the space is as before or as after, and found rightly."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

import ingesting_vectors_child as child
from ingesting_child import wait_for
from shoal.model.segment import ElementKind
from shoal.services.embeddings import list_spaces
from shoal.services.neighbours import nearest_elements
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.vector_spaces import open_space
from shoal.store.catalog import EmbeddingSpace, Job, JobState
from shoal.store.home import Home
from shoal.wire.embeddings import SpaceChoice

N_KILLS = 7
LONGEST_LIFE_S = 0.6


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pytest", "lance", "ingesting_vectors_child", "shoal.services.job_kinds", "huey"]
    )
    return context


def killed_after(context: ForkServerContext, home: Path, number: int, seconds: float) -> list[Any]:
    """Let a child upload for a while, kill it, and return what it acknowledged."""
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=child.run, args=(str(home), number, theirs), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    process.join(timeout=seconds)
    assert process.is_alive(), f"the child failed with {process.exitcode}"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    told: list[Any] = []
    try:
        while True:
            told.append(ours.recv())
    except EOFError:
        return told


def check_space(runtime: Runtime, number: int) -> None:
    """Hold the space against what uploads 1 to `number` make."""
    scene = open_scene(runtime, child.PROJECT, child.DATASET)
    space = open_space(scene, SpaceChoice(elements=ElementKind.FRAMES))
    expected = child.expected_after(number)
    found = {
        int(frame[1:]): int(vector[0])
        for frame, vector in zip(
            np.array(scene.snapshot.frame_ids)[space.has_vector],
            space.table.take(space.rows[space.has_vector]),
            strict=True,
        )
    }
    assert found == expected
    last = child.vectors_of(number)
    near = nearest_elements(space, last[:1], 1, np.ones(child.N_FRAMES, np.bool_))
    assert scene.snapshot.frame_ids[near.positions[0]] == f"f{child.frames_of(number)[0]}"
    assert near.distances[0] == 0


def tables_of(home: Path) -> list[str]:
    return sorted(folder.name for folder in (home / "tables").glob("vectors-*"))


def test_killed_uploads_leave_the_old_or_the_new_vectors(
    processes: ForkServerContext, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    child.prepare(home)
    chance = random.Random(5)
    number = 0
    for _ in range(N_KILLS):
        told = killed_after(processes, home, number, chance.uniform(0.05, LONGEST_LIFE_S))
        acknowledged = [one for one, _, done in told if done]
        asked = {job: one for one, job, _ in told}
        with Home.open(home) as opened:
            with opened.catalog.read() as session:
                space = session.scalar(select(EmbeddingSpace))
                jobs = {job.id: job.state for job in session.scalars(select(Job))}
            assert tables_of(home) == ([space.uri.removeprefix("tables/")] if space else [])
            assert not any((home / "unsettled").iterdir())
        visible = space.version if space else 0
        assert visible >= max(acknowledged, default=0)
        for job, one in asked.items():
            assert (jobs[job] is JobState.SUCCEEDED) == (one <= visible)
        with Runtime.open(home, is_local=True) as runtime:
            for job in asked:
                wait_for(runtime, job)
            number = max([number, visible, *asked.values()])
            if number:
                (body,) = list_spaces(runtime, child.PROJECT, child.DATASET).items
                assert body.version == number
                check_space(runtime, number)
    assert number > 3
