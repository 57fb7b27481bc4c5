/** The Metrics tab: one inference set on one segment in full, or two side by side. */

import { type EvaluationRequest, useReport, useSelectionReport } from "@/api/numbers";
import type { ReportRequest } from "@/api/types";
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
      <ViewQueryBar inferenceSet={set} segment={segment} />
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
  const about = { inferenceSet: set, segment, confidence, iou };
  const whole = useReport(place, about, { enabled: !q });
  const part = useSelectionReport(place, selected(about, q), { enabled: Boolean(q) });
  const report = q ? part : whole;
  // Values are there at once; how sure they are follows.
  const isShown = report.data !== undefined && !report.isPlaceholderData;
  const sureWhole = useReport(place, { ...about, intervals: true }, { enabled: isShown && !q });
  const surePart = useSelectionReport(
    place,
    { ...selected(about, q), intervals: true },
    { enabled: isShown && Boolean(q) },
  );
  const sure = q ? surePart : sureWhole;
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
      <ClassReport
        set={set}
        segment={segment}
        report={report.data}
        intervals={isShown && !sure.isPlaceholderData ? sure.data?.intervals : null}
      />
      <ConfusionSection set={set} segment={segment} report={report.data} />
    </div>
  );
}

/** What a report is asked of frames that match a query. */
function selected({ inferenceSet, segment, confidence, iou }: EvaluationRequest, query = ""): ReportRequest {
  return {
    inference_set: inferenceSet,
    selection: { all_of: [...(segment ? [{ segment }] : []), ...(query ? [{ query }] : [])] },
    confidence: confidence ?? null,
    iou: iou ?? null,
    intervals: false,
  };
}
