import { describe, expect, test } from "vitest";
import {
  allMatching,
  idsBetween,
  isSelected,
  NOTHING,
  selectionCount,
  selectionWhere,
  theseIds,
  toggled,
  withIds,
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
