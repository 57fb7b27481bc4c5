import { expect, it } from "vitest";
import { inkOn } from "./overlay";

it("writes black on light colours and white on dark ones", () => {
  expect(inkOn("#ffd54a")).toBe("#000");
  expect(inkOn("#12233f")).toBe("#fff");
  expect(inkOn("rgb(1 2 3)")).toBe("#fff");
});
