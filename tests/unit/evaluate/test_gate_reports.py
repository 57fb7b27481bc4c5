from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.errors import InvalidInputError
from shoal.evaluate.gate import decide
from shoal.evaluate.policy import GateSegment, default_policy
from shoal.evaluate.policy_file import read_policy
from shoal.model.gate_rendering import number
from shoal.model.gate_report import GateReport
from shoal.model.segment import SegmentType
from twins.gate_cases import FIRM, JUDGED, NIGHT, TODAY, gate

WAIVER = "waivers: [{segment: Night, reason: new camera, expires: 2026-12-31}]"


def report_of(*cases: str, name: str = "Night") -> GateReport:
    segments = [GateSegment(f"{name}{i or ''}", NIGHT.type, NIGHT.targets) for i in range(len(cases))]
    judgements = [replace(JUDGED[c], segment=s.name) for c, s in zip(cases, segments, strict=True)]
    return decide(default_policy(), segments, judgements, "yolo_v2", "yolo_v1", TODAY)


@pytest.mark.parametrize("case", JUDGED)
def test_a_report_survives_json(case: str) -> None:
    report = gate("tier: critical", JUDGED[case], WAIVER)
    assert GateReport.from_dict(json.loads(json.dumps(report.to_dict(), allow_nan=False))) == report


def test_unknown_keys_are_left_alone_and_missing_ones_are_named() -> None:
    values = report_of("improved").to_dict()
    assert GateReport.from_dict({**values, "newer": 1}) == report_of("improved")
    assert GateReport.from_dict({**values, "rows": [{**values["rows"][0], "newer": 1}]}).rows
    for faulty in ({}, {**values, "rows": [{}]}, {**values, "rows": 3}, {**values, "rows": [{"kind": "x"}]}):
        with pytest.raises(InvalidInputError, match="gate report"):
            GateReport.from_dict(faulty)


def test_markdown_says_the_verdict_first_and_folds_the_rest() -> None:
    lines = report_of("regressed", "improved").to_markdown().splitlines()
    assert lines[0] == "### Shoal gate: ✗ rejected"
    assert lines[2].startswith("Rejected: recall on 'Night' fell from 0.812 to 0.704 (−0.108")
    assert lines[4] == r"yolo\_v2 against yolo\_v1 (default policy, 2026-11-23)"
    assert lines[6:8] == [
        "|  | Segment | Check | Score | Difference | p (corrected) | Tier | Finding |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    assert lines[8] == (
        "| ✗ | Night | recall: not regressed | 0.704 [0.660, 0.750] | −0.108 [−0.141, −0.075] "
        "| < 0.001 (0.001) | critical | regressed |"
    )
    folded = lines.index("<details>")
    assert lines[folded + 1] == "<summary>All 4 checks</summary>"
    assert sum(line.startswith("| ✓ | Night1 |") for line in lines[folded:]) == 2
    assert not any(line.startswith("| ✓") for line in lines[:folded])


def test_markdown_of_an_accepted_candidate_and_of_a_waiver() -> None:
    accepted = report_of("improved").to_markdown()
    assert accepted.startswith("### Shoal gate: ✓ accepted")
    assert "<details>" not in accepted
    waived = gate("baseline: ignore", JUDGED["far below target"], WAIVER).to_markdown()
    assert "| ○ | Night |" in waived
    assert "fail; waived until 2026-12-31: new camera |" in waived
    undefined = gate("tier: critical", JUDGED["empty"]).to_markdown()
    assert "| – | – | – | critical | not evaluable; small segment |" in undefined


def test_markdown_above_the_fold_stays_short() -> None:
    text = report_of(*["regressed"] * 40).to_markdown()
    above, _, below = text.partition("<details>")
    assert above.count("\n| ✗") == 20
    assert below.count("\n| ✗") == 80


def test_junit_has_a_test_case_per_check() -> None:
    root = ElementTree.fromstring(report_of("regressed", "improved", "empty").to_junit())
    (suite,) = root
    counts = {"tests": "6", "failures": "2", "errors": "2", "skipped": "0"}
    assert counts.items() <= suite.attrib.items()
    assert counts.items() <= root.attrib.items()
    cases = suite.findall("testcase")
    names = {(case.get("classname"), case.get("name")): [child.tag for child in case] for case in cases}
    assert names == {
        ("Night", "recall against baseline: not regressed"): ["failure"],
        ("Night", "recall ≥ 0.8"): ["failure"],
        ("Night1", "recall against baseline: not regressed"): [],
        ("Night1", "recall ≥ 0.8"): [],
        ("Night2", "recall against baseline: not regressed"): ["error"],
        ("Night2", "recall ≥ 0.8"): ["error"],
    }
    failure = cases[0].find("failure")
    assert failure is not None
    assert "fell from 0.812 to 0.704" in failure.attrib["message"]
    assert suite.find("properties/property[@name='candidate']").attrib["value"] == "yolo_v2"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("entry", "case", "rest", "message"),
    [
        ("baseline: ignore", "far below target", WAIVER, "Waived: recall"),
        ("baseline: ignore, tier: advisory", "far below target", "", "Reported, advisory: recall"),
        ("baseline: ignore, tier: supporting", "just below target", "", "Reported, supporting: recall"),
        ("targets: false, baseline: not_worse", "open", "", "recall on 'Night' fell from 0.880 to 0.870"),
    ],
)
def test_what_does_not_reject_is_skipped_with_its_finding(
    entry: str, case: str, rest: str, message: str
) -> None:
    root = ElementTree.fromstring(gate(entry, JUDGED[case], rest).to_junit())
    (skipped,) = root.iter("skipped")
    assert skipped.attrib["message"].startswith(message)
    assert root.attrib["skipped"] == "1"


@settings(deadline=None, max_examples=200)
@given(st.text(min_size=1, max_size=30).filter(lambda name: name != "All Frames"))
def test_any_name_is_safe_in_junit_and_markdown(name: str) -> None:
    report = report_of("regressed", name=name)
    root = ElementTree.fromstring(report.to_junit().encode())
    assert root.attrib["tests"] == "2"
    printable = "".join(c if c.isprintable() and ord(c) not in range(0xFFFE, 0x10000) else "" for c in name)
    if printable == name:
        assert root[0].findall("testcase")[0].attrib["classname"] == name
    text = report.to_markdown()
    assert len(text.splitlines()) == len(report_of("regressed").to_markdown().splitlines())
    rows = [line for line in text.splitlines() if line.startswith("| ✗")]
    assert all(line.replace("\\\\", "").replace(r"\|", "").count("|") == 9 for line in rows)


def test_names_that_would_be_markup_are_shown_as_they_are() -> None:
    text = report_of("regressed", name="<img src=x>@team `a` | *b* [c](d)\n# e\x00\x1b").to_markdown()
    assert "<img" not in text
    assert "@team" not in text
    assert r"&lt;img src=x&gt;" in text
    assert r"\`a\` \| \*b\* \[c\](d) \# e" in text


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [(0.5, False, "0.500"), (0.5, True, "+0.500"), (-0.0001, True, "0.000"), (-0.5, False, "−0.500")],
)
def test_numbers_carry_true_signs(value: float, signed: bool, text: str) -> None:
    assert number(value, signed=signed) == text


def test_policy_names_are_shown() -> None:
    policy = read_policy("version: 1\nname: release\nsegments: [{type: split}]")
    report = decide(policy, [GateSegment("A", SegmentType.SPLIT)], [FIRM], "v2", "v1", TODAY)
    assert "(release, 2026-11-23)" in report.to_markdown()
