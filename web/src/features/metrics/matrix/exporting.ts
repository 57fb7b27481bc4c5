/** The address of the matrix as a file. */

import type { Place } from "@/core/paths";
import type { Average, Metric, Threshold } from "@/core/url";

/** What the file is about. */
export interface ExportQuestion {
  readonly names: readonly string[];
  readonly baseline: string | undefined;
  readonly conf: Threshold | undefined;
  readonly iou: Threshold | undefined;
  readonly metric: Metric;
  readonly average: Average;
  readonly className: string | undefined;
  readonly query: string | undefined;
  readonly querySet: string | undefined;
}

/** An address of the server's export; thresholds by set cannot be told to it and are left out. */
export function exportUrl(place: Place, question: ExportQuestion, format: string): string {
  const params = new URLSearchParams({ format });
  for (const name of question.names) params.append("inference_set", name);
  if (question.baseline) params.set("baseline", question.baseline);
  if (typeof question.conf === "number") params.set("confidence", String(question.conf));
  if (typeof question.iou === "number") params.set("iou", String(question.iou));
  if (question.className) params.set("class_name", question.className);
  else params.set("average", question.average);
  params.append("metric", question.metric);
  if (question.query) params.set("query", question.query);
  if (question.query && question.querySet) params.set("query_set", question.querySet);
  const { project, dataset } = place;
  return `/api/v1/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/export/matrix?${params}`;
}
