"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MISSING = "–"
_WIDE = 200


def print_json(value: Any) -> None:
    """Print a value as indented JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_note(text: str) -> None:
    """Print a remark on standard error, so that standard output stays the result."""
    typer.echo(text, err=True)


def print_rows(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str] | Sequence[str], *, empty: str = "(none)"
) -> None:
    """Print rows as a table.

    Args:
        rows: values by key; a missing number is shown as a dash.
        columns: keys, or headings by key, in order.
        empty: printed when there are no rows.
    """
    headings = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    if not rows:
        typer.echo(empty)
        return
    table = new_table()
    for key, heading in headings.items():
        is_number = all(isinstance(row.get(key), (int, float, type(None))) for row in rows)
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*[_cell(key, row.get(key)) for key in headings])
    console().print(table)


def new_table(**options: Any) -> Table:
    """Return an empty table in the style of all tables."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, **options)


def console() -> Console:
    """Return a console on standard output; wide when that is a file or a pipe."""
    from rich.console import Console

    width = shutil.get_terminal_size((_WIDE, 24)).columns
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def _cell(key: str, value: Any) -> str:
    if key.endswith("_at") and isinstance(value, str):
        return value[:16].replace("T", " ")
    return text_of(value)


def text_of(value: Any) -> str:
    """Return a value as a table shows it."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return ", ".join(text_of(one) for one in value)
    return str(value)
