import { expect, it } from "vitest";
import { dryRunReport, plainType } from "./dryRun";

it("reads what the server understood", () => {
  const report = dryRunReport({
    understood: {
      frame_columns: { frame_id: "large_string", user__lux: "double" },
      classes: ["car"],
      new_classes: [],
      frames_listed: 3,
      frames_in_dataset: 10,
      labels: { file: "a.json", format: "coco" },
      metadata: {
        file: "m.csv",
        format: "csv",
        layout: "one row per frame",
        box_format: null,
        columns: [{ column: "lux", meaning: "user__lux", type: "double", n_missing: 2, example: "4.5" }],
        problems: [],
      },
    },
    notes: [],
    n_frames: 10,
    n_labels: 0,
    n_inferences: 0,
    problems: [{ file: "m.csv", place: "line 2", field: "lux", expected: "a number", found: "'x'" }],
    total_problems: 1,
  });
  expect(report.files.map((file) => [file.role, file.file])).toEqual([
    ["labels", "a.json"],
    ["metadata", "m.csv"],
  ]);
  expect(report.files[1]?.columns[0]).toMatchObject({ meaning: "user__lux", type: "number", n_missing: 2 });
  expect(report.frameFields).toEqual([
    { name: "frame_id", type: "text" },
    { name: "user__lux", type: "number" },
  ]);
  expect(report.listed).toEqual({ n: 3, of: 10 });
  expect(report.problems[0]).toMatchObject({ place: "line 2", hint: "" });
});

it("leaves out what it does not know", () => {
  const report = dryRunReport({ understood: { labels: 3 }, n_frames: 0, n_labels: 0, n_inferences: 0 });
  expect(report).toMatchObject({ files: [], classes: [], listed: null, problems: [] });
});

it("says types in plain words", () => {
  expect(["large_string", "int32", "timestamp[us]", "bool", "double", "list<x>"].map(plainType)).toEqual([
    "text",
    "whole number",
    "date",
    "yes/no",
    "number",
    "list<x>",
  ]);
});
