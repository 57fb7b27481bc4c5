import { describe, expect, it } from "vitest";
import type { SegmentBody } from "@/api/types";
import {
  createBody,
  firstDraft,
  fitting,
  obstacle,
  queryOfAll,
  reportWhere,
  roundedDown,
  ruleOf,
  withElements,
} from "./draft";

const FRAMES = { where: { query: "split:test" }, elements: "frames" as const, inferenceSet: "v1" };
const CROPS = { where: { ids: ["1"] }, elements: "labels" as const };

describe("a draft", () => {
  it("starts as a split of frames, or a bucket of crops", () => {
    expect(firstDraft(FRAMES)).toMatchObject({ mode: "new", elements: "frames", type: "split" });
    expect(firstDraft(CROPS)).toMatchObject({ elements: "labels", type: "bucket" });
  });

  it("gives up a type that holds frames alone", () => {
    expect(withElements(firstDraft(FRAMES), "labels").type).toBe("bucket");
    expect(withElements({ ...firstDraft(FRAMES), type: "work_queue" }, "labels").type).toBe("work_queue");
  });

  it("says what is missing", () => {
    const draft = firstDraft(FRAMES);
    expect(obstacle(draft)).toMatch("name");
    expect(obstacle({ ...draft, name: "  " })).toMatch("name");
    expect(obstacle({ ...draft, name: "Night" })).toBeNull();
    expect(obstacle({ ...draft, mode: "existing" })).toMatch("segment");
    expect(obstacle({ ...draft, mode: "per-value", field: "split" })).toBeNull();
  });
});

describe("requests", () => {
  it("carry targets that are set", () => {
    const body = createBody({ ...firstDraft(FRAMES), name: " Night ", targets: { recall: 0.9 } }, FRAMES);
    expect(body).toMatchObject({ name: "Night", type: "split", elements: "frames", selection: FRAMES.where });
    expect(body.targets).toEqual([{ metric: "recall", minimum: 0.9, average: "weighted" }]);
  });

  it("carry no targets for types that hold none", () => {
    const body = createBody({ ...firstDraft(FRAMES), type: "bucket", targets: { recall: 0.9 } }, FRAMES);
    expect(body.targets).toBeUndefined();
  });

  it("take the frames of crops, and crops of frames", () => {
    const of = { selection: CROPS.where, elements: "labels", inference_set: null };
    expect(createBody(withElements(firstDraft(CROPS), "frames"), CROPS).selection).toEqual({ of });
    expect(ruleOf(FRAMES, "labels")).toBeNull();
    expect(ruleOf(FRAMES, "frames")).toBe("split:test");
  });
});

it("asks for scores of the frames that were selected, whichever set is scored", () => {
  const of = { selection: FRAMES.where, elements: "frames", inference_set: "v1" };
  expect(reportWhere(FRAMES, "frames")).toEqual({ of });
  expect(reportWhere({ ...FRAMES, inferenceSet: undefined }, "frames")).toEqual(FRAMES.where);
});

it("makes segments per value of queries alone", () => {
  expect(queryOfAll(FRAMES)).toBe("split:test");
  expect(queryOfAll({ ...FRAMES, where: { query: "" } })).toBe("");
  expect(queryOfAll({ ...FRAMES, where: { ids: ["a"] } })).toBeNull();
  expect(queryOfAll({ ...CROPS, where: { query: "" } })).toBeNull();
});

it("adds to segments of the same elements", () => {
  const segments = [
    { name: "a", elements: "frames" },
    { name: "b", elements: "inferences", inference_set: "v1" },
    { name: "c", elements: "inferences", inference_set: "v2" },
  ] as SegmentBody[];
  expect(fitting(segments, "frames", "v1").map(({ name }) => name)).toEqual(["a"]);
  expect(fitting(segments, "inferences", "v1").map(({ name }) => name)).toEqual(["b"]);
});

it("rounds a score down to a target it meets", () => {
  expect(roundedDown(0.8769)).toBe(0.876);
  expect(roundedDown(0.877)).toBe(0.877);
  expect(roundedDown(1)).toBe(1);
});
