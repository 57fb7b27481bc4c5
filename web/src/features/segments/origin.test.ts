import { expect, it } from "vitest";
import { originParts } from "./origin";

it("tells how a version came about", () => {
  expect(originParts({ kind: "query", query: "a:b" })).toEqual([{ text: "what matches", query: "a:b" }]);
  expect(
    originParts({ kind: "edit", add: { kind: "ids" }, remove: { kind: "segment", segment: "Night" } }),
  ).toEqual([{ text: "added one by one" }, { text: "removed the segment “Night”" }]);
  expect(originParts({ kind: "similarity", space: "frames" })).toEqual([
    { text: "accepted in Similarity Search" },
  ]);
  expect(originParts({ kind: "selection", selection: {}, selected_on: ["v2"] })).toEqual([
    { text: "a combined selection" },
    { text: "chosen by the errors of v2" },
  ]);
});
