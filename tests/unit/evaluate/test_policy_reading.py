from __future__ import annotations

import re
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.errors import PolicyError
from shoal.evaluate.policy import Answer, Selector, SelectorKind
from shoal.evaluate.policy_file import read_policy
from shoal.model.gate_row import BaselineDemand, CheckKind, Tier
from shoal.model.metric import Average, Metric
from shoal.model.verdict import VerdictRule

FULL = """
version: 1
name: release
alpha: 0.01
on_inconclusive: reject
on_not_evaluable: inconclusive
defaults: {margin: 0.02, rule: confident, coverage: 0.95}
segments:
  - name: Night pedestrians
    tier: supporting
    targets: {recall: 0.9}
    baseline: not_worse
    class: pedestrian
    metrics: [recall, f1, recall]
    margin: 0
  - type: regression_test
    targets: false
    average: macro
    optional: true
  - pattern: "city *"
    baseline: ignore
waivers:
  - segment: Night pedestrians
    metric: recall
    check: target
    reason: camera replaced
    starts: 2026-01-01
    expires: 2026-12-31
    approved_by: ana
"""


def test_every_key_is_read() -> None:
    policy = read_policy(FULL)
    assert (policy.name, policy.alpha) == ("release", 0.01)
    assert (policy.on_inconclusive, policy.on_not_evaluable) == (Answer.REJECT, Answer.INCONCLUSIVE)
    night, tests, city = policy.entries
    assert night.selector == Selector(SelectorKind.NAME, "Night pedestrians")
    assert (night.tier, night.minimums) == (Tier.SUPPORTING, ((Metric.RECALL, 0.9),))
    assert (night.average, night.class_name) == (Average.CLASS, "pedestrian")
    assert (night.baseline, night.metrics) == (BaselineDemand.NOT_WORSE, (Metric.RECALL, Metric.F1))
    assert (night.margin, night.rule, night.coverage) == (0.0, VerdictRule.CONFIDENT, 0.95)
    assert (night.demands_baseline, night.own_targets, night.line) == (True, False, 9)
    assert (tests.own_targets, tests.minimums, tests.is_optional) == (False, (), True)
    assert (tests.margin, tests.average, tests.demands_baseline) == (0.02, Average.MACRO, False)
    assert (city.baseline, city.own_targets, city.demands_targets) == (BaselineDemand.IGNORE, True, False)
    (waiver,) = policy.waivers
    assert (waiver.metric, waiver.kind, waiver.approved_by) == (Metric.RECALL, CheckKind.TARGET, "ana")
    assert (waiver.starts, waiver.expires) == (date(2026, 1, 1), date(2026, 12, 31))


def test_a_mapping_reads_as_its_text_does() -> None:
    by_text, by_mapping = read_policy(FULL), read_policy(yaml.safe_load(FULL))
    assert by_mapping.entries[0].selector == by_text.entries[0].selector
    assert by_mapping.waivers[0].expires == by_text.waivers[0].expires
    assert by_mapping.entries[0].line == 0


def test_an_entrys_class_or_average_replaces_the_default_of_either() -> None:
    text = "version: 1\ndefaults: {%s}\nsegments: [{name: A, %s}, {name: B}]"
    first, second = read_policy(text % ("average: macro", "class: car")).entries
    assert (first.average, first.class_name) == (Average.CLASS, "car")
    assert (second.average, second.class_name) == (Average.MACRO, None)
    first, second = read_policy(text % ("class: car", "average: micro")).entries
    assert (first.average, first.class_name) == (Average.MICRO, None)
    assert (second.average, second.class_name) == (Average.CLASS, "car")


