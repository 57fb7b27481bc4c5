"""Run the benchmarks, print their tables and write `docs/benchmarks.md`.

python -m benchmarks                        # everything, about three quarters of an hour
python -m benchmarks --quick                # everything in small, nothing is written
python -m benchmarks --only startup,import  # some parts; the others keep their sections in the document

$BENCHMARK_FOLDER names a folder in which the large dataset stays between runs.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from benchmarks import (
    descriptor,
    detection,
    embedding_map,
    importing,
    machine,
    page,
    scale,
    similarity,
    startup,
    subsets,
)
from benchmarks.measuring import ROOT
from benchmarks.tables import Report, Target, markdown, print_report, targets_markdown

DOCUMENT = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "benchmarks" / "results" / "latest.json"

FULL: dict[str, Callable[[], list[Report]]] = {
    "detection": lambda: [detection.report(5_000, 50), detection.report(50_000, 50, runs=3)],
    "matrix": lambda: [subsets.report(5_000, 50, with_slow=False)],
    "scale": lambda: scale.reports(1_000_000, kept=os.environ.get("BENCHMARK_FOLDER")),
    "import": lambda: [importing.report(50_000, 20)],
    "startup": lambda: [startup.report(5_000, 50)],
    "similarity": lambda: [
        similarity.report(200_000, kept=os.environ.get("BENCHMARK_FOLDER")),
        similarity.report(1_000_000, kept=os.environ.get("BENCHMARK_FOLDER")),
    ],
    "descriptor": lambda: [descriptor.report(2_000)],
    "map": lambda: [embedding_map.report(200_000), embedding_map.report(1_000_000)],
    "page": lambda: [page.report(1_000_000)],
}
QUICK: dict[str, Callable[[], list[Report]]] = {
    "detection": lambda: [detection.report(500, 20, runs=2)],
    "matrix": lambda: [subsets.report(500, 20, runs=2, with_slow=False)],
    "scale": lambda: scale.reports(20_000, runs=2),
    "import": lambda: [importing.report(2_000, 10, runs=1, huge=False)],
    "startup": lambda: [startup.report(500, 20, runs=2)],
    "similarity": lambda: [similarity.report(20_000)],
    "descriptor": lambda: [descriptor.report(300, runs=2)],
    "map": lambda: [embedding_map.report(20_000, runs=2)],
    "page": lambda: [page.report(20_000, demo_frames=120, matrix_frames=500, runs=2)],
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, for a look; writes nothing")
    parser.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        default=0.0,
        help="wait up to so long before each timing for other programs to pause",
    )
    parser.add_argument("--only", metavar="PARTS", help=f"comma-separated, of {', '.join(FULL)}")
    options = parser.parse_args()
    parts = QUICK if options.quick else FULL
    chosen = options.only.split(",") if options.only else list(parts)
    unknown = [name for name in chosen if name not in parts]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    os.environ["BENCHMARK_PATIENCE_S"] = str(options.patience)
    console = Console(width=max(100, min(180, Console().width)))
    startup.compile_bytecode()
    results = {} if options.quick else _kept()
    for name in chosen:
        found = parts[name]()
        results[name] = {"machine": machine.facts(), "reports": [asdict(report) for report in found]}
        for report in found:
            print_report(console, report)
        if not options.quick:
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
            write_document(results)


def _kept() -> dict[str, dict[str, object]]:
    """Return the results of earlier runs, so that a part can be measured alone."""
    found: dict[str, dict[str, object]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def write_document(results: dict[str, dict[str, object]], document: Path = DOCUMENT) -> None:
    """Write the tables of all parts as Markdown, the targets first."""
    parts = {name: (results[name]["machine"], _reports(results[name])) for name in FULL if name in results}
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks` (`make bench`); do not edit. Every measurement runs in a process",
        "of its own; times are medians unless said otherwise, data is drawn from a seed.",
        "",
        *targets_markdown(report for _, reports in parts.values() for report in reports),
    ]
    for facts, reports in parts.values():
        for report in reports:
            lines += markdown(report)
        assert isinstance(facts, list)
        lines += [f"Measured {facts[0]}; {facts[3]}.", ""]
    for facts, _ in list(parts.values())[:1]:
        assert isinstance(facts, list)
        lines += ["## Machine", "", *(f"- {fact}" for fact in facts[1:3]), ""]
    document.write_text("\n".join(lines))


def _reports(kept: dict[str, object]) -> list[Report]:
    found = kept["reports"]
    assert isinstance(found, list)
    return [
        Report(
            one["title"],
            tuple(one["columns"]),
            [tuple(row) for row in one["rows"]],
            one["notes"],
            [Target(**target) for target in one["targets"]],
        )
        for one in found
    ]


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
