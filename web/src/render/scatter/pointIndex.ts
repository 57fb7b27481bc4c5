/** Finds the point nearest to a place. */

import type { Bounds } from "./camera";

const PER_CELL = 4;

/** Points by the cell of a grid they are in. */
export class PointIndex {
  private readonly xy: Float32Array;
  private readonly bounds: Bounds;
  private readonly columns: number;
  private readonly rows: number;
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;

  constructor(xy: Float32Array, bounds: Bounds) {
    const n = xy.length / 2;
    const [left, bottom, right, top] = bounds;
    const aspect = Math.max(right - left, 1e-9) / Math.max(top - bottom, 1e-9);
    const nCells = Math.max(1, n / PER_CELL);
    this.xy = xy;
    this.bounds = bounds;
    this.columns = Math.min(4096, Math.max(1, Math.round(Math.sqrt(nCells * aspect))));
    this.rows = Math.min(4096, Math.max(1, Math.round(nCells / this.columns)));
    const cells = new Int32Array(n);
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let i = 0; i < n; i++) {
      const x = xy[2 * i] as number;
      cells[i] = Number.isNaN(x) ? -1 : this.row(xy[2 * i + 1] as number) * this.columns + this.column(x);
      const cell = cells[i] as number;
      if (cell >= 0) this.starts[cell + 1] = (this.starts[cell + 1] as number) + 1;
    }
    for (let c = 1; c < this.starts.length; c++) {
      this.starts[c] = (this.starts[c] as number) + (this.starts[c - 1] as number);
    }
    const next = this.starts.slice();
    this.members = new Uint32Array(this.starts[this.starts.length - 1] as number);
    for (let i = 0; i < n; i++) {
      const cell = cells[i] as number;
      if (cell < 0) continue;
      const place = next[cell] as number;
      this.members[place] = i;
      next[cell] = place + 1;
    }
  }

  /** The nearest point within a distance, of those a test lets through; -1: none. */
  nearest(x: number, y: number, reach: number, isWanted: (index: number) => boolean): number {
    let best = -1;
    let bestSquare = reach * reach;
    const [firstColumn, lastColumn] = [this.column(x - reach), this.column(x + reach)];
    for (let row = this.row(y - reach); row <= this.row(y + reach); row++) {
      const from = this.starts[row * this.columns + firstColumn] as number;
      const to = this.starts[row * this.columns + lastColumn + 1] as number;
      for (let k = from; k < to; k++) {
        const i = this.members[k] as number;
        const square = ((this.xy[2 * i] as number) - x) ** 2 + ((this.xy[2 * i + 1] as number) - y) ** 2;
        if (square <= bestSquare && (square < bestSquare || best < 0) && isWanted(i)) {
          best = i;
          bestSquare = square;
        }
      }
    }
    return best;
  }

  private column(x: number): number {
    const [left, , right] = this.bounds;
    return clamped(((x - left) / Math.max(right - left, 1e-9)) * this.columns, this.columns);
  }

  private row(y: number): number {
    const [, bottom, , top] = this.bounds;
    return clamped(((y - bottom) / Math.max(top - bottom, 1e-9)) * this.rows, this.rows);
  }
}

function clamped(value: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(value)));
}
