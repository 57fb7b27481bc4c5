/** Points as both renderers draw them. */

import type { Size } from "../geometry";
import type { Camera } from "./camera";

/** Drawn in full when it is shown, or selected. */
export const SHOWN = 1;
export const SELECTED = 2;

/** The code of a point without a value. */
export const NO_VALUE = 255;

/** Shapes, told apart from about five pixels on. */
export const SHAPES = ["circle", "square", "diamond", "triangle", "cross"] as const;
export type Shape = (typeof SHAPES)[number];

/** A colour: red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours of points by code, and of the page. */
export interface PointLook {
  /** By code; missing ones look like `none`. */
  readonly colours: readonly Rgb[];
  readonly shapes: readonly Shape[];
  readonly none: Rgb;
  readonly page: Rgb;
  /** Points the query does not select. */
  readonly dimmed: Rgb;
  /** Around selected points. */
  readonly ring: Rgb;
  /** Others than the selected ones step back. */
  readonly hasSelection: boolean;
}

/** The points of a map. */
export interface PointData {
  /** x and y of each; NaN where there is no point. */
  readonly xy: Float32Array;
  /** What each is coloured by. */
  readonly codes: Uint8Array;
  /** `SHOWN`, `SELECTED` or both. */
  readonly flags: Uint8Array;
}

/** Draws points on a canvas of its own. */
export interface PointRenderer {
  /** All points in a fixed random order: the first ones stand for all, and none lies always on top. */
  readonly setPoints: (xy: Float32Array) => void;
  readonly setCodes: (codes: Uint8Array) => void;
  readonly setFlags: (flags: Uint8Array) => void;
  readonly setLook: (look: PointLook) => void;
  /** Draw the first `nDrawn` points; sizes in CSS pixels. */
  readonly draw: (camera: Camera, view: Size, pixelRatio: number, size: number, nDrawn: number) => void;
  readonly dispose: () => void;
}

/** How a point is drawn: behind, quiet, in full, marked. */
export const LEVELS = 4;
const BEHIND = 0;
const QUIET = 1;
const FULL = 2;
const MARKED = 3;

/** The level of a point by its flags. */
export function levelsOfFlags(hasSelection: boolean): Uint8Array {
  const shown = hasSelection ? QUIET : FULL;
  return Uint8Array.of(BEHIND, shown, MARKED, MARKED);
}

const QUIET_SHARE = 0.3;

/** Colours by level and code: `table[(level * 256 + code) * 3]`. */
export function colourTable(look: PointLook): Uint8Array {
  const table = new Uint8Array(LEVELS * 256 * 3);
  for (let code = 0; code < 256; code++) {
    const own = look.colours[code] ?? look.none;
    table.set(look.dimmed, code * 3);
    table.set(
      own.map((part, i) => part * QUIET_SHARE + (look.page[i] ?? 0) * (1 - QUIET_SHARE)),
      (QUIET * 256 + code) * 3,
    );
    table.set(own, (FULL * 256 + code) * 3);
    table.set(own, (MARKED * 256 + code) * 3);
  }
  return table;
}

/** Places of shapes by code; 0 for codes without a colour. */
export function shapeTable(look: PointLook): Uint8Array {
  const table = new Uint8Array(256);
  look.shapes.forEach((shape, code) => {
    table[code] = SHAPES.indexOf(shape);
  });
  return table;
}

/** Indices of points that are somewhere, in an order that is random but always the same. */
export function drawingOrder(xy: Float32Array): Uint32Array {
  const n = xy.length / 2;
  const order = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isNaN(xy[2 * i] as number)) order[count++] = i;
  }
  let seed = 0x9e3779b9;
  for (let i = count - 1; i > 0; i--) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    const j = (seed >>> 0) % (i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order.subarray(0, count);
}

/** Values of points in the order they are drawn in. */
export function inOrder(values: Uint8Array, order: Uint32Array): Uint8Array {
  const found = new Uint8Array(order.length);
  for (let k = 0; k < found.length; k++) found[k] = values[order[k] as number] as number;
  return found;
}

/** Whether a place of a square, -1 to 1 both ways, belongs to a shape. */
export function isInShape(shape: number, x: number, y: number): boolean {
  if (shape === 1) return Math.max(Math.abs(x), Math.abs(y)) <= 0.85;
  if (shape === 2) return Math.abs(x) + Math.abs(y) <= 1.1;
  if (shape === 3) return y <= 0.75 && y >= -0.95 && Math.abs(x) <= (y + 0.95) * 0.6;
  if (shape === 4)
    return Math.min(Math.abs(x), Math.abs(y)) <= 0.34 && Math.max(Math.abs(x), Math.abs(y)) <= 1;
  return x * x + y * y <= 1;
}
