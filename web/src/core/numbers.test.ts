import { describe, expect, test } from "vitest";
import {
  countOf,
  formatBytes,
  formatCount,
  formatDelta,
  formatDistance,
  formatInterval,
  formatNumber,
  formatPercent,
  formatScore,
  formatThreshold,
} from "./numbers";

describe("numbers", () => {
  test.each([
    [0.876773, "0.877"],
    [0, "0.000"],
    [1, "1.000"],
    [0.9999, "0.999"],
    [null, "–"],
    [undefined, "–"],
    [Number.NaN, "–"],
  ])("the score %s is %s", (value, text) => expect(formatScore(value)).toBe(text));

  test.each([
    [0.0123, "+0.012"],
    [-0.034, "−0.034"],
    [0.0001, "0.000"],
    [-0.0001, "0.000"],
    [null, "–"],
  ])("the difference %s is %s", (value, text) => expect(formatDelta(value)).toBe(text));

  test.each([
    [0, "0"],
    [-3e-9, "0"],
    [0.0004, "<0.001"],
    [0.0123, "0.012"],
    [1.5, "1.500"],
    [123.456, "123"],
    [null, "–"],
  ])("the distance %s is %s", (value, text) => expect(formatDistance(value)).toBe(text));

  test.each([
    [19_875, "19,875"],
    [0, "0"],
    [12.25, "12.3"],
    [null, "–"],
  ])("the count %s is %s", (value, text) => expect(formatCount(value)).toBe(text));

  test.each([
    [38_475.1, "38,475"],
    [47.123, "47.1"],
    [0.001234, "0.00123"],
    [-3, "-3"],
  ])("the number %s is %s", (value, text) => expect(formatNumber(value)).toBe(text));

  test("shares, thresholds, intervals, bytes, nouns", () => {
    expect(formatPercent(1)).toBe("100%");
    expect(formatPercent(0.99999)).toBe("99.9%");
    expect(formatPercent(0.1234)).toBe("12.3%");
    expect(formatThreshold(0.30000000000000004)).toBe("0.3");
    expect(formatInterval(0.5, 0.75)).toBe("0.500–0.750");
    expect(formatInterval(null, 0.75)).toBe("–");
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(1_234_567)).toBe("1.23 MB");
    expect(countOf(1, "frame")).toBe("1 frame");
    expect(countOf(1200, "frame")).toBe("1,200 frames");
  });
});
