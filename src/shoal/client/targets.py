"""Targets as users write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from shoal.errors import InvalidInputError
from shoal.model.metric import Average, Metric, Target
from shoal.wire.segments import TargetBody

TargetsLike = Mapping[str, float] | Iterable[Mapping[str, Any]]
"""`{"recall": 0.9, "f1@macro": 0.8, "recall@pedestrian": 0.85}`, or full dicts."""

_AVERAGES = {average.value: average for average in Average if average is not Average.CLASS}


def targets_from(value: TargetsLike) -> list[dict[str, Any]]:
    """Return targets in full: `metric`, `minimum`, `average`, `class_name`.

    Raises:
        InvalidInputError: an unknown metric, or a minimum outside [0, 1].
    """
    if isinstance(value, Mapping):
        targets = [_from_key(str(key), minimum) for key, minimum in value.items()]
    else:
        targets = [_from_dict(one) for one in value]
    return [
        {
            "metric": target.metric.value,
            "minimum": target.minimum,
            "average": target.average.value,
            "class_name": target.class_name,
        }
        for target in targets
    ]


def target_key(target: TargetBody) -> str:
    """Return a target's short name: `recall`, `f1@macro`, `recall@pedestrian`."""
    if target.class_name is not None:
        return f"{target.metric}@{target.class_name}"
    return str(target.metric) if target.average is Average.WEIGHTED else f"{target.metric}@{target.average}"


def _from_key(key: str, minimum: Any) -> Target:
    name, _, about = key.partition("@")
    average = _AVERAGES.get(about or Average.WEIGHTED.value, Average.CLASS)
    class_name = about if average is Average.CLASS else None
    return Target(_metric(name), _number(key, minimum), average, class_name)


def _from_dict(value: Mapping[str, Any]) -> Target:
    extra = set(value) - {"metric", "minimum", "average", "class_name"}
    if extra or "metric" not in value or "minimum" not in value:
        raise InvalidInputError(
            f"Expected a target with metric, minimum, average and class_name, found {dict(value)!r}.",
            location={"field": "targets"},
        )
    class_name = value.get("class_name")
    about = value.get("average") or (Average.CLASS if class_name is not None else Average.WEIGHTED)
    average = Average.CLASS if about == Average.CLASS.value else _AVERAGES.get(about)
    if average is None:
        raise InvalidInputError(
            f"Expected an average of {', '.join(Average)}, found {about!r}.", location={"field": "targets"}
        )
    return Target(_metric(str(value["metric"])), _number("targets", value["minimum"]), average, class_name)


def _metric(name: str) -> Metric:
    try:
        return Metric(name.strip().lower())
    except ValueError:
        near = get_close_matches(name.lower(), list(Metric), n=1)
        raise InvalidInputError(
            f"Expected a target for {', '.join(Metric)}, found {name!r}.",
            hint=f"Did you mean {near[0]}?" if near else 'Write {"recall": 0.9} or {"f1@macro": 0.8}.',
            location={"field": "targets"},
        ) from None


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInputError(
            f"Expected a number from 0 to 1 for {key}, found {value!r}.", location={"field": "targets"}
        )
    return float(value)
