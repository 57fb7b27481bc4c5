"""The guide is true: its policies are read, its workflows parse, its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from shoal.evaluate.policy import GateSegment
from shoal.evaluate.policy_file import DEFAULT_KEYS, SELECTOR_KEYS, TOP_KEYS, WAIVER_KEYS, read_policy
from shoal.evaluate.policy_selection import select_checks
from shoal.model.metric import Metric
from shoal.model.segment import SegmentType

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "ci.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
POLICIES = [block for block in BLOCKS if block.startswith("version:")]
WORKFLOWS = [block for block in BLOCKS if not block.startswith("version:")]


def test_the_guide_holds_policies_and_workflows() -> None:
    assert (len(POLICIES), len(WORKFLOWS)) == (2, 2)


@pytest.mark.parametrize("text", POLICIES)
def test_policies_of_the_guide_select_checks(text: str) -> None:
    segments = [
        GateSegment("All Frames", SegmentType.SPLIT),
        GateSegment("Night pedestrians", SegmentType.REGRESSION_TEST),
    ]
    checks = select_checks(read_policy(text), segments, has_baseline=True)
    assert Metric.F1 in {check.metric for check in checks}


def test_the_full_policy_of_the_guide_shows_every_key() -> None:
    full = yaml.safe_load(POLICIES[0])
    shown = set(full) | set(full["defaults"]) | set(full["waivers"][0])
    shown.update(*full["segments"])
    assert {*TOP_KEYS, *DEFAULT_KEYS, *SELECTOR_KEYS, *WAIVER_KEYS} <= shown


@pytest.mark.parametrize("text", WORKFLOWS)
def test_workflows_of_the_guide_run_the_gate(text: str) -> None:
    commands = [command for command in strings(yaml.safe_load(text)) if command.startswith("shoal gate ")]
    (command,) = commands
    words = shlex.split(command)
    assert words[:2] == ["shoal", "gate"]
    assert {"--candidate", "--baseline", "--policy", "--junit", "--markdown"} <= set(words)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []
