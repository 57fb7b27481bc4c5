/** What changed between two inference sets, greatest loss first. */

import type { MatrixRow, ReportRow } from "@/api/types";
import type { Metric } from "@/core/url";

/** A score of a class in both sets. */
export interface ClassChange {
  readonly className: string;
  readonly support: number | null;
  readonly before: number | null;
  readonly after: number | null;
  readonly delta: number | null;
}

/** Names of averages in a report; every other row is a class. */
const AVERAGES = new Set(["weighted", "macro", "micro"]);

export const isAverage = (row: Pick<ReportRow, "class_name">): boolean => AVERAGES.has(row.class_name);

/** Compare two reports class by class. */
export function classChanges(
  baseline: readonly ReportRow[],
  candidate: readonly ReportRow[],
  metric: Metric,
): readonly ClassChange[] {
  const before = new Map(baseline.map((row) => [row.class_name, row]));
  return candidate
    .filter((row) => !isAverage(row))
    .map((row) => {
      const [old, now] = [before.get(row.class_name)?.[metric] ?? null, row[metric] ?? null];
      return {
        className: row.class_name,
        support: row.support,
        before: old,
        after: now,
        delta: old === null || now === null ? null : now - old,
      };
    })
    .sort((a, b) => (a.delta ?? Number.POSITIVE_INFINITY) - (b.delta ?? Number.POSITIVE_INFINITY));
}

/** The segments of one candidate, greatest loss first; without a difference last. */
export function segmentChanges(rows: readonly MatrixRow[], candidate: string): readonly MatrixRow[] {
  return rows
    .filter((row) => row.inference_set === candidate)
    .sort((a, b) => (a.delta ?? Number.POSITIVE_INFINITY) - (b.delta ?? Number.POSITIVE_INFINITY));
}
