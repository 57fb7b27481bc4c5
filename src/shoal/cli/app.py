"""All commands under one roof, and what becomes of their errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated

import typer

from shoal.cli import (
    dataset,
    demo,
    doctor,
    duplicates,
    embedding_map,
    embeddings,
    export,
    gate,
    importing,
    jobs,
    matrix,
    project,
    query,
    report,
    segment,
    serve,
    similar,
    target,
    token,
    upload,
)
from shoal.cli.faults import EXIT_INTERRUPTED, EXIT_USAGE, show_error, show_usage_error
from shoal.cli.usage import examples, new_app
from shoal.errors import ShoalError

app = new_app(
    "For every important subset of your data: is the new model good enough to ship?",
    epilog=examples(
        "shoal demo",
        "shoal import val --coco val.json --images images/ --results v1.json --results v2.json",
        "shoal matrix --baseline v1",
        "shoal gate --candidate v2 --baseline v1",
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        import shoal

        typer.echo(f"shoal {shoal.__version__}")
        raise typer.Exit


@app.callback()
def _shoal(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    pass


demo.add_to(app)
serve.add_to(app)
importing.add_to(app)
app.add_typer(upload.app, name="upload")
query.add_to(app)
duplicates.add_to(app)
app.add_typer(segment.app, name="segment")
similar.add_to(app, segment.app)
app.add_typer(embeddings.app, name="embeddings")
app.add_typer(target.app, name="target")
embedding_map.add_to(app)
matrix.add_to(app)
report.add_to(app)
gate.add_to(app)
app.add_typer(export.app, name="export")
app.add_typer(project.app, name="project")
app.add_typer(dataset.app, name="dataset")
app.add_typer(jobs.app, name="jobs")
app.add_typer(token.app, name="token")
doctor.add_to(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 for an error, 3 for a mistake in the command itself."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(list(arguments) or ["--help"], prog_name="shoal", standalone_mode=False)
    except typer.TyperException as error:
        show_usage_error(error)
        return EXIT_USAGE
    except ShoalError as error:
        show_error(error)
        return 1
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("\nStopped.", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; Python would otherwise complain once more at exit.
        with suppress(OSError):
            sys.stdout = None
        return 0
    return code if isinstance(code, int) else 0
