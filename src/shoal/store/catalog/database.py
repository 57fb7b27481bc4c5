"""Sessions on the catalog database, SQLite or PostgreSQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from shoal.errors import InvalidInputError, MissingExtraError
from shoal.store.catalog import revision
from shoal.store.catalog.faults import translated

LOCK_WAIT_S = 30
"""How long a writer waits for another before it gives up."""

WRITER_LOCK = 0x5A0A1
"""PostgreSQL's advisory lock that lets one write transaction in at a time, as SQLite does."""


class Catalog:
    """The database of everything small: projects, versions, segments, jobs.

    One writer at a time on both engines, so what is read inside `begin()` stays true until its end.  Readers
    see one state of the whole database for as long as their session lasts and never wait for a writer.
    Objects stay readable after their session; columns are loaded eagerly.  Safe to share among threads;
    a session belongs to one.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        with translated():
            self._engine = _engine(url)
        self._reader = self._engine.execution_options(shoal_writes=False)
        self._writer = self._engine.execution_options(shoal_writes=True)

    @staticmethod
    def open(url: str | Path) -> Catalog:
        """Open a catalog and bring its tables up to date; an empty database becomes a new catalog.

        Args:
            url: the path of an SQLite file, or a database URL (`sqlite:///…`, `postgresql://…`).

        Raises:
            InvalidInputError: the URL names another kind of database, or a newer Shoal made the catalog.
            MissingExtraError: PostgreSQL is asked for and its driver is not installed.
            StorageError: the database cannot be reached.
        """
        catalog = Catalog(_parsed(url))
        try:
            with translated():
                revision.bring_up_to_date(catalog._engine)
        except BaseException:
            catalog.close()
            raise
        return catalog

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session on one unchanging state of the database; its changes are thrown away."""
        with (
            translated(),
            Session(self._reader, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield the one writing session; commit at the end, roll back on an exception.

        Raises:
            AlreadyExistsError: a unique name is taken.
            ConflictError: a row was changed or deleted by somebody else since it was read.
            StorageError: the database failed, or another writer held it for 30 s.
        """
        with (
            translated(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _parsed(url: str | Path) -> URL:
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    backend = parsed.get_backend_name() if parsed is not None else ""
    if parsed is None or backend not in ("sqlite", "postgresql"):
        raise InvalidInputError(
            f"Expected a catalog URL of SQLite or PostgreSQL, found {backend or 'none'}.",
            hint="Write it like postgresql://user:password@host/database.",
        )
    return parsed.set(drivername="postgresql+psycopg" if backend == "postgresql" else "sqlite")


def _engine(url: URL) -> Engine:
    write_json = partial(json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, json_serializer=write_json)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "before_cursor_execute", _refuse_nul)
        return engine
    try:
        engine = create_engine(
            url,
            json_serializer=write_json,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10},
        )
    except ImportError as error:
        raise MissingExtraError(
            "PostgreSQL needs the psycopg driver.", hint='Install it with: pip install "shoal[postgres]"'
        ) from error
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "before_cursor_execute", _refuse_nul)
    return engine


def _refuse_nul(
    _connection: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, many: bool
) -> None:
    """PostgreSQL holds no NUL in text; so that both databases behave alike, none does.

    Several rows in one statement come as one set of parameters, though `many` is set.
    """
    for row in parameters if many and isinstance(parameters, list) else (parameters,):
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str) and "\0" in value:
                raise InvalidInputError("A text holds a NUL character, which cannot be stored or looked up.")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Leave transactions to us; `FULL` because what is acknowledged survives a power cut."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={LOCK_WAIT_S * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("shoal_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("shoal_writes", True):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
