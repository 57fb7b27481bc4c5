import { describe, expect, it } from "vitest";
import type { ReportBody } from "@/api/types";
import {
  asMinimum,
  draftOf,
  leadingScore,
  presentScore,
  scoreKey,
  scoreTitle,
  type TargetDraft,
  targetsOf,
} from "./targets";

const draft = (change: Partial<TargetDraft> = {}): TargetDraft => ({
  metric: "recall",
  average: "weighted",
  className: null,
  minimum: "0.9",
  ...change,
});

describe("targetsOf", () => {
  it("makes targets of drafts and drafts of targets", () => {
    const drafts = [draft(), draft({ average: "class", className: "car", minimum: "0,5" })];
    const targets = targetsOf(drafts);
    expect(targets).toEqual([
      { metric: "recall", average: "weighted", class_name: null, minimum: 0.9 },
      { metric: "recall", average: "class", class_name: "car", minimum: 0.5 },
    ]);
    expect(typeof targets !== "string" && targets.map(draftOf)[0]).toEqual(drafts[0]);
  });

  it("says what is wrong", () => {
    expect(targetsOf([draft({ minimum: "90" })])).toMatch(/from 0 to 1, found “90”/);
    expect(targetsOf([draft({ minimum: " " })])).toMatch(/from 0 to 1/);
    expect(targetsOf([draft({ minimum: "x" })])).toMatch(/from 0 to 1/);
    expect(targetsOf([draft({ average: "class" })])).toMatch(/Choose the class/);
    expect(targetsOf([draft(), draft({ minimum: "0.1" })])).toMatch(/two targets/);
  });
});

it("names scores as the API and as people do", () => {
  expect(
    [draft(), draft({ average: "macro" }), draft({ average: "class", className: "car" })].map(scoreKey),
  ).toEqual(["recall", "recall@macro", "recall@car"]);
  expect(scoreTitle(draft({ average: "class", className: "car" }))).toBe("Recall of car");
  expect(scoreTitle(draft({ average: "macro", metric: "f1" }))).toBe("F1, macro");
});

it("finds the present score, also of a class named like an average", () => {
  const row = (class_name: string, recall: number | null) => ({ class_name, recall, precision: 0, f1: 0 });
  const rows = [row("macro", 0.1), row("weighted", 0.2), row("macro", 0.3), row("micro", null)];
  const report = { rows } as unknown as ReportBody;
  expect(presentScore(report, draft({ average: "macro" }))).toBe(0.3);
  expect(presentScore(report, draft({ average: "class", className: "macro" }))).toBe(0.1);
  expect(presentScore(report, draft({ average: "micro" }))).toBeNull();
  expect(presentScore(report, draft({ average: "class", className: "weighted" }))).toBeNull();
});

it("rounds a score down to a target it still meets", () => {
  expect([0.8339, 0.58, 1, 0].map(asMinimum)).toEqual(["0.833", "0.58", "1", "0"]);
});

it("leads with the first target's score, else F1", () => {
  expect(leadingScore([])).toEqual({ metric: "f1", average: "weighted", className: null });
  expect(
    leadingScore([{ metric: "recall", average: "class", class_name: "car", minimum: 1 }]).className,
  ).toBe("car");
});
