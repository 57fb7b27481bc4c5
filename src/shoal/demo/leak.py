"""A leak, as it happens: one drive was exported twice, into the training data and into the test data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image, ImageEnhance

from shoal.demo.conditions import SequencePlan
from shoal.demo.stage import set_stage
from shoal.demo.traffic import FRAME_S

_BRIGHTER: Final = 1.04
_QUALITY: Final = 78


def leak_drive(
    plans: Sequence[SequencePlan], *, image_size: tuple[int, int], seed: int
) -> list[SequencePlan]:
    """Return the plans with one sequence showing a drive of another split once more.

    Of a training and a test sequence of the same conditions the shorter one shows the other's drive.  The
    fastest drive is taken, by day or at dusk: its own frames differ most, and the story of the demonstration
    is about nights.  A data set too small for such a pair stays as it is.
    """
    pairs = [
        (_least_speed(drive, image_size, seed), -drive.index, copy.index, drive)
        for copy in plans
        for drive in plans
        if {copy.split, drive.split} == {"training", "test"}
        and copy.time_of_day != "night"
        and (copy.time_of_day, copy.weather) == (drive.time_of_day, drive.weather)
        and drive.n_frames >= copy.n_frames
    ]
    if not pairs:
        return list(plans)
    *_, index, drive = max(pairs, key=lambda pair: pair[:3])
    return [_showing(plan, drive) if plan.index == index else plan for plan in plans]


def _showing(plan: SequencePlan, drive: SequencePlan) -> SequencePlan:
    return replace(
        plan, shows=drive, city=drive.city, camera=drive.camera, started=drive.started, lux=drive.lux
    )


def _least_speed(plan: SequencePlan, image_size: tuple[int, int], seed: int) -> float:
    drive = set_stage(plan, image_size, seed).play.drive
    return min(drive.state(frame * FRAME_S)[1] for frame in range(plan.n_frames))


def save_again(picture: Image.Image, path: Path) -> None:
    """Write a picture as another export would: a little brighter, encoded more coarsely."""
    ImageEnhance.Brightness(picture).enhance(_BRIGHTER).save(path, quality=_QUALITY)


def leaks(plans: Sequence[SequencePlan]) -> dict[str, str]:
    """Return the frames that were exported twice: file name of the test frame → of the training frame."""
    again = [(plan, plan.shows) for plan in plans if plan.shows is not None]
    pairs = [(copy, drive) if copy.split == "test" else (drive, copy) for copy, drive in again]
    return {
        test.file_name(frame): training.file_name(frame)
        for test, training in pairs
        for frame in range(min(test.n_frames, training.n_frames))
    }
