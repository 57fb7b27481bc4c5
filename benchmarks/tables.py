"""What a benchmark reports: tables and targets, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table as RichTable


@dataclass(frozen=True, slots=True)
class Target:
    """A speed or size that was promised, and what came out.

    Attributes:
        what: the quantity.
        wanted: the promise.
        measured: what was measured.
        is_met: whether the promise is kept.
    """

    what: str
    wanted: str
    measured: str
    is_met: bool


@dataclass(slots=True)
class Report:
    """The outcome of one part.

    Attributes:
        title: what it is about.
        columns: heads of the table.
        rows: cells as text.
        notes: how it was measured, and what to know.
        targets: promises this part checks.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Append a row."""
        self.rows.append(cells)

    def at_most(self, what: str, limit: float, value: float, unit: str, *, best: float | None = None) -> None:
        """Note a target that is met by a small value; `best` of several runs is shown beside it."""
        measured = f"{shown(value)} {unit}" + ("" if best is None else f" (best {shown(best)})")
        self.targets.append(Target(what, f"≤ {round(limit):,} {unit}", measured, value <= limit))

    def at_least(
        self, what: str, limit: float, value: float, unit: str, *, best: float | None = None
    ) -> None:
        """Note a target that is met by a large value; `best` of several runs is shown beside it."""
        measured = f"{shown(value)} {unit}" + ("" if best is None else f" (best {shown(best)})")
        self.targets.append(Target(what, f"≥ {round(limit):,} {unit}", measured, value >= limit))


def shown(value: float) -> str:
    """Return a number with three significant digits, thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(value_s: float) -> str:
    """Return a time in the unit that suits it."""
    return f"{shown(value_s)} s" if value_s >= 1 else f"{shown(1e3 * value_s)} ms"


def print_report(console: Console, report: Report) -> None:
    """Print a table for people."""
    table = RichTable(*report.columns, title=report.title, title_justify="left", title_style="bold")
    for row in report.rows:
        table.add_row(*row)
    console.print(table)
    for note in report.notes:
        console.print(f"  {note}", style="dim")
    for target in report.targets:
        mark, style = ("✓", "green") if target.is_met else ("✗", "red")
        console.print(f"  {mark} {target.what}: {target.measured} (target {target.wanted})", style=style)
    console.print()


def markdown_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [list(columns)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def markdown(report: Report) -> list[str]:
    """Return the lines of a section."""
    notes = [line for note in report.notes for line in (f"- {note}",)]
    return [f"## {report.title}", "", *markdown_table(report.columns, report.rows), "", *notes, ""]


def targets_markdown(reports: Iterable[Report]) -> list[str]:
    """Return the lines of the table of targets."""
    rows = [
        (target.what, target.wanted, target.measured, "met" if target.is_met else "**missed**")
        for report in reports
        for target in report.targets
    ]
    return ["## Targets", "", *markdown_table(("what", "target", "measured", ""), rows), ""]
