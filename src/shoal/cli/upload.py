"""`shoal upload dataset` and `shoal upload inferences`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.faults import UsageFault
from shoal.cli.options import AsJson, DatasetName, Home, OneConfidence, OneIou, ProjectName, Url
from shoal.cli.output import print_json, print_note, print_rows
from shoal.cli.place import chosen_dataset, chosen_project, connected
from shoal.cli.usage import examples, new_app

if TYPE_CHECKING:
    from shoal.client.dataset import Dataset
    from shoal.client.inference_sets import InferenceSet
    from shoal.wire.uploads import DryRun

app = new_app("Upload datasets and inference sets into an existing project.")

Coco = Annotated[Path | None, typer.Option("--coco", help="COCO instances file.")]
Labels = Annotated[
    Path | None, typer.Option("--labels", help="Table of frames and labels: CSV, Parquet or JSONL.")
]
Frames = Annotated[Path | None, typer.Option("--frames", help="Table of frames without labels.")]
Images = Annotated[
    Path | None, typer.Option("--images", help="Folder of images; a folder per class when alone.")
]
Metadata = Annotated[
    Path | None,
    typer.Option("--metadata", help="Table of more fields, joined by frame_id or file_name."),
]
FrameIdFrom = Annotated[
    str, typer.Option("--frame-id-from", help="file_name (without folder), path or id of the COCO file.")
]
BoxFormat = Annotated[str, typer.Option("--box-format", help="auto, xywh, xyxy or cxcywh.")]
Normalised = Annotated[bool, typer.Option("--normalised", help="Boxes are fractions of width and height.")]
AddClasses = Annotated[bool, typer.Option("--add-classes", help="Add classes the project lacks.")]
DryRunOnly = Annotated[bool, typer.Option("--dry-run", help="Report what would be read, and store nothing.")]
Covers = Annotated[
    str,
    typer.Option(
        "--covers",
        help="Frames the model was run on: dataset (all), listed (those the file names) or query:TEXT.",
    ),
]


@app.command(
    "dataset",
    epilog=examples(
        "shoal upload dataset val --coco val.json --images images/ --metadata frames.parquet",
        "shoal upload dataset val --labels labels.csv --dry-run",
        "shoal upload dataset val --frames more.jsonl --mode upsert",
    ),
)
def upload_dataset(
    name: Annotated[str, typer.Argument(help="Name of the dataset; created when absent.")],
    coco: Coco = None,
    labels: Labels = None,
    frames: Frames = None,
    images: Images = None,
    metadata: Metadata = None,
    frame_id_from: FrameIdFrom = "file_name",
    box_format: BoxFormat = "auto",
    normalised: Normalised = False,
    add_classes: AddClasses = False,
    mode: Annotated[
        str,
        typer.Option(help="replace: the dataset is what the files hold; upsert: other frames stay."),
    ] = "replace",
    note: Annotated[str, typer.Option(help="Kept with the version.")] = "",
    dry_run: DryRunOnly = False,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Upload frames and labels; all files together become one new dataset version, or nothing does."""
    options: dict[str, Any] = {
        "coco": coco,
        "labels": labels,
        "frames": frames,
        "images": images,
        "metadata": metadata,
        "frame_id_from": frame_id_from,
        "box_format": box_format,
        "normalised": normalised,
        "add_classes": add_classes,
        "mode": mode,
        "note": note,
    }
    with connected(home, url) as shoal:
        datasets = chosen_project(shoal, project).datasets
        if dry_run:
            show_dry_run(datasets.upload(name, dry_run=True, **options), json)
        else:
            show_dataset(datasets.upload(name, **options), json)


@app.command(
    "inferences",
    epilog=examples(
        "shoal upload inferences yolo_v1 --coco-results v1.json",
        "shoal upload inferences yolo_v2 --file v2.parquet --covers listed",
    ),
)
def upload_inferences(
    name: Annotated[str, typer.Argument(help="Name of the inference set; created when absent.")],
    coco_results: Annotated[Path | None, typer.Option("--coco-results", help="COCO results file.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Table of inferences: CSV, Parquet or JSONL.")
    ] = None,
    covers: Covers = "dataset",
    confidence: OneConfidence = None,
    iou: OneIou = None,
    box_format: BoxFormat = "auto",
    normalised: Normalised = False,
    add_classes: AddClasses = False,
    mode: Annotated[
        str, typer.Option(help="replace, or extend: frames this file covers change, others stay.")
    ] = "replace",
    dry_run: DryRunOnly = False,
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Upload one model's inferences over a dataset."""
    if (coco_results is None) == (file is None):
        raise UsageFault("Expected exactly one of --coco-results and --file.")
    options: dict[str, Any] = {
        "coco_results": coco_results,
        "inferences": file,
        "covers": covers,
        "confidence": confidence,
        "iou": iou,
        "box_format": box_format,
        "normalised": normalised,
        "add_classes": add_classes,
        "mode": mode,
    }
    with connected(home, url) as shoal:
        inference_sets = chosen_dataset(chosen_project(shoal, project), dataset).inference_sets
        if dry_run:
            show_dry_run(inference_sets.upload(name, dry_run=True, **options), json)
        else:
            show_inference_set(inference_sets.upload(name, **options), json)


def show_dataset(dataset: Dataset, as_json: bool) -> None:
    """Print a dataset that has just been uploaded."""
    if as_json:
        print_json(dataset.to_dict() | {"notes": dataset.notes})
        return
    typer.echo(
        f"Dataset {dataset.name}: version {dataset.version}, {dataset.n_frames:,} frames, "
        f"{dataset.n_labels:,} labels."
    )
    for note in dataset.notes:
        print_note(f"Note: {note}")


def show_inference_set(inference_set: InferenceSet, as_json: bool) -> None:
    """Print an inference set that has just been uploaded."""
    if as_json:
        print_json(inference_set.to_dict() | {"notes": inference_set.notes})
        return
    body = inference_set.body
    without = inference_set.n_without_inferences
    typer.echo(
        f"Inference set {body.name}: {body.n_inferences:,} inferences, covers {body.n_covered:,} of "
        f"{body.n_frames:,} frames" + (f", {without:,} of them without any inference." if without else ".")
    )
    for note in inference_set.notes:
        print_note(f"Note: {note}")


def show_dry_run(report: DryRun, as_json: bool) -> None:
    """Print what an upload would do; leave with 1 when it would be rejected."""
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        typer.echo(
            f"Would read {report.n_frames:,} frames, {report.n_labels:,} labels, "
            f"{report.n_inferences:,} inferences. Nothing was stored."
        )
        for source, understood in report.understood.items():
            typer.echo(f"\n{source}:")
            values = understood.items() if isinstance(understood, dict) else [("", understood)]
            print_rows([{"what": key, "found": value} for key, value in values], ["what", "found"])
        for note in report.notes:
            print_note(f"Note: {note}")
        if report.total_problems:
            noun = "problem" if report.total_problems == 1 else "problems"
            typer.echo(f"\n{report.total_problems:,} {noun}:")
            print_rows(report.problems, ["file", "place", "field", "expected", "found"])
    if report.total_problems:
        raise typer.Exit(1)
