import { describe, expect, it } from "vitest";
import {
  boxInView,
  columnsOf,
  contains,
  cropRegion,
  fitted,
  framing,
  panned,
  pointInImage,
  spanned,
  zoomed,
} from "./geometry";

const IMAGE = { width: 640, height: 384 };
const VIEW = { width: 320, height: 320 };

describe("fitted", () => {
  it("puts the whole image in the middle", () => {
    expect(fitted(IMAGE, VIEW)).toEqual({ scale: 0.5, x: 0, y: 64 });
  });

  it("stays harmless without a size", () => {
    expect(fitted({ width: 0, height: 0 }, VIEW)).toEqual({ scale: 1, x: 0, y: 0 });
    expect(fitted(IMAGE, { width: 0, height: 0 })).toEqual({ scale: 1, x: 0, y: 0 });
  });
});

describe("zoomed", () => {
  it("keeps what is under the pointer in place", () => {
    const before = zoomed(fitted(IMAGE, VIEW), 8, { x: 160, y: 160 }, IMAGE, VIEW);
    const at = { x: 100, y: 90 };
    const after = zoomed(before, 1.5, at, IMAGE, VIEW);
    expect(pointInImage(at, after).x).toBeCloseTo(pointInImage(at, before).x);
    expect(pointInImage(at, after).y).toBeCloseTo(pointInImage(at, before).y);
  });

  it("never shows less than the whole image fitted", () => {
    expect(zoomed(fitted(IMAGE, VIEW), 0.1, { x: 3, y: 3 }, IMAGE, VIEW)).toEqual(fitted(IMAGE, VIEW));
  });

  it("stops at the deepest zoom", () => {
    expect(zoomed(fitted(IMAGE, VIEW), 1e9, { x: 3, y: 3 }, IMAGE, VIEW).scale).toBe(40);
  });
});

describe("panned", () => {
  it("leaves no gap beside the image", () => {
    const close = zoomed(fitted(IMAGE, VIEW), 4, { x: 160, y: 160 }, IMAGE, VIEW);
    const moved = panned(close, 1e6, -1e6, IMAGE, VIEW);
    expect(moved.x).toBe(0);
    expect(moved.y).toBe(VIEW.height - IMAGE.height * moved.scale);
  });
});

describe("framing", () => {
  it("brings the box to the middle", () => {
    const box = { x: 300, y: 180, width: 40, height: 20 };
    const shown = boxInView(box, framing(box, IMAGE, VIEW));
    expect(shown.x + shown.width / 2).toBeCloseTo(160);
    expect(shown.y + shown.height / 2).toBeCloseTo(160);
  });
});

describe("cropRegion", () => {
  it("rounds outwards and is cut at the borders", () => {
    const box = { x: 600.4, y: 2.6, width: 30, height: 10 };
    expect(cropRegion(box, 0.5, IMAGE)).toEqual({ x: 585, y: 0, width: 55, height: 28 });
    expect(cropRegion(box, 0.5, null)).toEqual({ x: 585, y: 0, width: 61, height: 28 });
  });
});

describe("boxes", () => {
  it("are spanned by any two corners", () => {
    expect(spanned({ x: 5, y: 1 }, { x: 2, y: 3 })).toEqual({ x: 2, y: 1, width: 3, height: 2 });
  });

  it("contain their borders", () => {
    expect(contains({ x: 0, y: 0, width: 2, height: 2 }, { x: 2, y: 0 })).toBe(true);
    expect(contains({ x: 0, y: 0, width: 2, height: 2 }, { x: 2.1, y: 0 })).toBe(false);
  });
});

describe("columnsOf", () => {
  it("puts two side by side unless stacking shows much more", () => {
    expect(columnsOf(2, { width: 1034, height: 778 }, IMAGE)).toBe(2);
    expect(columnsOf(2, { width: 592, height: 770 }, IMAGE)).toBe(1);
  });

  it("makes a square of four", () => {
    expect(columnsOf(4, { width: 1034, height: 778 }, IMAGE)).toBe(2);
  });

  it("stays harmless without room", () => {
    expect(columnsOf(3, { width: 0, height: 0 }, null)).toBe(3);
  });
});
