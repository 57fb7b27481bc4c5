/** The Metrics tab: one inference set on one segment in full, or two side by side. */

import { useReport, useSelectionReport } from "@/api/numbers";
import { formatCount, formatThreshold } from "@/core/numbers";
import { thresholdOf } from "@/core/url";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useView } from "@/state/view";
import { ErrorState, LoadingState, useIsSlow } from "@/ui/States";
import { ViewQueryBar } from "@/ui/ViewQueryBar";
import { SegmentPicker } from "../SegmentPicker";
import { SetPicker } from "../SetPicker";
import { useSetBeside, useSetInFocus } from "../useLooking";
import { ClassReport } from "./ClassReport";
import { ConfusionSection } from "./ConfusionSection";
import { CurveSection } from "./CurveSection";
import classes from "./Report.module.css";

/** The tab. */
export function ReportTab() {
  const { segment } = useView();
  const [set, setSet] = useSetInFocus();
  const [beside, setBeside] = useSetBeside();
  const second = beside === set ? undefined : beside;
  if (!set) return null;
  const sets = second ? [set, second] : [set];
  return (
    <>
      <div className={classes.controls}>
        <SegmentPicker />
        <SetPicker label="Inference set" value={set} onChange={(name) => name && setSet(name)} />
        <SetPicker label="Beside" value={second} onChange={setBeside} except={set} none="No second set" />
      </div>
      <ViewQueryBar inferenceSet={set} />
      <div className={classes.columns} data-n={sets.length}>
        {sets.map((name) => (
          <OneReport key={name} set={name} segment={segment} />
        ))}
      </div>
      <CurveSection sets={sets} segment={segment} />
    </>
  );
}

function OneReport({ set, segment }: { set: string; segment: string | undefined }) {
  const place = usePlace();
  const point = useOperatingPoint();
  const { q } = useView();
  const hasBoxes = useHasBoxes();
  const [confidence, iou] = [thresholdOf(point.confidence, set), thresholdOf(point.iou, set)];
  const whole = useReport(place, { inferenceSet: set, segment, confidence, iou }, { enabled: !q });
  const parts = [...(segment ? [{ segment }] : []), ...(q ? [{ query: q }] : [])];
  const part = useSelectionReport(
    place,
    { inference_set: set, selection: { all_of: parts }, confidence: confidence ?? null, iou: iou ?? null },
    { enabled: Boolean(q) },
  );
  const report = q ? part : whole;
  const isLate = useIsSlow(report.isPlaceholderData, 150);
  if (report.error) return <ErrorState error={report.error} onRetry={() => void report.refetch()} />;
  if (!report.data) return <LoadingState label="Writing the class report" />;
  const { context } = report.data;
  return (
    <div className={classes.column} data-stale={isLate || undefined} aria-busy={report.isPlaceholderData}>
      <p className={classes.context}>
        <b className="user-text">{set}</b> · confidence {formatThreshold(context.confidence)}
        {hasBoxes ? ` · IoU ${formatThreshold(context.iou)} · matching ${context.matching}` : null} ·{" "}
        {formatCount(context.n_frames)} frames · {formatCount(context.n_labels)} labels ·{" "}
        {formatCount(context.n_inferences)} inferences
        {context.coverage !== null && context.coverage < 1 ? " (the set covers only some frames)" : null} ·
        dataset version {context.dataset_version}
        {context.segment_version === null ? null : `, segment version ${context.segment_version}`}
        <span role="status">{isLate ? " · updating…" : ""}</span>
      </p>
      <ClassReport set={set} segment={segment} report={report.data} />
      <ConfusionSection set={set} segment={segment} report={report.data} />
    </div>
  );
}
