"""One real server with a small dataset, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import shoal
from journey_data import JourneyFiles, write_journey_files
from shoal.client.connection import Shoal
from shoal.client.dataset import Dataset
from shoal_server import running_server

VAL = "/projects/driving/datasets/val"


@dataclass(frozen=True)
class Served:
    """A running server, ways to reach it, and what it holds."""

    url: str
    home: Path
    root: Path
    files: JourneyFiles
    http: httpx.Client
    sh: Shoal
    val: Dataset


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    root = folder / "root"
    files = write_journey_files(root, n_frames=24)
    with (
        running_server(folder / "home", "--root", str(root)) as server,
        httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as http,
        shoal.connect(server.url) as sh,
    ):
        project = sh.create_project("driving", confidence=0.3)
        val = project.datasets.upload("val", coco=files.coco, metadata=files.metadata, progress=False)
        val.inference_sets.upload("v1", coco_results=files.baseline, progress=False)
        val.segments.create(
            "Night", type="regression_test", query="time_of_day:night", targets={"recall": 0.5}
        )
        yield Served(server.url, folder / "home", root, files, http, sh, val)
