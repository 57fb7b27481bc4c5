import { describe, expect, it } from "vitest";
import { classChanges } from "./classChanges";

const scores = (class_name: string, f1: number | null) => ({
  class_name,
  f1,
  support: 10,
  precision: null,
  recall: null,
});

describe("changes by class", () => {
  it("go from the greatest loss to the greatest gain; what cannot be compared is last; averages are left out", () => {
    const before = [scores("car", 0.9), scores("bus", 0.5), scores("cow", null), scores("macro", 0.7)];
    const after = [scores("bus", 0.6), scores("cow", 0.3), scores("car", 0.8), scores("macro", 0.7)];
    const changes = classChanges(before, after, "f1");
    expect(changes.map(({ className }) => className)).toEqual(["car", "bus", "cow"]);
    expect(changes[0]?.delta).toBeCloseTo(-0.1);
    expect(changes[2]?.delta).toBeNull();
  });
});
