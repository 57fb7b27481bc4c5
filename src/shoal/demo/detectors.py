"""Simulated detectors: labels in, inferences with believable errors out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from shoal.demo.traffic import CLASSES
from shoal.demo.truth import BoolArray, FloatArray, IntArray, Objects, Truth

_PEDESTRIAN = CLASSES.index("pedestrian")
_CONFUSED_WITH = {
    "car": "truck",
    "truck": "bus",
    "bus": "truck",
    "pedestrian": "cyclist",
    "cyclist": "pedestrian",
}
_LEAST_CONFIDENCE = 0.05
_SMALLEST_PX = 2.0


@dataclass(frozen=True, slots=True)
class Detector:
    """How good a detector is, and at what; evidence is measured in logits.

    Attributes:
        name: of its inference set.
        number: seeds what is its own luck.
        skill: evidence it gathers for an ordinary object.
        by_class: extra evidence for a class.
        size: evidence gained per doubling of an object's size.
        occlusion: evidence lost when an object is hidden fully.
        dark: evidence lost at night.
        rain: evidence lost in rain.
        fog: evidence lost in fog.
        night_pedestrians: extra evidence for pedestrians at night.
        luck: standard deviation of what is its own luck.
        localisation: standard deviation of a box's edges, as a share of its size.
        confusion: share of hard objects it takes for another class.
        duplicates: share of objects it reports twice.
        false_alarms: evidence it sees in things that only resemble objects.
        clutter: boxes per frame where there is nothing.
        sharpness: factor on evidence before it becomes a confidence; above 1 is over-confident.
        grid_px: boxes snap to this grid; 0 for none.
        confidence_steps: confidences take this many values; 0 for any.
    """

    name: str
    number: int
    skill: float
    by_class: dict[str, float] = field(default_factory=dict)
    size: float = 1.0
    occlusion: float = 3.4
    dark: float = 0.8
    rain: float = 0.45
    fog: float = 0.7
    night_pedestrians: float = 0.0
    luck: float = 0.7
    localisation: float = 0.055
    confusion: float = 0.22
    duplicates: float = 0.02
    false_alarms: float = -2.9
    clutter: float = 0.5
    sharpness: float = 1.0
    grid_px: float = 0.0
    confidence_steps: int = 0


@dataclass(frozen=True, slots=True)
class Inferences:
    """What a detector reports, ordered by frame and then by confidence, high first.

    Attributes:
        frame: shape (M,), position of the frame in the data set.
        class_index: shape (M,), position in `CLASSES`.
        boxes_xywh: shape (M, 4), image pixels, inside the image.
        confidence: shape (M,), 0 to 1.
    """

    frame: IntArray
    class_index: IntArray
    boxes_xywh: FloatArray
    confidence: FloatArray

    def __len__(self) -> int:
        return len(self.frame)


def simulate(detector: Detector, truth: Truth, *, seed: int) -> Inferences:
    """Return what a detector reports on a data set; the same for the same seed."""
    rng = np.random.default_rng([seed, 12, detector.number])
    evidence = _evidence(detector, truth, rng)
    found = _sigmoid(detector.sharpness * evidence) >= _LEAST_CONFIDENCE
    hits = _reported(detector, truth.labels, evidence, found, rng)
    hits = _confused(detector, hits, evidence[found], rng)
    lure = (
        detector.false_alarms
        + truth.distractors.difficulty
        + detector.luck * rng.standard_normal(len(truth.distractors))
    )
    lured = _sigmoid(detector.sharpness * lure) >= _LEAST_CONFIDENCE
    parts = [
        hits,
        _doubled(detector, hits, rng),
        _reported(detector, truth.distractors, lure, lured, rng),
        _clutter(detector, truth, rng),
    ]
    return _finished(detector, parts, truth.image_size)


def _sigmoid(value: FloatArray) -> FloatArray:
    result: FloatArray = 1.0 / (1.0 + np.exp(-value))
    return result


def _evidence(detector: Detector, truth: Truth, rng: np.random.Generator) -> FloatArray:
    labels = truth.labels
    size = np.sqrt(labels.boxes_xywh[:, 2] * labels.boxes_xywh[:, 3])
    dark = truth.dark[labels.frame]
    by_class = np.array([detector.by_class.get(name, 0.0) for name in CLASSES])
    night_pedestrian = (labels.class_index == _PEDESTRIAN) & (dark == 1.0)
    total: FloatArray = (
        detector.skill
        + by_class[labels.class_index]
        + detector.size * np.clip(np.log2(np.maximum(size, 1.0) / 32.0), -2.2, 1.5)
        - detector.occlusion * labels.occlusion**1.5
        - detector.dark * dark
        - detector.rain * truth.rain[labels.frame]
        - detector.fog * truth.fog[labels.frame]
        + detector.night_pedestrians * night_pedestrian
        - labels.difficulty
        + detector.luck * rng.standard_normal(len(labels))
    )
    return total


def _reported(
    detector: Detector, objects: Objects, evidence: FloatArray, chosen: BoolArray, rng: np.random.Generator
) -> Inferences:
    boxes = objects.boxes_xywh[chosen]
    size = np.sqrt(boxes[:, 2] * boxes[:, 3])
    spread = detector.localisation * (1.0 + 1.3 * objects.occlusion[chosen] + 9.0 / np.maximum(size, 6.0))
    return Inferences(
        objects.frame[chosen],
        objects.class_index[chosen],
        _shaken(boxes, spread, rng),
        _sigmoid(detector.sharpness * evidence[chosen]),
    )


def _shaken(boxes: FloatArray, spread: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return boxes with their edges moved by `spread`, shape (N,), shares of their size."""
    noise = rng.standard_normal((len(boxes), 4)) * spread[:, None]
    left = boxes[:, 0] + noise[:, 0] * boxes[:, 2]
    top = boxes[:, 1] + noise[:, 1] * boxes[:, 3]
    return np.stack([left, top, boxes[:, 2] * np.exp(noise[:, 2]), boxes[:, 3] * np.exp(noise[:, 3])], axis=1)


