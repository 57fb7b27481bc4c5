/** What is asked of the server for the matrix: the measure shown, and those that targets are about. */

import type { MatrixRequest, SegmentBody } from "@/api/types";
import type { Average, Metric, Threshold } from "@/core/url";
import { averageKey } from "./grid";

/** What the matrix is about. */
export interface MatrixQuestion {
  readonly sets: readonly string[];
  readonly baseline: string | undefined;
  readonly confidence: Threshold | undefined;
  readonly iou: Threshold | undefined;
  readonly metric: Metric;
  readonly average: Average;
  readonly className: string | undefined;
  readonly segments: readonly SegmentBody[];
  /** Only frames it selects are scored. */
  readonly query: string | undefined;
  /** The set the query means where it names none. */
  readonly querySet: string | undefined;
}

/** One request and what its average is called. */
export interface AskedAverage {
  readonly key: string;
  readonly request: MatrixRequest;
}

/** The request for the measure shown, first, then one for each further average that targets ask for. */
export function matrixRequests(question: MatrixQuestion): readonly AskedAverage[] {
  const shared: MatrixRequest = {
    inference_sets: [...question.sets],
    baseline: question.baseline ?? null,
    confidence: question.confidence ?? null,
    iou: question.iou ?? null,
    ...(question.query ? { query: question.query, query_set: question.querySet ?? null } : {}),
  };
  const shown = { average: question.average, class_name: question.className };
  const main: AskedAverage = {
    key: averageKey(shown),
    request: { ...shared, ...measureFields(shown), metrics: [question.metric] },
  };
  const others = [...byAverage(question)].map(([key, { measure, metrics, segments }]) => ({
    key,
    request: { ...shared, ...measureFields(measure), metrics: [...metrics], segments: [...segments] },
  }));
  return [main, ...others];
}

interface AverageMeasure {
  readonly average: Average;
  readonly class_name?: string | null | undefined;
}

const measureFields = ({ average, class_name }: AverageMeasure) =>
  class_name ? { class_name } : { average };

interface Wanted {
  readonly measure: AverageMeasure;
  readonly metrics: Set<Metric>;
  readonly segments: Set<string>;
}

function byAverage({ segments, metric, average, className }: MatrixQuestion): ReadonlyMap<string, Wanted> {
  const shown = averageKey({ average, class_name: className });
  const wanted = new Map<string, Wanted>();
  for (const segment of segments) {
    for (const target of segment.targets) {
      const measure = { average: target.average ?? "weighted", class_name: target.class_name };
      const key = averageKey(measure);
      if (key === shown && target.metric === metric) continue;
      const entry = wanted.get(key) ?? { measure, metrics: new Set(), segments: new Set() };
      entry.metrics.add(target.metric);
      entry.segments.add(segment.name);
      wanted.set(key, entry);
    }
  }
  return wanted;
}
