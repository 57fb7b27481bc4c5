import { createMemoryHistory } from "@tanstack/react-router";
import { expect, test } from "vitest";
import { framePath, pagePath, segmentPath } from "@/core/paths";
import { createAppRouter } from "./router";

const PLACE = { project: "demo", dataset: "street" };

function arrive(href: string) {
  const router = createAppRouter(createMemoryHistory({ initialEntries: [href] }));
  const match = router.matchRoutes(router.latestLocation).at(-1);
  return { params: match?.params, search: match?.search, id: match?.fullPath };
}

test.each(["Night", "a/b", "50%", "?#&=", "<b>x</b>", "نيويورك 🚗", "100%25", "..", "x".repeat(256)])(
  "a segment called %s is found by its address",
  (segment) => {
    expect(arrive(segmentPath(PLACE, segment)).params).toMatchObject({ ...PLACE, segment });
  },
);

test.each(["seq-0000_000.jpg", "folder/sub/0001.jpg", "a b+c.png"])(
  "frame %s is found by its address",
  (frame) => {
    expect(arrive(framePath(PLACE, frame)).params).toMatchObject({ ...PLACE, frame });
  },
);

test("the state of a view is in its address", () => {
  const view = {
    q: 'city:"New York" AND n_labels>5',
    sets: ["v1", "v2"],
    conf: { v1: 0.3 },
    extra: { truth: "car" },
  };
  expect(arrive(pagePath(PLACE, "metrics", view)).search).toEqual(view);
});
