"""A small made-up dataset on disk: COCO labels, metadata, two result files, all from one seed."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = ("car", "pedestrian", "cyclist")
CATEGORY_IDS = (3, 7, 11)
SPLITS = ("training", "validation", "test")


@dataclass(frozen=True)
class JourneyFiles:
    """Where the files of the journey lie."""

    coco: Path
    metadata: Path
    baseline: Path
    candidate: Path


def write_journey_files(folder: Path, *, n_frames: int = 90, seed: int = 7) -> JourneyFiles:
    """Write the files of the journey; the candidate is worse on people at night."""
    rng = np.random.default_rng(seed)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    results: dict[str, list[dict[str, Any]]] = {"baseline": [], "candidate": []}
    for i in range(n_frames):
        image_id = 100 + 3 * i
        name = f"frames/é {i:04d}.jpg"
        images.append({"id": image_id, "file_name": name, "width": 640, "height": 480})
        is_night = bool(rng.random() < 0.4)
        rows.append(
            {
                "frame_id": name.rsplit("/", 1)[1],
                "split": SPLITS[i % 3],
                "time_of_day": "night" if is_night else "day",
                "speed_kmh": round(float(rng.uniform(0, 90)), 1),
                "sequence_id": f"s{i // 6}",
            }
        )
        for _ in range(rng.integers(1, 6)):
            kind = int(rng.integers(3))
            box = [float(v) for v in (*rng.integers(0, 400, 2), *rng.integers(16, 120, 2))]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": image_id,
                    "category_id": CATEGORY_IDS[kind],
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": int(rng.random() < 0.03),
                }
            )
            for who, chance in (("baseline", 0.8), ("candidate", 0.85)):
                if who == "candidate" and is_night and kind != 0:
                    chance = 0.2
                if rng.random() < chance:
                    results[who].append(_detection(rng, image_id, kind, box))
        for detections in results.values():
            if rng.random() < 0.4:
                box = [float(v) for v in (*rng.integers(0, 400, 2), *rng.integers(16, 90, 2))]
                detections.append(_detection(rng, image_id, int(rng.integers(3)), box))
    folder.mkdir(parents=True, exist_ok=True)
    coco = folder / "labels.json"
    categories = [{"id": n, "name": c} for n, c in zip(CATEGORY_IDS, CLASSES, strict=True)]
    coco.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    metadata = folder / "frames.csv"
    with metadata.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for who, detections in results.items():
        (folder / f"{who}.json").write_text(json.dumps(detections))
    return JourneyFiles(coco, metadata, folder / "baseline.json", folder / "candidate.json")


def _detection(rng: np.random.Generator, image_id: int, kind: int, box: list[float]) -> dict[str, Any]:
    moved = [max(0.0, v + float(rng.normal(0, 3))) for v in box[:2]]
    sized = [max(4.0, v + float(rng.normal(0, 3))) for v in box[2:]]
    said = kind if rng.random() < 0.93 else int(rng.integers(3))
    return {
        "image_id": image_id,
        "category_id": CATEGORY_IDS[said],
        "bbox": [round(v, 2) for v in (*moved, *sized)],
        "score": round(float(rng.beta(4, 2)), 3),
    }
