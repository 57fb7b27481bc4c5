"""Jobs that are cancelled, retried, cut short by a clean end, or overtaken by a deletion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import ingesting_child as child
from shoal.errors import ConflictError
from shoal.services.datasets import delete_dataset, get_dataset
from shoal.services.inference_sets import get_inference_set
from shoal.services.ingests import start_inference_ingest
from shoal.services.runtime import Runtime
from shoal.store.catalog import Project
from shoal.wire.jobs import JobBody
from shoal.wire.uploads import FileRef, InferenceIngest

N_RESULTS = 150_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    child.prepare(path)
    return path


@pytest.fixture
def runtime(home: Path) -> Iterator[Runtime]:
    with Runtime.open(home, is_local=True) as runtime:
        child.wait_for(runtime, child.inference_job(runtime, 3))
        settle(runtime)
        yield runtime


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that take a good part of a second to read."""
    one = {"image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}
    file = tmp_path_factory.mktemp("large") / "results.json"
    file.write_text(json.dumps([{**one, "image_id": i % child.N_FIXED} for i in range(N_RESULTS)]))
    return file


def begun(runtime: Runtime, file: Path, mode: Any = "replace") -> str:
    request = InferenceIngest(inferences=FileRef(path=str(file)), mode=mode)
    return start_inference_ingest(runtime, child.PROJECT, child.FIXED, child.MODEL, request).id


def ended(runtime: Runtime, job_id: str) -> JobBody:
    body = runtime.board.get(job_id)
    while body.state in ("queued", "running"):
        body = runtime.board.wait(job_id, after=body.revision, timeout_s=20)
    return body


def settle(runtime: Runtime) -> None:
    """Wait until no job is left."""
    for job in runtime.board.list().items:
        ended(runtime, job.id)


def wait_until_it_stores(runtime: Runtime, job_id: str) -> None:
    body = runtime.board.get(job_id)
    while not body.step.startswith("storing"):
        assert body.state in ("queued", "running"), body
        body = runtime.board.wait(job_id, after=body.revision, timeout_s=20)


def state_of(runtime: Runtime) -> tuple[Any, ...]:
    """What users see of the inference set, and what lies in the store."""
    body = get_inference_set(runtime, child.PROJECT, child.FIXED, child.MODEL)
    tables = sorted(folder.name for folder in (runtime.home.path / "tables").iterdir())
    files = sorted(file.name for file in (runtime.home.path / "tables").rglob("data/*"))
    return body, tables, files


@pytest.mark.parametrize("mode", ["replace", "extend"])
def test_a_job_cancelled_while_it_stores_leaves_everything_as_it_was(
    runtime: Runtime, large_file: Path, mode: str
) -> None:
    before = state_of(runtime)
    job = begun(runtime, large_file, mode)
    wait_until_it_stores(runtime, job)
    runtime.board.cancel(job)
    body = ended(runtime, job)
    assert body.state == "cancelled"
    assert body.error is not None
    assert body.error.code == "job_cancelled"
    assert state_of(runtime) == before
    with pytest.raises(ConflictError):
        runtime.board.cancel(job)


def test_a_cancelled_job_can_be_retried(runtime: Runtime, large_file: Path) -> None:
    job = begun(runtime, large_file)
    wait_until_it_stores(runtime, job)
    runtime.board.cancel(job)
    assert ended(runtime, job).state == "cancelled"
    runtime.board.retry(job)
    body = ended(runtime, job)
    assert body.state == "succeeded"
    assert body.attempts == 2
    assert body.error is None
    assert body.result is not None
    assert body.result["n_inferences"] == N_RESULTS
    with pytest.raises(ConflictError):
        runtime.board.retry(job)


def test_a_queued_job_is_cancelled_at_once(runtime: Runtime, large_file: Path) -> None:
    before = state_of(runtime)
    with runtime.catalog.read() as session:
        project = session.scalars(select(Project.id)).one()
    with runtime.home.locks.holding(f"ingest:{project}"):
        running = [begun(runtime, large_file) for _ in range(2)]
        for job in running:
            while runtime.board.get(job).state == "queued":
                runtime.board.wait(job, after=runtime.board.get(job).revision, timeout_s=5)
        waiting = begun(runtime, large_file)
        assert runtime.board.cancel(waiting).state == "cancelled"
        for job in running:
            runtime.board.cancel(job)
    assert {ended(runtime, job).state for job in (*running, waiting)} == {"cancelled"}
    assert state_of(runtime) == before


def test_a_failed_job_succeeds_when_its_file_was_repaired(runtime: Runtime, tmp_path: Path) -> None:
    before = state_of(runtime)
    file = tmp_path / "results.json"
    one = {"image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 50}
    file.write_text(json.dumps([one]))
    job = begun(runtime, file)
    body = ended(runtime, job)
    assert body.state == "failed"
    assert body.error is not None
    assert body.error.problems[0].hint == "Are these percent? Divide them by 100."
    assert state_of(runtime) == before
    file.write_text(json.dumps([{**one, "score": 0.5}]))
    runtime.board.retry(job)
    assert ended(runtime, job).state == "succeeded"


def test_a_job_goes_on_after_a_clean_restart(home: Path, large_file: Path) -> None:
    with Runtime.open(home, is_local=True) as runtime:
        job = begun(runtime, large_file)
        wait_until_it_stores(runtime, job)
    with Runtime.open(home, is_local=True) as runtime:
        body = ended(runtime, job)
        assert body.state == "succeeded"
        assert body.attempts == 2
        assert get_inference_set(runtime, child.PROJECT, child.FIXED, child.MODEL).version == 1


def test_a_dataset_deleted_while_an_upload_is_read_stays_deleted(runtime: Runtime, large_file: Path) -> None:
    job = begun(runtime, large_file)
    wait_until_it_stores(runtime, job)
    delete_dataset(runtime, child.PROJECT, child.FIXED)
    body = ended(runtime, job)
    assert body.state == "failed"
    assert body.error is not None
    assert body.error.code == "not_found"
    assert "was deleted while the upload was read" in body.error.detail
    assert get_dataset(runtime, child.PROJECT, child.GROWING).version == 0
