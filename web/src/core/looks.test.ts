import { expect, test } from "vitest";
import { classColours } from "./colours";
import { framePath, pagePath, segmentPath } from "./paths";
import { SEGMENT_TYPES, segmentType } from "./segments";
import { compareVerdicts, VERDICTS, type VerdictName } from "./verdicts";

test("every verdict has a shape of its own", () => {
  const shapes = Object.values(VERDICTS).map(({ shape }) => shape);
  expect(new Set(shapes).size).toBe(shapes.length);
});

test("the worst verdict comes first", () => {
  const verdicts: VerdictName[] = ["pass", "inconclusive", "regressed", "improved", "fail"];
  expect([...verdicts].sort(compareVerdicts)).toEqual([
    "fail",
    "regressed",
    "inconclusive",
    "improved",
    "pass",
  ]);
});

test("Model Performance has three types, named as in the specification", () => {
  const names = SEGMENT_TYPES.filter(({ isModelPerformance }) => isModelPerformance).map(
    ({ plural }) => plural,
  );
  expect(names).toEqual(["Splits", "Regression Tests", "Scenarios"]);
  expect(segmentType("regression_test").name).toBe("Regression Test");
});

test("a class has the colour of its class map, else one of its own", () => {
  const colour = classColours([
    { name: "car", color: [1, 2, 3] },
    { name: "bus" },
    { name: "truck", color: null },
  ]);
  expect(colour("car")).toBe("rgb(1 2 3)");
  expect(colour("bus")).not.toBe(colour("truck"));
  expect(colour("unheard of")).toBe(colour("unheard of"));
});

test("names of users are kept whole in addresses", () => {
  const place = { project: "demo", dataset: "street" };
  expect(pagePath(place, "explore", { q: "a:b" })).toBe("/p/demo/d/street/explore?q=a:b");
  expect(segmentPath(place, "Night / <b>?#%")).toBe(
    "/p/demo/d/street/segments/Night%20%2F%20%3Cb%3E%3F%23%25",
  );
  expect(framePath(place, "seq/0001.jpg")).toBe("/p/demo/d/street/frames/seq%2F0001.jpg");
});
