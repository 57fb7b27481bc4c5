from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from shoal.errors import InvalidInputError
from shoal.store.catalog import Base, Catalog, revision


def migrated(url: str) -> Catalog:
    """A catalog whose tables the migrations made, from nothing."""
    catalog = Catalog.open(url)
    with catalog._engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        revision.migrate(connection, None)
    return catalog


def picture(connection: Connection) -> dict[str, object]:
    """Everything a database says of its tables, without order."""
    look = inspect(connection)
    return {
        table: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in look.get_columns(table)},
            look.get_pk_constraint(table),
            sorted(map(str, look.get_foreign_keys(table))),
            sorted(map(str, look.get_unique_constraints(table))),
            sorted(map(str, look.get_indexes(table))),
        )
        for table in look.get_table_names()
    }


def test_migrations_make_what_the_models_make(catalog_url: str) -> None:
    catalog = Catalog.open(catalog_url)
    with catalog._engine.connect() as connection:
        made = picture(connection)
    catalog.close()
    catalog = migrated(catalog_url)
    with catalog._engine.connect() as connection:
        assert picture(connection) == made
        assert len(made) == len(Base.metadata.tables) + 1
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    catalog.close()


def test_a_migrated_catalog_is_opened_without_migrating_again(catalog_url: str) -> None:
    migrated(catalog_url).close()
    catalog = Catalog.open(catalog_url)
    with catalog._engine.connect() as connection:
        assert revision.stored_revision(connection) == revision.HEAD
    catalog.close()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(revision.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [revision.HEAD]


def test_a_catalog_of_a_newer_shoal_is_refused(catalog_url: str) -> None:
    catalog = Catalog.open(catalog_url)
    with catalog._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    catalog.close()
    with pytest.raises(InvalidInputError, match="9999") as caught:
        Catalog.open(catalog_url)
    assert "upgrade" in caught.value.hint


def test_opening_a_catalog_does_not_import_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shoal.store.catalog import Catalog\n"
        f"path = Path({str(tmp_path)!r}) / 'c.sqlite'\n"
        "Catalog.open(path).close(); Catalog.open(path).close()\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
