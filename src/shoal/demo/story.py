"""What the demonstration is about: four detectors, segments to judge them on, and the gate's policy."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.demo.detectors import Detector
from shoal.model.metric import Average, Metric, Target
from shoal.model.segment import SegmentType

BASELINE, CANDIDATE, BROKEN, FIX = "v1_deployed", "v2_candidate", "v2_int8", "v3_fixed"

DETECTORS: tuple[Detector, ...] = (
    Detector(BASELINE, 1, skill=2.7, sharpness=1.0),
    Detector(
        CANDIDATE,
        2,
        skill=3.25,
        by_class={"cyclist": 0.3, "traffic light": 0.3},
        night_pedestrians=-1.75,
        localisation=0.045,
        confusion=0.17,
        false_alarms=-3.2,
        clutter=0.35,
        sharpness=1.35,
    ),
    Detector(
        BROKEN,
        3,
        skill=2.1,
        by_class={"traffic light": -0.8},
        size=1.35,
        night_pedestrians=-1.75,
        luck=1.0,
        localisation=0.075,
        confusion=0.5,
        duplicates=0.08,
        false_alarms=-2.2,
        clutter=1.2,
        sharpness=1.3,
        grid_px=4.0,
        confidence_steps=32,
    ),
    Detector(
        FIX,
        4,
        skill=3.2,
        by_class={"cyclist": 0.3, "traffic light": 0.3},
        night_pedestrians=0.3,
        localisation=0.045,
        confusion=0.16,
        false_alarms=-3.2,
        clutter=0.35,
        sharpness=1.05,
    ),
)


@dataclass(frozen=True, slots=True)
class DemoSegment:
    """A segment that comes with the demonstration.

    Attributes:
        name: as the page shows it.
        type: split, regression test or scenario.
        query: selects its frames.
        targets: minimums for its scores.
        description: why it is there.
    """

    name: str
    type: SegmentType
    query: str
    targets: tuple[Target, ...] = ()
    description: str = ""


def _at_least(metric: Metric, minimum: float, class_name: str | None = None) -> Target:
    return Target(metric, minimum, Average.WEIGHTED if class_name is None else Average.CLASS, class_name)


STREET_SEGMENTS: tuple[DemoSegment, ...] = (
    DemoSegment("Night", SegmentType.SCENARIO, "time_of_day:night", (), "All frames after dark."),
    DemoSegment("Dusk", SegmentType.SCENARIO, "time_of_day:dusk", (), "Low sun, first lamps."),
    DemoSegment("Rain", SegmentType.SCENARIO, "weather:rain", (), "Wet roads that mirror lights."),
    DemoSegment("Fog", SegmentType.SCENARIO, "weather:fog", (), "Far objects fade away."),
    DemoSegment("Rainy night", SegmentType.SCENARIO, "time_of_day:night weather:rain", (), "Both at once."),
    DemoSegment(
        "Fast driving", SegmentType.SCENARIO, "speed_kmh >= 40", (), "Moving traffic, open crossings."
    ),
    DemoSegment(
        "Night pedestrians",
        SegmentType.REGRESSION_TEST,
        "time_of_day:night label(class:pedestrian)",
        (_at_least(Metric.RECALL, 0.58, "pedestrian"), _at_least(Metric.F1, 0.7)),
        "People on foot after dark: what the deployed model was tuned for, and may not be lost.",
    ),
    DemoSegment(
        "Crowded crossings",
        SegmentType.REGRESSION_TEST,
        "speed_kmh < 10 count(label(class:pedestrian)) >= 6",
        (_at_least(Metric.F1, 0.75),),
        "Waiting at a crossing while many people walk.",
    ),
    DemoSegment(
        "Occluded cyclists",
        SegmentType.REGRESSION_TEST,
        "label(class:cyclist occlusion >= 0.2)",
        (_at_least(Metric.RECALL, 0.6, "cyclist"),),
        "Cyclists partly behind cars and people.",
    ),
    DemoSegment(
        "Far traffic lights",
        SegmentType.REGRESSION_TEST,
        'label(class:"traffic light" area_px < 200)',
        (_at_least(Metric.RECALL, 0.7, "traffic light"),),
        "Traffic lights of a few pixels, early enough to brake.",
    ),
)

STREET_POLICY = """\
# A candidate ships when every critical line below holds.
version: 1
segments:
  - name: Night pedestrians
    tier: critical
    targets: true
    baseline: not_regressed
  - type: regression_test
    tier: critical
    targets: true
  - name: All Frames
    tier: critical
    baseline: not_regressed
  - type: scenario
    tier: supporting
    baseline: not_regressed
  - type: split
    tier: advisory
    baseline: not_regressed
"""
