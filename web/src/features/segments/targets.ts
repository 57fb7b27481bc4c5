/** Targets while they are edited, and the scores they are held against. */

import type { MatrixRow, ReportBody, SegmentMetrics, SegmentSucceeds, TargetBody } from "@/api/types";
import type { Average, Metric } from "@/core/url";
import type { VerdictName } from "@/core/verdicts";

/** A target being typed. */
export interface TargetDraft {
  readonly metric: Metric;
  readonly average: Average;
  readonly className: string | null;
  readonly minimum: string;
}

/** Metrics in the words people read. */
export const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  precision: "Precision",
  recall: "Recall",
  f1: "F1",
};

/** Averages in the words people read. */
export const AVERAGE_WORDS: Readonly<Record<Average, string>> = {
  weighted: "weighted",
  macro: "macro",
  micro: "micro",
  class: "one class",
};

/** What a score is of: the part of a target without its minimum. */
export interface ScoreName {
  readonly metric: Metric;
  readonly average: Average;
  readonly className: string | null;
}

/** The short name the API uses: `recall`, `f1@macro`, `recall@pedestrian`. */
export function scoreKey({ metric, average, className }: ScoreName): string {
  return average === "weighted" ? metric : `${metric}@${average === "class" ? (className ?? "") : average}`;
}

/** The score as people read it: `Recall of pedestrian`, `F1, macro`. */
export function scoreTitle({ metric, average, className }: ScoreName): string {
  if (average === "class") return `${METRIC_WORDS[metric]} of ${className ?? "…"}`;
  return average === "weighted" ? METRIC_WORDS[metric] : `${METRIC_WORDS[metric]}, ${average}`;
}

/** A row's score. */
export function scoreOf(row: MatrixRow): ScoreName {
  return { metric: row.metric, average: row.average, className: row.class_name };
}

/** A target as it is edited. */
export function draftOf(target: TargetBody): TargetDraft {
  return {
    metric: target.metric,
    average: target.average ?? "weighted",
    className: target.class_name ?? null,
    minimum: String(target.minimum),
  };
}

/** Drafts as targets; a sentence when they cannot be saved. */
export function targetsOf(drafts: readonly TargetDraft[]): readonly TargetBody[] | string {
  const seen = new Set<string>();
  const targets: TargetBody[] = [];
  for (const draft of drafts) {
    const title = scoreTitle(draft);
    const minimum = Number(draft.minimum.replace(",", "."));
    if (draft.average === "class" && !draft.className) return "Choose the class of the target.";
    if (draft.minimum.trim() === "" || !(minimum >= 0 && minimum <= 1)) {
      return `${title}: expected a number from 0 to 1, found “${draft.minimum}”.`;
    }
    if (seen.has(scoreKey(draft))) return `${title} has two targets; keep one.`;
    seen.add(scoreKey(draft));
    const className = draft.average === "class" ? draft.className : null;
    targets.push({ metric: draft.metric, average: draft.average, class_name: className, minimum });
  }
  return targets;
}

/** What a set scores today; `null` where it is undefined. */
export function presentScore(report: ReportBody, { metric, average, className }: ScoreName): number | null {
  // Averages are the last rows; a class may bear the name of one.
  const classes = report.rows.slice(0, -3);
  const averages = report.rows.slice(-3);
  const row =
    average === "class"
      ? classes.find((one) => one.class_name === className)
      : averages.find((one) => one.class_name === average);
  return row?.[metric] ?? null;
}

/** A score as a target that it just meets: rounded down to three digits. */
export function asMinimum(score: number): string {
  return String(Math.floor(score * 1000 + 1e-9) / 1000);
}

/** The scores a segment shows, in order: precision, recall, F1, then what other targets name. */
export function scoresOf(metrics: SegmentMetrics): readonly ScoreName[] {
  const found = new Map<string, ScoreName>();
  for (const { rows } of metrics.items) {
    for (const row of rows as unknown as readonly MatrixRow[])
      found.set(scoreKey(scoreOf(row)), scoreOf(row));
  }
  return [...found.values()];
}

/** The row of one set and one score. */
export function rowOf(
  metrics: SegmentMetrics,
  inferenceSet: string,
  score: ScoreName,
): MatrixRow | undefined {
  const item = metrics.items.find((one) => one.inference_set === inferenceSet);
  const rows = (item?.rows ?? []) as unknown as readonly MatrixRow[];
  return rows.find((row) => scoreKey(scoreOf(row)) === scoreKey(score));
}

/** The score that matters most: that of the first target, else F1. */
export function leadingScore(targets: readonly TargetBody[]): ScoreName {
  const first = targets[0];
  if (!first) return { metric: "f1", average: "weighted", className: null };
  return { metric: first.metric, average: first.average ?? "weighted", className: first.class_name ?? null };
}

/** What all targets together say of a set. */
export function targetsVerdict(item: SegmentSucceeds): VerdictName {
  if (item.passed !== null && item.passed !== undefined) return item.passed ? "pass" : "fail";
  const said = (item.rows as readonly { target_verdict?: VerdictName | null }[]).flatMap(
    (row) => row.target_verdict ?? [],
  );
  return said.includes("inconclusive") ? "inconclusive" : "not_evaluable";
}
