"""`shoal matrix`: on a stored dataset, or straight from files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.importing import Results, SplitBy, result_source
from shoal.cli.matrix_view import matrix_footnotes, matrix_heading, matrix_tables
from shoal.cli.options import (
    AsJson,
    Baseline,
    Confidence,
    DatasetName,
    Home,
    InferenceSetNames,
    Iou,
    ProjectName,
    SegmentNames,
    Url,
)
from shoal.cli.output import console, print_json, print_note
from shoal.cli.place import opened_dataset
from shoal.cli.upload import Coco, Labels, Metadata
from shoal.cli.usage import examples
from shoal.cli.values import named_files, number_per_set

if TYPE_CHECKING:
    from shoal.client.dataset import Dataset
    from shoal.client.results import MatrixTable


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "matrix",
        epilog=examples(
            "shoal matrix --baseline yolo_v1",
            "shoal matrix --segment Night --metric recall --confidence 0.3 --iou 0.5",
            "shoal matrix --coco gt.json --results v1.json --results v2.json --baseline v1",
            "shoal matrix --coco gt.json --results v1.json --metadata frames.parquet --split-by split",
        ),
    )(matrix)


def matrix(
    segment: SegmentNames = None,
    inference_set: InferenceSetNames = None,
    baseline: Baseline = None,
    confidence: Confidence = None,
    iou: Iou = None,
    average: Annotated[str, typer.Option(help="weighted, macro or micro.")] = "weighted",
    class_name: Annotated[
        str | None, typer.Option("--class", "-c", help="Scores of one class in place of an average.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help="precision, recall or f1 (repeatable) [default: all]."),
    ] = None,
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="Score only frames it selects, without targets.")
    ] = None,
    coco: Coco = None,
    labels: Labels = None,
    metadata: Metadata = None,
    results: Results = None,
    split_by: SplitBy = None,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show every segment × every inference set, with verdicts; from files, nothing is kept."""
    from_files = coco is not None or labels is not None or bool(results)
    if from_files:
        place = (home, url, project, dataset)
        opened = _from_files(place, coco, labels, metadata, results or [], split_by)
    elif metadata is not None or split_by is not None:
        raise UsageFault("--metadata and --split-by go with --coco or --labels.")
    else:
        opened = opened_dataset(home, url, project, dataset)
    points = {
        "confidence": number_per_set(confidence, "--confidence"),
        "iou": number_per_set(iou, "--iou"),
    }
    with opened as found:
        table = found.matrix(
            segment or None,
            inference_set or None,
            baseline,
            average=average,
            class_name=class_name,
            metrics=metric or ("precision", "recall", "f1"),
            details=True,
            confidence=points["confidence"],
            iou=points["iou"],
            query=query,
        )
    if json:
        print_json(table.body.model_dump(mode="json"))
    else:
        show_matrix(table)


def show_matrix(table: MatrixTable) -> None:
    """Print a matrix for people."""
    screen = console()
    screen.print(matrix_heading(table.body))
    for one in matrix_tables(table.body):
        screen.print(one)
    if not table.body.rows:
        screen.print("No inference sets yet: `shoal upload inferences` adds one.")
    for note in matrix_footnotes(table.body):
        screen.print(note)


@contextmanager
def _from_files(
    place: tuple[object, ...],
    coco: Path | None,
    labels: Path | None,
    metadata: Path | None,
    results: list[str],
    split_by: str | None,
) -> Iterator[Dataset]:
    if any(value is not None for value in place):
        raise UsageFault("Files are judged without a home; leave out --home, --url, --project, --dataset.")
    if (coco is None) == (labels is None):
        raise UsageFault("Expected exactly one of --coco and --labels.")
    if not results:
        raise UsageFault("Expected at least one --results.")
    files = named_files(results, "--results")

    import tempfile

    from shoal.local import connect

    # Leaving in this order lets the server go before its folder does.
    with tempfile.TemporaryDirectory(prefix="shoal-matrix-") as home, connect(home) as shoal:
        datasets = shoal.create_project("files").datasets
        dataset = datasets.upload("files", coco=coco, labels=labels, metadata=metadata)
        for name, file in files.items():
            for note in dataset.inference_sets.upload(name, **result_source(file)).notes:
                print_note(f"Note: {name}: {note}")
        if split_by is not None:
            dataset.segments.create_per_value(split_by, "split")
        yield dataset
