"""What is known of one score of one segment when the gate decides."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.evaluate.policy_selection import ScoreKey
from shoal.model.metric import Average, Metric


@dataclass(frozen=True, slots=True)
class Judgement:
    """One score of a candidate with all a gate may ask of it; an undefined number is `None` or NaN.

    Attributes:
        segment: name of the segment.
        metric: the score.
        average: how classes are averaged.
        class_name: the class when the average is `class`.
        segment_version: the version judged; `None` for All Frames.
        n_frames: frames of the segment that the candidate covers.
        n_labels: labels in them.
        n_groups: units of resampling behind the score.
        coverage: covered share of the segment's frames; `None` for an empty segment.
        value: the candidate's score.
        low: lower bound of its 95 % interval.
        high: upper bound.
        baseline_value: the baseline's score on shared frames.
        delta: candidate − baseline on shared frames.
        delta_low: lower bound of its 95 % interval.
        delta_high: upper bound.
        p: raw p-value of "no difference".
        minimum_detectable: the smallest true difference the shared frames would show.
        n_shared_frames: frames of the segment both sets cover; `None` without a baseline.
    """

    segment: str
    metric: Metric
    average: Average = Average.WEIGHTED
    class_name: str | None = None
    segment_version: int | None = None
    n_frames: int = 0
    n_labels: int = 0
    n_groups: int = 0
    coverage: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    baseline_value: float | None = None
    delta: float | None = None
    delta_low: float | None = None
    delta_high: float | None = None
    p: float | None = None
    minimum_detectable: float | None = None
    n_shared_frames: int | None = None

    @property
    def score(self) -> ScoreKey:
        """Return which number this is."""
        return (self.segment, self.metric, self.average, self.class_name)

    @property
    def shared_coverage(self) -> float | None:
        """Return the share of the segment's frames both sets cover."""
        if not self.n_frames or not self.coverage or self.n_shared_frames is None:
            return None
        return min(1.0, self.n_shared_frames * self.coverage / self.n_frames)
