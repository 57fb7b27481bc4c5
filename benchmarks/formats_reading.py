"""Boxes per second and peak memory of reading COCO files, made on the spot.

    python benchmarks/formats_reading.py [--frames 50000] [--per-frame 20] [--folder DIR]

Each reading runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from shoal.errors import ProblemLog
from shoal.formats.coco import CocoDataset
from shoal.formats.coco_results import CocoResults
from shoal.formats.source import ClassResolver, FrameLookup
from shoal.model.class_map import ClassMap

N_CLASSES = 80


def write_files(folder: Path, n_frames: int, per_frame: int) -> None:
    """Write an instances file and a results file, streaming, from a fixed seed."""
    draw = random.Random(0)
    with (folder / "gt.json").open("w") as gt, (folder / "results.json").open("w") as results:
        gt.write('{"images": [')
        for i in range(n_frames):
            image = {
                "id": i,
                "file_name": f"{i:08d}.jpg",
                "width": 640,
                "height": 480,
                "split": draw.choice("ab"),
            }
            gt.write((", " if i else "") + json.dumps(image))
        gt.write('], "annotations": [')
        results.write("[")
        for k in range(n_frames * per_frame):
            box = [round(draw.uniform(0, 500), 2), round(draw.uniform(0, 400), 2)]
            box += [round(draw.uniform(1, 100), 2), round(draw.uniform(1, 80), 2)]
            where = {"image_id": k // per_frame, "category_id": draw.randrange(N_CLASSES), "bbox": box}
            comma = ", " if k else ""
            gt.write(comma + json.dumps({"id": k + 1, **where, "area": box[2] * box[3], "iscrowd": 0}))
            results.write(comma + json.dumps({**where, "score": round(draw.random(), 5)}))
        categories = [{"id": i, "name": f"class {i}"} for i in range(N_CLASSES)]
        gt.write(f'], "categories": {json.dumps(categories)}}}')
        results.write("]")


def measure(folder: Path) -> dict[str, float]:
    """Read both files once; seconds of each part, rows, and this process's peak memory."""
    problems = ProblemLog()
    started = time.perf_counter()
    source = CocoDataset(folder / "gt.json")
    class_map = ClassMap(source.classes())
    frames = pa.Table.from_batches(list(source.frames(problems)))
    lookup = FrameLookup(
        frames["frame_id"], frames["source_id"], widths=frames["width"], heights=frames["height"]
    )
    frames_done = time.perf_counter()
    classes = ClassResolver(class_map)
    n_labels = sum(batch.num_rows for batch in source.labels(lookup, classes, problems))
    labels_done = time.perf_counter()
    results = CocoResults(folder / "results.json")
    n_inferences = sum(batch.num_rows for batch in results.inferences(lookup, classes, problems))
    done = time.perf_counter()
    problems.raise_if_any()
    return {
        "frames_per_s": frames.num_rows / (frames_done - started),
        "labels_per_s": n_labels / (labels_done - frames_done),
        "inferences_per_s": n_inferences / (done - labels_done),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def main() -> None:
    """Write the files, read them several times in fresh processes, print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=50_000)
    parser.add_argument("--per-frame", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--measure", action="store_true", help="read the files in --folder once, print JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.folder)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        write_files(folder, options.frames, options.per_frame)
        size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        command = [sys.executable, __file__, "--measure", "--folder", name]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(options.repeat)]
    print(f"{options.frames:,} frames, {options.frames * options.per_frame:,} boxes each, {size_mb:,.0f} MB")
    for key in runs[0]:
        print(f"{key:>18}: {statistics.median(run[key] for run in runs):>12,.0f}")


if __name__ == "__main__":
    main()
