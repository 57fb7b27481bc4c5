"""`shoal gate`: the verdict as an exit code."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.faults import EXIT_USAGE, show_error
from shoal.cli.options import Baseline, Confidence, DatasetName, Home, Iou, ProjectName, Url
from shoal.cli.output import console, new_table
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples
from shoal.cli.values import number_per_set
from shoal.cli.verdicts import verdict_style, verdict_text
from shoal.errors import ShoalError
from shoal.model.gate_row import CheckEffect, CheckOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from shoal.model.gate_report import GateReport
    from shoal.model.gate_row import GateRow

_STYLES = {True: "green", False: "red", None: "yellow"}
_SHOWN_NOTES = 3


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "gate",
        epilog=examples(
            "shoal gate --candidate yolo_v2 --baseline yolo_v1",
            "shoal gate --candidate yolo_v2 --baseline yolo_v1 --policy shoal-gate.yaml \\",
            "    --junit gate.xml --markdown gate.md",
        )
        + "\n\nExit codes: 0 accepted, 1 rejected, 2 inconclusive or not evaluable, 3 not judged "
        "(a mistake in the command or the policy, or an error).",
    )(gate)


def gate(
    candidate: Annotated[str, typer.Option("--candidate", "-c", help="Inference set before the gate.")],
    baseline: Baseline = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="YAML file [default: the default policy].")
    ] = None,
    confidence: Confidence = None,
    iou: Iou = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML to this file.")] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write Markdown to this file; - prints it.")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write JSON to this file; - prints it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Print every check and note.")] = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Accept or reject a candidate; the exit code is the answer."""
    points = {
        "confidence": number_per_set(confidence, "--confidence"),
        "iou": number_per_set(iou, "--iou"),
    }
    try:
        with opened_dataset(home, url, project, dataset) as found:
            report = found.gate(candidate, baseline, policy, **points)
        printed = [
            _write(junit, report.to_junit()),
            _write(markdown, report.to_markdown()),
            _write(json, json_text.dumps(report.to_dict(), indent=2, ensure_ascii=False)),
        ]
    except ShoalError as error:
        # 1 would say "rejected", and nothing has been judged.
        show_error(error)
        raise typer.Exit(EXIT_USAGE) from error
    except OSError as error:
        typer.secho(f"Error: {error}", fg=typer.colors.RED, err=True)
        raise typer.Exit(EXIT_USAGE) from error
    if not any(printed):
        show_gate(report, everything=everything)
    raise typer.Exit(report.exit_code())


def show_gate(report: GateReport, *, everything: bool = False) -> None:
    """Print a gate's answer for people: what decided it first, then what else does not simply hold."""
    show_verdict(report)
    screen = console()
    against = f" against {report.baseline}" if report.baseline else ""
    screen.print(f"{report.candidate}{against}, {report.decided_on}, policy: {report.policy}")
    shown = [row for row in report.rows if everything or _is_worth_a_line(row)]
    if shown:
        screen.print(_checks_table(shown))
    notes = report.notes if everything else report.notes[:_SHOWN_NOTES]
    for note in notes:
        screen.print(f"Note: {note}")
    n_rows, n_notes = len(report.rows) - len(shown), len(report.notes) - len(notes)
    more = [
        text
        for n, text in (
            (n_rows, "1 more check holds" if n_rows == 1 else f"{n_rows} more checks hold"),
            (n_notes, "1 more note" if n_notes == 1 else f"{n_notes} more notes"),
        )
        if n
    ]
    if more:
        screen.print(f"{', '.join(more)} (--all shows them).")


def show_verdict(report: GateReport) -> None:
    """Print the one sentence that says what decided."""
    from rich.text import Text

    console().print(Text(report.reason, style=f"bold {_STYLES[report.passed]}"))


def _is_worth_a_line(row: GateRow) -> bool:
    return row.effect is not CheckEffect.HOLDS and not (
        row.effect is CheckEffect.REPORTED and row.outcome is CheckOutcome.PASS
    )


def _checks_table(rows: Sequence[GateRow]) -> Table:
    from rich.text import Text

    table = new_table()
    for heading in ("segment", "tier", "check", "outcome", "effect", "finding"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        outcome = Text(verdict_text(row.outcome), style=verdict_style(row.outcome))
        check = f"{row.score_name} {row.demand.replace('_', ' ')}"
        table.add_row(row.segment, row.tier.value, check, outcome, row.effect.value, row.sentence)
    return table


def _write(path: Path | None, text: str) -> bool:
    """Write to a file, or print when the path is `-`; return whether it was printed."""
    if path is None:
        return False
    if str(path) == "-":
        typer.echo(text)
        return True
    path.expanduser().write_text(text, encoding="utf-8")
    return False
