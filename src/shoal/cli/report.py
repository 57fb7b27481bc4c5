"""`shoal report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import (
    AsJson,
    DatasetName,
    Home,
    OneConfidence,
    OneIou,
    OneSegment,
    ProjectName,
    Url,
)
from shoal.cli.output import console, new_table, print_json, print_rows, text_of
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples

if TYPE_CHECKING:
    from shoal.client.results import ConfusionMatrix


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "report",
        epilog=examples(
            "shoal report yolo_v1",
            "shoal report yolo_v1 --segment Night --confidence 0.3 --confusion",
            "shoal report yolo_v1 --coco",
            "shoal report yolo_v1 --segment Night --intervals",
        ),
    )(report)


def report(
    inference_set: Annotated[str, typer.Argument(help="Name of the inference set.")],
    segment: OneSegment = None,
    confidence: OneConfidence = None,
    iou: OneIou = None,
    confusion: Annotated[bool, typer.Option("--confusion", help="Show the confusion matrix too.")] = False,
    intervals: Annotated[bool, typer.Option("--intervals", help="Show 95 % intervals too.")] = False,
    coco: Annotated[bool, typer.Option("--coco", help="Show pycocotools' twelve numbers too.")] = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Show scores per class and averaged, for one inference set on one segment."""
    with opened_dataset(home, url, project, dataset) as found:
        table = found.report(inference_set, segment, confidence, iou)
        bounds = found.report_intervals(inference_set, segment, confidence, iou) if intervals else None
        twelve = found.coco(inference_set, segment) if coco else None
    if json:
        more = {"intervals": bounds.to_dicts() if bounds else None, "coco": twelve}
        kept = {name: value for name, value in more.items() if value is not None}
        print_json(table.body.model_dump(mode="json") | kept)
        return
    about = table.context
    typer.echo(
        f"{about.inference_set} on {about.segment}: {about.n_frames:,} frames, {about.n_labels:,} labels, "
        f"{about.n_inferences:,} inferences, confidence ≥ {about.confidence:g}, IoU ≥ {about.iou:g}, "
        f"matching {about.matching}" + _coverage(about.coverage)
    )
    print_rows(table.to_dicts(), table.columns)
    if bounds is not None:
        print_rows(bounds.to_dicts(), bounds.columns)
    if confusion:
        _show_confusion(table.confusion)
    if twelve is not None:
        print_rows([{"number": name, "value": value} for name, value in twelve.items()], ["number", "value"])


def _coverage(share: float | None) -> str:
    return "" if share is None or share == 1 else f", covering {share:.1%} of the segment's frames"


def _show_confusion(confusion: ConfusionMatrix) -> None:
    table = new_table(title="Confusion matrix (truth down, predicted across)", title_justify="left")
    table.add_column("truth")
    for name in confusion.classes:
        table.add_column(name, justify="right")
    for name, row in zip(confusion.classes, confusion.counts, strict=True):
        table.add_row(name, *[text_of(int(count) if count.is_integer() else count) for count in row])
    console().print(table)
