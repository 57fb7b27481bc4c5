"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path | None, typer.Option("--home", help="Data folder [default: $SHOAL_HOME, else ./shoal-data].")
]
Url = Annotated[str | None, typer.Option("--url", help="Server to talk to instead [default: $SHOAL_URL].")]
ProjectName = Annotated[str | None, typer.Option("--project", "-p", help="Project [default: the only one].")]
DatasetName = Annotated[str | None, typer.Option("--dataset", "-d", help="Dataset [default: the only one].")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Confidence = Annotated[
    list[str] | None,
    typer.Option(
        "--confidence", help="Confidence threshold: a number, or SET=NUMBER for one set (repeatable)."
    ),
]
Iou = Annotated[
    list[str] | None,
    typer.Option("--iou", help="IoU threshold: a number, or SET=NUMBER for one set (repeatable)."),
]
OneConfidence = Annotated[float | None, typer.Option("--confidence", help="Confidence threshold.")]
OneIou = Annotated[float | None, typer.Option("--iou", help="IoU threshold.")]
SegmentNames = Annotated[
    list[str] | None, typer.Option("--segment", "-s", help="Segment (repeatable) [default: all].")
]
OneSegment = Annotated[str | None, typer.Option("--segment", "-s", help="Segment [default: All Frames].")]
InferenceSetNames = Annotated[
    list[str] | None,
    typer.Option("--inference-set", "-i", help="Inference set (repeatable) [default: all]."),
]
Baseline = Annotated[str | None, typer.Option("--baseline", "-b", help="Inference set to compare with.")]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        "-t",
        help="Minimum for a score: recall=0.9, f1@macro=0.8, recall@pedestrian=0.85 (repeatable).",
    ),
]
