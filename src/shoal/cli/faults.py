"""Errors as the command line shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from shoal.errors import ShoalError

EXIT_USAGE = 3
EXIT_INTERRUPTED = 130


class UsageFault(typer.TyperException):
    """A command that contradicts itself or leaves something open."""


def show_error(error: ShoalError) -> None:
    """Print an error in red and its hint below, on standard error."""
    typer.secho(f"Error: {error.message}", fg=typer.colors.RED, err=True)
    if error.hint:
        typer.echo(f"Hint: {error.hint}", err=True)


def show_usage_error(error: typer.TyperException) -> None:
    """Print a mistake in the command itself in red, and where help is, on standard error."""
    typer.secho(f"Error: {error.format_message()}", fg=typer.colors.RED, err=True)
    context = getattr(error, "ctx", None)
    if context is not None:
        typer.echo(f"Hint: {context.command_path} --help", err=True)
