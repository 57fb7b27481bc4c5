import { expect, it } from "vitest";
import { allOf, fieldText, quoted, valueTerm } from "./queries";

it("keeps an OR together", () => {
  expect(allOf("a:1 OR b:2", undefined, 'segment:"Night"')).toBe('(a:1 OR b:2) segment:"Night"');
  expect(allOf("", "a:1 OR b:2")).toBe("a:1 OR b:2");
  expect(allOf(" ", undefined)).toBe("");
});

it("quotes what the language would read otherwise", () => {
  expect(quoted("a\\b")).toBe('"a\\\\b"');
  expect(valueTerm("note", "and")).toBe('note:"and"');
  expect(valueTerm("odd name", 3)).toBe('"odd name":3');
  expect(fieldText("frame.split")).toBe("frame.split");
});
