/** Points by hand, pixel by pixel: where there is no WebGL. */

import type { Size } from "../geometry";
import type { Camera } from "./camera";
import {
  colourTable,
  drawingOrder,
  inOrder,
  isInShape,
  LEVELS,
  levelsOfFlags,
  type PointLook,
  type PointRenderer,
  SHAPES,
  shapeTable,
} from "./points";

/** Make a renderer on a canvas; `null` where the browser has no canvas. */
export function canvasPoints(canvas: HTMLCanvasElement): PointRenderer | null {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return null;
  let order: Uint32Array = new Uint32Array(0);
  let xs = new Float32Array(0);
  let ys = new Float32Array(0);
  let codes: Uint8Array = new Uint8Array(0);
  let flags: Uint8Array = new Uint8Array(0);
  let look: PointLook | null = null;
  let colours = new Uint32Array(0);
  let shapes: Uint8Array = new Uint8Array(256);
  let image: ImageData | null = null;

  return {
    setPoints: (xy) => {
      order = drawingOrder(xy);
      xs = new Float32Array(order.length);
      ys = new Float32Array(order.length);
      for (let k = 0; k < order.length; k++) {
        const i = order[k] as number;
        xs[k] = xy[2 * i] as number;
        ys[k] = xy[2 * i + 1] as number;
      }
    },
    setCodes: (next) => {
      codes = inOrder(next, order);
    },
    setFlags: (next) => {
      flags = inOrder(next, order);
    },
    setLook: (next) => {
      look = next;
      colours = packed(colourTable(next));
      shapes = shapeTable(next);
    },
    draw: (camera: Camera, view: Size, pixelRatio: number, size: number, nDrawn: number) => {
      const { width, height } = canvas;
      if (!look || width === 0 || height === 0) return;
      if (image?.width !== width || image.height !== height) image = context.createImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      pixels.fill(packed(Uint8Array.from(look.page))[0] as number);
      const ring = packed(Uint8Array.from(look.ring))[0] as number;
      const levels = levelsOfFlags(look.hasSelection);
      const scale = camera.scale * pixelRatio;
      const [left, top] = [(view.width * pixelRatio) / 2, (view.height * pixelRatio) / 2];
      const count = Math.min(nDrawn, order.length);
      for (let level = 0; level < LEVELS; level++) {
        if (!flags.some((own) => levels[own] === level)) continue;
        const side = sideOf(size * pixelRatio, level);
        const stamps = stampsOf(side, width);
        const [low, right, bottom] = [side >> 1, width - (side >> 1) - 1, height - (side >> 1) - 1];
        const isMarked = level === LEVELS - 1;
        for (let k = 0; k < count; k++) {
          if (levels[flags[k] as number] !== level) continue;
          const x = Math.floor(((xs[k] as number) - camera.x) * scale + left);
          const y = Math.floor((camera.y - (ys[k] as number)) * scale + top);
          if (x < low || y < low || x >= right || y >= bottom) continue;
          const code = codes[k] as number;
          const colour = colours[level * 256 + code] as number;
          const at = y * width + x;
          if (side <= 2) {
            pixels[at] = colour;
            if (side === 2) {
              pixels[at - 1] = colour;
              pixels[at - width] = colour;
              pixels[at - width - 1] = colour;
            }
            continue;
          }
          const { inside, border } = stamps[shapes[code] as number] as Stamp;
          for (let j = 0; j < inside.length; j++) pixels[at + (inside[j] as number)] = colour;
          if (isMarked) for (let j = 0; j < border.length; j++) pixels[at + (border[j] as number)] = ring;
        }
      }
      context.putImageData(image, 0, 0);
    },
    dispose: () => {
      image = null;
    },
  };
}

/** The pixels of a shape, from its middle; those on its border once more. */
interface Stamp {
  readonly inside: Int32Array;
  readonly border: Int32Array;
}

function sideOf(size: number, level: number): number {
  if (level === 0) return Math.max(1, Math.round(size * 0.75));
  return Math.max(1, Math.round(level === LEVELS - 1 ? size + 2 : size));
}

function stampsOf(side: number, rowLength: number): readonly Stamp[] {
  return SHAPES.map((_, shape) => {
    const isInside = (column: number, row: number) =>
      side < 3 || isInShape(shape, (2 * column + 1) / side - 1, (2 * row + 1) / side - 1);
    const inside: number[] = [];
    const border: number[] = [];
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        if (!isInside(column, row)) continue;
        const offset = (row - (side >> 1)) * rowLength + column - (side >> 1);
        inside.push(offset);
        const isEdge =
          row === 0 ||
          column === 0 ||
          row === side - 1 ||
          column === side - 1 ||
          !isInside(column - 1, row) ||
          !isInside(column + 1, row) ||
          !isInside(column, row - 1) ||
          !isInside(column, row + 1);
        if (isEdge && side > 4) border.push(offset);
      }
    }
    return { inside: Int32Array.from(inside), border: Int32Array.from(border) };
  });
}

/** Red, green, blue as one pixel each, opaque, in the order of this machine's bytes. */
function packed(parts: Uint8Array): Uint32Array<ArrayBuffer> {
  const bytes = new Uint8ClampedArray((parts.length / 3) * 4);
  for (let i = 0; i < parts.length / 3; i++) {
    bytes.set(parts.subarray(3 * i, 3 * i + 3), 4 * i);
    bytes[4 * i + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}
