import { expect, test, vi } from "vitest";
import { selectionCount, selectionWhere } from "@/core/selection";
import { SelectionStore } from "./selection";

const ORDER = ["a", "b", "c", "d"];

test("click, shift-click and ctrl-click select as in any list", () => {
  const store = new SelectionStore();
  store.replace(["b"], "b");
  store.extend(ORDER, "d");
  expect(selectionWhere(store.read().selection)).toEqual({ ids: ["b", "c", "d"] });
  store.toggle("c");
  expect(selectionWhere(store.read().selection)).toEqual({ ids: ["b", "d"] });
  expect(store.read().anchor).toBe("c");
});

test("another kind of element empties the selection, the same kind keeps it", () => {
  const store = new SelectionStore();
  store.replace(["b"], "b");
  store.about("frames");
  expect(store.read().selection).toMatchObject({ kind: "ids", ids: new Set(["b"]) });
  store.about("labels");
  expect(selectionWhere(store.read().selection)).toBeNull();
});

test("inferences of another set are others", () => {
  const store = new SelectionStore();
  store.about("inferences", "v1");
  store.selectAll({ query: "" }, 10);
  store.about("inferences", "v2");
  expect(selectionWhere(store.read().selection)).toBeNull();
});

test("everything that matches can become another number; what was taken out stays out", () => {
  const store = new SelectionStore();
  store.selectAll({ query: "n_fp@v1 > 0" }, 10);
  store.toggle("a");
  store.recount(7);
  expect(selectionCount(store.read().selection)).toBe(6);
  store.replace(["b"]);
  store.recount(3);
  expect(selectionCount(store.read().selection)).toBe(1);
});

test("listeners hear of changes until they leave", () => {
  const store = new SelectionStore();
  const listener = vi.fn();
  const leave = store.subscribe(listener);
  store.toggle("a");
  leave();
  store.toggle("a");
  expect(listener).toHaveBeenCalledOnce();
});
