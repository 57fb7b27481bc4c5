"""The real client against a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aquarium_client import Driver, NoClientError, client_python
from shoal_server import RunningServer, running_server


@pytest.fixture(scope="session")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Driver:
    """What runs scripts with the client; tests are skipped where no registry gives it."""
    try:
        return Driver(client_python(), tmp_path_factory.mktemp("client"))
    except NoClientError as error:
        pytest.skip(f"no client: {error}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on a home of its own, for the tests of one module."""
    with running_server(tmp_path_factory.mktemp("home")) as running:
        yield running
