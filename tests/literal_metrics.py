"""The definitions of metrics read out loud: outcomes and scores of object detection, slow and literal.

Written from the text of the definitions alone; it shares nothing with the kernels or their twins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BACKGROUND = "background"

Box = tuple[float, float, float, float]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Label:
    """One ground-truth object; `name` is its class as the file has it."""

    name: str
    box: Box
    crowd: bool = False
    difficult: bool = False


@dataclass(frozen=True)
class Inference:
    """One predicted object."""

    name: str
    box: Box
    confidence: float


@dataclass
class Frame:
    """A frame; a set whose name is not in `inferences` does not cover it."""

    frame_id: str
    fields: dict[str, Any] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    inferences: dict[str, list[Inference]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A cell with its pair; `None` for the missing side."""

    truth: str
    predicted: str
    label: Label | None
    inference: Inference | None


class Classes:
    """Section 1: what the entries of a class map are evaluated as."""

    def __init__(self, class_map: Sequence[Mapping[str, Any]]) -> None:
        self.names: list[str] = []
        self.ignored: set[str] = set()
        self._evaluated_as: dict[str, str | None] = {}
        for entry in class_map:
            train_name = entry.get("train_name")
            as_name = entry["name"] if train_name is None else train_name
            if entry.get("ignore_in_eval"):
                self.ignored.add(entry["name"])
                self._evaluated_as[entry["name"]] = None
                continue
            if as_name == "":
                self._evaluated_as[entry["name"]] = None
                continue
            known = next((name for name in self.names if name.lower() == as_name.lower()), None)
            if known is None:
                self.names.append(as_name)
                known = as_name
            self._evaluated_as[entry["name"]] = known

    def of(self, name: str) -> str | None:
        """The evaluation name; `None` when it is left out or ignored."""
        return self._evaluated_as[name]


def iou(a: Box, b: Box) -> float:
    """Intersection over union."""
    inside = _intersection(a, b)
    return inside / (a[2] * a[3] + b[2] * b[3] - inside)


def over_own_area(inference: Box, label: Box) -> float:
    """Intersection over the inference's own area."""
    return _intersection(inference, label) / (inference[2] * inference[3])


def _intersection(a: Box, b: Box) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def outcomes_of(
    frame: Frame, inference_set: str, classes: Classes, confidence: float, threshold: float, rule: str
) -> list[Outcome]:
    """Sections 3 and 4 for one frame."""
    threshold = min(threshold, 1 - 1e-10)
    counting = [
        label
        for label in frame.labels
        if classes.of(label.name) is not None and not label.crowd and not label.difficult
    ]
    taking_part = [
        inference
        for inference in sorted(frame.inferences[inference_set], key=lambda one: -one.confidence)
        if inference.confidence >= confidence and classes.of(inference.name) is not None
    ]
    match = _class_first if rule == "class-first" else _global
    pairs, dropped = match(frame, counting, taking_part, classes, threshold)
    found = []
    for i, inference in enumerate(taking_part):
        predicted = classes.of(inference.name) or ""
        if i in pairs:
            label = counting[pairs[i]]
            found.append(Outcome(classes.of(label.name) or "", predicted, label, inference))
        elif i not in dropped:
            found.append(Outcome(BACKGROUND, predicted, None, inference))
    taken = set(pairs.values())
    for j, label in enumerate(counting):
        if j not in taken:
            found.append(Outcome(classes.of(label.name) or "", BACKGROUND, label, None))
    return found


Matched = tuple[dict[int, int], set[int]]


def _class_first(
    frame: Frame, labels: list[Label], inferences: list[Inference], classes: Classes, threshold: float
) -> Matched:
    pairs: dict[int, int] = {}
    dropped: set[int] = set()

    def best(i: int, allowed: Callable[[Label], bool]) -> int | None:
        chosen, greatest = None, threshold
        for j, label in enumerate(labels):
            overlap = iou(inferences[i].box, label.box)
            if j not in pairs.values() and allowed(label) and overlap >= greatest:
                chosen, greatest = j, overlap
        return chosen

    for i, inference in enumerate(inferences):
        name = classes.of(inference.name)
        j = best(i, lambda label, name=name: classes.of(label.name) == name)  # type: ignore[misc]
        if j is not None:
            pairs[i] = j
        elif _on_ignored_of_own_class(frame, inference, classes, threshold):
            dropped.add(i)
    for i, inference in enumerate(inferences):
        if i in pairs or i in dropped:
            continue
        j = best(i, lambda label: True)
        if j is not None:
            pairs[i] = j
        elif _on_ignored_class(frame, inference, classes, threshold):
            dropped.add(i)
    return pairs, dropped


