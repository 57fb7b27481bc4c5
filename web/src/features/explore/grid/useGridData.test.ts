import { expect, it } from "vitest";
import { gridColumns, pagesAround } from "./useGridData";

it("loads the pages in view and one on either side", () => {
  expect(pagesAround({ first: 250, last: 320 }, 1200)).toEqual([1, 2, 3, 4]);
  expect(pagesAround({ first: 0, last: 20 }, 1200)).toEqual([0, 1]);
  expect(pagesAround({ first: 1190, last: 1199 }, 1200)).toEqual([10, 11]);
  expect(pagesAround({ first: 0, last: 0 }, 0)).toEqual([0]);
});

it("asks for what is shown and sorted by, once", () => {
  expect(gridColumns("frames", "-f1")).toEqual(["id", "width", "height", "url", "f1"]);
  expect(gridColumns("frames", "width")).toEqual(["id", "width", "height", "url"]);
  expect(gridColumns("inferences", undefined)).toContain("confidence");
  expect(gridColumns("labels", undefined)).not.toContain("confidence");
});
