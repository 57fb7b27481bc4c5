"""Reading a gate policy from YAML, or from the mapping YAML would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from shoal.errors import PolicyError
from shoal.evaluate.policy import Answer, Entry, Policy, Selector, SelectorKind, Waiver
from shoal.evaluate.policy_selection import near_names
from shoal.evaluate.policy_yaml import Lines, Path, load_yaml
from shoal.model.gate_row import BaselineDemand, CheckKind, Tier
from shoal.model.metric import Average, Metric
from shoal.model.segment import SegmentType
from shoal.model.verdict import VerdictRule

VERSION: Final = 1
"""The version of the format."""

TOP_KEYS: Final = (
    "version",
    "name",
    "defaults",
    "segments",
    "waivers",
    "alpha",
    "on_inconclusive",
    "on_not_evaluable",
)
DEFAULT_KEYS: Final = (
    "tier",
    "targets",
    "baseline",
    "metrics",
    "average",
    "class",
    "rule",
    "margin",
    "coverage",
    "optional",
)
SELECTOR_KEYS: Final = tuple(kind.value for kind in SelectorKind)
WAIVER_KEYS: Final = ("segment", "metric", "check", "reason", "starts", "expires", "approved_by")

Word = TypeVar("Word", bound=StrEnum)


def read_policy(source: str | Mapping[str, Any]) -> Policy:
    """Return the policy written in a YAML text or held by a mapping; the format is in `docs/guides/ci.md`.

    Args:
        source: YAML text, at most 256 KiB, without anchors; or the mapping it stands for.

    Raises:
        PolicyError: naming line and key, what was expected and what was found, and near names.
    """
    if isinstance(source, str):
        values, lines = load_yaml(source)
    else:
        values, lines = dict(source), {}
    return _Reader(lines).policy(values)


class _Reader:
    """Turns plain values into a policy, knowing the line of each."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines

    def policy(self, values: Any) -> Policy:
        top = self.mapping(values, (), TOP_KEYS)
        if top.get("version") != VERSION or isinstance(top.get("version"), bool):
            self.fail(("version",), f"`version: {VERSION}`", top.get("version"))
        defaults = self.mapping(top.get("defaults", {}), ("defaults",), DEFAULT_KEYS)
        entries = self.sequence(top.get("segments"), ("segments",), "at least one entry")
        waivers = self.sequence(top.get("waivers", []), ("waivers",))
        answers = (Answer.REJECT, Answer.INCONCLUSIVE)
        return Policy(
            entries=tuple(self.entry(value, ("segments", i), defaults) for i, value in enumerate(entries)),
            waivers=tuple(self.waiver(value, ("waivers", i)) for i, value in enumerate(waivers)),
            on_inconclusive=self.word(top, (), "on_inconclusive", Answer, Answer.INCONCLUSIVE),
            on_not_evaluable=self.word(top, (), "on_not_evaluable", Answer, Answer.REJECT, answers),
            alpha=self.number(
                top, (), "alpha", 0.05, lambda x: 0.0 < x <= 0.5, "a number above 0, at most 0.5"
            ),
            name=self.text(top, (), "name") or "policy",
        )

    def entry(self, value: Any, path: Path, defaults: Mapping[str, Any]) -> Entry:
        own = self.mapping(value, path, (*SELECTOR_KEYS, *DEFAULT_KEYS))
        selector = self.selector(own, path)
        # A class and an average exclude each other, so an entry's own one also replaces the default other.
        replaced = {*own, *(("average", "class") if "average" in own or "class" in own else ())}
        inherited = {key: item for key, item in defaults.items() if key not in replaced}
        for key in inherited:
            self.lines.setdefault((*path, key), self.line(("defaults", key)))
        merged = {**inherited, **own}
        class_name = self.text(merged, path, "class") or None
        average = Average.CLASS if class_name else Average.WEIGHTED
        allowed = (Average.CLASS,) if class_name else (Average.WEIGHTED, Average.MACRO, Average.MICRO)
        targets = self.targets(merged, path)
        return Entry(
            selector=selector,
            tier=self.word(merged, path, "tier", Tier, Tier.CRITICAL),
            own_targets=targets is True,
            minimums=() if isinstance(targets, bool) else targets,
            baseline=self.word(merged, path, "baseline", BaselineDemand, BaselineDemand.NOT_REGRESSED),
            metrics=self.metrics(merged, path),
            average=self.word(merged, path, "average", Average, average, allowed),
            class_name=class_name,
            rule=self.word(merged, path, "rule", VerdictRule, VerdictRule.DEFAULT)
            if "rule" in merged
            else None,
            margin=self.fraction(merged, path, "margin", lambda x: 0.0 <= x < 1.0, "a fraction, 0 or more"),
            coverage=self.fraction(
                merged, path, "coverage", lambda x: 0.0 < x <= 1.0, "a fraction above 0, at most 1"
            ),
            is_optional=self.flag(merged, path, "optional"),
            demands_targets=own.get("targets") is True,
            demands_baseline="baseline" in merged,
            line=self.line(path),
        )

    def selector(self, own: Mapping[str, Any], path: Path) -> Selector:
        found = [key for key in SELECTOR_KEYS if key in own]
        if len(found) != 1:
            self.fail(path, "one of `name`, `pattern` and `type`", found or None)
        if found[0] == SelectorKind.TYPE:
            scored = tuple(kind for kind in SegmentType if kind.is_model_performance)
            return Selector(SelectorKind.TYPE, self.word(own, path, "type", SegmentType, scored[0], scored))
        return Selector(SelectorKind(found[0]), self.required_text(own, path, found[0]))

    def targets(self, values: Mapping[str, Any], path: Path) -> bool | tuple[tuple[Metric, float], ...]:
        given = values.get("targets", True)
        if isinstance(given, bool):
            return given
        path = (*path, "targets")
        minimums = self.mapping(given, path, tuple(metric.value for metric in Metric))
        if not minimums:
            self.fail(path, "true, false or a mapping such as `{recall: 0.9}`", given)
        fraction = "a fraction from 0 to 1 (0.9 for 90 %)"
        return tuple(
            (Metric(name), self.number(minimums, path, name, 0.0, lambda x: 0.0 <= x <= 1.0, fraction))
            for name in minimums
        )

    def metrics(self, values: Mapping[str, Any], path: Path) -> tuple[Metric, ...]:
        if "metrics" not in values:
            return ()
        path = (*path, "metrics")
        names = self.sequence(values["metrics"], path, "at least one metric")
        found = [self.word({i: name}, path, i, Metric, Metric.F1) for i, name in enumerate(names)]
        return tuple(dict.fromkeys(found))

    def waiver(self, value: Any, path: Path) -> Waiver:
        own = self.mapping(value, path, WAIVER_KEYS)
        starts = self.day(own, path, "starts") if "starts" in own else None
        return Waiver(
            segment=self.required_text(own, path, "segment"),
            reason=self.required_text(own, path, "reason"),
            expires=self.day(own, path, "expires"),
            metric=self.word(own, path, "metric", Metric, Metric.F1) if "metric" in own else None,
            kind=self.word(own, path, "check", CheckKind, CheckKind.TARGET) if "check" in own else None,
            starts=starts,
            approved_by=self.text(own, path, "approved_by"),
            line=self.line(path),
        )

    def mapping(self, value: Any, path: Path, keys: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(path, "a mapping", value)
        for key in value:
            if key not in keys:
                hint = near_names(str(key), keys) or f"Allowed: {', '.join(keys)}."
                self.fail((*path, key), f"a key among {', '.join(keys)}", key, hint)
        return dict(value)

    def sequence(self, value: Any, path: Path, expected: str = "") -> list[Any]:
        if not isinstance(value, list | tuple) or (expected and not value):
            self.fail(path, f"a list with {expected}" if expected else "a list", value)
        return list(value)

    def word(
        self,
        values: Mapping[Any, Any],
        path: Path,
        key: str | int,
        kind: type[Word],
        default: Word,
        allowed: Sequence[Word] | None = None,
    ) -> Word:
        if key not in values:
            return default
        words = [word.value for word in (allowed or tuple(kind))]
        if values[key] not in words:
            self.fail((*path, key), " or ".join(words), values[key], near_names(str(values[key]), words))
        return kind(values[key])

    def number(
        self,
        values: Mapping[str, Any],
        path: Path,
        key: str,
        default: float,
        is_allowed: Callable[[float], bool],
        expected: str,
    ) -> float:
        value = values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not is_allowed(value):
            self.fail((*path, key), expected, value)
        return float(value)

    def fraction(
        self,
        values: Mapping[str, Any],
        path: Path,
        key: str,
        is_allowed: Callable[[float], bool],
        expected: str,
    ) -> float | None:
        return self.number(values, path, key, 0.0, is_allowed, expected) if key in values else None

    def flag(self, values: Mapping[str, Any], path: Path, key: str) -> bool:
        value = values.get(key, False)
        if not isinstance(value, bool):
            self.fail((*path, key), "true or false", value)
        return bool(value)

    def text(self, values: Mapping[str, Any], path: Path, key: str) -> str:
        value = values.get(key, "")
        if not isinstance(value, str):
            self.fail((*path, key), "a text", value, "Put quotes around it.")
        return str(value).strip()

    def required_text(self, values: Mapping[str, Any], path: Path, key: str) -> str:
        text = self.text(values, path, key)
        if not text:
            self.fail((*path, key), "a text that is not empty", values.get(key))
        return text

    def day(self, values: Mapping[str, Any], path: Path, key: str) -> date:
        value = values.get(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.fail((*path, key), "a day such as 2026-12-31", value)
        if isinstance(value, datetime) or not isinstance(value, date):
            self.fail((*path, key), "a day such as 2026-12-31", value)
        return value

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest thing around it; 0 when unknown."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 0)

    def fail(self, path: Path, expected: str, found: Any, hint: str = "") -> NoReturn:
        line = self.line(path)
        where = f"Policy, line {line}" if line else "Policy"
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        shown = "nothing" if found is None else repr(found)
        shown = shown if len(shown) <= 80 else shown[:77] + "…"
        raise PolicyError(
            f"{where}{f', {key}' if key else ''}: expected {expected}, found {shown}.",
            hint=hint,
            location={"line": line, "field": key},
        )
