import { describe, expect, it } from "vitest";
import type { DatasetBody } from "@/api/types";
import { readSort, sortGroups, writeSort } from "./sorting";

const dataset = {
  fields: [
    { name: "frame_id", type: "string" },
    { name: "url", type: "string" },
    { name: "split", type: "string" },
  ],
  label_fields: [{ name: "occlusion", type: "number" }],
} as unknown as DatasetBody;

const values = (elements: "frames" | "labels" | "inferences", hasSets = true) =>
  sortGroups(dataset, elements, hasSets).flatMap(({ items }) => items.map(({ value }) => value));

describe("sortGroups", () => {
  it("offers scores where there is a set to score", () => {
    expect(values("frames")).toContain("f1");
    expect(values("frames", false)).not.toContain("f1");
  });

  it("offers each field once, and none of plumbing", () => {
    const all = values("frames");
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain("url");
  });

  it("offers fields of the frame for crops", () => {
    expect(values("labels")).toEqual(["class", "area_px", "frame_id", "occlusion", "frame.split"]);
    expect(values("inferences")[0]).toBe("confidence");
  });
});

describe("sort", () => {
  it("is written as it is read", () => {
    expect(readSort("-f1")).toEqual({ field: "f1", isFalling: true });
    expect(readSort(undefined)).toBeNull();
    expect(writeSort("f1", true)).toBe("-f1");
  });
});
