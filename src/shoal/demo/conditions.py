"""What a sequence is filmed in: time of day, weather, city, camera and split."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

CITIES = ("berlin", "lisbon", "oslo", "porto")

# Each row is (time of day, weather); a data set runs through the rows again and again, so that even a
# small one has nights, rain and fog.  Nights are many: they are what the demonstration is about.
_CYCLE = (
    ("day", "clear"),
    ("night", "clear"),
    ("day", "rain"),
    ("dusk", "clear"),
    ("night", "rain"),
    ("day", "clear"),
    ("night", "clear"),
    ("dusk", "rain"),
    ("day", "fog"),
    ("night", "clear"),
    ("day", "clear"),
    ("dusk", "clear"),
    ("night", "rain"),
    ("day", "rain"),
    ("dusk", "fog"),
)
_CAMERAS = ("front", "front_left", "front", "front_right", "front")
_SPLITS = ("training", "training", "validation", "training", "test")
# Where in `_SPLITS` each time of day begins, so that a handful of sequences has all three splits.
_FIRST_SPLIT = {"day": 0, "night": 2, "dusk": 4}
_HOUR = {"day": (9.0, 16.0), "dusk": (19.5, 20.5), "night": (21.5, 23.5)}
_LUX = {"day": (9000.0, 60000.0), "dusk": (40.0, 400.0), "night": (2.0, 25.0)}
_DIMMER = {"clear": 1.0, "rain": 0.35, "fog": 0.5}
_FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SequencePlan:
    """One drive: its frames follow each other in one street.

    Attributes:
        index: position of the sequence in the data set, from 0.
        first_frame: position of its first frame in the data set.
        n_frames: how many frames it has.
        split: training, validation or test; the same for all its frames.
        time_of_day: day, dusk or night.
        weather: clear, rain or fog.
        city: one of `CITIES`.
        camera: front, front_left or front_right.
        started: when the first frame was captured.
        lux: mean brightness outside.
        shows: the drive whose frames it shows once more; `None`: it is a drive of its own.
    """

    index: int
    first_frame: int
    n_frames: int
    split: str
    time_of_day: str
    weather: str
    city: str
    camera: str
    started: datetime
    lux: float
    shows: SequencePlan | None = None

    @property
    def sequence_id(self) -> str:
        """The sequence's name in metadata."""
        return f"seq-{self.index:04d}"

    def file_name(self, frame: int) -> str:
        """Return the name of the picture of a frame, counted from 0."""
        return f"{self.sequence_id}_{frame:03d}.jpg"


def sequence_lengths(n_frames: int, rng: np.random.Generator) -> list[int]:
    """Return lengths of about 10 to 20 frames that add up to `n_frames` exactly."""
    n_sequences = max(1, round(n_frames / 15))
    weights = rng.uniform(0.7, 1.3, n_sequences)
    ends = np.round(np.cumsum(weights) / weights.sum() * n_frames).astype(np.int64)
    lengths = np.diff(ends, prepend=0)
    return [int(length) for length in lengths if length > 0]


def plan_sequences(n_frames: int, seed: int) -> list[SequencePlan]:
    """Return the sequences of a data set of `n_frames` frames, in order; the same for the same seed.

    Splits are dealt out within each time of day, three sequences in five to training, so that each
    split sees every condition and no sequence lies in two.
    """
    rng = np.random.default_rng([seed, 1])
    plans: list[SequencePlan] = []
    first = 0
    seen: dict[str, int] = {}
    for index, length in enumerate(sequence_lengths(n_frames, rng)):
        light, weather = _CYCLE[index % len(_CYCLE)]
        turn = seen.get(light, _FIRST_SPLIT[light])
        seen[light] = turn + 1
        hour = rng.uniform(*_HOUR[light])
        low, high = np.log(_LUX[light])
        plans.append(
            SequencePlan(
                index=index,
                first_frame=first,
                n_frames=length,
                split=_SPLITS[turn % len(_SPLITS)],
                time_of_day=light,
                weather=weather,
                city=CITIES[int(rng.integers(len(CITIES)))],
                camera=_CAMERAS[int(rng.integers(len(_CAMERAS)))],
                started=_FIRST_DAY + timedelta(days=index // 4, seconds=round(hour * 3600)),
                lux=float(np.exp(rng.uniform(low, high))) * _DIMMER[weather],
            )
        )
        first += length
    return plans
