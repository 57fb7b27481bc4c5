import { expect, it } from "vitest";
import type { SegmentBody } from "@/api/types";
import { filterSegments, sectionsOf } from "./listing";

const segment = (name: string, change: Partial<SegmentBody> = {}) =>
  ({
    name,
    type: "split",
    state: "triage",
    owner: "",
    description: "",
    query: null,
    ...change,
  }) as SegmentBody;

const all = [
  segment("test"),
  segment("Night", { type: "scenario", query: "time_of_day:night", owner: "ada" }),
  segment("Blurred", { type: "frame_issue", state: "resolved" }),
];

it("seeks all words in name, owner, description and query", () => {
  const names = (text: string) =>
    filterSegments(all, { text, type: undefined, state: undefined }).map((one) => one.name);
  expect(names("TIME_of ada")).toEqual(["Night"]);
  expect(names("")).toHaveLength(3);
  expect(names("ada test")).toEqual([]);
});

it("narrows by type and state", () => {
  expect(filterSegments(all, { text: "", type: "split", state: undefined })).toEqual([all[0]]);
  expect(filterSegments(all, { text: "", type: undefined, state: "resolved" })).toEqual([all[2]]);
});

it("always shows the three Model Performance types, others when they hold something", () => {
  const { modelPerformance, others } = sectionsOf(all);
  expect(modelPerformance.map(({ look, segments }) => [look.plural, segments.length])).toEqual([
    ["Splits", 1],
    ["Regression Tests", 0],
    ["Scenarios", 1],
  ]);
  expect(others.map(({ look }) => look.plural)).toEqual(["Frame Issues"]);
});
