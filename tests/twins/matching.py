"""Matching as one would write it with nothing but loops: the slow twin of the matching kernels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shoal.kernels.objects import COUNTS, CROWD, DIFFICULT, IGNORED_CLASS, Objects

FREE, DROPPED = -1, -2


def box_overlap(inferred: list[float], labelled: list[float], over_own_area: bool) -> float:
    w = min(inferred[2] + inferred[0], labelled[2] + labelled[0]) - max(inferred[0], labelled[0])
    h = min(inferred[3] + inferred[1], labelled[3] + labelled[1]) - max(inferred[1], labelled[1])
    if w <= 0 or h <= 0:
        return 0.0
    own = inferred[2] * inferred[3]
    return w * h / (own if over_own_area else own + labelled[2] * labelled[3] - w * h)


def frames_of(labels: Objects, inferences: Objects) -> Iterator[tuple[list[int], list[int]]]:
    for frame in range(labels.n_frames):
        yield (
            list(range(labels.offsets[frame], labels.offsets[frame + 1])),
            list(range(inferences.offsets[frame], inferences.offsets[frame + 1])),
        )


def overlap_of(labels: Objects, inferences: Objects, label: int, row: int) -> float:
    over_own_area = labels.flags[label] in (CROWD, IGNORED_CLASS)
    return box_overlap(inferences.boxes[row].tolist(), labels.boxes[label].tolist(), over_own_area)


def counting(labels: Objects, label: int) -> bool:
    return bool(labels.flags[label] == COUNTS and labels.classes[label] >= 0)


def on_own_ignored(labels: Objects, inferences: Objects, rows: list[int], row: int, iou: float) -> bool:
    return any(
        labels.flags[label] in (CROWD, DIFFICULT)
        and labels.classes[label] == inferences.classes[row]
        and overlap_of(labels, inferences, label, row) >= iou
        for label in rows
    )


def on_ignored_class(labels: Objects, inferences: Objects, rows: list[int], row: int, iou: float) -> bool:
    return any(
        labels.flags[label] == IGNORED_CLASS and overlap_of(labels, inferences, label, row) >= iou
        for label in rows
    )


def best_label(labels: Objects, inferences: Objects, free: list[int], row: int, iou: float) -> int:
    best, choice = min(iou, 1 - 1e-10), FREE
    for label in free:
        value = overlap_of(labels, inferences, label, row)
        if value >= best:
            best, choice = value, label
    return choice


def match_same_class(labels: Objects, inferences: Objects, iou: float) -> list[int]:
    matched = [DROPPED] * len(inferences.classes)
    for label_rows, rows in frames_of(labels, inferences):
        free = [label for label in label_rows if counting(labels, label)]
        for row in rows:
            if inferences.classes[row] < 0:
                continue
            own = [label for label in free if labels.classes[label] == inferences.classes[row]]
            matched[row] = best_label(labels, inferences, own, row, iou)
            if matched[row] >= 0:
                free.remove(matched[row])
            elif on_own_ignored(labels, inferences, label_rows, row, min(iou, 1 - 1e-10)):
                matched[row] = DROPPED
    return matched


def match_class_first(labels: Objects, inferences: Objects, iou: float, confidence: float) -> list[int]:
    matched = match_same_class(labels, inferences, iou)
    for label_rows, rows in frames_of(labels, inferences):
        sure = [row for row in rows if inferences.scores[row] >= confidence]
        for row in rows:
            if row not in sure:
                matched[row] = DROPPED
        taken = {matched[row] for row in sure}
        free = [label for label in label_rows if counting(labels, label) and label not in taken]
        for row in sure:
            if matched[row] != FREE:
                continue
            matched[row] = best_label(labels, inferences, free, row, iou)
            if matched[row] >= 0:
                free.remove(matched[row])
            elif on_ignored_class(labels, inferences, label_rows, row, min(iou, 1 - 1e-10)):
                matched[row] = DROPPED
    return matched


def match_global(labels: Objects, inferences: Objects, iou: float, confidence: float) -> list[int]:
    limit = min(iou, 1 - 1e-10)
    matched = [DROPPED] * len(inferences.classes)
    for label_rows, rows in frames_of(labels, inferences):
        sure = [row for row in rows if inferences.scores[row] >= confidence and inferences.classes[row] >= 0]
        pairs = []
        for row in sure:
            matched[row] = FREE
            for label in label_rows:
                value = overlap_of(labels, inferences, label, row)
                if counting(labels, label) and value >= limit:
                    differs = labels.classes[label] != inferences.classes[row]
                    pairs.append((-value, differs, -inferences.scores[row], row, -label))
        taken = set()
        for _, _, _, row, negative_label in sorted(pairs):
            if matched[row] == FREE and negative_label not in taken:
                matched[row] = -negative_label
                taken.add(negative_label)
        for row in sure:
            if matched[row] == FREE and (
                on_own_ignored(labels, inferences, label_rows, row, limit)
                or on_ignored_class(labels, inferences, label_rows, row, limit)
            ):
                matched[row] = DROPPED
    return matched


def outcome_list(
    labels: Objects, inferences: Objects, matched: list[int], n_classes: int
) -> list[tuple[int, int, int, int, int]]:
    """Return (frame, truth, predicted, label, inference) in the order of the kernel."""
    outcomes = []
    for frame, (label_rows, rows) in enumerate(frames_of(labels, inferences)):
        for row in rows:
            if matched[row] != DROPPED:
                label = matched[row]
                truth = int(labels.classes[label]) if label >= 0 else n_classes
                outcomes.append((frame, truth, int(inferences.classes[row]), label, row))
        outcomes += [
            (frame, int(labels.classes[label]), n_classes, label, -1)
            for label in label_rows
            if counting(labels, label) and label not in matched
        ]
    return outcomes


def objects(rows: list[tuple[int, list[float], int, int, float]], n_frames: int, *, scored: bool) -> Objects:
    """Build objects from (frame, box, class, flag, score) in any order."""
    if scored:
        rows = sorted(rows, key=lambda row: (row[0], -row[4]))
    else:
        rows = sorted(rows, key=lambda row: row[0])
    counts = np.bincount([row[0] for row in rows], minlength=n_frames) if rows else np.zeros(n_frames)
    return Objects(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        boxes=np.array([row[1] for row in rows], np.float64).reshape(-1, 4),
        classes=np.array([row[2] for row in rows], np.int32),
        flags=np.array([row[3] for row in rows], np.uint8),
        scores=np.array([row[4] for row in rows] if scored else [], np.float64),
    )
