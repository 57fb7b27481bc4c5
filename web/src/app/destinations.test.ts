import { expect, test } from "vitest";
import { type Destination, matching } from "./destinations";
import { featureHref } from "./LeftBar";

const PLACES: readonly Destination[] = [
  { name: "Explore", kind: "Page", href: "/explore" },
  { name: "Rainy night", kind: "Scenario", href: "/1" },
  { name: "Night pedestrians", kind: "Regression Test", href: "/2" },
];
const found = (text: string) => matching(PLACES, text).map(({ name }) => name);

test("names that start with the text come before those that hold it", () => {
  expect(found("night")).toEqual(["Night pedestrians", "Rainy night"]);
});

test("all words must be there, in the name or the kind", () => {
  expect(found("night scenario")).toEqual(["Rainy night"]);
  expect(found("night page")).toEqual([]);
});

test("nothing typed shows everything", () => {
  expect(found("")).toHaveLength(3);
});

test("a query goes along, but not to the numbers of whole segments", () => {
  const place = { project: "p", dataset: "d" };
  const view = { q: "night", baseline: "v1" };
  const hrefOf = (path: string) =>
    featureHref({ path, load: async () => ({ Page: () => null }) }, place, view);
  expect(hrefOf("explore")).toBe("/p/p/d/d/explore?q=night&baseline=v1");
  expect(hrefOf("metrics")).toBe("/p/p/d/d/metrics?baseline=v1");
});
