"""A private PostgreSQL server for tests: a fresh folder, a Unix socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

WITHOUT = "SHOAL_TEST_WITHOUT_POSTGRES"
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=40"


@dataclass
class PostgresServer:
    """A running server; every `new_database` is empty."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def new_database(self) -> str:
        """Make an empty place for tables and return its URL: a schema, much lighter than a database."""
        name = f"shoal_{next(self._numbers)}"
        with psycopg.connect(f"host={self.folder} user=shoal dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql://shoal@/postgres?host={self.folder}&options=-csearch_path%3D{name}"


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server; skip the test where `SHOAL_TEST_WITHOUT_POSTGRES` is set, fail without binaries."""
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set")
    binaries = _binaries()
    if binaries is None:
        pytest.fail(
            "No PostgreSQL server found in PATH or /usr/lib/postgresql. Install it with "
            f"`apt-get install postgresql`, or set {WITHOUT}=1 to leave these tests out.",
            pytrace=False,
        )
    folder = Path(tempfile.mkdtemp(prefix="shoal-pg-"))
    control = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    try:
        account = _account()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        initdb = str(binaries / "initdb")
        data = str(folder / "data")
        _run(
            folder, [initdb, "-D", data, "-U", "shoal", "-A", "trust", "-E", "UTF8", "-N", "--locale=C.UTF-8"]
        )
        options = f"{SETTINGS} -k {folder}"
        _run(folder, [*control, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield PostgresServer(folder)
        finally:
            _run(folder, [*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """The folder with `initdb` and `postgres`; links in PATH are followed to it."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def _account() -> pwd.struct_passwd | None:
    """The account to run as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _run(folder: Path, command: Sequence[str]) -> None:
    account = _account()
    done = subprocess.run(
        command,
        cwd=folder,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        log = folder / "log"
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise RuntimeError(f"{command[0]} failed: {done.stderr}\n{tail}")
