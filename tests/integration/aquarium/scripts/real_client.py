"""The unmodified client, imported without a network, and what every script does with it.

Its package asks the registry for newer versions in its last statement; everything is there before.
"""

from __future__ import annotations

import importlib
import json
import sys
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

_MODULES = (
    "client",
    "class_map",
    "coordinate_frames",
    "datasets",
    "frames",
    "inferences",
    "labels",
    "metrics_manager",
    "modified_labels",
    "segments",
    "sensor_data",
    "util",
    "work_queues",
    "collection_client",
)


def _imported() -> Any:
    requests = importlib.import_module("requests")
    with suppress(requests.exceptions.RequestException):
        importlib.import_module("aquariumlearning")
    found: dict[str, Any] = {}
    for name in _MODULES:
        module = sys.modules.get(f"aquariumlearning.{name}")
        found.update({key: value for key, value in vars(module or object).items() if key[0] != "_"})
    return SimpleNamespace(**found)


al: Any = _imported()
"""All names of the client."""


def connected(**credentials: str) -> Any:
    """Return a client of the endpoint given on the command line."""
    client = al.Client(api_endpoint=sys.argv[1])
    client.set_credentials(**(credentials or {"api_key": "any"}))
    return client


def until_done(client: Any, project: str, dataset: str, inference_set: str | None = None) -> None:
    """Wait until uploads are read, without the ten seconds the client sleeps at least."""
    time = importlib.import_module("time")
    for _ in range(600):
        if inference_set is None:
            state = client.current_dataset_process_state(project, dataset)
        else:
            state = client.current_inferences_process_state(project, dataset, inference_set)
        if state[0] in ("DONE", "ERRORED"):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{dataset} {inference_set} was not read in a minute")


def as_sent(frame: Any) -> dict[str, Any]:
    """Return what the client writes of a frame and its labels."""
    return {"frame": frame.to_dict(), "labels": [label.to_dict() for label in frame._crop_set.crops]}


def answer(value: Any) -> None:
    """Print what the test reads."""
    print(json.dumps(value, default=str))
