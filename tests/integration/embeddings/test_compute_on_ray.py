"""The descriptor's job on a real Ray cluster, used by a real server."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import shoal
from ray_cluster import OPEN, free_port, running_cluster
from shoal.client.dataset import Dataset
from shoal.errors import ConnectionFailedError, InvalidInputError
from shoal_server import running_server

SPACE = "efficientnet-lite0"
N_IMAGES = 600


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise in colours; one file is no image."""
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(5)
    for number in range(N_IMAGES):
        pixels = rng.integers(0, 255, (9, 12, 3), np.uint8)
        Image.fromarray(pixels).resize((320, 240)).save(folder / f"{number:03}.jpg", quality=95)
    return folder


@pytest.fixture
def client_port(monkeypatch: pytest.MonkeyPatch) -> int:
    for name, value in OPEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "1")
    port = free_port()
    monkeypatch.setenv("SHOAL_RAY_ADDRESS", f"ray://127.0.0.1:{port}")
    return port


@pytest.fixture
def dataset(tmp_path: Path, images: Path, client_port: int) -> Iterator[Dataset]:
    home = tmp_path / "home"
    with running_server(home, "--root", str(images)) as server, shoal.connect(server.url) as connection:
        yield connection.create_project("p").datasets.upload("d", images=images)


def test_vectors_are_those_of_this_machine(
    dataset: Dataset, client_port: int, images: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running_cluster(client_port):
        space = dataset.embeddings.compute(SPACE, progress=False)
    assert space.n_vectors == N_IMAGES
    there = dataset.similar(["000.jpg"], k=N_IMAGES - 1).to_polars()
    monkeypatch.delenv("SHOAL_RAY_ADDRESS")
    with shoal.connect(tmp_path / "other") as connection:
        other = connection.create_project("p").datasets.upload("d", images=images)
        assert other.embeddings.compute(SPACE, progress=False).body.model_id == space.body.model_id
        here = other.similar(["000.jpg"], k=N_IMAGES - 1).to_polars()
    distances = dict(zip(here["frame_id"], here["distance"], strict=True))
    assert len(distances) == N_IMAGES - 1
    for frame, distance in zip(there["frame_id"], there["distance"], strict=True):
        assert distance == pytest.approx(distances[frame], abs=1e-5)


def test_a_cluster_that_is_lost_takes_neither_the_server_nor_what_was_stored(
    dataset: Dataset, client_port: int
) -> None:
    with ThreadPoolExecutor(1) as thread:
        with running_cluster(client_port):
            computing = thread.submit(dataset.embeddings.compute, SPACE, progress=False)
            while not dataset.embeddings.list() and not computing.done():
                pass
            n_stored = dataset.embeddings.get(SPACE).n_vectors
        with pytest.raises(ConnectionFailedError, match=f"Ray cluster at ray://127.0.0.1:{client_port}"):
            computing.result()
    assert 0 < n_stored <= dataset.embeddings.get(SPACE).n_vectors < N_IMAGES
    with running_cluster(client_port):
        assert dataset.embeddings.compute(SPACE, progress=False).n_vectors == N_IMAGES


def test_an_address_that_is_no_ray_clients_is_refused_at_once(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOAL_RAY_ADDRESS", "127.0.0.1:6379")
    with shoal.connect(tmp_path / "home") as connection:
        dataset = connection.create_project("p").datasets.upload("d", images=images)
        with pytest.raises(InvalidInputError, match=r"such as ray://head:10001, found '127.0.0.1:6379'"):
            dataset.embeddings.compute(SPACE, progress=False)
