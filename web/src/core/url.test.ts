import { describe, expect, test } from "vitest";
import { readView, thresholdOf, type ViewSearch, writeView } from "./url";

describe("the address", () => {
  const views: ViewSearch[] = [
    {},
    { q: 'user__split:training AND name:"a & b=c?#%"' },
    { sets: ["v1", "v2.1"], baseline: "v1", conf: 0.35, iou: 0.5 },
    { conf: { v1: 0.3, "v2.1": 0.45 }, iou: { v1: 0.5 } },
    {
      segment: "نيويورك <b>🚗</b>",
      elements: "labels",
      sort: "-f1",
      metric: "recall",
      average: "class",
      class: "traffic light",
    },
    { tab: "metrics", view: "cards", extra: { truth: "car", predicted: "background" } },
    { q: "123", segment: "true" },
  ];

  test.each(views)("says %j and is read again", (view) => expect(readView(writeView(view))).toEqual(view));

  test("is empty for the plain view, and readable", () => {
    expect(writeView({})).toBe("");
    expect(writeView({ q: "user__split:training", sets: ["v1", "v2"] })).toBe(
      "?q=user__split:training&sets=v1,v2",
    );
  });

  test("leaves out what cannot be read", () => {
    expect(readView("?conf=2&iou=no&elements=masks&metric=ap&sets=,,&conf=")).toEqual({});
    expect(readView("?conf=v1:0.3,v2:9")).toEqual({ conf: { v1: 0.3 } });
  });

  test("gives each set its threshold", () => {
    expect(thresholdOf(0.3, "v1")).toBe(0.3);
    expect(thresholdOf({ v1: 0.4 }, "v1")).toBe(0.4);
    expect(thresholdOf({ v1: 0.4 }, "v2")).toBeUndefined();
    expect(thresholdOf(undefined, "v1")).toBeUndefined();
  });
});
