import { expect, it } from "vitest";
import { scoreScale } from "./trend";

it("ends on round numbers around the scores", () => {
  expect(scoreScale([0.47, 0.82])).toEqual({ from: 0.4, to: 1, ticks: [0.4, 0.6, 0.8, 1] });
  expect(scoreScale([0.801, 0.812])).toEqual({ from: 0.8, to: 0.86, ticks: [0.8, 0.82, 0.84, 0.86] });
  expect(scoreScale([0.99, 1]).to).toBe(1);
});

it("copes with one score, none, and the ends", () => {
  for (const values of [[0.5], [], [0], [1], [0, 1]]) {
    const { from, to, ticks } = scoreScale(values);
    expect(to).toBeGreaterThan(from);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(8);
    for (const value of values) expect(value >= from && value <= to).toBe(true);
  }
});
