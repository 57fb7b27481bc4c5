import { expect, it } from "vitest";
import type { Outcome } from "@/api/numbers";
import { classesOf, inOrder, keysOf, nErrors, outcomeLook } from "./outcomes";

const outcome = (kind: string, more: Partial<Outcome> = {}): Outcome => ({
  frame_id: "a",
  truth: "car",
  predicted: "truck",
  weight: 1,
  confidence: 0.5,
  iou: 0.6,
  label_id: "1",
  inference_id: "1",
  kind,
  ...more,
});

it("puts errors first, sure ones before unsure ones", () => {
  const found = inOrder([
    outcome("true_positive"),
    outcome("false_positive", { confidence: 0.4 }),
    outcome("false_positive", { confidence: 0.9 }),
    outcome("false_negative", { confidence: null }),
  ]);
  expect(found.map(({ kind, confidence }) => `${kind} ${confidence}`)).toEqual([
    "false_negative null",
    "false_positive 0.9",
    "false_positive 0.4",
    "true_positive 0.5",
  ]);
  expect(nErrors(found)).toBe(3);
});

it("names the label and the inference apart", () => {
  expect(keysOf(outcome("true_positive"), 2)).toEqual(["0:1", "2:1"]);
  expect(keysOf(outcome("false_positive", { label_id: null }), 1)).toEqual(["1:1"]);
});

it("says what it is about", () => {
  expect(classesOf(outcome("confusion"))).toBe("car → truck");
  expect(classesOf(outcome("false_positive", { truth: "background" }))).toBe("truck");
  expect(classesOf(outcome("false_negative", { predicted: "background" }))).toBe("car");
  expect(outcomeLook("something new").word).toBe("something new");
});
