"""The default descriptor: pictures a second, in the network and through a whole job."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import shoal
from benchmarks.measuring import alone, median, timings, wait_for_quiet
from benchmarks.tables import Report, duration, shown
from shoal.embed.descriptor import BATCH, Descriptor
from shoal.embed.models import keep_default_model

_WANTED_PER_S = 150
_CORES = 2
_SIZES = {"224 × 224": (224, 224), "640 × 480": (640, 480)}


def network(folder: str, runs: int) -> dict[str, Any]:
    """Return seconds of a batch in the network, on one thread."""
    start = time.perf_counter()
    model_id, path = keep_default_model(Path(folder))
    converted_s = time.perf_counter() - start
    descriptor = Descriptor(path, model_id, n_threads=1)
    pictures = np.random.default_rng(1).integers(0, 255, (BATCH, 224, 224, 3), np.uint8)
    found = timings(lambda: descriptor.describe(pictures), runs)
    return {"converted_s": converted_s, "model_id": model_id, "mb": path.stat().st_size / 1e6, **found}


def job(folder: str, n_frames: int, width: int, height: int) -> dict[str, Any]:
    """Return what a job over JPEG files takes, from the call to the last vector that can be searched."""
    images = Path(folder) / "images"
    images.mkdir()
    rng = np.random.default_rng(2)
    for number in range(n_frames):
        coarse = Image.fromarray(rng.integers(0, 255, (height // 16, width // 16, 3), np.uint8))
        picture = coarse.resize((width, height), Image.Resampling.BICUBIC)
        picture.save(images / f"{number:06d}.jpg", quality=90)
    with shoal.connect(Path(folder) / "home") as client:
        project = client.create_project("benchmark")
        dataset = project.datasets.upload("val", images=images, progress=False)
        dataset.embeddings.compute("warm", query='id:"000000.jpg"', progress=False)
        wait_for_quiet()
        start, before = time.perf_counter(), sum(os.times()[:4])
        dataset.embeddings.compute("all", progress=False)
        return {"wall": time.perf_counter() - start, "cpu": sum(os.times()[:4]) - before}


def report(n_frames: int, runs: int = 5) -> Report:
    """Measure the network and jobs over `n_frames` pictures of two sizes."""
    found = Report(
        "Default descriptor: EfficientNet-Lite0 in whole numbers",
        ("what", "time a picture", "processor time", "pictures a second"),
    )
    with tempfile.TemporaryDirectory() as folder:
        alone_s = alone(network, folder=folder, runs=runs)
    wall, cpu = median(alone_s["wall"]) / BATCH, median(alone_s["cpu"]) / BATCH
    found.add("network, one thread", duration(wall), duration(cpu), shown(1 / wall))
    for name, (width, height) in _SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            took = alone(job, folder=folder, n_frames=n_frames, width=width, height=height)
        wall, cpu = took["wall"] / n_frames, took["cpu"] / n_frames
        found.add(f"job, JPEG of {name}", duration(wall), duration(cpu), shown(1 / wall))
        if name == next(iter(_SIZES)):
            what = f"described a second, {_CORES} cores, {name}"
            found.at_least(what, _WANTED_PER_S, 1 / wall, "pictures", best=_CORES / cpu)
    found.notes.append(
        f"{n_frames:,} JPEG files, read, shrunk, described, stored and indexed by one job; `best` is what "
        f"the processor time comes to on {_CORES} cores that do nothing else."
    )
    found.notes.append(
        f"The model, {alone_s['mb']:.1f} MB, was converted in {duration(alone_s['converted_s'])}."
    )
    return found