def _confused(
    detector: Detector, hits: Inferences, evidence: FloatArray, rng: np.random.Generator
) -> Inferences:
    """Give some objects with little evidence the class they resemble."""
    other = np.array([CLASSES.index(_CONFUSED_WITH.get(name, name)) for name in CLASSES])
    wrong = rng.random(len(hits)) < detector.confusion * _sigmoid(0.8 - evidence)
    return Inferences(
        hits.frame,
        np.where(wrong, other[hits.class_index], hits.class_index),
        hits.boxes_xywh,
        np.where(wrong, hits.confidence * rng.uniform(0.55, 0.95, len(hits)), hits.confidence),
    )


def _doubled(detector: Detector, hits: Inferences, rng: np.random.Generator) -> Inferences:
    again = rng.random(len(hits)) < detector.duplicates
    boxes = hits.boxes_xywh[again]
    return Inferences(
        hits.frame[again],
        hits.class_index[again],
        _shaken(boxes, np.full(len(boxes), 0.16), rng),
        hits.confidence[again] * rng.uniform(0.45, 0.9, len(boxes)),
    )


def _clutter(detector: Detector, truth: Truth, rng: np.random.Generator) -> Inferences:
    counts = rng.poisson(detector.clutter, truth.n_frames)
    n = int(counts.sum())
    width, height = truth.image_size
    tall = height * 0.03 * np.exp(0.7 * rng.standard_normal(n)) + 6.0
    wide = tall * np.exp(0.5 * rng.standard_normal(n))
    places = np.stack(
        [rng.random(n) * width - wide / 2, height * rng.uniform(0.38, 0.75, n) - tall / 2], axis=1
    )
    return Inferences(
        np.repeat(np.arange(truth.n_frames), counts),
        rng.choice(len(CLASSES), n, p=[0.34, 0.12, 0.06, 0.3, 0.08, 0.1]),
        np.concatenate([places, wide[:, None], tall[:, None]], axis=1),
        _sigmoid(detector.sharpness * (rng.standard_normal(n) * 0.8 - 1.9)),
    )


def _finished(detector: Detector, parts: list[Inferences], image_size: tuple[int, int]) -> Inferences:
    """Return all parts together, inside the image, rounded as a detector's file has them, in order."""
    boxes = np.concatenate([part.boxes_xywh for part in parts])
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    if detector.grid_px:
        corners = np.round(corners / detector.grid_px) * detector.grid_px
    corners = np.round(np.clip(corners, 0.0, np.tile(np.array(image_size, np.float64), 2)), 1)
    confidence = np.concatenate([part.confidence for part in parts])
    if detector.confidence_steps:
        confidence = np.round(confidence * detector.confidence_steps) / detector.confidence_steps
    confidence = np.clip(np.round(confidence, 4), 0.0, 1.0)
    frame = np.concatenate([part.frame for part in parts])
    extent = corners[:, 2:] - corners[:, :2]
    keep = (extent >= _SMALLEST_PX).all(axis=1) & (confidence >= _LEAST_CONFIDENCE)
    order = np.flatnonzero(keep)[np.lexsort((-confidence[keep], frame[keep]))]
    return Inferences(
        frame[order],
        np.concatenate([part.class_index for part in parts])[order],
        np.round(np.concatenate([corners[:, :2], extent], axis=1)[order], 1),
        confidence[order],
    )
