/** How many points lie where: a smooth picture of a view. */

import type { Size } from "../geometry";
import type { Camera } from "./camera";
import { type Rgb, SHOWN } from "./points";

const CELL_PX = 4;
const BLUR_CELLS = 2;
const BLURS = 3;

/** Numbers over cells of four pixels, row by row from the top. */
export interface Density {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Count the shown points of a view and smooth the counts. */
export function densityOf(xy: Float32Array, flags: Uint8Array, camera: Camera, view: Size): Density {
  const columns = Math.max(1, Math.ceil(view.width / CELL_PX));
  const rows = Math.max(1, Math.ceil(view.height / CELL_PX));
  const values = new Float32Array(columns * rows);
  const scale = camera.scale / CELL_PX;
  for (let i = 0; i < flags.length; i++) {
    if (((flags[i] as number) & SHOWN) === 0) continue;
    const column = Math.floor(((xy[2 * i] as number) - camera.x) * scale + columns / 2);
    const row = Math.floor((camera.y - (xy[2 * i + 1] as number)) * scale + rows / 2);
    if (column >= 0 && row >= 0 && column < columns && row < rows) {
      values[row * columns + column] = (values[row * columns + column] as number) + 1;
    }
  }
  for (let pass = 0; pass < BLURS; pass++) {
    blur(values, rows, columns, 1, columns);
    blur(values, columns, rows, columns, 1);
  }
  return { columns, rows, values };
}

/** A running mean along lines, in place. */
function blur(values: Float32Array, nLines: number, length: number, step: number, lineStep: number): void {
  const line = new Float32Array(length);
  const width = 2 * BLUR_CELLS + 1;
  for (let l = 0; l < nLines; l++) {
    const start = l * lineStep;
    for (let i = 0; i < length; i++) line[i] = values[start + i * step] as number;
    let sum = 0;
    for (let i = -BLUR_CELLS; i < length; i++) {
      sum += line[i + BLUR_CELLS] ?? 0;
      sum -= line[i - BLUR_CELLS - 1] ?? 0;
      if (i >= 0) values[start + i * step] = sum / width;
    }
  }
}

/** Draw it in one colour, from nothing to full, by the logarithm of the density. */
export function drawDensity(canvas: HTMLCanvasElement, density: Density, [red, green, blue]: Rgb): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = density.columns;
  canvas.height = density.rows;
  const image = context.createImageData(density.columns, density.rows);
  const largest = density.values.reduce((most, value) => Math.max(most, value), 0);
  const full = Math.log1p(largest * 8);
  for (let i = 0; i < density.values.length; i++) {
    const share = full > 0 ? Math.log1p((density.values[i] as number) * 8) / full : 0;
    image.data.set([red, green, blue, Math.round(235 * share ** 1.4)], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
