/** The matrix as rows and cells: which answer each cell shows, in which group, in which order. */

import type { MatrixBody, MatrixRow, SegmentBody, TargetBody } from "@/api/types";

/** A segment that is scored, and how it is scored by each inference set. */
export interface GridRow {
  readonly segment: string;
  readonly group: GroupName;
  readonly cells: readonly GridCell[];
}

/** One segment scored by one inference set. */
export interface GridCell {
  /** Value and counts; interval, difference and verdicts too when `hasStatistics`. */
  readonly score: MatrixRow;
  readonly hasStatistics: boolean;
  readonly isBaseline: boolean;
  /** Candidate − baseline: of the statistics, else of the values where both cover every frame. */
  readonly delta: number | null;
  /** The segment's targets, worst first. */
  readonly targets: readonly TargetScore[];
}

/** One target and how an inference set meets it. */
export interface TargetScore {
  readonly target: TargetBody;
  /** `recall pedestrian`. */
  readonly name: string;
  /** The score asked for; absent until the server has answered. */
  readonly score: MatrixRow | undefined;
  readonly hasStatistics: boolean;
}

/** The regions of the Scenarios tab. */
export type GroupName = "Splits" | "Regression Tests" | "Scenarios";

export const GROUPS: readonly GroupName[] = ["Splits", "Regression Tests", "Scenarios"];

/** An answer of the server, and whether intervals and verdicts are in it. */
export interface Answer {
  readonly body: MatrixBody;
  readonly hasStatistics: boolean;
}

/** What is scored: a metric over classes, or of one class. */
export interface Measure {
  readonly metric: MatrixRow["metric"];
  readonly average: MatrixRow["average"];
  readonly class_name?: string | null | undefined;
}

/** One name for each measure: `recall pedestrian`, `F1`, `F1 macro`. */
export function measureName(measure: Measure): string {
  const metric = measure.metric === "f1" ? "F1" : measure.metric;
  if (measure.class_name) return `${metric} ${measure.class_name}`;
  return measure.average === "weighted" ? metric : `${metric} ${measure.average}`;
}

/** What tells averages apart: a class, or the kind of average. */
export const averageKey = (measure: Pick<Measure, "average" | "class_name">): string =>
  measure.class_name ? `class ${measure.class_name}` : measure.average;

const groupOf = (type: string): GroupName =>
  type === "regression_test" ? "Regression Tests" : type === "scenario" ? "Scenarios" : "Splits";

/** What the rows are made of. */
export interface GridParts {
  /** The answer for the measure shown. */
  readonly main: Answer;
  /** Answers for other averages that targets ask for, by `averageKey`. */
  readonly others: ReadonlyMap<string, Answer>;
  readonly segments: readonly SegmentBody[];
  readonly sets: readonly string[];
  readonly metric: MatrixRow["metric"];
}

/** Make the rows, in the order of the server: groups, then names, All Frames first. */
export function gridRows({ main, others, segments, sets, metric }: GridParts): readonly GridRow[] {
  const shown = main.body.rows.filter((row) => row.metric === metric);
  const scoreAt = new Map(shown.map((row) => [cellKey(row.segment, row.inference_set), row]));
  const targetsOf = new Map(segments.map((segment) => [segment.name, segment.targets]));
  const answers = indexed(main, others);
  const names = [...new Map(shown.map((row) => [row.segment, row.segment_type]))];
  return names.map(([segment, type]) => ({
    segment,
    group: groupOf(type),
    cells: sets.flatMap((set) => {
      const score = scoreAt.get(cellKey(segment, set));
      if (!score) return [];
      const baseline = main.body.baseline ? scoreAt.get(cellKey(segment, main.body.baseline)) : undefined;
      return [
        {
          score,
          hasStatistics: main.hasStatistics,
          isBaseline: set === main.body.baseline,
          delta: main.hasStatistics ? score.delta : plainDelta(score, baseline),
          targets: targetScores(targetsOf.get(segment) ?? [], segment, set, answers),
        },
      ];
    }),
  }));
}

const cellKey = (segment: string, set: string) => `${set}\n${segment}`;

type Found = { readonly score: MatrixRow; readonly hasStatistics: boolean };

function indexed(main: Answer, others: ReadonlyMap<string, Answer>): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  for (const { body, hasStatistics } of [...others.values(), main]) {
    for (const score of body.rows)
      found.set(scoreKey(score, score.segment, score.inference_set), { score, hasStatistics });
  }
  return found;
}

const scoreKey = (measure: Measure, segment: string, set: string) =>
  `${measure.metric}\n${averageKey(measure)}\n${cellKey(segment, set)}`;

function targetScores(
  targets: readonly TargetBody[],
  segment: string,
  set: string,
  answers: ReadonlyMap<string, Found>,
): readonly TargetScore[] {
  const scores = targets.map((target) => {
    const measure = { ...target, average: target.average ?? "weighted" };
    const found = answers.get(scoreKey(measure, segment, set));
    return {
      target,
      name: measureName(measure),
      score: found?.score,
      hasStatistics: found?.hasStatistics ?? false,
    };
  });
  return scores.sort((a, b) => severity(a) - severity(b));
}

const ORDER = ["fail", "inconclusive", "not_evaluable", "pass"];
const severity = (target: TargetScore) => ORDER.indexOf(target.score?.target_verdict ?? "not_evaluable");

/** A difference without statistics, only where it is about the same frames as with them. */
function plainDelta(score: MatrixRow, baseline: MatrixRow | undefined): number | null {
  if (!baseline || baseline.inference_set === score.inference_set) return null;
  if (score.value === null || baseline.value === null) return null;
  if (score.coverage !== 1 || baseline.coverage !== 1) return null;
  return score.value - baseline.value;
}
