"""pycocotools' evaluateImg extended by difficult labels and ignored classes, with nothing but loops."""

from __future__ import annotations

from shoal.kernels.objects import CROWD, DIFFICULT, IGNORED_CLASS, FloatArray, Objects
from twins.matching import counting, frames_of, on_ignored_class, overlap_of


def coco_decisions(
    labels: Objects, inferences: Objects, area_px: FloatArray, iou: float, low: float, high: float
) -> dict[int, tuple[bool, bool]]:
    """Return {inference row: (matched, ignored)} for one IoU threshold and area range."""
    decisions = {}
    for label_rows, rows in frames_of(labels, inferences):
        n_seen: dict[int, int] = {}
        taken = set()
        for row in rows:
            name = int(inferences.classes[row])
            n_seen[name] = n_seen.get(name, 0) + 1
            if name < 0 or n_seen[name] > 100:
                continue
            own = [
                label
                for label in label_rows
                if labels.classes[label] == name and labels.flags[label] != IGNORED_CLASS
            ]
            regular = [label for label in own if counting(labels, label) and low <= area_px[label] <= high]
            choice = None
            for group in (regular, [label for label in own if label not in regular]):
                best = iou
                for label in group:
                    absorbs = labels.flags[label] in (CROWD, DIFFICULT)
                    value = overlap_of(labels, inferences, label, row)
                    if value >= best and (absorbs or label not in taken):
                        best, choice = value, label
                if choice is not None:
                    break
            taken.add(choice)
            area = inferences.boxes[row, 2] * inferences.boxes[row, 3]
            outside = not low <= area <= high
            if choice is None:
                region = on_ignored_class(labels, inferences, label_rows, row, iou)
                decisions[row] = (False, bool(outside or region))
            else:
                decisions[row] = (True, choice not in regular)
    return decisions
