"""The answer of a gate, the same object in server, SDK and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from shoal.errors import InvalidInputError
from shoal.model.gate_rendering import junit_of, markdown_of
from shoal.model.gate_row import (
    AppliedWaiver,
    CheckEffect,
    CheckKind,
    CheckOutcome,
    GateRow,
    Tier,
)
from shoal.model.metric import Average, Metric

EXIT_ACCEPTED = 0
EXIT_REJECTED = 1
EXIT_INCONCLUSIVE = 2


@dataclass(frozen=True, slots=True)
class GateReport:
    """Whether a candidate may ship, and why.

    Attributes:
        passed: True accepted, False rejected, `None` inconclusive.
        reason: one plain sentence: what decided it.
        candidate: name of the inference set judged.
        baseline: name of the one it was compared with, if any.
        policy: name of the policy.
        decided_on: the day the waivers were read for, ISO 8601.
        alpha: level of the corrected tests.
        n_comparisons: how many comparisons Holm's correction is for.
        rows: the checks, those that decided first.
        notes: what else the reader should know, such as expired waivers.
    """

    passed: bool | None
    reason: str
    candidate: str
    baseline: str | None
    policy: str
    decided_on: str
    alpha: float
    n_comparisons: int
    rows: tuple[GateRow, ...]
    notes: tuple[str, ...] = ()

    def exit_code(self) -> int:
        """Return 0 for accepted, 1 for rejected, 2 for inconclusive."""
        if self.passed is None:
            return EXIT_INCONCLUSIVE
        return EXIT_ACCEPTED if self.passed else EXIT_REJECTED

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        values = asdict(self)
        return values | {"rows": list(values["rows"]), "notes": list(values["notes"])}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GateReport:
        """Return the report that `to_dict` wrote; unknown keys are left alone.

        Raises:
            InvalidInputError: a key is missing or a value is not one of those allowed.
        """
        try:
            known = {name: values[name] for name in cls.__slots__ if name not in ("rows", "notes")}
            rows = tuple(_row_from(row) for row in values["rows"])
            return cls(rows=rows, notes=tuple(values.get("notes", ())), **known)
        except (KeyError, TypeError, ValueError) as problem:
            raise InvalidInputError(f"Expected a gate report, found a faulty one: {problem}.") from problem

    def to_markdown(self) -> str:
        """Return the report for a pull request: verdict, what decided it, all checks folded away."""
        return markdown_of(
            self.passed,
            self.reason,
            {"candidate": self.candidate, "baseline": self.baseline or ""},
            f"{self.policy}, {self.decided_on}",
            self.rows,
            self.notes,
        )

    def to_junit(self) -> str:
        """Return the report as JUnit XML, one test case per check."""
        properties = {
            "candidate": self.candidate,
            "baseline": self.baseline or "",
            "policy": self.policy,
            "decided_on": self.decided_on,
            "reason": self.reason,
        }
        return junit_of(self.rows, properties)


def _row_from(values: Mapping[str, Any]) -> GateRow:
    known = {name: values[name] for name in GateRow.__slots__ if name in values}
    waiver = values.get("waiver")
    return GateRow(
        **known
        | {
            "kind": CheckKind(values["kind"]),
            "metric": Metric(values["metric"]),
            "average": Average(values["average"]),
            "tier": Tier(values["tier"]),
            "outcome": CheckOutcome(values["outcome"]),
            "effect": CheckEffect(values["effect"]),
            "waiver": AppliedWaiver(**waiver) if waiver else None,
        }
    )
