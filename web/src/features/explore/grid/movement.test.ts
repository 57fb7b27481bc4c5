import { describe, expect, it } from "vitest";
import { cellsIn, columnsIn, moved, scrolledHeight, scrollFactor } from "./movement";

const SHAPE = { total: 10, columns: 4, rowsInView: 2 };

describe("moved", () => {
  it("goes on by one, and by a row", () => {
    expect(moved("j", 0, SHAPE)).toBe(1);
    expect(moved("ArrowLeft", 5, SHAPE)).toBe(4);
    expect(moved("ArrowDown", 1, SHAPE)).toBe(5);
    expect(moved("ArrowUp", 5, SHAPE)).toBe(1);
  });

  it("stays inside", () => {
    expect(moved("k", 0, SHAPE)).toBe(0);
    expect(moved("j", 9, SHAPE)).toBe(9);
    expect(moved("ArrowDown", 7, SHAPE)).toBe(7);
    expect(moved("ArrowUp", 2, SHAPE)).toBe(2);
    expect(moved("PageDown", 8, SHAPE)).toBe(9);
    expect(moved("End", 0, SHAPE)).toBe(9);
  });

  it("has nowhere to go in an empty grid or for other keys", () => {
    expect(moved("j", 0, { ...SHAPE, total: 0 })).toBeNull();
    expect(moved("x", 3, SHAPE)).toBeNull();
  });
});

describe("columnsIn", () => {
  it("shares the width", () => {
    expect(columnsIn(1000, 180, 8)).toEqual({ columns: 5, cellWidth: 193 });
    expect(columnsIn(100, 180, 8)).toEqual({ columns: 1, cellWidth: 100 });
  });
});

describe("scrolling", () => {
  it("is plain for most grids", () => {
    expect(scrollFactor(1_000_000, 800)).toBe(1);
    expect(scrolledHeight(1_000_000)).toBe(1_000_000);
  });

  it("reaches the end of a million frames", () => {
    const height = 100_000_000;
    const lowest = scrolledHeight(height) - 800;
    expect(lowest * scrollFactor(height, 800)).toBeCloseTo(height - 800);
  });
});

describe("cellsIn", () => {
  const cell = { width: 100, height: 100, gap: 10 };

  it("finds the cells a rectangle touches", () => {
    expect(cellsIn({ x: 50, y: 50, width: 100, height: 20 }, SHAPE, cell)).toEqual([0, 1]);
    expect(cellsIn({ x: 105, y: 0, width: 2, height: 2 }, SHAPE, cell)).toEqual([]);
  });

  it("ends with the last one", () => {
    expect(cellsIn({ x: 0, y: 0, width: 5000, height: 5000 }, SHAPE, cell)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });
});
