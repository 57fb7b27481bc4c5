"""`shoal import`: from files to a project that can be judged, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shoal.cli.options import AsJson, Home, Url
from shoal.cli.output import print_json
from shoal.cli.place import connected
from shoal.cli.upload import (
    AddClasses,
    BoxFormat,
    Coco,
    Covers,
    FrameIdFrom,
    Frames,
    Images,
    Labels,
    Metadata,
    Normalised,
    show_dataset,
    show_inference_set,
)
from shoal.cli.usage import examples
from shoal.cli.values import named_files

Results = Annotated[
    list[str] | None,
    typer.Option(
        "--results",
        "-r",
        help="Inferences of one model, FILE or NAME=FILE: COCO results (.json), CSV, Parquet or JSONL "
        "(repeatable).",
    ),
]
SplitBy = Annotated[
    str | None, typer.Option("--split-by", help="Make a Split segment for each value of this field.")
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "import",
        epilog=examples(
            "shoal import val --coco val.json --images images/ --results v1.json --results v2.json",
            "shoal import val --project driving --labels labels.parquet --metadata frames.csv "
            "--split-by split",
        ),
    )(import_files)


def import_files(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    coco: Coco = None,
    labels: Labels = None,
    frames: Frames = None,
    images: Images = None,
    metadata: Metadata = None,
    results: Results = None,
    covers: Covers = "dataset",
    split_by: SplitBy = None,
    frame_id_from: FrameIdFrom = "file_name",
    box_format: BoxFormat = "auto",
    normalised: Normalised = False,
    add_classes: AddClasses = False,
    project: Annotated[str, typer.Option("--project", "-p", help="Project; created when absent.")] = "main",
    task: Annotated[
        str,
        typer.Option(help="Of a new project: object_detection, classification or binary_classification."),
    ] = "object_detection",
    home: Home = None,
    url: Url = None,
    json: AsJson = False,
) -> None:
    """Make a project, a dataset and inference sets from files, and segments by a field."""
    result_files = named_files(results or (), "--results")
    reading: dict[str, Any] = {
        "box_format": box_format,
        "normalised": normalised,
        "add_classes": add_classes,
    }
    shown: dict[str, Any] = {"inference_sets": [], "segments": []}
    with connected(home, url, create=True) as shoal:
        known = {one.name: one for one in shoal.projects}
        place = known.get(project) or shoal.create_project(project, task=task)
        dataset = place.datasets.upload(
            name,
            coco=coco,
            labels=labels,
            frames=frames,
            images=images,
            metadata=metadata,
            frame_id_from=frame_id_from,
            **reading,
        )
        shown["dataset"] = dataset.to_dict() | {"notes": dataset.notes}
        if not json:
            show_dataset(dataset, False)
        for set_name, file in result_files.items():
            inference_set = dataset.inference_sets.upload(
                set_name, **result_source(file), covers=covers, **reading
            )
            shown["inference_sets"].append(inference_set.to_dict() | {"notes": inference_set.notes})
            if not json:
                show_inference_set(inference_set, False)
        if split_by is not None:
            for segment in dataset.segments.create_per_value(split_by, "split"):
                shown["segments"].append(segment.to_dict())
                if not json:
                    typer.echo(f"Segment {segment.name}: {segment.n_elements:,} frames.")
    if json:
        print_json(shown)


def result_source(file: Path) -> dict[str, Any]:
    """Return a results file under the name `upload` takes it by: JSON is COCO, all else goes by suffix."""
    names = file.name.lower().split(".")[1:]
    return {"coco_results" if "json" in names else "inferences": file}
