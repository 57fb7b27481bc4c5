"""Filming sequences: pictures to files, labels to columns; several sequences at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from shoal.demo.conditions import SequencePlan
from shoal.demo.distractors import Distractor, find_distractors
from shoal.demo.leak import save_again
from shoal.demo.picture import paint_backdrop, paint_frame
from shoal.demo.stage import SceneLabel, label_scene, look, set_stage
from shoal.demo.traffic import FRAME_S

JPEG_QUALITY = 85
_FEW_FRAMES = 40
"""Below this many frames, starting processes costs more than it saves."""


@dataclass(frozen=True, slots=True)
class FilmedFrame:
    """One frame: its file, how fast the car went, and what is on it."""

    file_name: str
    speed_kmh: float
    labels: tuple[SceneLabel, ...]
    distractors: tuple[Distractor, ...]


@dataclass(frozen=True, slots=True)
class _Take:
    """One sequence to film, as it is handed to a process; without `images`, no picture is painted."""

    plan: SequencePlan
    image_size: tuple[int, int]
    seed: int
    images: Path | None


def film(
    plans: list[SequencePlan],
    *,
    image_size: tuple[int, int],
    seed: int,
    images: Path | None,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[list[FilmedFrame]]:
    """Return the frames of each sequence, and write their pictures into `images`; `None` paints nothing.

    The result does not depend on `workers`: every sequence draws its own random numbers.
    """
    total = sum(plan.n_frames for plan in plans)
    takes = [_Take(plan, image_size, seed, images) for plan in plans]
    n_workers = min(workers or _available_cores(), len(takes))
    filmed: dict[int, list[FilmedFrame]] = {}
    done = 0
    for index, frames in _film_each(takes, 1 if total < _FEW_FRAMES and workers is None else n_workers):
        filmed[index] = frames
        done += len(frames)
        if progress is not None:
            progress(done, total)
    return [filmed[index] for index in range(len(takes))]


def _available_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _film_each(takes: list[_Take], n_workers: int) -> Iterator[tuple[int, list[FilmedFrame]]]:
    if n_workers <= 1:
        for index, take in enumerate(takes):
            yield index, _film_sequence(take)
        return
    # Threads of a server may be running, so a fork would be unsafe.
    with ProcessPoolExecutor(n_workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_film_sequence, take): index for index, take in enumerate(takes)}
        for future in as_completed(running):
            yield running[future], future.result()


def _film_sequence(take: _Take) -> list[FilmedFrame]:
    stage = set_stage(take.plan.shows or take.plan, take.image_size, take.seed)
    backdrop = paint_backdrop(stage) if take.images is not None else None
    frames = []
    for frame in range(take.plan.n_frames):
        seen = look(stage, frame)
        file_name = take.plan.file_name(frame)
        if take.images is not None and backdrop is not None:
            picture = paint_frame(stage, frame, seen, backdrop)
            if take.plan.shows is None:
                picture.save(take.images / file_name, quality=JPEG_QUALITY)
            else:
                save_again(picture, take.images / file_name)
        _, speed = stage.play.drive.state(frame * FRAME_S)
        frames.append(
            FilmedFrame(
                file_name,
                round(speed * 3.6, 1),
                tuple(label_scene(stage, seen)),
                tuple(find_distractors(stage, frame)),
            )
        )
    return frames
