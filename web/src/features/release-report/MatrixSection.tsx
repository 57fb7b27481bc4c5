/** Every Model Performance segment, the two sets beside each other. */

import { useMatrix } from "@/api/numbers";
import type { MatrixRow } from "@/api/types";
import { formatCount, formatInterval, formatScore } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { SEGMENT_TYPES } from "@/core/segments";
import type { Threshold } from "@/core/url";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { NumberLink } from "@/ui/NumberLink";
import { ErrorState, LoadingState } from "@/ui/States";
import { VerdictMark } from "@/ui/VerdictMark";
import classes from "./ReleaseReport.module.css";
import { deltaWithInterval } from "./wording";

/** What the report is about. */
export interface ReportQuestion {
  readonly candidate: string;
  readonly baseline: string | undefined;
  readonly confidence: Threshold | undefined;
  readonly iou: Threshold | undefined;
}

/** What the matrix is asked; the same for all sections, so that it is asked once. */
export const useReportMatrix = ({ candidate, baseline, confidence, iou }: ReportQuestion) =>
  useMatrix(usePlace(), {
    inference_sets: baseline ? [baseline, candidate] : [candidate],
    baseline: baseline ?? null,
    confidence: confidence ?? null,
    iou: iou ?? null,
    metrics: ["f1"],
  });

/** The table. */
export function MatrixSection(question: ReportQuestion) {
  const matrix = useReportMatrix(question);
  const { candidate, baseline } = question;
  if (matrix.error) return <ErrorState error={matrix.error} onRetry={() => void matrix.refetch()} />;
  if (!matrix.data) return <LoadingState label="Scoring segments" />;
  const { rows } = matrix.data;
  const of = (set: string | undefined) =>
    new Map(rows.filter((row) => row.inference_set === set).map((row) => [row.segment, row]));
  const [before, after] = [of(baseline), of(candidate)];
  return (
    <section aria-label="Segments">
      <h2>Segments: weighted F1 with 95% intervals</h2>
      <table className={`${classes.table} ${classes.fixed}`}>
        <colgroup>
          <col style={{ width: "20%" }} />
          <col style={{ width: "8%" }} />
          {baseline ? <col style={{ width: "16%" }} /> : null}
          <col style={{ width: "16%" }} />
          <col style={{ width: "20%" }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col" className={classes.number}>
              Frames
            </th>
            {baseline ? (
              <th scope="col" className={`${classes.number} user-text`}>
                {baseline}
              </th>
            ) : null}
            <th scope="col" className={`${classes.number} user-text`}>
              {candidate}
            </th>
            <th scope="col" className={classes.number}>
              Δ
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        {SEGMENT_TYPES.filter((type) => type.isModelPerformance).map((type) => {
          const segments = [...after.values()].filter((row) => row.segment_type === type.type);
          if (segments.length === 0) return null;
          return (
            <tbody key={type.type}>
              <tr>
                <th scope="rowgroup" colSpan={baseline ? 6 : 5} className={classes.group}>
                  {type.plural}
                </th>
              </tr>
              {segments.map((row) => (
                <Segment
                  key={row.segment}
                  row={row}
                  before={before.get(row.segment)}
                  hasBaseline={Boolean(baseline)}
                />
              ))}
            </tbody>
          );
        })}
      </table>
    </section>
  );
}

function Segment({
  row,
  before,
  hasBaseline,
}: {
  row: MatrixRow;
  before: MatrixRow | undefined;
  hasBaseline: boolean;
}) {
  const place = usePlace();
  const query =
    row.segment_version === null
      ? undefined
      : `segment:"${row.segment.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const { conf, iou, baseline } = useView();
  const segment = row.segment_version === null ? undefined : row.segment;
  const opened = (tab: string, set: string) =>
    pagePath(place, "metrics", { baseline, conf, iou, segment, tab, extra: { set } });
  const reportOf = (set: string | null) => opened("metrics", set ?? row.inference_set);
  return (
    <tr>
      <td title={row.segment}>
        <span className={classes.name}>{row.segment}</span>
      </td>
      <td className={classes.number}>
        <NumberLink href={pagePath(place, "explore", { q: query })} label={`frames of ${row.segment}`}>
          {formatCount(row.n_frames)}
        </NumberLink>
      </td>
      {hasBaseline ? <ScoreWithInterval row={before} href={reportOf(row.baseline)} /> : null}
      <ScoreWithInterval row={row} href={reportOf(row.inference_set)} />
      <td className={classes.number}>
        <NumberLink href={opened("compare", row.inference_set)} label={`both sets on ${row.segment}`}>
          {deltaWithInterval(row)}
        </NumberLink>
      </td>
      <td>
        {row.baseline_verdict ? <VerdictMark verdict={row.baseline_verdict} reason={row.reason} /> : "–"}
        {row.small ? <span className={classes.dim}> few groups</span> : null}
        {row.selected_on ? (
          <span className={classes.dim}> selected on errors of {row.selected_on}</span>
        ) : null}
      </td>
    </tr>
  );
}

function ScoreWithInterval({ row, href }: { row: MatrixRow | undefined; href: string }) {
  return (
    <td className={classes.number}>
      <NumberLink href={href} label={`class report of ${row?.inference_set} on ${row?.segment}`}>
        {formatScore(row?.value)}
      </NumberLink>{" "}
      <span className={classes.dim}>{formatInterval(row?.low, row?.high)}</span>
    </td>
  );
}
