"""A private Ray cluster of one machine for tests: two cores, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("ray"))
START_LIMIT_S = 60.0
OBJECT_BYTES = 100_000_000

# Nobody else reaches the cluster, and a token would be written to the home folder of whoever runs the tests.
OPEN = {"RAY_AUTH_MODE": "disabled", "no_grpc_proxy": "127.0.0.1"}

# The head forks for the first connection while gRPC's threads run; half of the time that child dies.
FORKING = {"GRPC_ENABLE_FORK_SUPPORT": "0"}


@contextmanager
def running_cluster(client_port: int) -> Iterator[str]:
    """Start a cluster whose Ray Client listens on a port, and kill it in the end; yields the address."""
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # its sockets need short names
    command = [COMMAND, "start", "--head", "--block", "--num-cpus=2", f"--port={free_port()}"]
    command += [f"--ray-client-server-port={client_port}", f"--object-store-memory={OBJECT_BYTES}"]
    command += [
        "--node-ip-address=127.0.0.1",
        "--include-dashboard=false",
        "--disable-usage-stats",
        f"--temp-dir={folder}",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, **OPEN, **FORKING, "PYTHONUNBUFFERED": "1"},
    )
    watchdog = threading.Timer(START_LIMIT_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        printed: list[str] = []
        while not printed or "runtime started" not in printed[-1]:
            printed.append(process.stdout.readline())
            assert printed[-1], "the cluster did not start:\n" + "".join(printed)
        watchdog.cancel()
        yield f"ray://127.0.0.1:{client_port}"
    finally:
        watchdog.cancel()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
