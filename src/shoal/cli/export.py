"""`shoal export …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.options import (
    Baseline,
    DatasetName,
    Home,
    InferenceSetNames,
    OneConfidence,
    OneIou,
    OneSegment,
    ProjectName,
    SegmentNames,
    Url,
)
from shoal.cli.place import opened_dataset
from shoal.cli.usage import examples, new_app

app = new_app("Write subsets, outcomes, frames and matrices to files.")

To = Annotated[Path, typer.Option("--to", "-o", help="File to write.")]
Format = Annotated[str | None, typer.Option("--format", help="Format of the file [default: by its suffix].")]


@app.command("segment", epilog=examples("shoal export segment Night --to night.json"))
def segment(
    name: Annotated[str, typer.Argument(help="Name or id of the segment.")],
    to: To,
    format: Annotated[str, typer.Option("--format", help="coco, json or csv.")] = "coco",  # noqa: A002
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Write a segment's frames and labels."""
    with opened_dataset(home, url, project, dataset) as found:
        _told(found.export.segment(name, to, format=format))


@app.command("outcomes", epilog=examples("shoal export outcomes yolo_v1 --to outcomes.parquet"))
def outcomes(
    inference_set: Annotated[str, typer.Argument(help="Name of the inference set.")],
    to: To,
    segment: OneSegment = None,
    confidence: OneConfidence = None,
    iou: OneIou = None,
    where: Annotated[
        str | None,
        typer.Option(help="Condition on each outcome: 'kind:false_negative label.area_px < 1024'."),
    ] = None,
    format: Format = None,  # noqa: A002
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Write outcomes: csv, parquet, json or arrow."""
    kind = format or _by_suffix(to, "csv")
    with opened_dataset(home, url, project, dataset) as found:
        _told(
            found.export.outcomes(
                inference_set,
                to,
                segment=segment,
                confidence=confidence,
                iou=iou,
                where=where,
                format=kind,
            )
        )


@app.command("frames", epilog=examples("shoal export frames --query time_of_day:night --to night.csv"))
def frames(
    to: To,
    query: Annotated[
        str | None, typer.Option("--query", "-q", help="Frames it selects [default: all].")
    ] = None,
    format: Format = None,  # noqa: A002
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Write frames with their fields: csv, parquet or json."""
    with opened_dataset(home, url, project, dataset) as found:
        _told(found.export.frames(to, query=query, format=format or _by_suffix(to, "csv")))


@app.command("matrix", epilog=examples("shoal export matrix --baseline yolo_v1 --to matrix.md"))
def matrix(
    to: To,
    segment: SegmentNames = None,
    inference_set: InferenceSetNames = None,
    baseline: Baseline = None,
    format: Format = None,  # noqa: A002
    dataset: DatasetName = None,
    project: ProjectName = None,
    home: Home = None,
    url: Url = None,
) -> None:
    """Write the matrix: csv, parquet, json or markdown."""
    with opened_dataset(home, url, project, dataset) as found:
        _told(
            found.export.matrix(
                to,
                segments=segment,
                inference_sets=inference_set,
                baseline=baseline,
                format=format or _by_suffix(to, "csv"),
            )
        )


def _by_suffix(path: Path, default: str) -> str:
    suffix = path.suffix.lower().lstrip(".")
    return {"": default, "md": "markdown"}.get(suffix, suffix)


def _told(path: Path) -> None:
    typer.echo(f"Wrote {path} ({path.stat().st_size:,} bytes).")
