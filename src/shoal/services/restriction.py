"""A part of every segment: the frames a query selects."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from shoal.kernels.objects import BoolArray
from shoal.model.segment import ElementKind
from shoal.services.scene import Scene
from shoal.services.selections import chosen_by_errors, query_mask
from shoal.wire.selections import SelectionBody


@dataclass(frozen=True)
class Within:
    """The frames numbers are restricted to.

    Attributes:
        frames: bool, shape (F,).
        digest: names the frames, whatever query selected them.
        selected_on: inference sets by whose errors the query selects.
        note: what a reader of the numbers must know.
    """

    frames: BoolArray
    digest: str
    selected_on: frozenset[str]
    note: str


def frames_within(scene: Scene, query: str | None, query_set: str | None) -> Within | None:
    """Return the frames a query selects; `None` for an empty one, which restricts nothing.

    Args:
        scene: the dataset.
        query: about frames.
        query_set: the inference set meant where the query names none.

    Raises:
        QuerySyntaxError: the text cannot be parsed.
        QueryTypeError: it does not fit the data.
    """
    if query is None or not query.strip():
        return None
    found = query_mask(scene, query, ElementKind.FRAMES, query_set)
    judged = chosen_by_errors(scene, SelectionBody(query=query), ElementKind.FRAMES, query_set)
    return Within(
        found.mask,
        hashlib.sha256(np.packbits(found.mask).tobytes()).hexdigest(),
        frozenset(judged),
        f"Only frames of {found.query} are scored; targets, which are about whole segments, are left out.",
    )
