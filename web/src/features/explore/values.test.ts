import { expect, it } from "vitest";
import { shownValue } from "./values";

it("reads values as people do", () => {
  expect(shownValue(0.5, "f1")).toBe("0.500");
  expect(shownValue(38475.1)).toBe("38,475");
  expect(shownValue(null)).toBe("–");
  expect(shownValue(false)).toBe("no");
  expect(shownValue(["wet", "dark"])).toBe("wet, dark");
  expect(shownValue("2026-03-02T14:10:54Z")).toMatch(/^2026-03-0\d \d\d:\d\d$/);
  expect(shownValue("<b>2026</b>")).toBe("<b>2026</b>");
});
