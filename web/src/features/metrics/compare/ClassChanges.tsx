/** Classes by how much a candidate lost or won, worst first. */

import { useReport } from "@/api/numbers";
import { type ClassChange, classChanges } from "@/core/classChanges";
import { formatCount, formatDelta, formatScore } from "@/core/numbers";
import { thresholdOf } from "@/core/url";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { type Column, DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { useDrill } from "../useLooking";
import { useMeasure } from "../useMeasure";
import classes from "./Compare.module.css";
import { DeltaBar } from "./DeltaBar";

interface ClassChangesProps {
  readonly baseline: string;
  readonly candidate: string;
  readonly segment: string | undefined;
}

/** The table. */
export function ClassChanges({ baseline, candidate, segment }: ClassChangesProps) {
  const place = usePlace();
  const point = useOperatingPoint();
  const { metric } = useMeasure();
  const [, openDrill] = useDrill();
  const ask = (set: string) => ({
    inferenceSet: set,
    segment,
    confidence: thresholdOf(point.confidence, set),
    iou: thresholdOf(point.iou, set),
  });
  const before = useReport(place, ask(baseline));
  const after = useReport(place, ask(candidate));
  const error = before.error ?? after.error;
  if (error)
    return <ErrorState error={error} onRetry={() => void Promise.all([before.refetch(), after.refetch()])} />;
  if (!before.data || !after.data) return <LoadingState label="Comparing classes" />;
  const changes = classChanges(before.data.rows, after.data.rows, metric);
  const widest = Math.max(0.01, ...changes.map(({ delta }) => Math.abs(delta ?? 0)));
  const open = (set: string, name: string) => () =>
    openDrill({
      set,
      segment,
      ...(metric === "precision"
        ? { predicted: name, kind: "false_positive" }
        : { truth: name, kind: "false_negative" }),
    });
  const number = (set: string, { className }: ClassChange, value: number | null) => (
    <button
      type="button"
      className={classes.number}
      onClick={open(set, className)}
      title={`Errors behind ${className} of ${set}`}
    >
      {formatScore(value)}
      <span className="visually-hidden">
        , {className}, {set}
      </span>
    </button>
  );
  const columns: readonly Column<ClassChange>[] = [
    {
      key: "class",
      head: "Class",
      cell: ({ className }) => (
        <span className={`${classes.className} one-line`} title={className}>
          {className}
        </span>
      ),
    },
    { key: "support", head: "Support", isNumber: true, cell: ({ support }) => formatCount(support) },
    {
      key: "before",
      head: (
        <span className={`${classes.name} one-line`} title={baseline}>
          {baseline}
        </span>
      ),
      isNumber: true,
      cell: (row) => number(baseline, row, row.before),
    },
    {
      key: "after",
      head: (
        <span className={`${classes.name} one-line`} title={candidate}>
          {candidate}
        </span>
      ),
      isNumber: true,
      cell: (row) => number(candidate, row, row.after),
    },
    { key: "delta", head: "Δ", isNumber: true, cell: ({ delta }) => formatDelta(delta) },
    {
      key: "bar",
      head: <span className="visually-hidden">Size of Δ</span>,
      cell: ({ delta }) => <DeltaBar delta={delta} widest={widest} />,
    },
  ];
  return (
    <Section name="By class">
      <div className={classes.wide} aria-busy={before.isPlaceholderData || after.isPlaceholderData}>
        <DataTable
          label={`${candidate} against ${baseline} by class`}
          columns={columns}
          rows={changes}
          rowKey={({ className }) => className}
        />
      </div>
      <p className={classes.dim}>
        Plain differences on {segment ?? "All Frames"}; whether a difference is beyond chance is told by
        segment.
      </p>
    </Section>
  );
}
