import { describe, expect, it } from "vitest";
import { caption, type DrawnObject, objectAt, outlinesOf } from "./objects";

const car: DrawnObject = {
  id: "1",
  box: { x: 0, y: 0, width: 100, height: 50 },
  className: "car",
  confidence: 0.875,
  layer: 1,
};
const look = { colourOf: () => "#000", showsClasses: true, showsConfidence: true };

describe("caption", () => {
  it("tells class and confidence as asked", () => {
    expect(caption(car, look)).toBe("car 0.88");
    expect(caption(car, { ...look, showsClasses: false })).toBe("0.88");
    expect(caption({ ...car, confidence: null }, { ...look, showsClasses: false })).toBe("");
  });

  it("keeps to one short line whatever the name", () => {
    const text = caption({ ...car, className: "a\nb ".repeat(5000), confidence: null }, look);
    expect([...text]).toHaveLength(28);
    expect(text).not.toContain("\n");
  });
});

describe("objectAt", () => {
  const small: DrawnObject = { ...car, id: "2", box: { x: 10, y: 10, width: 5, height: 5 } };

  it("finds the smallest box", () => {
    expect(objectAt([car, small], { x: 12, y: 12 })?.id).toBe("2");
    expect(objectAt([small, car], { x: 50, y: 12 })?.id).toBe("1");
  });

  it("finds nothing beside boxes, and no object without one", () => {
    expect(objectAt([car, { ...car, box: null }], { x: 500, y: 12 })).toBeNull();
  });
});

describe("outlinesOf", () => {
  it("reads polygons", () => {
    expect(outlinesOf("[[0,0,1,0,1,1]]")).toEqual([[0, 0, 1, 0, 1, 1]]);
  });

  it("leaves out what is none", () => {
    expect(outlinesOf('{"counts":"abc"}')).toEqual([]);
    expect(outlinesOf('[[0,0],["x"]]')).toEqual([]);
    expect(outlinesOf("not json")).toEqual([]);
    expect(outlinesOf(null)).toEqual([]);
  });
});
