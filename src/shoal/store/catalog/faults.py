"""The one place where a database driver's errors become ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from shoal.errors import AlreadyExistsError, ConflictError, InvalidInputError, ShoalError, StorageError
from shoal.store.reasons import reason_of

_TOO_BIG = "A number does not fit the catalog: it has more than 64 bits."


@contextmanager
def translated() -> Iterator[None]:
    """Run a block of database work; whatever the driver raises comes out as a `ShoalError`.

    Raises:
        AlreadyExistsError: a unique name or number is taken; `location["kind"]` is the table.
        ConflictError: a row changed or went away since it was read.
        InvalidInputError: a value does not fit its column.
        StorageError: the database failed.
    """
    try:
        yield
    except StaleDataError as error:
        raise ConflictError(
            "Somebody else changed the same thing since it was read.", hint="Read it again and repeat."
        ) from error
    except OverflowError as error:  # SQLite's driver raises Python's own
        raise InvalidInputError(_TOO_BIG) from error
    except (StatementError, PoolTimeoutError) as error:
        raise _translation(error) from error


def _translation(error: StatementError | PoolTimeoutError) -> ShoalError:
    if isinstance(error, IntegrityError):
        return _broken_rule(error)
    if isinstance(error, DataError):
        if getattr(error.orig, "sqlstate", None) == "22003":
            return InvalidInputError(_TOO_BIG)
        return InvalidInputError(f"A value does not fit the catalog: {_first_line(error)}.")
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return InvalidInputError(f"A value does not fit the catalog: {error.orig or error.args[0]}.")
    return StorageError(
        f"The catalog database failed: {reason_of(error)}.",
        hint="Check that the disk has room and that the database can be reached; then try again.",
    )


def _broken_rule(error: IntegrityError) -> ShoalError:
    """SQLite tells the rule in the message, PostgreSQL by an SQLSTATE and the names beside it."""
    text = str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state == "23505" or text.startswith("UNIQUE"):
        kind = _table_of(error)
        return AlreadyExistsError(
            f"The name or number is taken by another {kind.replace('_', ' ')}.", location={"kind": kind}
        )
    if state == "23503" or text.startswith("FOREIGN KEY"):
        return ConflictError(
            "Something this refers to was deleted meanwhile.", hint="Read it again and repeat."
        )
    return InvalidInputError(f"A value does not fit the catalog: {_first_line(error)}.")


def _table_of(error: IntegrityError) -> str:
    named: str | None = getattr(getattr(error.orig, "diag", None), "table_name", None)
    if named:
        return named
    found = re.search(r"failed: (\w+)\.", str(error.orig))
    return found.group(1) if found else "row"


def _first_line(error: StatementError | PoolTimeoutError) -> str:
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0].rstrip(".")
