"""The street-scene demonstration as files: pictures, COCO labels and results, metadata, policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shoal.demo.conditions import SequencePlan, plan_sequences
from shoal.demo.detectors import Inferences, simulate
from shoal.demo.leak import leak_drive, leaks
from shoal.demo.scenes import FilmedFrame, film
from shoal.demo.story import BASELINE, CANDIDATE, DETECTORS, FIX, STREET_POLICY, STREET_SEGMENTS, DemoSegment
from shoal.demo.traffic import CLASSES, FRAME_S
from shoal.demo.truth import gather_truth
from shoal.errors import InvalidInputError

DEFAULT_SEED = 2026


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Where the street-scene demonstration lies, and how to load it.

    Attributes:
        folder: holds everything below.
        coco: labels, in COCO's instances format; annotations carry `occlusion`.
        images: folder of the pictures the COCO file names.
        metadata: Parquet with `file_name` and one column per metadata field.
        results: COCO results by inference set, in upload order; each covers all frames.
        policy: gate policy, YAML.
        leaks: the training frame each of some test frames nearly shows, by file name.
        segments: to be created; splits are not among them: they come from the field `split`.
        baseline: the deployed inference set.
        candidate: better overall, worse on pedestrians at night.
        fix: the candidate repaired.
        confidence: confidence threshold the story is told at.
        iou: IoU threshold the story is told at.
        split_field: metadata field to make one split segment per value of.
        group_field: metadata field whose values are drawn together when resampling.
    """

    folder: Path
    coco: Path
    images: Path
    metadata: Path
    results: dict[str, Path]
    policy: Path
    leaks: dict[str, str]
    segments: tuple[DemoSegment, ...] = STREET_SEGMENTS
    baseline: str = BASELINE
    candidate: str = CANDIDATE
    fix: str = FIX
    confidence: float = 0.3
    iou: float = 0.5
    split_field: str = "split"
    group_field: str = "sequence_id"


def draw_street_scenes(
    folder: Path,
    *,
    n_frames: int = 1200,
    seed: int = DEFAULT_SEED,
    progress: Callable[[int, int], None] | None = None,
    image_size: tuple[int, int] = (640, 384),
    images: bool = True,
    workers: int | None = None,
) -> DemoFiles:
    """Draw street scenes, simulate four detectors on them, and write both as files.

    The same seed, size and number of frames give the same bytes, whatever the number of workers.

    Args:
        folder: where to write; created when absent, files of an earlier run are replaced.
        n_frames: how many frames, at least 1.
        seed: of all random numbers.
        progress: called with frames done and frames in all.
        image_size: width and height in pixels, at least 160 by 96.
        images: whether to paint pictures; the data are the same without.
        workers: processes to use; `None` uses the cores there are.  With more than one, a script that calls
            this needs the usual `if __name__ == "__main__"`.

    Raises:
        InvalidInputError: too few frames, or pictures too small.
    """
    _check(n_frames, image_size)
    picture_folder = folder / "images"
    picture_folder.mkdir(parents=True, exist_ok=True)
    plans = leak_drive(plan_sequences(n_frames, seed), image_size=image_size, seed=seed)
    filmed = film(
        plans,
        image_size=image_size,
        seed=seed,
        images=picture_folder if images else None,
        workers=workers,
        progress=progress,
    )
    _write_coco(folder / "labels.json", plans, filmed, image_size)
    _write_metadata(folder / "metadata.parquet", plans, filmed)
    truth = gather_truth(plans, filmed, image_size=image_size, seed=seed)
    results = {}
    for detector in DETECTORS:
        results[detector.name] = folder / f"{detector.name}.json"
        _write_results(results[detector.name], simulate(detector, truth, seed=seed))
    policy = folder / "gate.yaml"
    policy.write_text(STREET_POLICY, encoding="utf-8")
    return DemoFiles(
        folder=folder,
        coco=folder / "labels.json",
        images=picture_folder,
        metadata=folder / "metadata.parquet",
        results=results,
        policy=policy,
        leaks=leaks(plans),
    )


def _check(n_frames: int, image_size: tuple[int, int]) -> None:
    if n_frames < 1:
        raise InvalidInputError(
            f"Expected at least 1 frame, found {n_frames}.", location={"field": "n_frames"}
        )
    if image_size[0] < 160 or image_size[1] < 96:
        raise InvalidInputError(
            f"Expected pictures of at least 160 x 96 pixels, found {image_size[0]} x {image_size[1]}.",
            location={"field": "image_size"},
        )


def _write_coco(
    path: Path, plans: list[SequencePlan], filmed: list[list[FilmedFrame]], image_size: tuple[int, int]
) -> None:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for plan, sequence in zip(plans, filmed, strict=True):
        for position, frame in enumerate(sequence):
            images.append(
                {
                    "id": len(images) + 1,
                    "file_name": frame.file_name,
                    "width": image_size[0],
                    "height": image_size[1],
                    "date_captured": _captured(plan, position),
                }
            )
            for label in frame.labels:
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": len(images),
                        "category_id": label.class_index + 1,
                        "bbox": list(label.box),
                        "area": round(label.box[2] * label.box[3], 2),
                        "iscrowd": 0,
                        "occlusion": label.occlusion,
                        "track_id": f"{plan.sequence_id}/{label.track}",
                    }
                )
    categories = [{"id": index + 1, "name": name} for index, name in enumerate(CLASSES)]
    info = {"description": "Drawn street scenes with simulated detectors; made by `shoal demo`."}
    content = {"info": info, "images": images, "annotations": annotations, "categories": categories}
    path.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _captured(plan: SequencePlan, position: int) -> str:
    moment = plan.started + timedelta(seconds=position * FRAME_S)
    return moment.isoformat(timespec="milliseconds")


def _write_metadata(path: Path, plans: list[SequencePlan], filmed: list[list[FilmedFrame]]) -> None:
    pairs = [(plan, frame) for plan, sequence in zip(plans, filmed, strict=True) for frame in sequence]

    def each(value: Callable[[SequencePlan], Any]) -> Iterable[Any]:
        return [value(plan) for plan, _ in pairs]

    table = pa.table(
        {
            "file_name": [frame.file_name for _, frame in pairs],
            "split": each(lambda plan: plan.split),
            "time_of_day": each(lambda plan: plan.time_of_day),
            "weather": each(lambda plan: plan.weather),
            "camera": each(lambda plan: plan.camera),
            "city": each(lambda plan: plan.city),
            "speed_kmh": [frame.speed_kmh for _, frame in pairs],
            "lux": each(lambda plan: round(plan.lux, 1)),
            "sequence_id": each(lambda plan: plan.sequence_id),
        }
    )
    pq.write_table(table, path)


def _write_results(path: Path, inferences: Inferences) -> None:
    rows = zip(
        (inferences.frame + 1).tolist(),
        (inferences.class_index + 1).tolist(),
        inferences.boxes_xywh.tolist(),
        inferences.confidence.tolist(),
        strict=True,
    )
    results = [
        {"image_id": image, "category_id": category, "bbox": box, "score": score}
        for image, category, box, score in rows
    ]
    path.write_text(json.dumps(results, separators=(",", ":")), encoding="utf-8")
