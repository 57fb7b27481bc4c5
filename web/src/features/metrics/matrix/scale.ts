/** One scale for all bars of a matrix, so that their lengths can be compared. */

import type { GridRow } from "./grid";

/** The ends of the bars. */
export interface BarScale {
  readonly from: number;
  readonly to: number;
}

/** From the tenth below the lowest bound or target to 1. */
export function scaleOf(rows: readonly GridRow[]): BarScale {
  const lows = rows.flatMap((row) =>
    row.cells.flatMap(({ score }) =>
      [score.low ?? score.value, score.target].filter((value) => value !== null),
    ),
  );
  const lowest = Math.min(1, ...lows);
  return { from: Math.max(0, Math.min(0.9, Math.floor(lowest * 10) / 10)), to: 1 };
}
