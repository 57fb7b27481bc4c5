import { describe, expect, it } from "vitest";
import { confusionName, errorList, heat, kindOf, rowShares } from "./confusions";
import { linePath, nearestPoint, onSliderGrid, pointAt } from "./curves";
import { niceCeiling } from "./IouHistogram";

const CURVE = {
  class_name: "car",
  confidence: [0.1, 0.3, 0.5],
  precision: [0.5, 0.8, null],
  recall: [0.9, 0.6, 0],
  f1: [0.64, 0.69, null],
  best_confidence: 0.3,
  best_f1: 0.69,
};

describe("curves", () => {
  it("are read at the first stored threshold that is not below", () => {
    expect(pointAt(CURVE, 0.2)?.confidence).toBe(0.3);
    expect(pointAt(CURVE, 0.3)?.confidence).toBe(0.3);
    expect(pointAt(CURVE, 0.6)).toBeUndefined();
  });

  it("are dragged to the nearest defined point", () => {
    expect(nearestPoint(CURVE, 0.65, 0.75)?.confidence).toBe(0.3);
    expect(nearestPoint(CURVE, 0, 0)?.confidence).toBe(0.3);
  });

  it("keep thresholds on the grid of sliders and leave gaps where undefined", () => {
    expect(onSliderGrid(0.12345)).toBe(0.12);
    expect(onSliderGrid(-1)).toBe(0);
    expect(
      linePath([
        [0, 1],
        [null, 2],
        [3, 4],
        [5, 6],
      ]),
    ).toBe("M0.0 1.0M3.0 4.0L5.0 6.0");
  });
});

describe("confusions", () => {
  const report = {
    confusion_classes: ["car", "truck", "background"],
    confusion: [
      [8, 1, 1],
      [0, 0, 0],
      [2, 0, 0],
    ],
  };

  it("are listed most frequent first, without what is right", () => {
    expect(errorList(report)).toEqual([
      { truth: "background", predicted: "car", kind: "false_positive", count: 2, shareOfTruth: null },
      { truth: "car", predicted: "truck", kind: "confusion", count: 1, shareOfTruth: 0.1 },
      { truth: "car", predicted: "background", kind: "false_negative", count: 1, shareOfTruth: 0.1 },
    ]);
  });

  it("are undefined as shares where a row is empty", () => {
    expect(rowShares(report.confusion)[1]).toEqual([null, null, null]);
    expect(rowShares(report.confusion)[0]?.[0]).toBe(0.8);
    expect(heat(null)).toBe(0);
    expect(heat(0.25)).toBe(0.5);
  });

  it("have kinds and words", () => {
    expect(kindOf("car", "car")).toBe("true_positive");
    expect(confusionName("background", "car")).toBe("false alarm: car");
  });

  it("scale histograms to round numbers", () => {
    expect([niceCeiling(3397), niceCeiling(10), niceCeiling(0), niceCeiling(4001)]).toEqual([
      4000, 10, 1, 10000,
    ]);
  });
});
