import { expect, it } from "vitest";
import { imageUrl } from "./imageUrl";

const PLACE = { project: "demo", dataset: "street" };

it("takes the next larger size, and the whole image past the largest", () => {
  expect(imageUrl(PLACE, "a.jpg", 200)).toBe("/api/v1/projects/demo/datasets/street/images/a.jpg?size=256");
  expect(imageUrl(PLACE, "a.jpg", 4000)).toBe("/api/v1/projects/demo/datasets/street/images/a.jpg");
  expect(imageUrl(PLACE, "a.jpg")).toBe("/api/v1/projects/demo/datasets/street/images/a.jpg");
});

it("carries any frame id", () => {
  expect(imageUrl(PLACE, 'day 1/<b>"?#.jpg', 64)).toBe(
    "/api/v1/projects/demo/datasets/street/images/day%201%2F%3Cb%3E%22%3F%23.jpg?size=64",
  );
});

it("cuts a box", () => {
  const crop = { x: 1.23456, y: 2, width: 30, height: 4.5 };
  expect(imageUrl(PLACE, "a", 64, crop)).toContain("?size=64&box=1.23%2C2%2C30%2C4.5&margin=0.2");
});
