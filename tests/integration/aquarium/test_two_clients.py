from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from aquarium_client import Driver
from shoal_server import running_server


def body(url: str, path: str) -> Any:
    return httpx.get(f"{url}/api/v1/projects/large/datasets/{path}").json()


def test_two_clients_at_once_do_not_disturb_each_other(tmp_path: Path, drive: Driver) -> None:
    with running_server(tmp_path / "home") as server, ThreadPoolExecutor() as pool:
        one, two = (
            pool.submit(
                Driver(drive.python, tmp_path / name), "upload_large.py", server.url, name, str(n), "50"
            )
            for name, n in (("one", 40), ("two", 30))
        )
        assert len(one.result()["ids"]) == 40
        assert len(two.result()["ids"]) == 30
        for name, n in (("one", 40), ("two", 30)):
            assert body(server.url, name)["n_labels"] == n
            assert body(server.url, f"{name}/inference-sets/m")["n_inferences"] == n
