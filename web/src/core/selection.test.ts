import { describe, expect, test } from "vitest";
import {
  allMatching,
  allWithin,
  idsBetween,
  isSelected,
  joined,
  NOTHING,
  selectionCount,
  selectionWhere,
  theseIds,
  toggled,
  withIds,
  withinQuery,
  withKnown,
} from "./selection";

describe("a selection", () => {
  test("of ids counts them and names them", () => {
    const selection = toggled(toggled(theseIds(["a", "b"]), "c"), "a");
    expect(selectionCount(selection)).toBe(2);
    expect(selectionWhere(selection)).toEqual({ ids: ["b", "c"] });
    expect(isSelected(selection, "a")).toBe(false);
  });

  test("of everything that matches stays a query, without what was taken out", () => {
    const all = allMatching({ query: "split:training" }, 699);
    expect(selectionWhere(all)).toEqual({ query: "split:training" });
    const less = withIds(all, ["a", "b"], false);
    expect(selectionCount(less)).toBe(697);
    expect(selectionWhere(less)).toEqual({ minus: [{ query: "split:training" }, { ids: ["a", "b"] }] });
    expect(isSelected(less, "a")).toBe(false);
    expect(selectionWhere(withIds(less, ["a", "b"], true))).toEqual({ query: "split:training" });
  });

  test("of nothing is nothing to ask for", () => {
    expect(selectionWhere(NOTHING)).toBeNull();
    expect(selectionWhere(withIds(allMatching({ query: "" }, 1), ["a"], false))).toBeNull();
  });

  test("turning an element over twice changes nothing", () => {
    for (const start of [theseIds(["a"]), allMatching({ query: "x" }, 5)]) {
      for (const id of ["a", "b"]) expect(toggled(toggled(start, id), id)).toEqual(start);
    }
  });

  test("from one element to another goes both ways", () => {
    expect(idsBetween(["a", "b", "c", "d"], "c", "a")).toEqual(["a", "b", "c"]);
    expect(idsBetween(["a", "b", "c", "d"], "b", "d")).toEqual(["b", "c", "d"]);
    expect(idsBetween(["a", "b"], "gone", "b")).toEqual(["b"]);
  });
});

describe("a part of a map", () => {
  const area = { space: "s", method: "pca" as const, polygon: [[0, 0] as [number, number]] };

  test("has members only the server knows, until it was asked", () => {
    const part = withKnown(allWithin({ area }, 40), ["a", "b", "c"], new Set(["a", "b"]));
    expect(["a", "b", "c", "d"].map((id) => isSelected(part, id))).toEqual([true, true, false, false]);
    expect(selectionWhere(part)).toEqual({ area });
    expect(selectionCount(part)).toBe(40);
  });

  test("loses and gains single elements", () => {
    const part = withKnown(allWithin({ area }, 40), ["a", "c"], new Set(["a"]));
    const changed = toggled(toggled(part, "a"), "c");
    expect(selectionCount(changed)).toBe(40);
    expect([isSelected(changed, "a"), isSelected(changed, "c")]).toEqual([false, true]);
    expect(selectionWhere(changed)).toEqual({
      minus: [{ any_of: [{ area }, { ids: ["c"] }] }, { ids: ["a"] }],
    });
    expect(selectionWhere(toggled(toggled(changed, "a"), "c"))).toEqual({ area });
  });

  test("replaces, joins or leaves what was selected, within the query", () => {
    const before = { query: "split:test" };
    expect(joined(before, { area }, "replace")).toEqual({ area });
    expect(joined(before, { area }, "add")).toEqual({ any_of: [before, { area }] });
    expect(joined(before, { area }, "subtract")).toEqual({ minus: [before, { area }] });
    expect(joined(null, { area }, "add")).toEqual({ area });
    expect(joined(null, { area }, "subtract")).toBeNull();
    expect(withinQuery(" ", { area })).toEqual({ area });
    expect(withinQuery("lux < 3", { area })).toEqual({ all_of: [{ query: "lux < 3" }, { area }] });
  });
});
