"""Everybody on the street: who they are, where they start, how they move."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from shoal.demo.conditions import SequencePlan
from shoal.demo.people import Person, dress
from shoal.demo.solids import Solid
from shoal.demo.street import KERB_LEFT, KERB_RIGHT, WALL_LEFT, WALL_RIGHT
from shoal.demo.vehicles import build_vehicle

FRAME_S = 0.4
"""Time from one frame of a sequence to the next, seconds."""

CLASSES = ("car", "truck", "bus", "pedestrian", "cyclist", "traffic light")
"""Class names in the order of the class map; a class index is a position here."""

VEHICLES = ("car", "truck", "bus")
_HALF_LENGTH_M = {
    "car": 2.2,
    "truck": 3.7,
    "bus": 5.4,
    "cyclist": 0.9,
    "pedestrian": 0.3,
    "traffic light": 0.2,
}


@dataclass(frozen=True, slots=True)
class Drive:
    """How the camera's own car moves: at a steady speed, or braking to a stop.

    Attributes:
        speed: at the start, metres a second.
        stop_at: where it comes to rest, metres; `None` drives on.
    """

    speed: float
    stop_at: float | None

    def state(self, t: float) -> tuple[float, float]:
        """Return where the camera is and how fast it goes at time `t` seconds."""
        if self.stop_at is None:
            return self.speed * t, self.speed
        slowing = self.speed**2 / (2 * self.stop_at)
        end = self.speed / slowing
        if t >= end:
            return self.stop_at, 0.0
        return self.speed * t - slowing * t * t / 2, self.speed - slowing * t


@dataclass(frozen=True, slots=True)
class Actor:
    """One object that gets a label.

    Attributes:
        track: its number in its sequence.
        class_name: one of `CLASSES`.
        x: where it is at the start, metres right of the lane.
        z: how far along the street.
        vx: metres a second to the right.
        vz: metres a second along the street.
        heading: 0 away from the camera, pi towards it, pi / 2 to the right.
        body: what to draw; a traffic light has none.
        difficulty: how much harder than others of its kind it is to detect, in standard deviations.
        phase: where in the step or turn of the pedals it starts.
        lift: height of a traffic light's lower edge.
        pole_x: where a traffic light's pole stands.
        state: which lamp of a traffic light is on.
    """

    track: int
    class_name: str
    x: float
    z: float
    vx: float
    vz: float
    heading: float
    body: Solid | Person | None
    difficulty: float
    phase: float = 0.0
    lift: float = 0.0
    pole_x: float = 0.0
    state: str = ""

    def position(self, t: float) -> tuple[float, float]:
        """Return x and z at time `t` seconds."""
        return self.x + self.vx * t, self.z + self.vz * t

    @property
    def half_length(self) -> float:
        """Half of its length in metres."""
        return _HALF_LENGTH_M[self.class_name]


@dataclass
class _Cast:
    """Actors of one sequence while they are found."""

    plan: SequencePlan
    rng: np.random.Generator
    actors: list[Actor] = field(default_factory=list)

    def vehicle(self, class_name: str, x: float, z: float, *, speed: float, heading: float) -> None:
        body = build_vehicle(class_name, self.plan.city, self.rng)
        self._add(class_name, x, z, speed, heading, body)

    def person(self, class_name: str, x: float, z: float, *, speed: float, heading: float) -> None:
        rain, dark = self.plan.weather == "rain", self.plan.time_of_day == "night"
        body = dress(self.rng, rain=rain, dark=dark, cyclist=class_name == "cyclist")
        self._add(class_name, x, z, speed, heading, body)

    def signal(self, x: float, z: float, *, lift: float, pole_x: float, state: str) -> None:
        difficulty = float(self.rng.standard_normal())
        track = len(self.actors)
        self.actors.append(
            Actor(
                track, "traffic light", x, z, 0, 0, 0, None, difficulty, lift=lift, pole_x=pole_x, state=state
            )
        )

    def any_vehicle(self, *, bus: float = 0.1, truck: float = 0.16) -> str:
        draw = self.rng.random()
        return "bus" if draw < bus else "truck" if draw < bus + truck else "car"

    def _add(
        self, class_name: str, x: float, z: float, speed: float, heading: float, body: Solid | Person
    ) -> None:
        self.actors.append(
            Actor(
                track=len(self.actors),
                class_name=class_name,
                x=x,
                z=z,
                vx=speed * math.sin(heading),
                vz=speed * math.cos(heading),
                heading=heading,
                body=body,
                difficulty=float(self.rng.standard_normal()),
                phase=float(self.rng.uniform(0, math.tau)),
            )
        )


@dataclass(frozen=True, slots=True)
class Play:
    """What happens in one sequence: the drive, the crossings passed, and everybody on the street."""

    drive: Drive
    crossings: tuple[float, ...]
    length_m: float
    actors: tuple[Actor, ...]


def cast(plan: SequencePlan, rng: np.random.Generator) -> Play:
    """Return who is on the street of a sequence, and how the camera drives through it."""
    waits = bool(rng.random() < 0.5)
    duration = plan.n_frames * FRAME_S
    if waits:
        stop_at = float(rng.uniform(4.0, 22.0))
        drive = Drive(float(rng.uniform(4.0, 9.0)), stop_at)
        first = stop_at + 15.5
    else:
        drive = Drive(float(rng.uniform(7.5, 15.0)), None)
        first = float(rng.uniform(35.0, 75.0))
    length = drive.state(duration)[0] + 250.0
    crossings = [first]
    while crossings[-1] < length - 60.0:
        crossings.append(crossings[-1] + float(rng.uniform(70.0, 120.0)))
    stage = _Cast(plan, rng)
    _place_signals(stage, crossings[:3], waits=waits)
    _place_traffic(stage, drive, first, waits=waits)
    _place_parked(stage, crossings, length - 140.0)
    _place_walkers(stage, crossings, length - 150.0)
    if waits:
        _place_crossers(stage, first)
    return Play(drive, tuple(crossings), length, tuple(stage.actors))


def _place_signals(stage: _Cast, crossings: list[float], *, waits: bool) -> None:
    for number, middle in enumerate(crossings):
        state = "red" if waits and number == 0 else "amber" if stage.rng.random() < 0.12 else "green"
        near, far = middle - 7.0, middle + 7.4
        stage.signal(KERB_RIGHT + 0.5, near, lift=2.3, pole_x=KERB_RIGHT + 0.5, state=state)
        stage.signal(KERB_LEFT - 0.5, far, lift=2.3, pole_x=KERB_LEFT - 0.5, state=state)
        if number % 2 == 0 or stage.rng.random() < 0.4:
            stage.signal(0.4, far, lift=4.9, pole_x=KERB_RIGHT + 0.5, state=state)
        else:
            stage.signal(KERB_RIGHT + 0.5, far, lift=2.3, pole_x=KERB_RIGHT + 0.5, state=state)


def _place_traffic(stage: _Cast, drive: Drive, first: float, *, waits: bool) -> None:
    rng = stage.rng
    if waits:
        z = first + 16.0 + float(rng.uniform(0, 20))
        for _ in range(int(rng.integers(0, 3))):
            stage.vehicle(stage.any_vehicle(), 0.0, z, speed=float(rng.uniform(5, 11)), heading=0.0)
            z += float(rng.uniform(14, 30))
        z = first + 15.5
        for _ in range(int(rng.integers(1, 4))):
            name = stage.any_vehicle()
            z += _HALF_LENGTH_M[name]
            stage.vehicle(name, -3.5, z, speed=0.0, heading=math.pi)
            z += _HALF_LENGTH_M[name] + float(rng.uniform(1.6, 4.0))
        return
    z = float(rng.uniform(11, 30))
    for _ in range(int(rng.integers(1, 4))):
        pace = drive.speed + float(rng.uniform(-0.7, 1.2))
        stage.vehicle(stage.any_vehicle(), float(rng.normal(0, 0.15)), z, speed=pace, heading=0.0)
        z += float(rng.uniform(12, 34))
    z = float(rng.uniform(16, 45))
    for _ in range(int(rng.integers(3, 8))):
        pace = float(rng.uniform(8, 14))
        stage.vehicle(stage.any_vehicle(), -3.5 + float(rng.normal(0, 0.15)), z, speed=pace, heading=math.pi)
        z += float(rng.uniform(14, 40))


def _place_parked(stage: _Cast, crossings: list[float], until: float) -> None:
    rng = stage.rng
    for x, heading in ((2.95, 0.0), (-6.45, math.pi)):
        z, share = float(rng.uniform(8, 16)), float(rng.uniform(0.05, 0.4))
        while z < until:
            name = stage.any_vehicle(bus=0.03, truck=0.13)
            room = _HALF_LENGTH_M[name] + 0.5
            clear = all(abs(z - crossing) > 17.0 + room for crossing in crossings)
            if clear and rng.random() < share:
                stage.vehicle(name, x, z + room, speed=0.0, heading=heading)
            z += 2 * room + float(rng.uniform(0.4, 2.5))


def _place_walkers(stage: _Cast, crossings: list[float], until: float) -> None:
    rng = stage.rng
    busy = float(rng.gamma(2.0, 0.5)) * (0.55 if stage.plan.time_of_day == "night" else 1.0)
    for inner, outer in ((KERB_RIGHT + 1.0, WALL_RIGHT - 0.7), (KERB_LEFT - 1.0, WALL_LEFT + 0.7)):
        for _ in range(int(rng.poisson(until / 24.0 * busy))):
            z, x = float(rng.uniform(7, until)), inner + (outer - inner) * float(rng.random())
            heading = 0.0 if rng.random() < 0.5 else math.pi
            pace = float(rng.uniform(0.9, 1.5))
            stage.person("pedestrian", x, z, speed=pace, heading=heading)
            if rng.random() < 0.35:
                stage.person("pedestrian", x + 0.62, z + 0.2, speed=pace, heading=heading)
    for _ in range(int(rng.poisson(1.7))):
        z, pace = float(rng.uniform(9, 60)), float(rng.uniform(3.5, 6.0))
        stage.person("cyclist", 1.75 + float(rng.normal(0, 0.12)), z, speed=pace, heading=0.0)
    for _ in range(int(rng.poisson(1.4))):
        z, pace = float(rng.uniform(15, 80)), float(rng.uniform(3.5, 6.0))
        stage.person("cyclist", -5.1 + float(rng.normal(0, 0.12)), z, speed=pace, heading=math.pi)


def _place_crossers(stage: _Cast, middle: float) -> None:
    rng = stage.rng
    for zebra in (middle - 8.7, middle + 8.7):
        for _ in range(int(rng.poisson(4.0))):
            right = rng.random() < 0.5
            x = float(rng.uniform(-10.5, 4.0)) if right else float(rng.uniform(-6.0, 8.0))
            heading = math.pi / 2 if right else -math.pi / 2
            z = zebra + float(rng.uniform(-1.3, 1.3))
            stage.person("pedestrian", x, z, speed=float(rng.uniform(0.8, 1.5)), heading=heading)
        if rng.random() < 0.55:
            right = rng.random() < 0.5
            x, heading = (-14.0, math.pi / 2) if right else (11.0, -math.pi / 2)
            stage.person("cyclist", x, zebra + 2.2, speed=float(rng.uniform(2.5, 4.0)), heading=heading)
    for lane, heading in ((-2.4, math.pi / 2), (2.4, -math.pi / 2)):
        x = -math.copysign(float(rng.uniform(8, 20)), heading)
        for _ in range(int(rng.integers(1, 4))):
            name = stage.any_vehicle()
            pace = float(rng.uniform(5, 9))
            stage.vehicle(name, x, middle + lane, speed=pace, heading=heading)
            x -= math.copysign(float(rng.uniform(12, 26)), heading)
