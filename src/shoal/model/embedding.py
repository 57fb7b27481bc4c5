"""What is said of vectors wherever they are."""

from __future__ import annotations

from enum import StrEnum


class Distance(StrEnum):
    """How far two vectors are from each other."""

    COSINE = "cosine"
    """1 - cosine of the angle between them, in [0, 2]."""

    EUCLIDEAN = "euclidean"
    """Length of their difference, ≥ 0."""


class Ranking(StrEnum):
    """How suggestions for a segment are ordered."""

    AUTO = "auto"
    """By the classifier once there are enough answers of each kind, by nearness before."""

    NEAREST = "nearest"
    """By the distance to the nearest member or accepted element."""

    CLASSIFIER = "classifier"
    """By a linear classifier of members and accepted elements against discarded ones."""


class Projection(StrEnum):
    """How vectors are brought to two dimensions."""

    PCA = "pca"
    """The two directions of largest variance: there at once."""

    PACMAP = "pacmap"
    """Pairwise controlled manifold approximation: keeps neighbourhoods; computed as a job."""
