/** Reading the matrix: which rows are worth a look, in which order, and one line per inference set. */

import { ALL_FRAMES } from "@/core/segments";
import type { GridCell, GridRow } from "./grid";

/** Rows to keep: `failing` misses a target, `regressed` is worse than the baseline beyond chance. */
export type RowFilter = "all" | "failing" | "regressed";

export const ROW_FILTERS: readonly RowFilter[] = ["all", "failing", "regressed"];

/** By name, or the greatest loss against the baseline first. */
export type RowOrder = "name" | "worst";

export const isFailing = (cell: GridCell): boolean =>
  cell.targets.some((target) => target.score?.target_verdict === "fail");

export const isRegressed = (cell: GridCell): boolean => cell.score.baseline_verdict === "regressed";

/** Rows that pass the filter; All Frames stays first in its group whatever the order. */
export function readRows(rows: readonly GridRow[], filter: RowFilter, order: RowOrder): readonly GridRow[] {
  const kept = rows.filter(
    (row) => filter === "all" || row.cells.some(filter === "failing" ? isFailing : isRegressed),
  );
  if (order === "name") return kept;
  return [...kept].sort((a, b) => {
    if (a.segment === ALL_FRAMES) return -1;
    if (b.segment === ALL_FRAMES) return 1;
    return worstDelta(a) - worstDelta(b);
  });
}

/** The greatest loss of a row; rows without a difference come last. */
export function worstDelta(row: GridRow): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...row.cells.flatMap((cell) => (cell.delta === null ? [] : [cell.delta])),
  );
}

/** One inference set over all segments. */
export interface SetSummary {
  /** All Frames against the baseline. */
  readonly overall: GridCell | undefined;
  /** Segments with a missed target. */
  readonly failing: readonly string[];
  /** Segments worse than the baseline beyond chance, All Frames left out. */
  readonly regressed: readonly string[];
  readonly improved: readonly string[];
}

/** Sum one inference set up. */
export function summary(rows: readonly GridRow[], set: string): SetSummary {
  const named = (holds: (cell: GridCell) => boolean) =>
    rows
      .filter(
        (row) =>
          row.segment !== ALL_FRAMES &&
          row.cells.some((cell) => cell.score.inference_set === set && holds(cell)),
      )
      .map((row) => row.segment);
  return {
    overall: rows
      .find((row) => row.segment === ALL_FRAMES)
      ?.cells.find((cell) => cell.score.inference_set === set),
    failing: named(isFailing),
    regressed: named(isRegressed),
    improved: named((cell) => cell.score.baseline_verdict === "improved"),
  };
}
