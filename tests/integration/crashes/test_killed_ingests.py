"""Ingests are killed at random moments; users see the old or the new state, and every job ends once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Iterable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from sqlalchemy import select

import ingesting_child as child
from ingesting_child import Acknowledged
from shoal.services.runtime import Runtime
from shoal.store import bitmaps, tables
from shoal.store.catalog import (
    Dataset,
    DatasetVersion,
    InferenceSet,
    InferenceSetVersion,
    Job,
    JobState,
    named_tables,
)
from shoal.store.home import Home
from shoal.store.tables import TableVersion

N_KILLS = 20
LONGEST_LIFE_S = 0.7


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Children are forked from a server that has imported what is slow to import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "lance", "ingesting_child", "shoal.services.job_kinds", "huey"])
    return context


def killed_after(context: ForkServerContext, home: Path, number: int, seconds: float) -> list[Acknowledged]:
    """Let a child ingest for a while, kill it, and return what it acknowledged."""
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
    told: list[Acknowledged] = []
    try:
        while True:
            told.append(ours.recv())
    except EOFError:
        return told


def check_growing_dataset(home: Home) -> int:
    """Hold the current version against what its number says, and return the number."""
    with home.catalog.read() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.name == child.GROWING)).one()
        if dataset.current_version_id is None:
            return 0
        version = session.get_one(DatasetVersion, dataset.current_version_id)
    assert version.note == f"upload {version.number}"
    rounds = child.rounds_after(version.number, child.frames_of)
    frames = tables.read(home, version.frames_table)
    labels = tables.read(home, version.labels_table)
    found = dict(zip(frames["frame_id"].to_pylist(), frames["user__round"].to_pylist(), strict=True))
    assert found == {f"{frame}.jpg": number for frame, number in rounds.items()}
    ordinals = dict(zip(frames["ordinal"].to_pylist(), frames["frame_id"].to_pylist(), strict=True))
    assert len(ordinals) == len(found)
    assert bitmaps.to_array(bitmaps.from_bytes(version.members)).tolist() == sorted(ordinals)
    counts = Counter(ordinals[ordinal] for ordinal in labels["ordinal"].to_pylist())
    assert counts == {f"{frame}.jpg": child.n_objects(number) for frame, number in rounds.items()}
    assert len(set(labels["row_ordinal"].to_pylist())) == labels.num_rows
    assert set(labels["w"].to_pylist()) == {10 + number for number in rounds.values()}
    assert (version.n_frames, version.n_labels) == (frames.num_rows, labels.num_rows)
    return version.number


def check_inferences(home: Home) -> int:
    """Hold the current version of the inference set against its number, and return the number."""
    with home.catalog.read() as session:
        row = session.scalars(select(InferenceSet)).one()
        if row.current_version_id is None:
            return 0
        version = session.get_one(InferenceSetVersion, row.current_version_id)
    rounds = child.rounds_after(version.number, child.listed_of)
    table = tables.read(home, TableVersion(version.uri, version.version, version.n_inferences))
    counts = Counter(zip(table["ordinal"].to_pylist(), table["confidence"].to_pylist(), strict=True))
    assert counts == {(frame, number / 1000): child.n_objects(number) for frame, number in rounds.items()}
    assert bitmaps.to_array(bitmaps.from_bytes(version.coverage)).tolist() == sorted(rounds)
    assert version.n_inferences == table.num_rows
    return version.number


def check_acknowledged(home: Home, told: Iterable[Acknowledged], n_datasets: int, n_sets: int) -> None:
    """What was acknowledged is there."""
    reached = {"dataset": n_datasets, "inferences": n_sets}
    with home.catalog.read() as session:
        for one in told:
            job = session.get_one(Job, one.job)
            assert (job.state is JobState.SUCCEEDED) == (one.number <= reached[one.kind])
            if one.done:
                assert job.state is JobState.SUCCEEDED


def finished(home: Path) -> tuple[int, int]:
    """Open the home as a server does, wait until everything has ended, and return the uploads that were."""
    with Runtime.open(home, is_local=True) as runtime:
        with runtime.catalog.read() as session:
            jobs = list(session.scalars(select(Job)))
        for job in jobs:
            if job.kind.startswith("ingest"):
                child.wait_for(runtime, job.id)
        numbers = check_growing_dataset(runtime.home), check_inferences(runtime.home)
        with runtime.catalog.read() as session:
            kinds = Counter(job.kind for job in session.scalars(select(Job)))
            versions = sorted(
                job.result["dataset_version"]
                for job in session.scalars(select(Job).where(Job.kind == "ingest_dataset"))
                if job.result is not None and job.result["dataset"] == child.GROWING
            )
    assert versions == list(range(1, numbers[0] + 1)), "a job ended twice or not at all"
    assert (kinds["ingest_dataset"] - 1, kinds["ingest_inferences"]) == numbers
    return numbers


def check_litter(home: Home) -> None:
    """Only what the catalog names lies around."""
    with home.catalog.read() as session:
        named = named_tables(session)
    assert {f"tables/{folder.name}" for folder in (home.path / "tables").iterdir()} == set(named)
    for folder in ("unsettled", "uploads", "media"):
        assert list((home.path / folder).iterdir()) == []


def test_a_killed_ingest_leaves_old_or_new_and_resumes_by_itself(
    processes: ForkServerContext, tmp_path: Path
) -> None:
    chance = random.Random(5)
    path = tmp_path / "home"
    child.prepare(path)
    numbers = [0]
    n_cut_short = 0
    for _ in range(N_KILLS):
        told = killed_after(processes, path, numbers[-1], chance.uniform(0.0, LONGEST_LIFE_S))
        with Home.open(path) as home:
            reached = check_growing_dataset(home), check_inferences(home)
            assert min(reached) >= numbers[-1]
            check_acknowledged(home, told, *reached)
            check_litter(home)
        after = finished(path)
        n_cut_short += after != reached
        # The child may die between writing a job down and telling of it.
        assert max(after) - min(after) <= 1
        assert max(after) >= max((one.number for one in told), default=0)
        numbers.append(max(after))
        if min(after) < max(after):
            complete(path, max(after))
    assert numbers[-1] > 5, "the child never got far enough for this test to mean something"
    assert n_cut_short > 2, "hardly any job was cut short"


def complete(path: Path, number: int) -> None:
    """Send the inferences a child was killed before sending."""
    with Runtime.open(path, is_local=True) as runtime:
        child.wait_for(runtime, child.inference_job(runtime, number))
