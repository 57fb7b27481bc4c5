"""A small town: what is in its frames, and what two models make of it; the same every time."""

from __future__ import annotations

from typing import NamedTuple

CLASSES = ("Car", "Person", "Truck", "Bus", "Bike", "Sign", "Light", "Dog", "Cat")
FRAMES = tuple(f"frame {i:02d}" for i in range(36))
MODELS = ("good", "bad")


class Thing(NamedTuple):
    """A label or an inference."""

    id: str
    class_name: str
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1.0


def labels(i: int) -> list[Thing]:
    """Return what is in a frame: three things side by side."""
    return [
        Thing(
            f"l{i:02d}{k}", CLASSES[(i * 3 + k * (i % 4 + 1)) % 9], 20.0 + 200 * k, 30.0, 60.0 + i, 80.0 + k
        )
        for k in range(3)
    ]


def inferences(model: str, i: int) -> list[Thing]:
    """Return what a model saw: some missed, some mistaken for the next class, some where nothing is."""
    worse = 2 if model == "bad" else 1
    found = []
    for k, thing in enumerate(labels(i)):
        number = i * 3 + k
        if number % (8 // worse) == 0:
            continue
        class_name = thing.class_name
        if number % (6 // worse) == 1:
            class_name = CLASSES[(CLASSES.index(class_name) + 1 + i % 3) % 9]
        confidence = (number * 7 % 19 + 1) / 20
        moved = thing._replace(id=f"{model}{i:02d}{k}", class_name=class_name, left=thing.left + k * 5)
        found.append(moved._replace(confidence=confidence))
    if i % (5 - worse) == 0:
        found.append(Thing(f"{model}{i:02d}x", CLASSES[i % 9], 300.0, 300.0, 50.0, 40.0, 0.55))
    return found
