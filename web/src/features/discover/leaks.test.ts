import { describe, expect, it } from "vitest";
import type { DuplicateGroup } from "@/api/types";
import {
  allElements,
  elementsOf,
  leakingSegments,
  leakWords,
  mostDistance,
  readDistance,
  spareElements,
} from "./leaks";

const element = (id: string, ...segments: string[]) => ({ id, frame_id: id, segments });
const GROUPS: readonly DuplicateGroup[] = [
  { elements: [element("a", "Test"), element("b", "Training"), element("c", "Training")], pairs: [] },
  { elements: [element("d", "Test"), element("e", "Training", "Test")], pairs: [] },
];

describe("leaks", () => {
  it("the smaller segment is the one that suffers", () => {
    const sizes: Record<string, number> = { Training: 80, Test: 20, Validation: 20 };
    const sizeOf = (name: string) => sizes[name] ?? 0;
    expect(leakingSegments({ Training: 40, Test: 42 }, sizeOf)).toEqual(["Test", "Training"]);
    expect(leakingSegments({ Validation: 1, Training: 0, Test: 2 }, sizeOf)).toEqual(["Test", "Validation"]);
  });

  it("are told in a sentence", () => {
    expect(leakWords(["Test", "Training"], { Training: 40, Test: 42 }, "frame")).toBe(
      "42 frames of Test are nearly in Training.",
    );
    expect(leakWords(["Test", "Training"], { Training: 1, Test: 1 }, "frame")).toBe(
      "1 frame of Test is nearly in Training.",
    );
    expect(leakWords(["A", "B", "C"], { A: 1, B: 1, C: 1 }, "frame")).toBe(
      "3 splits share nearly the same frames.",
    );
    expect(leakWords([], {}, "frame")).toBe("No leak between splits at this distance.");
  });

  it("elements are listed once", () => {
    expect(elementsOf(GROUPS, "Test")).toEqual(["a", "d", "e"]);
    expect(elementsOf(GROUPS, "Training")).toEqual(["b", "c", "e"]);
    expect(allElements([...GROUPS, ...GROUPS])).toEqual(["a", "b", "c", "d", "e"]);
    expect(spareElements(GROUPS)).toEqual(["b", "c", "e"]);
  });
});

describe("readDistance", () => {
  it.each([
    ["0.1", 0.1],
    ["0", 0],
    ["", 0.05],
    ["many", 0.05],
    ["-1", 0.05],
    ["3", 0.05],
    [undefined, 0.05],
  ])("%s", (text, value) => expect(readDistance(text, mostDistance("cosine"))).toBe(value));

  it("Euclidean distances have no bound", () => {
    expect(readDistance("3", mostDistance("euclidean"))).toBe(3);
    expect(readDistance("Infinity", mostDistance("euclidean"))).toBe(0.05);
  });
});
