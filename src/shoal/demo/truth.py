"""All labels of a data set as columns: what simulated detectors look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shoal.demo.conditions import SequencePlan
from shoal.demo.scenes import FilmedFrame

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Objects:
    """Things at places, one row each, ordered by frame.

    Attributes:
        frame: shape (N,), position of the frame in the data set.
        class_index: shape (N,), the class it is, or resembles.
        boxes_xywh: shape (N, 4), image pixels.
        occlusion: shape (N,), hidden share, 0 to 1.
        difficulty: shape (N,), what all detectors find hard about it, in standard deviations.
    """

    frame: IntArray
    class_index: IntArray
    boxes_xywh: FloatArray
    occlusion: FloatArray
    difficulty: FloatArray

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True)
class Truth:
    """A data set as a detector meets it.

    Attributes:
        labels: the objects to be found.
        distractors: things that resemble objects.
        dark: shape (frames,), 0 by day, 0.45 at dusk, 1 at night.
        rain: shape (frames,), whether it rains.
        fog: shape (frames,), whether there is fog.
        image_size: width and height of all pictures.
    """

    labels: Objects
    distractors: Objects
    dark: FloatArray
    rain: BoolArray
    fog: BoolArray
    image_size: tuple[int, int]

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.dark)


def gather_truth(
    plans: list[SequencePlan], filmed: list[list[FilmedFrame]], *, image_size: tuple[int, int], seed: int
) -> Truth:
    """Return the truth of a filmed data set.

    Difficulty is the actor's own, the same in all its frames, plus a part of the moment; every detector sees
    the same, so that detectors fail on the same objects, as real ones do.
    """
    lengths = [plan.n_frames for plan in plans]
    dark = {"day": 0.0, "dusk": 0.45, "night": 1.0}
    rng = np.random.default_rng([seed, 11])
    return Truth(
        labels=_labels(filmed, rng),
        distractors=_distractors(filmed, rng),
        dark=np.repeat([dark[plan.time_of_day] for plan in plans], lengths),
        rain=np.repeat([plan.weather == "rain" for plan in plans], lengths),
        fog=np.repeat([plan.weather == "fog" for plan in plans], lengths),
        image_size=image_size,
    )


def _labels(filmed: list[list[FilmedFrame]], rng: np.random.Generator) -> Objects:
    frames = [frame for sequence in filmed for frame in sequence]
    labels = [label for frame in frames for label in frame.labels]
    own = np.array([label.difficulty for label in labels], np.float64)
    return Objects(
        frame=np.repeat(np.arange(len(frames)), [len(frame.labels) for frame in frames]),
        class_index=np.array([label.class_index for label in labels], np.int64),
        boxes_xywh=np.array([label.box for label in labels], np.float64).reshape(-1, 4),
        occlusion=np.array([label.occlusion for label in labels], np.float64),
        difficulty=0.8 * own + 0.6 * rng.standard_normal(len(labels)),
    )


def _distractors(filmed: list[list[FilmedFrame]], rng: np.random.Generator) -> Objects:
    frames = [frame for sequence in filmed for frame in sequence]
    things = [thing for frame in frames for thing in frame.distractors]
    lures: dict[tuple[int, int], float] = {}
    own = []
    for number, sequence in enumerate(filmed):
        for frame in sequence:
            for thing in frame.distractors:
                key = (number, thing.track)
                if key not in lures:
                    lures[key] = float(rng.standard_normal())
                own.append(lures[key])
    return Objects(
        frame=np.repeat(np.arange(len(frames)), [len(frame.distractors) for frame in frames]),
        class_index=np.array([thing.class_index for thing in things], np.int64),
        boxes_xywh=np.array([thing.box for thing in things], np.float64).reshape(-1, 4),
        occlusion=np.zeros(len(things)),
        difficulty=0.8 * np.array(own, np.float64) + 0.6 * rng.standard_normal(len(things)),
    )