def _global(
    frame: Frame, labels: list[Label], inferences: list[Inference], classes: Classes, threshold: float
) -> Matched:
    pairs: dict[int, int] = {}
    candidates = [
        (-overlap, classes.of(inference.name) != classes.of(label.name), -inference.confidence, i, -j)
        for i, inference in enumerate(inferences)
        for j, label in enumerate(labels)
        if (overlap := iou(inference.box, label.box)) >= threshold
    ]
    for *_, i, minus_j in sorted(candidates):
        if i not in pairs and -minus_j not in pairs.values():
            pairs[i] = -minus_j
    dropped = {
        i
        for i, inference in enumerate(inferences)
        if i not in pairs
        and (
            _on_ignored_of_own_class(frame, inference, classes, threshold)
            or _on_ignored_class(frame, inference, classes, threshold)
        )
    }
    return pairs, dropped


def _on_ignored_of_own_class(frame: Frame, inference: Inference, classes: Classes, threshold: float) -> bool:
    for label in frame.labels:
        if classes.of(label.name) is None or classes.of(label.name) != classes.of(inference.name):
            continue
        if label.crowd and over_own_area(inference.box, label.box) >= threshold:
            return True
        if label.difficult and iou(inference.box, label.box) >= threshold:
            return True
    return False


def _on_ignored_class(frame: Frame, inference: Inference, classes: Classes, threshold: float) -> bool:
    return any(
        label.name in classes.ignored and over_own_area(inference.box, label.box) >= threshold
        for label in frame.labels
    )


def counted(outcomes: Iterable[Outcome]) -> Counter[Cell]:
    """N[a, b]."""
    return Counter((one.truth, one.predicted) for one in outcomes)


def ratio(part: float, whole: float) -> float | None:
    """A quotient; 0/0 is undefined."""
    return None if whole == 0 else part / whole


def class_scores(n: Mapping[Cell, int], name: str, names: Sequence[str]) -> dict[str, float | None]:
    """Counts and scores of one class."""
    everything = [*names, BACKGROUND]
    tp = n.get((name, name), 0)
    fp = sum(n.get((other, name), 0) for other in everything if other != name)
    fn = sum(n.get((name, other), 0) for other in everything if other != name)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "support": tp + fn,
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
    }


def average_scores(n: Mapping[Cell, int], names: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Section 5: weighted, macro, micro; undefined without any support."""
    each = [class_scores(n, name, names) for name in names]
    total = {key: sum(one[key] or 0 for one in each) for key in ("tp", "fp", "fn", "support")}
    metrics = ("precision", "recall", "f1")
    if total["support"] == 0:
        return {average: dict.fromkeys(metrics) for average in ("weighted", "macro", "micro")}
    micro = {
        "precision": ratio(total["tp"], total["tp"] + total["fp"]) or 0.0,
        "recall": ratio(total["tp"], total["support"]) or 0.0,
        "f1": ratio(2 * total["tp"], 2 * total["tp"] + total["fp"] + total["fn"]) or 0.0,
    }
    weighted = {
        key: sum((one[key] or 0.0) * (one["support"] or 0) for one in each) / total["support"]
        for key in metrics
    }
    macro = {key: sum(one[key] or 0.0 for one in each) / len(each) for key in metrics}
    return {"weighted": dict(weighted), "macro": dict(macro), "micro": dict(micro)}


def frame_scores(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Micro precision, recall and F1 over a frame's own outcomes."""
    tp = sum(1 for one in outcomes if one.truth == one.predicted)
    fp = sum(1 for one in outcomes if one.predicted != BACKGROUND and one.truth != one.predicted)
    fn = sum(1 for one in outcomes if one.truth != BACKGROUND and one.truth != one.predicted)
    return {
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
    }
