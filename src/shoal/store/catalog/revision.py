"""Which revision of the tables a database has, and how it gets the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from shoal.errors import InvalidInputError
from shoal.store.catalog.base import Base

HEAD: Final = "0004"
"""The newest revision in `migrations/versions`; a test holds the two together."""

MIGRATIONS = Path(__file__).parent / "migrations"


def stored_revision(connection: Connection) -> str | None:
    """Return the revision of a database, or `None` when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables of an empty database, or migrate those of an older one, in one transaction.

    Alembic is imported only when there is something to migrate: it is slow to import, and a new database can
    be made from the models in one go.

    Raises:
        InvalidInputError: a newer Shoal made the catalog.
    """
    with engine.execution_options(shoal_writes=False).connect() as connection:
        if stored_revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        found = stored_revision(connection)
        if found is None:
            _create(connection)
        elif found != HEAD:
            migrate(connection, found)


def _create(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def migrate(connection: Connection, found: str | None) -> None:
    """Run the migrations from `found` to the newest inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if found is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(found)
        except CommandError as error:
            raise InvalidInputError(
                f"The catalog has revision {found}; this Shoal knows revisions up to {HEAD}.",
                hint="A newer Shoal made it: upgrade Shoal.",
            ) from error
    command.upgrade(config, "head")
