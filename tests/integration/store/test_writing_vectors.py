"""Vectors on their way into a space: appended, superseded, written anew; nothing is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingesting_child import wait_for
from ingesting_vectors_child import DATASET, N_FRAMES, PROJECT, prepare
from shoal.errors import InvalidInputError, NotFoundError
from shoal.model.embedding import Distance
from shoal.model.segment import ElementKind
from shoal.services.datasets import delete_dataset
from shoal.services.embeddings import delete_space, list_spaces, start_embedding_ingest
from shoal.services.runtime import Runtime
from shoal.services.scene import open_scene
from shoal.services.vector_spaces import open_space
from shoal.services.vector_writing import SpaceTarget, store_vectors
from shoal.store.vectors import VectorBatch
from shoal.wire.embeddings import EmbeddingIngest, SpaceChoice
from shoal.wire.uploads import FileRef

D = 4


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    prepare(tmp_path / "home")
    with Runtime.open(tmp_path / "home", is_local=True) as opened:
        yield opened


def target(runtime: Runtime, **changes: Any) -> SpaceTarget:
    values: dict[str, Any] = {
        "dataset_id": open_scene(runtime, PROJECT, DATASET).dataset.id,
        "name": "clip",
        "elements": ElementKind.FRAMES,
        "inference_set_id": None,
        "model_id": "m",
        "dimension": D,
        "distance": Distance.COSINE,
        "origin": "computed",
    }
    return SpaceTarget(**(values | changes))


def batch(ordinals: range, value: float) -> VectorBatch:
    return np.array(ordinals, np.uint32), np.full((len(ordinals), D), value, np.float32)


def store(runtime: Runtime, ordinals: range, value: float, **options: Any) -> Any:
    numbers, vectors = batch(ordinals, value)
    return store_vectors(runtime, target(runtime), numbers, [(numbers, vectors)], **options)


def values(runtime: Runtime) -> dict[int, float]:
    space = open_space(open_scene(runtime, PROJECT, DATASET), SpaceChoice())
    here = np.flatnonzero(space.has_vector)
    return dict(zip(here.tolist(), space.table.take(space.rows[here])[:, 0].tolist(), strict=True))


def tables_of(runtime: Runtime) -> set[str]:
    return {f"tables/{one.name}" for one in (runtime.home.path / "tables").glob("vectors-*")}


def test_vectors_are_appended_until_most_are_superseded(runtime: Runtime) -> None:
    first = store(runtime, range(100), 1)
    second = store(runtime, range(50, 150), 2)
    assert (second.uri, second.n_rows, second.version) == (first.uri, 200, 2)
    third = store(runtime, range(100), 3)
    assert (third.uri, third.n_rows) == (first.uri, 300)
    assert values(runtime) == {**dict.fromkeys(range(100), 3.0), **dict.fromkeys(range(100, 150), 2.0)}
    fourth = store(runtime, range(20), 4)
    assert (fourth.uri != first.uri, fourth.n_rows) == (True, 150)
    assert values(runtime) == {
        **dict.fromkeys(range(20), 4.0),
        **dict.fromkeys(range(20, 100), 3.0),
        **dict.fromkeys(range(100, 150), 2.0),
    }
    path = runtime.home.path
    runtime.close()
    with Runtime.open(path, is_local=True) as again:
        assert tables_of(again) == {fourth.uri}
        assert values(again)[0] == 4


def test_what_goes_wrong_leaves_the_space_as_it_was(runtime: Runtime) -> None:
    def failing(error: Exception) -> Iterator[VectorBatch]:
        yield batch(range(10), 9)
        raise error

    before = store(runtime, range(100), 1)
    files = sorted(one for one in (runtime.home.path / "tables").rglob("*.lance") if one.is_file())
    numbers = np.arange(20, dtype=np.uint32)
    with pytest.raises(InvalidInputError, match="row 11"):
        store_vectors(runtime, target(runtime), numbers, failing(InvalidInputError("row 11")))
    with pytest.raises(InvalidInputError, match="row 12"):
        store_vectors(runtime, target(runtime), numbers, failing(InvalidInputError("row 12")), replace=True)
    for change in ({"model_id": "n"}, {"dimension": 3}, {"distance": Distance.EUCLIDEAN}):
        with pytest.raises(InvalidInputError, match="replace all vectors"):
            store_vectors(runtime, target(runtime, **change), numbers, [])

    def refuse(*_: Any) -> None:
        raise InvalidInputError("the job is gone")

    with pytest.raises(InvalidInputError, match="the job is gone"):
        store(runtime, range(20), 5, finish=refuse)
    with pytest.raises(InvalidInputError, match="the job is gone"):
        store(runtime, range(20), 5, finish=refuse, replace=True)
    assert values(runtime) == dict.fromkeys(range(100), 1.0)
    assert sorted(one for one in (runtime.home.path / "tables").rglob("*.lance") if one.is_file()) == files
    again = store(runtime, range(100, 110), 2)
    assert (again.uri, again.n_rows) == (before.uri, 110)
    assert values(runtime)[105] == 2


def test_a_new_table_is_indexed_before_it_is_seen(runtime: Runtime) -> None:
    told: list[float] = []
    store(runtime, range(100), 1, report=lambda share, _step: told.append(share))
    assert told
    told.clear()
    store(runtime, range(100, 120), 1, report=lambda share, _step: told.append(share))
    assert told == []
    space = open_space(open_scene(runtime, PROJECT, DATASET), SpaceChoice())
    near = space.index.nearest(np.ones((1, D), np.float32), 120, rows=None)
    assert sorted(near.rows.tolist()) == list(range(120))


def test_writers_of_one_space_take_turns(runtime: Runtime) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda i: store(runtime, range(20 * i, 20 * i + 20), i + 1.0), range(8)))
    assert sorted(space.version for space in done) == list(range(1, 9))
    assert values(runtime) == {20 * i + j: i + 1.0 for i in range(8) for j in range(20)}


def test_a_dataset_deleted_meanwhile(runtime: Runtime) -> None:
    aim = target(runtime)

    def batches() -> Iterator[VectorBatch]:
        yield batch(range(10), 1)
        delete_dataset(runtime, PROJECT, DATASET)

    with pytest.raises(NotFoundError, match="deleted while its vectors were read"):
        store_vectors(runtime, aim, np.arange(10, dtype=np.uint32), batches())
    assert tables_of(runtime) == set()


def test_a_space_deleted_meanwhile_does_not_come_back(runtime: Runtime) -> None:
    store(runtime, range(10), 1)

    def batches() -> Iterator[VectorBatch]:
        yield batch(range(10, 20), 1)
        delete_space(runtime, PROJECT, DATASET, "clip")

    numbers = np.arange(10, 20, dtype=np.uint32)
    with pytest.raises(NotFoundError, match="'clip' was deleted while its vectors were read"):
        store_vectors(runtime, target(runtime), numbers, batches())
    assert list_spaces(runtime, PROJECT, DATASET).items == []


def test_a_space_deleted_and_made_again_starts_anew(runtime: Runtime) -> None:
    store(runtime, range(100), 1)
    delete_space(runtime, PROJECT, DATASET, "clip")
    assert list_spaces(runtime, PROJECT, DATASET).items == []
    with pytest.raises(NotFoundError, match="no embedding space 'clip' for frames"):
        delete_space(runtime, PROJECT, DATASET, "clip")
    made = store(runtime, range(5), 2)
    assert made.version == 1
    assert values(runtime) == dict.fromkeys(range(5), 2.0)


def test_a_cancelled_upload_stores_nothing(runtime: Runtime, tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", np.ones((N_FRAMES, D), np.float32))
    (tmp_path / "ids.txt").write_text("\n".join(f"f{i}" for i in range(N_FRAMES)))
    request = EmbeddingIngest(
        vectors=FileRef(path=str(tmp_path / "v.npy")),
        ids=FileRef(path=str(tmp_path / "ids.txt")),
        model_id="m",
    )
    # What holds the space's lock keeps the job from finishing until it is cancelled.
    aim = target(runtime)
    name = f"vectors:{aim.dataset_id}:{aim.name}:{aim.elements}:{aim.inference_set_id}"
    with runtime.home.locks.holding(name):
        job = start_embedding_ingest(runtime, PROJECT, DATASET, "clip", request)
        runtime.board.cancel(job.id)
    body = runtime.board.get(job.id)
    while body.state in ("queued", "running"):
        body = runtime.board.wait(job.id, after=body.revision, timeout_s=20)
    assert body.state == "cancelled"
    assert tables_of(runtime) == set()
    again = start_embedding_ingest(runtime, PROJECT, DATASET, "clip", request)
    assert wait_for(runtime, again.id)["n_vectors"] == N_FRAMES
    assert values(runtime) == dict.fromkeys(range(N_FRAMES), 1.0)
