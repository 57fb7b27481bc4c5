"""Legends of maps: codes of points, and what each code stands for."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shoal.wire.embeddings import LegendEntry, MapColoursBody

if TYPE_CHECKING:
    from shoal.kernels.objects import BoolArray, UInt8Array

NO_VALUE: Final = 255
"""The code of a point that has none."""


def counted(
    codes: UInt8Array, has_point: BoolArray, names: Sequence[str], queries: Sequence[str | None]
) -> list[LegendEntry]:
    """Return the legend of codes that are places in `names`, with the query of each; points are counted."""
    counts = np.bincount(codes[has_point], minlength=NO_VALUE + 1)
    return [
        LegendEntry(value=name, count=int(counts[place]), query=queries[place])
        for place, name in enumerate(names)
    ]


def legend_body(codes: UInt8Array, legend: list[LegendEntry]) -> MapColoursBody:
    """Return codes and their legend as the wire shows them."""
    return MapColoursBody(kind="categories", legend=legend, values=encoded(codes))


def encoded(values: np.ndarray[Any, Any]) -> str:
    """Return the bytes of an array in base64."""
    return base64.b64encode(values.tobytes()).decode()
