"""Evaluation of detections: matching, and COCO's twelve numbers, beside other tools on the same arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.measuring import alone, median, seconds
from benchmarks.peers import PEERS, evaluator, loaded, silence
from benchmarks.synthetic import N_CLASSES, draw
from benchmarks.tables import Report, duration, shown
from shoal.kernels.average_precision import average_precision
from shoal.kernels.coco_matching import coco_matches
from shoal.kernels.matching import match_same_class

TEN = np.linspace(0.5, 0.95, 10)
SLOWEST_S = 180.0


def ours(n_frames: int, per_frame: int, runs: int) -> dict[str, Any]:
    """Time our kernels."""
    data = draw(n_frames, per_frame)[0]
    labels, inferences = data.labels, data.inferences
    area_px = labels.boxes[:, 2] * labels.boxes[:, 3]
    everything = np.ones((1, n_frames), np.bool_)

    def twelve() -> float:
        matches = coco_matches(labels, inferences, area_px, N_CLASSES)
        return float(average_precision(matches, everything).summary[0, 0])

    return {
        "n": len(inferences.classes),
        "ten": seconds(lambda: match_same_class(labels, inferences, TEN), runs),
        "one": seconds(lambda: match_same_class(labels, inferences, TEN[:1]), runs),
        "twelve": seconds(twelve, runs),
        "ap": twelve(),
    }


def theirs(peer: str, n_frames: int, per_frame: int, runs: int) -> dict[str, Any]:
    """Time a peer's `evaluate`, and all up to the twelve numbers; loading is not counted."""
    truth, found = loaded(peer, draw(n_frames, per_frame)[0])

    def evaluate() -> Any:
        evaluation = evaluator(peer, truth, found)
        evaluation.evaluate()
        return evaluation

    def twelve() -> float:
        evaluation = evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        return float(evaluation.stats[0])

    with silence():
        warm_up = peer != "pycocotools"
        ten = seconds(evaluate, runs, warm_up=warm_up)
        all_numbers = seconds(twelve, runs, warm_up=False)
        ap = twelve() if warm_up else None
    return {"ten": ten, "twelve": all_numbers, "ap": ap}


def report(n_frames: int, per_frame: int, *, runs: int = 5) -> Report:
    """Measure every tool at one size."""
    mine = alone(ours, n_frames=n_frames, per_frame=per_frame, runs=runs)
    n = mine["n"]
    table = Report(
        f"Detection evaluation: {n_frames:,} images × {n:,} inferences",
        ("tool", "evaluate, 10 IoU", "against ours", "all 12 numbers", "against ours", "peak memory", "AP"),
    )
    ten, one, twelve = median(mine["ten"]), median(mine["one"]), median(mine["twelve"])
    peak = f"{shown(mine['peak_mb'])} MB"
    table.add("**Shoal**", duration(ten), "1", duration(twelve), "1", peak, f"{mine['ap']:.6f}")
    fastest: dict[str, float] = {}
    for peer in PEERS:
        expected_s = n / 10_000
        if peer == "pycocotools" and expected_s > SLOWEST_S:
            table.add(peer, "left out", "", "", "", "", "")
            table.notes.append("pycocotools is left out here: it would take minutes per evaluation.")
            continue
        repeats = 1 if peer == "pycocotools" else runs
        found = alone(theirs, peer=peer, n_frames=n_frames, per_frame=per_frame, runs=repeats)
        their_ten, their_twelve = median(found["ten"]), median(found["twelve"])
        fastest[peer] = their_ten
        table.add(
            peer,
            duration(their_ten),
            f"{shown(their_ten / ten)} ×",
            duration(their_twelve),
            f"{shown(their_twelve / twelve)} ×",
            f"{shown(found['peak_mb'])} MB",
            "" if found["ap"] is None else f"{found['ap']:.6f}",
        )
    table.notes += [
        "Evaluate: ours pairs and assigns at ten IoU thresholds for every confidence at once; theirs is "
        "`evaluate()`, which also matches in three ranges of area. All 12 numbers compares like with like.",
        f"One IoU threshold: {duration(one)}, {shown(n / one / 1e6)} million inferences a second.",
        f"Loading into each tool's own objects is not counted; median of {runs} runs (pycocotools: one).",
    ]
    size = f"{n / 1e6:g} M inferences"
    table.at_least(f"pair + assign against hotcoco's evaluation, {size}", 2, fastest["hotcoco"] / ten, "×")
    best = n / min(mine["one"]) / 1e6
    table.at_least(
        f"pair + assign at one IoU threshold, {size}", 20, n / one / 1e6, "M inferences/s", best=best
    )
    return table
