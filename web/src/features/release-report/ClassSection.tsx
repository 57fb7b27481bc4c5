/** The classes that changed most, losses first. */

import { useReport } from "@/api/numbers";
import { classChanges } from "@/core/classChanges";
import { formatCount, formatDelta, formatScore } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { thresholdOf } from "@/core/url";
import { usePlace } from "@/state/place";
import { NumberLink } from "@/ui/NumberLink";
import { ErrorState, LoadingState } from "@/ui/States";
import type { ReportQuestion } from "./MatrixSection";
import classes from "./ReleaseReport.module.css";

/** Classes shown: the greatest losses, then the greatest gains. */
const SHOWN = 12;

/** The table. */
export function ClassSection({
  candidate,
  baseline,
  confidence,
  iou,
}: ReportQuestion & { readonly baseline: string }) {
  const place = usePlace();
  const ask = (set: string) => ({
    inferenceSet: set,
    confidence: thresholdOf(confidence, set),
    iou: thresholdOf(iou, set),
  });
  const before = useReport(place, ask(baseline));
  const after = useReport(place, ask(candidate));
  const error = before.error ?? after.error;
  if (error) return <ErrorState error={error} />;
  if (!before.data || !after.data) return <LoadingState label="Comparing classes" />;
  const all = classChanges(before.data.rows, after.data.rows, "f1");
  const changes = all.length <= SHOWN ? all : [...all.slice(0, SHOWN / 2), ...all.slice(-SHOWN / 2)];
  const behind = (set: string, name: string) =>
    pagePath(place, "metrics", {
      baseline,
      conf: confidence,
      iou,
      tab: "metrics",
      extra: { set, behind: new URLSearchParams({ set, truth: name }).toString() },
    });
  return (
    <section aria-label="Classes">
      <h2>
        Classes on All Frames: F1, losses first
        {all.length > SHOWN ? ` (the ${SHOWN} greatest changes of ${all.length})` : ""}
      </h2>
      <table className={`${classes.table} ${classes.fixed}`}>
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" className={classes.number}>
              Labels
            </th>
            <th scope="col" className={`${classes.number} user-text`}>
              {baseline}
            </th>
            <th scope="col" className={`${classes.number} user-text`}>
              {candidate}
            </th>
            <th scope="col" className={classes.number}>
              Δ
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.className}>
              <td title={change.className}>
                <span className={classes.name}>{change.className}</span>
              </td>
              <td className={classes.number}>{formatCount(change.support)}</td>
              <td className={classes.number}>
                <NumberLink
                  href={behind(baseline, change.className)}
                  label={`errors of ${baseline} on ${change.className}`}
                >
                  {formatScore(change.before)}
                </NumberLink>
              </td>
              <td className={classes.number}>
                <NumberLink
                  href={behind(candidate, change.className)}
                  label={`errors of ${candidate} on ${change.className}`}
                >
                  {formatScore(change.after)}
                </NumberLink>
              </td>
              <td className={classes.number}>{formatDelta(change.delta)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
