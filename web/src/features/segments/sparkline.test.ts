import { expect, it } from "vitest";
import { sparkShape } from "./sparkline";

const size = { width: 100, height: 20, margin: 2 };

it("draws nothing of nothing", () => {
  expect(sparkShape([], size)).toBeNull();
  expect(sparkShape([null, null], size)).toBeNull();
});

it("puts one score in the middle", () => {
  expect(sparkShape([0.5], size)).toEqual({ path: "M50 10", last: { x: 50, y: 10 }, target: null });
});

it("rises with the score and breaks where it is undefined", () => {
  const shape = sparkShape([0, 1, null, 0.5], size);
  expect(shape?.path).toBe("M2 18L34 2M98 10");
  expect(shape?.last).toEqual({ x: 98, y: 10 });
});

it("keeps small differences small and the target in sight", () => {
  expect(sparkShape([0.5, 0.501], size)?.path).toBe("M2 10.08L98 9.92");
  expect(sparkShape([0.5, 0.5], size, 0.9)?.target).toBe(2);
});
