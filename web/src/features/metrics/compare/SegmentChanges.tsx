/** Segments by how much a candidate lost or won, worst first, with the verdict of the matrix. */

import { useMatrix } from "@/api/numbers";
import type { MatrixRow } from "@/api/types";
import { formatDelta, formatScore } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { ALL_FRAMES } from "@/core/segments";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useSetView, useView } from "@/state/view";
import { type Column, DataTable } from "@/ui/DataTable";
import { NumberLink } from "@/ui/NumberLink";
import { Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { VerdictMark } from "@/ui/VerdictMark";
import { flipsQuery } from "../outcomes/drill";
import { useMeasure } from "../useMeasure";
import classes from "./Compare.module.css";
import { DeltaBar } from "./DeltaBar";
import { segmentChanges } from "./differences";

/** The table. */
export function SegmentChanges({ baseline, candidate }: { baseline: string; candidate: string }) {
  const place = usePlace();
  const { metric, average, className } = useMeasure();
  const { confidence, iou, isMoving } = useOperatingPoint();
  const view = useView();
  const setView = useSetView();
  const matrix = useMatrix(
    place,
    {
      inference_sets: [candidate],
      baseline,
      confidence: confidence ?? null,
      iou: iou ?? null,
      ...(className ? { class_name: className } : { average }),
      metrics: [metric],
    },
    { enabled: !isMoving },
  );
  if (matrix.error) return <ErrorState error={matrix.error} onRetry={() => void matrix.refetch()} />;
  if (!matrix.data) return <LoadingState label="Comparing segments" />;
  const isStale = isMoving || matrix.isPlaceholderData;
  const changes = segmentChanges(matrix.data.rows, candidate);
  const widest = Math.max(0.01, ...changes.map(({ delta }) => Math.abs(delta ?? 0)));
  const shared = { sets: view.sets, baseline, conf: view.conf, iou: view.iou };
  const columns: readonly Column<MatrixRow>[] = [
    {
      key: "segment",
      head: "Segment",
      cell: ({ segment }) => (
        <button
          type="button"
          className={`${classes.link} one-line`}
          title={`Compare on ${segment}`}
          aria-pressed={(view.segment ?? ALL_FRAMES) === segment}
          onClick={() => setView({ segment: segment === ALL_FRAMES ? undefined : segment })}
        >
          {segment}
        </button>
      ),
    },
    {
      key: "value",
      head: (
        <span className={`${classes.name} one-line`} title={candidate}>
          {candidate}
        </span>
      ),
      isNumber: true,
      cell: ({ value }) => formatScore(value),
    },
    {
      key: "delta",
      head: "Δ",
      isNumber: true,
      cell: ({ segment, delta }) => (
        <NumberLink
          href={pagePath(place, "explore", {
            ...shared,
            q: flipsQuery(baseline, candidate, segment === ALL_FRAMES ? undefined : segment),
          })}
          label={`frames of ${segment} that ${candidate} broke`}
        >
          {formatDelta(delta)}
        </NumberLink>
      ),
    },
    {
      key: "bar",
      head: <span className="visually-hidden">Size of Δ</span>,
      cell: ({ delta }) => <DeltaBar delta={delta} widest={widest} />,
    },
    {
      key: "verdict",
      head: "Verdict",
      cell: ({ baseline_verdict: verdict, reason }) =>
        verdict && !isStale ? <VerdictMark verdict={verdict} reason={reason} /> : "…",
    },
  ];
  return (
    <Section name="By segment">
      <div className={classes.wide} aria-busy={isStale} data-stale={isStale || undefined}>
        <DataTable
          label={`${candidate} against ${baseline} by segment`}
          columns={columns}
          rows={changes}
          rowKey={({ segment }) => segment}
        />
      </div>
      {isStale ? (
        <p role="status" className={classes.dim}>
          Intervals updating…
        </p>
      ) : null}
    </Section>
  );
}
