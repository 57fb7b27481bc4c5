/** What changed between two class reports, greatest loss first. */

/** What is needed of a row of a report. */
export interface ClassScores {
  readonly class_name: string;
  readonly support: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** A score of a class in both reports. */
export interface ClassChange {
  readonly className: string;
  readonly support: number | null;
  readonly before: number | null;
  readonly after: number | null;
  readonly delta: number | null;
}

const AVERAGES = new Set(["weighted", "macro", "micro"]);

/** Whether a row is an average; every other row is a class. */
export const isAverage = (row: { readonly class_name: string }): boolean => AVERAGES.has(row.class_name);

/** Compare two reports class by class. */
export function classChanges(
  baseline: readonly ClassScores[],
  candidate: readonly ClassScores[],
  metric: "precision" | "recall" | "f1",
): readonly ClassChange[] {
  const before = new Map(baseline.map((row) => [row.class_name, row]));
  return candidate
    .filter((row) => !isAverage(row))
    .map((row) => {
      const [old, now] = [before.get(row.class_name)?.[metric] ?? null, row[metric]];
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