HEAD = "version: 1\nsegments:\n- name: A\n"
FAULTS = {
    "": "found an empty text",
    "segments: [{name: A}]": "version: expected `version: 1`, found nothing",
    "version: 2\nsegments: [{name: A}]": "line 1, version: expected `version: 1`, found 2",
    "version: true\nsegments: [{name: A}]": "found True",
    "version: 1": "segments: expected a list with at least one entry, found nothing",
    "version: 1\nsegments: []": r"line 2, segments: expected a list with at least one entry, found \[\]",
    "version: 1\nsegments: {name: A}": "line 2, segments: expected a list",
    "version: 1\nsegment: []\n": "(?s)line 2, segment: expected a key.*Did you mean 'segments'",
    "version: 1\nsegments: [A]": r"line 2, segments\[0\]: expected a mapping, found 'A'",
    "version: 1\nsegments: [{tier: critical}]": "expected one of `name`, `pattern` and `type`, found nothing",
    HEAD + "  type: split": r"found \['name', 'type'\]",
    "version: 1\nsegments: [{type: bucket}]": "expected split or regression_test or scenario, found 'bucket'",
    "version: 1\nsegments: [{name: 7}]": r"(?s)segments\[0\].name: expected a text, found 7.*quotes",
    "version: 1\nsegments: [{name: ' '}]": "a text that is not empty",
    HEAD + "  tier: critcal": "(?s)line 4, .*tier: expected critical or supporting or advisory.*'critical'",
    HEAD + "  margin: 2": "line 4, .*margin: expected a fraction",
    HEAD + "  margin: .nan": "margin: expected a fraction",
    HEAD + "  margin: true": "found True",
    HEAD + "  coverage: 0": "coverage: expected a fraction above 0",
    HEAD + "  targets: {recall: 90}": "recall: expected a fraction from 0 to 1 .0.9 for 90 %., found 90",
    HEAD + "  targets: {recal: 0.9}": "(?s)targets.recal.*Did you mean 'recall'",
    HEAD + "  targets: {}": "expected true, false or a mapping",
    HEAD + "  targets: 3": "targets: expected a mapping, found 3",
    HEAD + "  metrics: []": "metrics: expected a list with at least one metric",
    HEAD + "  metrics: [map]": r"metrics\[0\]: expected precision or recall or f1, found 'map'",
    HEAD + "  metrics: [[f1]]": r"found \['f1'\]",
    HEAD + "  average: class": "expected weighted or macro or micro, found 'class'",
    HEAD + "  class: car\n  average: macro": "expected class, found 'macro'",
    HEAD + "  optional: 1": "expected true or false, found 1",
    HEAD + "alpha: 0.9": "line 4, alpha: expected a number above 0, at most 0.5, found 0.9",
    HEAD + "on_not_evaluable: accept": "expected reject or inconclusive, found 'accept'",
    HEAD + "defaults: {margin: -1}": r"line 4, segments\[0\].margin: expected",
    HEAD + "waivers: [{segment: A, expires: 2026-12-31}]": r"waivers\[0\].reason: expected a text that is",
    HEAD + "waivers: [{segment: A, reason: r}]": "expires: expected a day such as 2026-12-31, found nothing",
    HEAD + "waivers: [{segment: A, reason: r, expires: soon}]": "a day such as 2026-12-31, found 'soon'",
    HEAD + "waivers: [{segment: A, reason: r, expires: 2026-12-31 10:00:00}]": "expected a day",
    HEAD + "waivers: [{segment: A, reason: r, expires: 2026-02-30}]": "a value YAML cannot read",
    HEAD + "  name: B": "line 4: the key `name` is given twice",
    "version: 1\nsegments: &a [*a]": "line 2: anchors and aliases are not read",
    "version: 1\nsegments: [": "line 2: this is not YAML",
    "version: !!python/object:os.system 1": "this is not YAML",
    "? [a]\n: 1": "line 1: expected a key, found brackets",
    "just words": "expected a mapping, found 'just words'",
    "[" * 5_000: "nested too deeply|not YAML",
    "#" * 300_000: "at most 256 KiB",
}


@pytest.mark.parametrize("text", FAULTS, ids=[text[:40] for text in FAULTS])
def test_faults_name_line_key_expected_and_found(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(text)
    assert re.search(FAULTS[text], str(caught.value)), str(caught.value)


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="[]{}:,-&*!|>'\"\n #?%@ae1.", max_size=40).map(lambda tail: HEAD + tail),
    )
)
def test_any_text_is_a_policy_or_a_policy_error(text: str) -> None:
    try:
        read_policy(text)
    except PolicyError as problem:
        assert str(problem)  # noqa: PT017


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
keys = st.sampled_from(["segments", "waivers", "defaults", "name", "targets", "metrics", "expires", "reason"])


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(keys, json_values), st.dictionaries(keys, json_values))
def test_any_mapping_is_a_policy_or_a_policy_error(top: dict[str, object], entry: dict[str, object]) -> None:
    for values in ({"version": 1, **top}, {"version": 1, "segments": [entry], "waivers": [entry]}):
        try:
            read_policy(values)
        except PolicyError as problem:
            assert str(problem)  # noqa: PT017
