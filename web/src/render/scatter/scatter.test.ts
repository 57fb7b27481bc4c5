import { describe, expect, it } from "vitest";
import { inPlane, inView, pannedCamera, wholeMap, zoomedCamera } from "./camera";
import { densityOf } from "./density";
import { PointIndex } from "./pointIndex";
import { drawingOrder, inOrder, levelsOfFlags, SELECTED, SHOWN } from "./points";

const VIEW = { width: 400, height: 300 };

function random(n: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: 2 * n }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 2147483648) * 20 - 10;
  });
}

describe("a camera", () => {
  const whole = wholeMap([-2, -1, 4, 1], VIEW);

  it("shows the whole map with room around it", () => {
    const low = inView({ x: -2, y: -1 }, whole, VIEW);
    const high = inView({ x: 4, y: 1 }, whole, VIEW);
    expect([low.x, high.x]).toEqual([32, 368]);
    expect(low.y).toBeGreaterThan(high.y);
  });

  it("keeps what is under the pointer while it zooms, and what is under the hand while it moves", () => {
    const at = { x: 90, y: 200 };
    const under = inPlane(at, whole, VIEW);
    const zoomed = inView(under, zoomedCamera(whole, 3, at, VIEW, whole), VIEW);
    expect([zoomed.x, zoomed.y]).toEqual([expect.closeTo(90), expect.closeTo(200)]);
    const moved = inView(under, pannedCamera(whole, 15, -5), VIEW);
    expect([moved.x, moved.y]).toEqual([expect.closeTo(105), expect.closeTo(195)]);
  });

  it("has a place for a single point", () => {
    expect(Number.isFinite(wholeMap([1, 1, 1, 1], VIEW).scale)).toBe(true);
  });
});

describe("the nearest point", () => {
  it("is the one a plain search finds", () => {
    const xy = random(600, 5);
    xy[20] = Number.NaN;
    const index = new PointIndex(xy, [-10, -10, 10, 10]);
    const places = random(80, 9);
    for (let k = 0; k < 80; k++) {
      const [x, y] = [places[2 * k] as number, places[2 * k + 1] as number];
      let best = -1;
      let least = 0.8 ** 2;
      for (let i = 0; i < 600; i++) {
        const square = ((xy[2 * i] as number) - x) ** 2 + ((xy[2 * i + 1] as number) - y) ** 2;
        if (i % 3 !== 0 && square < least) [best, least] = [i, square];
      }
      expect(index.nearest(x, y, 0.8, (i) => i % 3 !== 0)).toBe(best);
    }
  });
});

describe("points", () => {
  it("are drawn in an order that is random and the same every time, without those that are nowhere", () => {
    const xy = random(50, 1);
    xy[8] = Number.NaN;
    const order = [...drawingOrder(xy)];
    expect(order).toEqual([...drawingOrder(xy)]);
    expect([...order].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i).filter((i) => i !== 4),
    );
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect([...inOrder(Uint8Array.of(7, 8, 9), Uint32Array.of(2, 0))]).toEqual([9, 7]);
  });

  it("step back when others are selected", () => {
    const plain = levelsOfFlags(false);
    const marked = levelsOfFlags(true);
    expect(plain[SHOWN]).toBeGreaterThan(marked[SHOWN] as number);
    expect(marked[SHOWN | SELECTED]).toBeGreaterThan(plain[SHOWN] as number);
    expect(marked[0]).toBe(0);
  });

  it("are counted where they are, those that are shown", () => {
    const xy = Float32Array.of(0, 0, 0, 0, 50, 50, Number.NaN, 1);
    const flags = Uint8Array.of(SHOWN, SHOWN, 0, SHOWN);
    const { columns, values } = densityOf(xy, flags, { x: 0, y: 0, scale: 1 }, VIEW);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(2, 3);
    expect(values.indexOf(Math.max(...values)) % columns).toBe(columns / 2);
  });
});
