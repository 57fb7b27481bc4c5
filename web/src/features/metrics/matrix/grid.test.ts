import { describe, expect, it } from "vitest";
import type { MatrixBody, MatrixRow, SegmentBody } from "@/api/types";
import { type Answer, gridRows, measureName } from "./grid";
import { readRows, summary, worstDelta } from "./reading";
import { matrixRequests } from "./requests";
import { scaleOf } from "./scale";

const blank: MatrixRow = {
  segment: "All Frames",
  segment_type: "split",
  segment_version: null,
  inference_set: "v1",
  metric: "f1",
  average: "weighted",
  class_name: null,
  value: 0.8,
  low: null,
  high: null,
  n_frames: 100,
  n_labels: 500,
  n_inferences: 480,
  coverage: 1,
  target: null,
  target_verdict: null,
  baseline: null,
  delta: null,
  delta_low: null,
  delta_high: null,
  p: null,
  q: null,
  baseline_verdict: null,
  confidence: 0.3,
  iou: 0.5,
  matching: "class-first",
  n_segment_frames: 100,
  n_shared_frames: null,
  n_groups: null,
  minimum_detectable: null,
  small: false,
  reason: "",
  selected_on: null,
};

const row = (change: Partial<MatrixRow>): MatrixRow => ({ ...blank, ...change });

const answer = (rows: MatrixRow[], hasStatistics: boolean): Answer => {
  const body: MatrixBody = {
    project: "p",
    dataset: "d",
    dataset_version: 1,
    baseline: "v1",
    matching: "class-first",
    group_field: null,
    rows,
  };
  return { body, hasStatistics };
};

const night = (targets: SegmentBody["targets"]) => ({ name: "Night", targets }) as SegmentBody;
const TARGETS: SegmentBody["targets"] = [
  { metric: "f1", minimum: 0.7, average: "weighted", class_name: null },
  { metric: "recall", minimum: 0.58, average: "class", class_name: "pedestrian" },
];

const MAIN = [
  row({}),
  row({ inference_set: "v2", value: 0.85 }),
  row({ segment: "Night", segment_type: "scenario", target: 0.7, target_verdict: "pass" }),
  row({
    segment: "Night",
    segment_type: "scenario",
    inference_set: "v2",
    value: 0.77,
    target: 0.7,
    target_verdict: "pass",
  }),
];
const PEDESTRIANS = answer(
  [
    row({
      segment: "Night",
      inference_set: "v2",
      metric: "recall",
      average: "class",
      class_name: "pedestrian",
      value: 0.47,
      target: 0.58,
      target_verdict: "fail",
    }),
  ],
  true,
);

const grid = (hasStatistics: boolean, rows = MAIN) =>
  gridRows({
    main: answer(rows, hasStatistics),
    others: new Map([["class pedestrian", PEDESTRIANS]]),
    segments: [night(TARGETS)],
    sets: ["v1", "v2"],
    metric: "f1",
  });

describe("the rows of the matrix", () => {
  it("are grouped, with a cell per inference set", () => {
    expect(grid(true).map(({ segment, group }) => [segment, group])).toEqual([
      ["All Frames", "Splits"],
      ["Night", "Scenarios"],
    ]);
    expect(grid(true)[0]?.cells.map((cell) => [cell.score.inference_set, cell.isBaseline])).toEqual([
      ["v1", true],
      ["v2", false],
    ]);
  });

  it("hold all targets of the segment, the missed one first, whatever measure is shown", () => {
    const cell = grid(true)[1]?.cells[1];
    expect(cell?.targets.map(({ name, score }) => [name, score?.target_verdict])).toEqual([
      ["recall pedestrian", "fail"],
      ["F1", "pass"],
    ]);
  });

  it("show a plain difference without statistics only where both sets cover every frame", () => {
    expect(grid(false)[0]?.cells[1]?.delta).toBeCloseTo(0.05);
    const partial = MAIN.map((one) => (one.inference_set === "v2" ? { ...one, coverage: 0.9 } : one));
    expect(grid(false, partial)[0]?.cells[1]?.delta).toBeNull();
    expect(grid(true)[0]?.cells[1]?.delta).toBeNull();
  });
});

describe("reading the matrix", () => {
  const judged = grid(
    true,
    MAIN.map((one) => {
      if (one.inference_set === "v1") return one;
      const isNight = one.segment === "Night";
      return { ...one, delta: isNight ? -0.03 : 0.05, baseline_verdict: isNight ? "regressed" : "improved" };
    }),
  );

  it("filters by missed targets and by regressions", () => {
    expect(readRows(judged, "failing", "name").map((one) => one.segment)).toEqual(["Night"]);
    expect(readRows(judged, "regressed", "name").map((one) => one.segment)).toEqual(["Night"]);
  });

  it("keeps All Frames first when the worst come first", () => {
    expect(readRows(judged, "all", "worst").map((one) => one.segment)).toEqual(["All Frames", "Night"]);
    expect(worstDelta(judged[1] ?? { segment: "", group: "Splits", cells: [] })).toBe(-0.03);
  });

  it("sums an inference set up", () => {
    const { overall, failing, regressed, improved } = summary(judged, "v2");
    expect(overall?.delta).toBe(0.05);
    expect([failing, regressed, improved]).toEqual([["Night"], ["Night"], []]);
  });

  it("starts bars at a tenth below the lowest score", () => {
    expect(scaleOf(judged)).toEqual({ from: 0.7, to: 1 });
  });
});

describe("requests", () => {
  const question = {
    sets: ["v1", "v2"],
    baseline: "v1",
    confidence: 0.4,
    iou: undefined,
    metric: "f1",
    average: "weighted",
    className: undefined,
    segments: [night(TARGETS)],
    query: undefined,
    querySet: "v2",
  } as const;

  it("ask for the frames of a query", () => {
    expect(matrixRequests({ ...question, query: "night:true" })[0]?.request).toMatchObject({
      query: "night:true",
      query_set: "v2",
    });
    expect(matrixRequests(question)[0]?.request).not.toHaveProperty("query");
  });

  it("ask for the measure shown, then once for each further average of targets", () => {
    const [main, other, ...rest] = matrixRequests(question);
    expect(main?.request).toMatchObject({ average: "weighted", metrics: ["f1"], confidence: 0.4, iou: null });
    expect(other).toMatchObject({
      key: "class pedestrian",
      request: { class_name: "pedestrian", metrics: ["recall"], segments: ["Night"] },
    });
    expect(rest).toEqual([]);
  });

  it("name measures in words", () => {
    expect(measureName({ metric: "recall", average: "class", class_name: "car" })).toBe("recall car");
    expect(measureName({ metric: "f1", average: "weighted" })).toBe("F1");
    expect(measureName({ metric: "precision", average: "macro" })).toBe("precision macro");
  });
});
