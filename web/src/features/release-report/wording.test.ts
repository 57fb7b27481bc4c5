import { describe, expect, it } from "vitest";
import type { GateRow } from "@/api/numbers";
import {
  caveats,
  checkName,
  deltaWithInterval,
  gateVerdict,
  probabilities,
  scoreName,
  scoreWithInterval,
} from "./wording";

const ROW: GateRow = {
  segment: "Night",
  segment_type: "scenario",
  segment_version: 1,
  kind: "baseline",
  metric: "f1",
  average: "weighted",
  class_name: null,
  tier: "critical",
  demand: "not regressed",
  outcome: "fail",
  effect: "rejects",
  verdict: "regressed",
  sentence: "",
  value: 0.774,
  low: 0.751,
  high: 0.796,
  target: null,
  baseline_value: 0.807,
  delta: -0.033,
  delta_low: -0.05,
  delta_high: -0.016,
  margin: 0.01,
  p: 0.0004,
  p_adjusted: 0.002,
  coverage: 1,
  n_frames: 10,
  n_labels: 20,
  is_small: false,
  waiver: null,
};

describe("the words of checks", () => {
  it("name score and demand", () => {
    expect(checkName(ROW)).toBe("F1: not regressed");
    const target: GateRow = {
      ...ROW,
      kind: "target",
      metric: "recall",
      average: "class",
      class_name: "car",
      demand: "≥ 0.9",
    };
    expect(checkName(target)).toBe("recall of car ≥ 0.9");
    expect(scoreName({ metric: "f1", average: "macro", class_name: null })).toBe("macro F1");
  });

  it("give numbers with their intervals, and none where there is none", () => {
    expect(scoreWithInterval(ROW)).toBe("0.774 [0.751,\u00a00.796]");
    expect(deltaWithInterval(ROW)).toBe("−0.033 [−0.050,\u00a0−0.016]");
    expect(scoreWithInterval({ value: null, low: null, high: null })).toBe("–");
    expect(probabilities(ROW)).toBe("<\u00a00.001 (0.002)");
    expect(probabilities({ p: null, p_adjusted: null })).toBe("–");
  });

  it("say what weakens a finding", () => {
    expect(caveats(ROW)).toBe("");
    const waiver = { reason: "known", expires: "2026-12-31", approved_by: "" };
    expect(caveats({ ...ROW, is_small: true, waiver })).toBe("waived until 2026-12-31: known; small segment");
    expect(caveats({ ...ROW, outcome: "inconclusive" })).toBe("not significant after correction");
  });

  it("judge", () => {
    expect([true, false, null].map((passed) => gateVerdict({ passed }))).toEqual([
      "pass",
      "fail",
      "inconclusive",
    ]);
  });
});
