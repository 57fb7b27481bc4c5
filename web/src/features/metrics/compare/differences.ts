/** The rows of a matrix by what changed. */

import type { MatrixRow } from "@/api/types";

/** The segments of one candidate, greatest loss first; without a difference last. */
export function segmentChanges(rows: readonly MatrixRow[], candidate: string): readonly MatrixRow[] {
  return rows
    .filter((row) => row.inference_set === candidate)
    .sort((a, b) => (a.delta ?? Number.POSITIVE_INFINITY) - (b.delta ?? Number.POSITIVE_INFINITY));
}
