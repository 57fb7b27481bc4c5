import { expect, it } from "vitest";
import { allOf } from "./queries";

it("keeps an OR together", () => {
  expect(allOf("a:1 OR b:2", undefined, 'segment:"Night"')).toBe('(a:1 OR b:2) segment:"Night"');
  expect(allOf("", "a:1 OR b:2")).toBe("a:1 OR b:2");
  expect(allOf(" ", undefined)).toBe("");
});
