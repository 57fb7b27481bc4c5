/** The confusion matrix as cells and as a list. */

import type { ReportBody } from "@/api/types";
import { BACKGROUND } from "@/core/colours";

/** What a cell of the matrix says. */
export type OutcomeKind = "true_positive" | "confusion" | "false_positive" | "false_negative";

/** How cells of the matrix are told: as counts, or as shares of their row. */
export type ConfusionNumbers = "counts" | "rows";

/** One cell that is not empty. */
export interface Confusion {
  readonly truth: string;
  readonly predicted: string;
  readonly kind: OutcomeKind;
  readonly count: number;
  /** Of all labels of the true class; `null` for false alarms, which have no label. */
  readonly shareOfTruth: number | null;
}

/** More classes than this make a list instead of a matrix. */
export const MATRIX_LIMIT = 25;

/** What a pair of classes says. */
export function kindOf(truth: string, predicted: string): OutcomeKind {
  if (truth === predicted) return "true_positive";
  if (truth === BACKGROUND) return "false_positive";
  return predicted === BACKGROUND ? "false_negative" : "confusion";
}

/** The words of a pair: `car taken for truck`, `car missed`, `false alarm: car`, `car found`. */
export function confusionName(truth: string, predicted: string): string {
  const kind = kindOf(truth, predicted);
  if (kind === "true_positive") return `${truth} found`;
  if (kind === "false_negative") return `${truth} missed`;
  return kind === "false_positive" ? `false alarm: ${predicted}` : `${truth} taken for ${predicted}`;
}

/** Errors of a report, most frequent first. */
export function errorList(report: Pick<ReportBody, "confusion" | "confusion_classes">): readonly Confusion[] {
  const classes = report.confusion_classes;
  return report.confusion
    .flatMap((row, from) => {
      const total = sum(row);
      return row.flatMap((count, to): readonly Confusion[] => {
        const [truth, predicted] = [classes[from] ?? "", classes[to] ?? ""];
        if (count === 0 || from === to) return [];
        const shareOfTruth = truth === BACKGROUND || total === 0 ? null : count / total;
        return [{ truth, predicted, kind: kindOf(truth, predicted), count, shareOfTruth }];
      });
    })
    .sort((a, b) => b.count - a.count);
}

/** Rows divided by their sum; a row without anything is undefined. */
export function rowShares(
  confusion: readonly (readonly number[])[],
): readonly (readonly (number | null)[])[] {
  return confusion.map((row) => {
    const total = sum(row);
    return row.map((count) => (total === 0 ? null : count / total));
  });
}

/** How dark a cell is, in [0, 1]: square root, so that rare confusions are seen beside a full diagonal. */
export function heat(share: number | null): number {
  return share === null || share <= 0 ? 0 : Math.sqrt(Math.min(1, share));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
