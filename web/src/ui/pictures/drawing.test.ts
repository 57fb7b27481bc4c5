import { describe, expect, it } from "vitest";
import { boxOf, drawnObject, objectsOfFrame } from "./drawing";

const BODY = {
  frame_ids: ["a", "b"],
  labels: { offsets: [0, 1, 2], classes: [0, 1], boxes: [0, 0, 5, 5, 9, 9, 2, 3], confidence: null },
  inferences: {
    v1: { offsets: [0, 0, 2], classes: [1, 7], boxes: [1, 1, 4, 4, 2, 2, 4, 4], confidence: [0.9, 0.2] },
  },
};
const SHOWN = {
  labels: true,
  inferences: true,
  classNames: ["car", "bus"],
  sets: [{ name: "v1", confidence: 0.3 }],
};

describe("objectsOfFrame", () => {
  it("gives labels, then inferences at least as sure as asked", () => {
    const found = objectsOfFrame(BODY, 1, SHOWN);
    expect(found.map(({ className, layer, confidence }) => [className, layer, confidence])).toEqual([
      ["bus", 0, null],
      ["bus", 1, 0.9],
    ]);
    expect(found[0]?.box).toEqual({ x: 9, y: 9, width: 2, height: 3 });
  });

  it("shows what is switched on", () => {
    expect(objectsOfFrame(BODY, 1, { ...SHOWN, inferences: false })).toHaveLength(1);
    expect(
      objectsOfFrame(BODY, 1, { ...SHOWN, labels: false, sets: [{ name: "v1", confidence: 0 }] }),
    ).toHaveLength(2);
    expect(objectsOfFrame(BODY, 0, { ...SHOWN, labels: false })).toEqual([]);
  });

  it("names a class the map does not know", () => {
    const found = objectsOfFrame(BODY, 1, { ...SHOWN, labels: false, sets: [{ name: "v1", confidence: 0 }] });
    expect(found[1]?.className).toBe("?");
  });

  it("tells tasks without boxes", () => {
    const labels = { ...BODY.labels, boxes: null };
    expect(objectsOfFrame({ ...BODY, labels }, 0, SHOWN)[0]?.box).toBeNull();
  });
});

describe("rows", () => {
  it("become objects with keys of their own", () => {
    const row = { label_id: "7", class: "car", box: [1, 2, 3, 4], segmentation: null };
    expect(drawnObject(row, 0)).toMatchObject({ id: "0:7", box: { x: 1, y: 2, width: 3, height: 4 } });
    expect(drawnObject({ inference_id: "7", class: "car", box: null, confidence: 0.4 }, 2)).toMatchObject({
      id: "2:7",
      box: null,
      confidence: 0.4,
    });
  });

  it("have a box only when all of it is there", () => {
    expect(boxOf({ x: 1, y: 2, w: 3, h: 4 })).toEqual({ x: 1, y: 2, width: 3, height: 4 });
    expect(boxOf({ x: 1, y: 2, w: null, h: 4 })).toBeNull();
    expect(boxOf({ x: 1, y: 2, w: 0, h: 4 })).toBeNull();
  });
});
