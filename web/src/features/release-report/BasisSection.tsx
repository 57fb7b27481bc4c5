/** What the numbers rest on: operating points, matching, versions, statistics. */

import type { GateReport } from "@/api/numbers";
import { formatThreshold } from "@/core/numbers";
import { useHasBoxes } from "@/state/task";
import { type ReportQuestion, useReportMatrix } from "./MatrixSection";
import classes from "./ReleaseReport.module.css";

/** The last part of the report. */
export function BasisSection({ report, ...question }: ReportQuestion & { readonly report: GateReport }) {
  const { data: matrix } = useReportMatrix(question);
  const hasBoxes = useHasBoxes();
  if (!matrix) return null;
  const sets = [question.baseline, question.candidate].flatMap((name) => {
    const row = matrix.rows.find((one) => one.inference_set === name);
    return row ? [row] : [];
  });
  const versions = matrix.rows.filter(
    (row) => row.inference_set === question.candidate && row.segment_version !== null,
  );
  return (
    <section aria-label="Basis">
      <h2>What the numbers rest on</h2>
      <dl className={classes.basis}>
        {sets.map((row) => (
          <div key={row.inference_set}>
            <dt className="user-text">{row.inference_set}</dt>
            <dd>
              confidence ≥ {formatThreshold(row.confidence)}
              {hasBoxes ? `, IoU ≥ ${formatThreshold(row.iou)}` : null}
            </dd>
          </div>
        ))}
        {hasBoxes ? (
          <div>
            <dt>Matching rule</dt>
            <dd>{matrix.matching}</dd>
          </div>
        ) : null}
        <div>
          <dt>Dataset version</dt>
          <dd>
            {matrix.dataset} {matrix.dataset_version}
          </dd>
        </div>
        <div>
          <dt>Segment versions</dt>
          <dd className="user-text">
            {versions.map((row) => `${row.segment} ${row.segment_version}`).join(", ") || "All Frames only"}
          </dd>
        </div>
        <div>
          <dt>Statistics</dt>
          <dd>
            intervals and paired permutation tests over {matrix.group_field ?? "frames"}; level {report.alpha}
            , Holm over {report.n_comparisons} comparisons
          </dd>
        </div>
        <div>
          <dt>Policy</dt>
          <dd className="user-text">
            {report.policy}, decided on {report.decided_on}
          </dd>
        </div>
      </dl>
      {report.notes.length ? (
        <ul className={classes.notes}>
          {report.notes.map((note) => (
            <li key={note} className="user-text">
              {note}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
