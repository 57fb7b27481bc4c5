import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { describeScore, type Score, ScoreCell } from "./ScoreCell";

const SCORE: Score = {
  value: 0.6937,
  low: 0.65,
  high: 0.73,
  target: 0.75,
  target_verdict: "fail",
  delta: -0.0541,
  delta_low: -0.08,
  delta_high: -0.02,
  baseline_verdict: "regressed",
};

test("a score shows number, verdicts in words, and the difference", () => {
  render(<ScoreCell score={SCORE} />);
  for (const text of ["0.694", "fail", "regressed", "−0.054"]) expect(screen.getByText(text)).toBeTruthy();
});

test("all of it can be read in one sentence", () => {
  expect(describeScore(SCORE)).toBe(
    "0.694 · 95% interval 0.650–0.730 · target 0.750: fail · regressed −0.054 (−0.080 to −0.020)",
  );
});

test("an undefined score is a dash, never zero", () => {
  render(<ScoreCell score={{ value: null, low: null, high: null, reason: "no labels" }} />);
  expect(screen.getByText("–")).toBeTruthy();
  expect(screen.queryByText(/0/)).toBeNull();
});
